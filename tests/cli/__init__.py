"""The command line as operators use it: real processes on a real database."""
