"""The API: what other programs ask and do, by stages and records."""
