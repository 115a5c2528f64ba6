"""The outside world: one folder a port, one file a provider, and a stateful fake of each."""
