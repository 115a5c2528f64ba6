"""Which of an order's units a delivery is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from purveyor.core.positions import Position, UnitMove, UnitsOf
from purveyor.core.state import Book


def still_in(book: Book, wanted: Iterable[UnitsOf], position: Position) -> tuple[UnitsOf, ...]:
    """Those of the units that are still in a position: others were canceled or went back meanwhile."""
    left: dict[object, int] = {}
    found: list[UnitsOf] = []
    for units in wanted:
        there = left.get(units.line_id)
        if there is None:
            there = getattr(book.line(units.line_id), position)
        quantity = min(units.quantity, there)
        left[units.line_id] = there - quantity
        if quantity > 0:
            found.append(UnitsOf(units.line_id, quantity))
    return tuple(found)


def move_all(
    book: Book, units: Sequence[UnitsOf], source: Position, target: Position, location: str | None = None
) -> tuple[UnitMove, ...]:
    return tuple(
        UnitMove(each.line_id, book.line(each.line_id).sku, source, target, each.quantity, location) for each in units
    )
