"""What is looked at grows with an order as the order does: rows are counted, not seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from purveyor.core.positions import UnitsOf
from purveyor.core.rows import Allocation, Line, OrderRow
from purveyor.core.state import Book
from purveyor.stages.picking.commands import ConfirmPickList, DropUnits, FulfillmentUnits, ReleaseUnits, WithdrawUnits
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem
from purveyor.stages.review.commands import CancelUnits
from tests.pure import a_shop, do, order_id, placed, walk


class Counted(dict[Any, Any]):
    """Rows that count how many of them are gone through."""

    seen = 0

    def __iter__(self) -> Iterator[Any]:
        for key in super().__iter__():
            self.seen += 1
            yield key

    def values(self) -> Any:
        return [self[key] for key in self]

    def items(self) -> Any:
        return [(key, self[key]) for key in self]


def counted(book: Book) -> list[Counted]:
    rows: dict[type[OrderRow], Counted] = {
        kind: Counted(book.rows(kind)) for kind in (Line, Allocation, FulfillmentItem)
    }
    book._rows.update(rows)
    return list(rows.values())


def rows_seen(lines: int) -> int:
    """How many rows are gone through when an order of so many lines is released, picked and canceled."""
    shop = a_shop(MUG=1_000)
    book = placed(shop, *[("MUG", 2)] * lines)
    walk(book, shop, "allocated")
    rows = counted(book)
    order = order_id(book)
    do(shop, ReleaseUnits(order_id=order))
    (fulfillment,) = book.rows(Fulfillment).values()
    do(shop, CancelUnits(order_id=order, units=tuple(UnitsOf(each, 1) for each in book.lines), reason="customer"))
    do(shop, WithdrawUnits(order_id=order))
    do(shop, ConfirmPickList(order_id=order, fulfillment_id=fulfillment.id))
    do(shop, CancelUnits(order_id=order, units="all", reason="customer"))
    do(shop, WithdrawUnits(order_id=order))
    units = tuple(FulfillmentUnits(fulfillment.id, each, 1) for each in book.lines)
    do(shop, DropUnits(order_id=order, units=units))

    assert book.units("canceled") == 2 * lines
    assert fulfillment.status == "withdrawn"
    return sum(each.seen for each in rows)


def test_canceling_looks_at_four_times_as_many_rows_of_an_order_of_four_times_as_many_lines() -> None:
    assert rows_seen(400) <= 4 * rows_seen(100)
