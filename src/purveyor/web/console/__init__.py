"""The console: what staff see and do, a folder a work place."""
