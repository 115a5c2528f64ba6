"""Webhooks decides who else is told what happens here: addresses of other programs, what of, and by which secret."""
