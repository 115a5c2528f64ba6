"""The engine: takes commands in batches, has rooms decide, lets the ledger move, writes everything at once."""
