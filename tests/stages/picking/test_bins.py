"""Where things lie, and whether they do."""

from __future__ import annotations

import pytest

from purveyor.core.positions import BACKORDER
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import Stock
from purveyor.stages.picking.commands import AssignBin, ConfirmPickList, RecordCount, RequestCount
from purveyor.stages.picking.state import Bin, BinCount
from tests.pure import NOON, a_call, a_shop, do, later, order_id
from tests.stages.picking.warehouse import released


def test_a_product_has_one_bin_at_a_location() -> None:
    shop = a_shop()
    do(shop, AssignBin(sku="MUG", location="main", bin="A-1", sequence=10))
    do(shop, AssignBin(sku="MUG", location="main", bin=" B-2 ", sequence=20))

    row = shop.row(Bin, ("MUG", "main"))
    assert (row.bin, row.sequence) == ("B-2", 20)
    assert do(shop, AssignBin(sku="MUG", location="main", bin="B-2", sequence=20)) == []


@pytest.mark.parametrize(
    ("sku", "location", "code", "sequence"),
    [
        ("BOOK", "main", "A-1", 1),
        ("MUG", "moon", "A-1", 1),
        ("MUG", "main", " ", 1),
        ("MUG", "main", "x" * 41, 1),
        ("MUG", "main", "A-1", -1),
    ],
)
def test_a_bin_that_cannot_be_is_refused(sku: str, location: str, code: str, sequence: int) -> None:
    shop = a_shop()

    with pytest.raises(Invalid):
        do(shop, AssignBin(sku=sku, location=location, bin=code, sequence=sequence))
    assert not shop.shared[Bin]


def test_a_shelf_waits_for_one_count_however_often_it_is_asked_for() -> None:
    shop = a_shop()

    assert do(shop, RequestCount(sku="MUG", location="main", reason="not_found"))
    assert do(shop, RequestCount(sku="MUG", location="main"), a_call(later(hours=1))) == []
    row = shop.row(BinCount, ("MUG", "main"))
    assert (row.waiting_since, row.reason) == (NOON, "not_found")
    do(shop, RecordCount(sku="MUG", location="main", counted=100))
    assert row.waiting_since is None
    assert do(shop, RequestCount(sku="MUG", location="main"), a_call(later(hours=2)))


def test_only_real_shelves_are_counted() -> None:
    shop = a_shop()
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, 5)

    for location in ("moon", BACKORDER):
        with pytest.raises(NotFound):
            do(shop, RequestCount(sku="MUG", location=location))
        with pytest.raises(NotFound):
            do(shop, RecordCount(sku="MUG", location=location, counted=1))
    assert shop.stock["MUG"][BACKORDER].on_hand == 5


def test_a_count_corrects_the_books_and_knows_what_lies_aside() -> None:
    shop = a_shop(MUG=10)
    book, fulfillment = released(shop, ("MUG", 3))
    do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=fulfillment.id))

    facts = do(shop, RecordCount(sku="MUG", location="main", counted=6, aside=3))

    assert facts[0].reply() == {"counted": 6, "expected": 7}
    assert (shop.stock["MUG"]["main"].on_hand, shop.stock["MUG"]["main"].available) == (9, 6)
    assert do(shop, RecordCount(sku="MUG", location="main", counted=6, aside=3))[0].stock == ()


def test_a_count_below_what_is_promised_says_how_many_are_short() -> None:
    shop = a_shop(MUG=10)
    released(shop, ("MUG", 3))

    with pytest.raises(Invalid):
        do(shop, RecordCount(sku="MUG", location="main", counted=-1))
    assert shop.stock["MUG"]["main"].on_hand == 10
    (counted,) = do(shop, RecordCount(sku="MUG", location="main", counted=2))
    assert (counted.counted, counted.short) == (2, 1)  # type: ignore[attr-defined]
    do(shop, RecordCount(sku="MUG", location="main", counted=3))
    assert shop.stock["MUG"]["main"].available == 0
