"""Systems at which a bought service is switched on and off again: a subscription, a seat, a course."""

from __future__ import annotations

from typing import Protocol

import msgspec


class AccessChange(msgspec.Struct, frozen=True):
    """What one request did: after it, the subject had access to the product (`active`) or had not."""

    key: str
    subject: str
    product: str
    active: bool


class AccessSystem(Protocol):
    """Switches access on and off, each request once per key. Every method may raise `AccessUnavailable`.

    The same key again changes nothing, even if access was changed in between, and gets the first answer; the same
    key with another body raises `KeyReused`. Granting what is granted, or revoking what is not, is no error.
    """

    async def grant(self, key: str, subject: str, product: str) -> AccessChange:
        """Switch access on. `subject` is the account at the system, `product` what it may use."""
        ...

    async def revoke(self, key: str, subject: str, product: str) -> AccessChange:
        """Switch access off."""
        ...

    async def active(self, subject: str, product: str) -> bool:
        """Say whether the subject has access to the product now."""
        ...
