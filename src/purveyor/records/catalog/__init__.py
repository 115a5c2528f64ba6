"""Catalog decides what is for sale."""
