"""What the API offers of each stage."""
