"""How a secret looks that nobody can read without the key of this installation."""

from __future__ import annotations

from typing import Final

ENCRYPTED_PREFIX: Final = "sealed1:"  # in front of what is sealed: the number is that of the way it is done


def is_encrypted(kept: str) -> bool:
    """Whether it was sealed; what was kept before anything was sealed stands in clear."""
    return kept.startswith(ENCRYPTED_PREFIX)
