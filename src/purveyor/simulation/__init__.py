"""A shop that is played: its goods, its customers and its staff, in simulated time, the same for the same seed."""
