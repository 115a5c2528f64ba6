"""Customers decides whom we know, on which terms, and forgets them when they ask for it."""
