"""At the shelf: the right item, no more than was asked for, and what happens when it is not there."""

from __future__ import annotations

from typing import Any

import pytest

from purveyor.core.messages import Command
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.state import Book, State
from purveyor.stages.picking.commands import ConfirmPick, ConfirmPickList, ReleaseUnits, ShortPick, UndoPick
from purveyor.stages.picking.decide import FulfillmentNotOpen, MoreThanAsked, NotOnBench, WrongItemScanned, WrongTote
from purveyor.stages.picking.facts import FulfillmentPicked, PickShorted, ShelfCorrected, UnitsPicked
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem, ShortedPick
from tests.pure import a_call, a_shop, do, order_id
from tests.stages.picking.warehouse import items, line_of, move, released


def pick(book: Book, fulfillment: Fulfillment, sku: str = "MUG", quantity: int = 1, **more: Any) -> ConfirmPick:
    more.setdefault("scanned", sku)
    return ConfirmPick(
        order_id=order_id(book),
        fulfillment_id=fulfillment.id,
        line_id=line_of(book, sku),
        quantity=quantity,
        **more,
    )


def short(book: Book, fulfillment: Fulfillment, missing: int, reason: Any = "not_found") -> ShortPick:
    return ShortPick(
        order_id=order_id(book),
        fulfillment_id=fulfillment.id,
        line_id=line_of(book, "MUG"),
        missing=missing,
        reason=reason,
    )


def undo(book: Book, fulfillment: Fulfillment, quantity: int) -> UndoPick:
    return UndoPick(
        order_id=order_id(book), fulfillment_id=fulfillment.id, line_id=line_of(book, "MUG"), quantity=quantity
    )


def refused(shop: State, command: Command, book: Book) -> None:
    """Nothing of what the command was about has changed."""
    before = (items(book), book.units("allocated"), book.units("picked"), shop.stock["MUG"]["main"].on_hand)
    with pytest.raises((WrongItemScanned, MoreThanAsked, FulfillmentNotOpen, NotOnBench, Invalid, NotFound)):
        do(shop, command)
    assert (items(book), book.units("allocated"), book.units("picked"), shop.stock["MUG"]["main"].on_hand) == before


def test_picks_are_confirmed_until_the_work_is_done() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2), ("TEE", 1))

    first = do(shop, pick(book, fulfillment, "MUG", 2, bin="A-1", tote="T7"), a_call(actor="staff:pia"))
    assert [type(fact) for fact in first] == [UnitsPicked]
    assert (fulfillment.status, fulfillment.picker, book.units("picked")) == ("picking", "staff:pia", 2)
    last = do(shop, pick(book, fulfillment, "TEE"))

    assert fulfillment.status == "picked"
    done = last[1]
    assert isinstance(done, FulfillmentPicked)
    assert (done.location, done.tote, sum(units.quantity for units in done.units)) == ("main", "T7", 3)
    assert shop.stock["MUG"]["main"].allocated == 2  # still here, and still promised
    assert [row.bin for row in book.rows(FulfillmentItem).values()] == ["A-1", ""]


def test_a_wrong_item_is_stopped_at_the_scanner() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2), ("TEE", 1))

    with pytest.raises(WrongItemScanned, match="Scanned TEE, but MUG is to be picked"):
        do(shop, pick(book, fulfillment, "MUG", scanned="TEE"))
    refused(shop, pick(book, fulfillment, "MUG", scanned=""), book)
    assert do(shop, pick(book, fulfillment, "MUG", scanned=" MUG\n"))


def test_no_more_is_picked_than_was_asked_for() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2))

    with pytest.raises(MoreThanAsked) as refusal:
        do(shop, pick(book, fulfillment, quantity=3))
    assert refusal.value.left == 2
    refused(shop, pick(book, fulfillment, quantity=0), book)
    do(shop, pick(book, fulfillment, quantity=2))
    with pytest.raises(FulfillmentNotOpen, match="picked"):
        do(shop, pick(book, fulfillment))
    refused(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=fulfillment.id), book)


def test_a_line_of_another_order_is_not_found() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 1))
    other, _ = released(shop, ("MUG", 1))

    with pytest.raises(NotFound):
        do(shop, pick(other, fulfillment))
    assert book.units("picked") == other.units("picked") == 0


def test_a_list_is_confirmed_at_once_with_what_is_left() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 3), ("TEE", 1))
    do(shop, pick(book, fulfillment, quantity=1))

    facts = do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=fulfillment.id, tote="T1"))

    assert [type(fact) for fact in facts] == [UnitsPicked, FulfillmentPicked]
    assert facts[0].reply() == {"picked": 3}
    assert (book.units("picked"), book.units("allocated"), fulfillment.tote) == (4, 0, "T1")


