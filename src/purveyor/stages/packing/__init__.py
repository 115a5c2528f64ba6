"""Packing decides what lies in which parcel, in which carton, and that it is right."""
