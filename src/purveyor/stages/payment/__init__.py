"""Payment decides what is asked of the customer's money, when, and what happens when nobody knows whether it moved."""
