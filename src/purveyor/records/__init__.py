"""What the shop knows before any order comes: catalog, customers, stock, policies, staff."""
