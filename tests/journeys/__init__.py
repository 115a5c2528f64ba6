"""What customers are promised, in their words: whole orders through the real application, with simulated providers."""
