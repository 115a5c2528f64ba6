"""Intake turns files into the same commands that every other channel makes."""
