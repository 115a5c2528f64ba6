"""What may have happened at review. Amounts are minor units of the order's currency."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitsOf
from purveyor.core.rows import ShippingTax
from purveyor.stages.review.commands import Choice

AtDeadline = Literal["release", "cancel", "escalate"]


class UnitsAllocated(Fact, frozen=True, kw_only=True, tag="review.units_allocated"):
    """Units have their shelf. `why` says how the locations were chosen."""


class UnitsShorted(Fact, frozen=True, kw_only=True, tag="review.units_shorted"):
    """A count found fewer than were promised: units of the order have lost their shelf."""

    sku: str
    location: str
    missing: int


class ShelfShorted(Fact, frozen=True, kw_only=True, tag="review.shelf_shorted"):
    """The books follow the count. A fact of its own, because the claims must go first."""

    sku: str
    location: str
    missing: int


class UnitsBackordered(Fact, frozen=True, kw_only=True, tag="review.units_backordered"):
    """Units wait for stock."""


class RiskAssessed(Fact, frozen=True, kw_only=True, tag="review.risk_assessed"):
    """Rules spoke: `reasons` are their names, `score` is the sum."""

    score: int
    reasons: tuple[str, ...]
    policy_version: int


class AddressDoubted(Fact, frozen=True, kw_only=True, tag="review.address_doubted"):
    """The address may be wrong; `doubts` are the checks that did not like it (none: it was typed by hand)."""

    contact_id: UUID
    doubts: tuple[str, ...] = ()


class OrderHeld(Fact, frozen=True, kw_only=True, tag="review.order_held"):
    """Something must be settled first."""

    hold_id: UUID
    type: str
    owner: str
    deadline_at: datetime | None
    at_deadline: AtDeadline
    by_rule: bool  # by a rule of review, which also releases it, not because somebody asked
    before_approval: bool
    by_another: bool = False  # a person other than who caused it releases it

    def reply(self) -> dict[str, Any]:
        return {"hold_id": self.hold_id}


class HoldReleased(Fact, frozen=True, kw_only=True, tag="review.hold_released"):
    hold_id: UUID
    type: str


class HoldEscalated(Fact, frozen=True, kw_only=True, tag="review.hold_escalated"):
    """Nobody settled it in time: it goes to somebody who can."""

    hold_id: UUID
    type: str
    owner: str
    deadline_at: datetime


class OrderApproved(Fact, frozen=True, kw_only=True, tag="review.order_approved"):
    """Nothing stands in the way."""


class OrderRejected(Fact, frozen=True, kw_only=True, tag="review.order_rejected"):
    """The order was turned down."""


class Totals(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What the order sums up to afterwards."""

    goods_minor: int
    discount_minor: int
    tax_minor: int
    shipping_minor: int
    shipping_tax_minor: int
    total_minor: int
    shipping_taxes: tuple[ShippingTax, ...] | None = None  # None: as they were


class UnitsCanceled(Fact, frozen=True, kw_only=True, tag="review.units_canceled"):
    """Units are not wanted, or cannot be had, any more."""

    brings_prices: ClassVar[bool] = True

    units: tuple[UnitsOf, ...]
    totals: Totals

    def reply(self) -> dict[str, Any]:
        return {"canceled": sum(each.quantity for each in self.units), "total_minor": self.totals.total_minor}


class AddedLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    id: UUID
    sku: str
    name: str
    kind: str
    quantity: int
    unit_price_minor: int
    tax_basis_points: int
    tax_minor: int
    total_minor: int
    weight_g: int
    tax_reason: str = ""
    instead_of: UUID | None = None  # a line of the order of which it is one more


class RepricedLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a line costs in its new quantity: the price of a unit, the rate and the discount are as they were."""

    line_id: UUID
    tax_minor: int
    total_minor: int


class OrderEdited(Fact, frozen=True, kw_only=True, tag="review.order_edited"):
    """A placed order was changed."""

    brings_prices: ClassVar[bool] = True

    added: tuple[AddedLine, ...]
    repriced: tuple[RepricedLine, ...]
    canceled: tuple[UnitsOf, ...]
    contact_id: UUID | None  # of the new address
    shipping_option: str
    promised_at: datetime | None
    totals: Totals
    method: str = ""  # how its goods reach the customer; empty: as before

    def reply(self) -> dict[str, Any]:
        return {"total_minor": self.totals.total_minor, "lines": [line.id for line in self.added]}


class UnitsAdded(Fact, frozen=True, kw_only=True, tag="review.units_added"):
    """More is sent than was ordered first."""

    brings_prices: ClassVar[bool] = True

    added: tuple[AddedLine, ...]
    free: bool
    totals: Totals

    def reply(self) -> dict[str, Any]:
        return {"lines": [line.id for line in self.added]}


class ChoiceOffered(Fact, frozen=True, kw_only=True, tag="review.choice_offered"):
    """Something is missing: the customer may say what is to be done, until the deadline."""

    deadline_at: datetime
    default: Choice


class ChoiceMade(Fact, frozen=True, kw_only=True, tag="review.choice_made"):
    choice: Choice
    line_id: UUID | None
    by_default: bool


class OrderClosed(Fact, frozen=True, kw_only=True, tag="review.order_closed"):
    """Everything is where it stays, and nothing is owed. What units and money came to by then is kept."""

    units: int = 0
    returned: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0


class NoteWritten(Fact, frozen=True, kw_only=True, tag="review.note_written"):
    """Staff wrote something on the order for one another. What it says stands outside the journal."""

    note_id: UUID
    text_id: UUID

    def reply(self) -> dict[str, Any]:
        return {"note_id": self.note_id}


class OrderTagged(Fact, frozen=True, kw_only=True, tag="review.order_tagged"):
    """Tags were added, taken away, or both."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