def test_lots_and_serials_are_kept_one_serial_a_unit() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 3))

    refused(shop, pick(book, fulfillment, quantity=2, serials=("S1",)), book)
    refused(shop, pick(book, fulfillment, quantity=2, serials=("S1", "S1")), book)
    do(shop, pick(book, fulfillment, quantity=2, lot="L1", serials=("S1", "S2")))
    refused(shop, pick(book, fulfillment, quantity=1, serials=("S2",)), book)
    do(shop, pick(book, fulfillment, quantity=1, lot="L1", serials=("S3",)))

    item = next(iter(book.rows(FulfillmentItem).values()))
    assert (item.lots, item.serials) == (("L1",), ("S1", "S2", "S3"))


@pytest.mark.parametrize("reason", ["not_found", "damaged", "miscounted"])
def test_what_is_not_there_needs_another_shelf_and_leaves_the_books(reason: str) -> None:
    shop = a_shop(MUG=3)
    book, fulfillment = released(shop, ("MUG", 3))  # the last three: on hand is what is promised
    do(shop, pick(book, fulfillment, quantity=1))

    facts = do(shop, short(book, fulfillment, 2, reason))

    assert [type(fact) for fact in facts] == [PickShorted, ShelfCorrected, FulfillmentPicked]
    assert (book.units("placed"), book.units("picked")) == (2, 1)
    stock = shop.stock["MUG"]["main"]
    assert (stock.on_hand, stock.allocated, stock.available) == (1, 1, 0)
    assert fulfillment.status == "picked"
    row = next(iter(book.rows(ShortedPick).values()))
    assert (row.missing, row.reason) == (2, reason)


def test_work_of_which_nothing_is_there_is_over() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2))

    do(shop, short(book, fulfillment, 1))
    assert fulfillment.status == "released"
    do(shop, short(book, fulfillment, 1))

    assert fulfillment.status == "withdrawn"
    assert next(iter(book.rows(ShortedPick).values())).missing == 2
    refused(shop, short(book, fulfillment, 1), book)


def test_no_more_can_be_missing_than_was_to_be_picked() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2))

    refused(shop, short(book, fulfillment, 3), book)
    refused(shop, short(book, fulfillment, 0), book)
    assert do(shop, short(book, fulfillment, 2))


def test_units_that_were_short_are_new_work_once_they_have_a_shelf() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2))
    do(shop, short(book, fulfillment, 1))
    move(shop, book, "placed allocated", 1)

    do(shop, ReleaseUnits(order_id=order_id(book)))

    assert items(book) == [("main", "MUG", 1, 0, 0), ("main", "MUG", 1, 0, 0)]


def test_a_pick_is_undone_and_done_again() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2))
    do(shop, pick(book, fulfillment, quantity=2, lot="L1"))

    do(shop, undo(book, fulfillment, 1))
    assert (fulfillment.status, book.units("allocated"), book.units("picked")) == ("picking", 1, 1)
    again = do(shop, pick(book, fulfillment, quantity=1))

    assert fulfillment.status == "picked"
    assert isinstance(again[1], FulfillmentPicked)
    assert [units.quantity for units in again[1].units] == [2]


def test_only_what_lies_on_the_bench_goes_back_to_the_shelf() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2))
    do(shop, pick(book, fulfillment, quantity=2))
    move(shop, book, "picked packed", 1)

    with pytest.raises(NotOnBench) as refusal:
        do(shop, undo(book, fulfillment, 2))
    assert refusal.value.there == 1
    refused(shop, undo(book, fulfillment, 0), book)
    assert do(shop, undo(book, fulfillment, 1))


def test_what_is_picked_for_an_order_goes_into_its_tote() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 3), ("TEE", 1))
    do(shop, pick(book, fulfillment, "MUG", 1, tote="TOTE-A"))
    before = items(book)

    for wrong in (
        pick(book, fulfillment, "MUG", 1, tote="TOTE-B"),
        ConfirmPickList(order_id=order_id(book), fulfillment_id=fulfillment.id, tote="TOTE-B"),
    ):
        with pytest.raises(WrongTote, match="Scanned tote TOTE-B, but what is picked for this order lies in TOTE-A"):
            do(shop, wrong)
    assert (items(book), fulfillment.tote) == (before, "TOTE-A")

    do(shop, pick(book, fulfillment, "MUG", 1, tote=" tote-a "))
    do(shop, pick(book, fulfillment, "MUG", 1))  # callers that know no totes
    do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=fulfillment.id, tote="TOTE-A"))
    assert (fulfillment.status, fulfillment.tote) == ("picked", "TOTE-A")
