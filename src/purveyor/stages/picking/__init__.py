"""Picking decides what is taken off which shelf for whom, and what happens when it is not there."""
