"""What the documents name must exist."""
