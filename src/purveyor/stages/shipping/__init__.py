"""Shipping decides which service takes a parcel, and when it is the courier's."""
