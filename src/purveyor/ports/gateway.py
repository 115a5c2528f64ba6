"""Payment gateways: hold money, take it, let it go, give it back, and say what became of a request."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from purveyor.core.field_types import ForeignId, Reason, Reference, trim
from purveyor.core.money import Money

Outcome = Literal["done", "declined", "action_required"]


class GatewayResult(msgspec.Struct, frozen=True):
    """What became of one request.

    `reference` is the provider's id of the payment, "" when a declined authorization made none. `reason` is the
    decline code. `amount` is what was asked; for a void it is what was let go. `action_url` is where the customer
    must go when action is required (3-D Secure).
    """

    key: str
    outcome: Outcome
    reference: str
    amount: Money
    reason: str = ""
    action_url: str = ""


class GatewayEvent(msgspec.Struct, frozen=True):
    """What the provider tells by itself (webhook) about the request with that key. May come twice and in any order."""

    event_id: ForeignId
    key: Reference
    outcome: Outcome
    reference: Reference
    reason: Reason
    at: datetime

    def __post_init__(self) -> None:
        trim(self, "event_id", "key")


class Gateway(Protocol):
    """Moves money. Every method is idempotent by `key`.

    The same key again has no second effect and gets the first result again, declines included (an authorization
    that was completed since says so); the same key with another body raises `KeyReused`. Every method may raise
    `GatewayUnavailable` (certainly not done); all but `look_up` may raise `GatewayTimeout` (outcome unknown: ask
    `look_up`). Amounts are positive. A decline is an answer, not an error.
    """

    async def authorize(self, key: str, amount: Money, source: str, *, about: str = "") -> GatewayResult:
        """Hold `amount` on the payment source (the provider's token of a card).

        `about` is what it is for in our words, such as an order number: the provider only keeps it.
        """
        ...

    async def capture(self, key: str, reference: str, amount: Money) -> GatewayResult:
        """Take a part or all of what is held. More than is left is declined: `capture_exceeds_authorization`.

        Declined as `authorization_expired`, nothing is held any more.
        """
        ...

    async def void(self, key: str, reference: str) -> GatewayResult:
        """Let go of what is held and not yet captured. When nothing is, declined: `nothing_to_void`."""
        ...

    async def refund(self, key: str, reference: str, amount: Money) -> GatewayResult:
        """Give back a part or all of what was captured. More than is left is declined: `refund_exceeds_captured`."""
        ...

    async def look_up(self, key: str) -> GatewayResult | None:
        """Say what became of the request with that key; None: it never arrived, and may be sent again."""
        ...
