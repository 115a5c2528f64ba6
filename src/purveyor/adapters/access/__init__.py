"""Systems that grant access."""
