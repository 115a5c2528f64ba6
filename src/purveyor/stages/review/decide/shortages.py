"""What orders lose when a count finds less than was promised to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import StockMove, UnitMove
from purveyor.core.refusals import Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, Lookup, State
from purveyor.stages.review.commands import ShortUnits
from purveyor.stages.review.facts import ShelfShorted, UnitsShorted


class CountedBelowPicked(Refusal):
    """Units that are picked or packed are in the house, so there cannot be fewer."""

    sku: str
    location: str
    counted: int
    missing: int
    sentence = (
        "{counted} of {sku} counted at {location}, but {missing} more are picked or packed there: count them as well."
    )
    place_fields = ("location",)
    instead = ("count what lies in totes and parcels too", "put picked units back", "open the parcel")


def _claiming(state: State, sku: str, location: str, _missing: int) -> Iterator[UUID]:
    for order_id, book in state.books.items():
        if any(row.sku == sku and row.location == location and row.quantity for row in book.allocations.values()):
            yield order_id


ORDERS_CLAIMING: Final = Lookup(
    # The newest, as many as it takes: each can lose what it claims and has not been picked.
    """
    SELECT order_id
      FROM (SELECT order_id, number,
                   sum(free) OVER (ORDER BY number DESC, line_id ROWS UNBOUNDED PRECEDING) - free AS before
              FROM (SELECT a.order_id, a.line_id, o.number, least(l.allocated, a.quantity - l.picked - l.packed) AS free
                      FROM allocation a JOIN line l ON l.id = a.line_id JOIN orders o ON o.id = a.order_id
                     WHERE a.sku = $1 AND a.location = $2 AND a.quantity > 0) AS claims
             WHERE free > 0) AS newest
     WHERE before < $3
  ORDER BY number DESC
    """,
    _claiming,
)


@decides(ShortUnits)
def decide_short_units(state: State, command: ShortUnits, _call: Call) -> Decision:
    """The order that was promised last loses first. Refuses with `CountedBelowPicked` what cannot be."""
    row = state.stock_of(command.sku).get(command.location)
    wanted = missing = row.on_hand - command.on_hand if row is not None else 0
    if missing <= 0:
        return
    found = state.look_up(ORDERS_CLAIMING, command.sku, command.location, missing)
    for book in sorted((state.book(order_id) for order_id in found), key=lambda book: book.order.number, reverse=True):
        moves = tuple(_lost(book, command.sku, command.location, missing))
        if moves:
            lost = sum(move.quantity for move in moves)
            missing -= lost
            yield UnitsShorted(
                order_id=book.order.id,
                sku=command.sku,
                location=command.location,
                missing=lost,
                moves=moves,
                why="counted less than promised",
            )
    if missing:
        raise CountedBelowPicked(sku=command.sku, location=command.location, counted=command.on_hand, missing=missing)
    yield ShelfShorted(
        sku=command.sku,
        location=command.location,
        missing=wanted,
        stock=(StockMove(command.sku, command.location, on_hand=-wanted),),
        why="counted less than promised",
    )


def _lost(book: Book, sku: str, location: str, most: int) -> Iterator[UnitMove]:
    """Claims on a shelf that nobody has picked for: what was picked counts as taken from here."""
    for row in book.allocations.values():
        if (row.sku, row.location) == (sku, location) and most > 0:
            line = book.line(row.line_id)
            quantity = min(most, line.allocated, row.quantity - line.picked - line.packed)
            if quantity > 0:
                most -= quantity
                yield UnitMove(line.id, sku, "allocated", "placed", quantity, location)
