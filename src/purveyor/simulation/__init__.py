"""A shop that is simulated: its goods, its customers and its staff, in simulated time, the same for the same seed."""
