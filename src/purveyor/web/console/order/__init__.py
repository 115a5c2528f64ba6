"""The page of one order: what stands there, and what can be done."""
