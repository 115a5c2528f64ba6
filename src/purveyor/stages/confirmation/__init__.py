"""Confirmation decides what the customer is told, by which channel, and whether a promise was kept."""
