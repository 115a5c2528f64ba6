"""A warehouse floor in memory: orders that are allocated, released and picked."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitMove
from purveyor.core.state import Book, State
from purveyor.engine.ledger import apply_moves
from purveyor.stages.picking.commands import ReleaseUnits
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem
from tests.pure import do, order_id, placed, walk


def released(shop: State, *lines: tuple[str, int], location: str = "main", **changes: str) -> tuple[Book, Fulfillment]:
    """An order that is allocated at one location and released; with its first fulfillment order."""
    book = placed(shop, *lines, **changes)
    walk(book, shop, "allocated", location=location)
    do(shop, ReleaseUnits(order_id=order_id(book)))
    return book, next(iter(book.rows(Fulfillment).values()))


def move(shop: State, book: Book, path: str, quantity: int, location: str | None = "main", sku: str = "MUG") -> None:
    """What other stages do to units of one line: `move(shop, book, "placed allocated", 2)`."""
    source, target = path.split()
    line = line_of(book, sku)
    unit_move = UnitMove(line, sku, source, target, quantity, location)  # type: ignore[arg-type]
    apply_moves(shop, Fact(order_id=order_id(book), moves=(unit_move,)))


def line_of(book: Book, sku: str) -> UUID:
    return next(line.id for line in book.lines.values() if line.sku == sku)


def items(book: Book) -> list[tuple[str, str, int, int, int]]:
    """Location, SKU, wanted, picked and gone of all items."""
    return [
        (item.location, item.sku, item.quantity, item.picked, item.gone) for item in book.rows(FulfillmentItem).values()
    ]
