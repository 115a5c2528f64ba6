"""How messages get to the addresses of others."""
