"""Support decides what becomes of a customer's question or claim, and keeps the clock until it is answered."""
