"""Nothing is lost and nothing happens twice: with real processes, a durable database, and kills."""
