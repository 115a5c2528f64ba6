"""What pages and API read alike, masked for whoever asks."""
