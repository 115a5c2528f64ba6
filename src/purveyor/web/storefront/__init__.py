"""The shop for customers: catalog, cart, checkout."""
