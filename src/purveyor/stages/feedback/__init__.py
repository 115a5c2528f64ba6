"""Feedback decides when a customer is asked how it was, and keeps every score with its cause."""
