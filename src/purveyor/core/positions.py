"""Where units of an order line can be, which moves between those places exist, and how facts say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from purveyor.core.field_types import Count

Position = Literal[
    "placed",
    "allocated",
    "backordered",
    "picked",
    "packed",
    "shipped",
    "delivered",
    "returning",
    "returned",
    "canceled",
    "lost",
]
POSITIONS: Final[tuple[Position, ...]] = (
    "placed",
    "allocated",
    "backordered",
    "picked",
    "packed",
    "shipped",
    "delivered",
    "returning",
    "returned",
    "canceled",
    "lost",
)

# Ordered, and not gone yet: nobody outside has it or carries it.
IN_THE_HOUSE: Final[tuple[Position, ...]] = ("placed", "allocated", "backordered", "picked", "packed")

# From -> to. None is the world outside: units come into being when they are ordered.
MOVES: Final[dict[Position | None, frozenset[Position]]] = {
    None: frozenset({"placed"}),
    "placed": frozenset({"allocated", "backordered", "canceled"}),
    # straight to delivered: downloads, licenses and installations never touch a shelf
    "allocated": frozenset({"picked", "placed", "backordered", "canceled", "delivered"}),
    "backordered": frozenset({"allocated", "placed", "canceled"}),
    # straight to delivered: handed over at the counter
    "picked": frozenset({"packed", "allocated", "placed", "backordered", "canceled", "delivered"}),
    "packed": frozenset({"shipped", "picked", "canceled", "delivered"}),
    "shipped": frozenset({"delivered", "returning", "lost"}),
    "delivered": frozenset({"returning"}),
    "returning": frozenset({"returned", "delivered", "lost"}),
    "returned": frozenset(),
    "canceled": frozenset(),
    "lost": frozenset({"delivered", "returning"}),
}

# Positions in which units of a line still claim stock at their location.
CLAIMING: Final[frozenset[Position | None]] = frozenset({"allocated", "picked", "packed"})
# Positions in which units have left the building for good reasons.
GONE: Final[frozenset[Position]] = frozenset({"shipped", "delivered"})
# Positions in which nothing is left to be done for the units.
TERMINAL: Final[frozenset[Position]] = frozenset({"delivered", "returned", "canceled", "lost"})

# The location where customers wait: its `on_hand` is the backorder cap of the SKU, its `allocated` who waits.
BACKORDER: Final = "backorder"


class UnitMove(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """`quantity` units of one line leave `source` and arrive at `target`.

    `location` is where they claim stock before or after the move; None for what has no stock (downloads,
    licenses, installations) and for moves that touch no shelf. What the move does to the stock follows
    from it (see `engine.ledger`): nobody writes it twice.
    """

    line_id: UUID
    sku: str
    source: Position | None
    target: Position
    quantity: int
    location: str | None = None


class StockMove(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A change of one stock row that no unit move implies: goods received, counted, restocked, held for a cart."""

    sku: str
    location: str
    on_hand: int = 0
    allocated: int = 0
    held: int = 0


Account = Literal[
    "receivable",  # what the customer owes (+) or is owed (-)
    "revenue",
    "tax",
    "shipping",
    "fees",
    "captured",  # money that came in
    "refunded",  # money that went back
    "store_credit",  # what we owe in credit
    "authorized",  # money a bank holds for us
    "authorization",  # its counterpart, so that holds balance as well
    "written_off",
]


class Posting(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One side of an entry: minor units of the order's currency, debit positive, credit negative."""

    account: Account
    minor: int


class Counted(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An amount that counts toward what somebody may give away in a day. `pot` says whose, in which currency and when.

    See `core.limits`.
    """

    pot: str
    hour_at: datetime
    minor: int


class Adjustment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One thing of an order becomes dearer (positive) or cheaper (negative) after it was priced, at one rate of tax.

    `of` is the id of a line, or one of `shipping`, `fee`, `goodwill`. The ledger keeps the sums, which say what each
    thing is worth; `quantity` units of a line are paid back with it.
    """

    of: str
    basis_points: int
    amount_minor: int  # with tax
    tax_minor: int
    quantity: int = 0


class UnitsOf(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """So many units of one line."""

    line_id: UUID
    quantity: Count


def counted(units: Iterable[UnitsOf]) -> Counter[UUID]:
    """How many of each line: one may stand there several times."""
    counts: Counter[UUID] = Counter()
    for each in units:
        counts[each.line_id] += each.quantity
    return counts


def without(units: Iterable[UnitsOf], gone: Iterable[UnitsOf]) -> tuple[UnitsOf, ...]:
    """Units less those that are gone, as far as they are among them."""
    less = counted(gone)
    left: list[UnitsOf] = []
    for each in units:
        taken = min(less[each.line_id], each.quantity)
        less[each.line_id] -= taken
        if each.quantity > taken:
            left.append(UnitsOf(each.line_id, each.quantity - taken))
    return tuple(left)
