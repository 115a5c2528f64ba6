"""The engine: takes commands in batches, has stages decide, lets the ledger move, writes everything at once."""
