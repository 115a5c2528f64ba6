"""Readings of the journal: the proof that every table says what it says, figures and exports."""
