"""Policies decides which rules the merchant works by: as data, versioned, checked before they count."""
