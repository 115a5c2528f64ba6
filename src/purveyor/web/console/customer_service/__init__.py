"""Cases, messages, saved answers and ratings."""
