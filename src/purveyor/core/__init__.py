"""Pure values: money, ids, positions, messages, rows, and the state that rules read. No I/O, no clock, no chance."""
