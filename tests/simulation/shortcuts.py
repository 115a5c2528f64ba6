"""Units leave the house and arrive without the work in between, by the ledger alone."""

from __future__ import annotations

from collections.abc import Sequence

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.state import Book
from purveyor.engine.ledger import apply_moves
from tests.simulation.world import World


def leave(world: World, book: Book, quantities: Sequence[int]) -> tuple[UnitsOf, ...]:
    """So many units of each line go to the customer, from wherever they are allocated."""
    moves: list[UnitMove] = []
    units: list[UnitsOf] = []
    for line, quantity in zip(list(book.lines.values()), quantities, strict=True):
        if not quantity:
            continue
        units.append(UnitsOf(line.id, quantity))
        if line.kind != "goods":
            moves.append(UnitMove(line.id, line.sku, "allocated", "delivered", quantity))
            continue
        location = next(place for (line_id, place), row in book.allocations.items() if line_id == line.id)
        for source, target in (("allocated", "picked"), ("picked", "packed"), ("packed", "delivered")):
            moves.append(UnitMove(line.id, line.sku, source, target, quantity, location))  # type: ignore[arg-type]
    apply_moves(world.state, Fact(order_id=book.order.id, moves=tuple(moves)))
    return tuple(units)
