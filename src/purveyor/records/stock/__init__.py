"""Stock decides what is on hand: receipts, counts, and how many may wait."""
