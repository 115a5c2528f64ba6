"""Channels through which orders come in as data."""
