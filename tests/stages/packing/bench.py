"""A packing bench in memory: orders that were picked and brought to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.state import Book, State
from purveyor.engine.ledger import apply_moves
from purveyor.stages.packing.commands import BringToBench, PackParcel
from purveyor.stages.packing.facts import ParcelPacked
from purveyor.stages.packing.state import Bench, Parcel
from tests.pure import a_call, do, order_id, placed, walk


def brought(shop: State, *lines: tuple[str, int]) -> tuple[Book, Bench]:
    """An order of goods that was picked at `main`, and lies on the bench."""
    book = placed(shop, *lines)
    walk(book, shop, "allocated", "picked")
    fulfillment_id = a_call().ids.new()
    units = tuple(UnitsOf(line.id, line.quantity) for line in book.lines.values())
    do(shop, BringToBench(order_id=order_id(book), fulfillment_id=fulfillment_id, location="main", units=units))
    return book, book.row(Bench, fulfillment_id)


def line_of(book: Book, sku: str) -> UUID:
    return next(line.id for line in book.lines.values() if line.sku == sku)


def units(book: Book, **quantities: int) -> tuple[UnitsOf, ...]:
    """Units by SKU: `units(book, MUG=2)`."""
    return tuple(UnitsOf(line_of(book, sku), quantity) for sku, quantity in quantities.items())


def a_pack(bench: Bench, **more: Any) -> PackParcel:
    return PackParcel(order_id=bench.order_id, fulfillment_id=bench.fulfillment_id, **more)


def pack(shop: State, bench: Bench, **more: Any) -> list[ParcelPacked]:
    return [fact for fact in do(shop, a_pack(bench, **more)) if isinstance(fact, ParcelPacked)]


def parcels(book: Book) -> list[Parcel]:
    return list(book.rows(Parcel).values())


def cancel(shop: State, book: Book, source: str, sku: str, quantity: int) -> None:
    """What review does to the ledger when units are canceled."""
    unit_move = UnitMove(line_of(book, sku), sku, source, "canceled", quantity, "main")  # type: ignore[arg-type]
    apply_moves(shop, Fact(order_id=order_id(book), moves=(unit_move,)))
