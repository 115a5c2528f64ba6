"""Returns decides what may come back, what becomes of it, and what the customer gets for it."""
