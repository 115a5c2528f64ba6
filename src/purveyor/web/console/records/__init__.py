"""Products, stock and customers."""
