"""Pure values: money, ids, positions, messages, rows and the state that rules decide on. No I/O, no clock, no chance."""
