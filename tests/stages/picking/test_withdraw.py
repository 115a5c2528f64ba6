"""Work fits what is still wanted, and claims follow the work."""

from __future__ import annotations

from purveyor.core.positions import UnitsOf
from purveyor.core.rows import Stock
from purveyor.core.state import Book, State
from purveyor.stages.picking.commands import (
    ConfirmPick,
    ConfirmPickList,
    DropUnits,
    FulfillmentUnits,
    RecordLeft,
    ReleaseUnits,
    WithdrawUnits,
)
from purveyor.stages.picking.facts import ClaimsMoved, FulfillmentPicked, PickedUnwanted, UnitsWithdrawn
from purveyor.stages.picking.state import Fulfillment
from tests.pure import a_call, a_shop, do, order_id, placed
from tests.stages.picking.warehouse import items, line_of, move, released


def served_from_two(shop: State, main: int, other: int) -> tuple[Book, Fulfillment, Fulfillment]:
    """Mugs from two locations, all released."""
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 10)
    book = placed(shop, ("MUG", main + other))
    move(shop, book, "placed allocated", main)
    move(shop, book, "placed allocated", other, "shop")
    do(shop, ReleaseUnits(order_id=order_id(book)))
    here, there = book.rows(Fulfillment).values()
    return book, here, there


def test_nothing_is_taken_back_when_all_of_it_is_wanted() -> None:
    shop = a_shop()
    book, _ = released(shop, ("MUG", 2), ("BOOK", 1))

    assert do(shop, WithdrawUnits(order_id=order_id(book))) == []


def test_canceled_units_leave_the_work() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 3))
    move(shop, book, "allocated canceled", 2)

    facts = do(shop, WithdrawUnits(order_id=order_id(book)))

    assert [type(fact) for fact in facts] == [UnitsWithdrawn]
    assert items(book) == [("main", "MUG", 1, 0, 0)]
    assert do(shop, WithdrawUnits(order_id=order_id(book))) == []
    move(shop, book, "allocated canceled", 1)
    do(shop, WithdrawUnits(order_id=order_id(book)))
    assert fulfillment.status == "withdrawn"


def test_what_is_left_is_picked_whole_when_the_rest_is_canceled() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 3))
    command = ConfirmPick(
        order_id=order_id(book),
        fulfillment_id=fulfillment.id,
        line_id=line_of(book, "MUG"),
        quantity=2,
        scanned="MUG",
    )
    do(shop, command)
    move(shop, book, "allocated canceled", 1)

    facts = do(shop, WithdrawUnits(order_id=order_id(book)))

    assert [type(fact) for fact in facts] == [UnitsWithdrawn, FulfillmentPicked]
    assert fulfillment.status == "picked"
    assert items(book) == [("main", "MUG", 2, 2, 0)]


def test_whose_picked_units_are_not_wanted_the_bench_must_say() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 4))
    line = line_of(book, "MUG")
    pick = ConfirmPick(order_id=order_id(book), fulfillment_id=fulfillment.id, line_id=line, quantity=3, scanned="MUG")
    do(shop, pick)
    move(shop, book, "allocated canceled", 1)
    move(shop, book, "picked canceled", 2)

    facts = do(shop, WithdrawUnits(order_id=order_id(book)))

    assert [type(fact) for fact in facts] == [UnitsWithdrawn, PickedUnwanted]
    assert isinstance(facts[1], PickedUnwanted)
    assert facts[1].units == (UnitsOf(line, 2),)
    assert items(book) == [("main", "MUG", 3, 3, 0)]
    assert fulfillment.status == "picking"  # not whole before it is clear what is left of it

    facts = do(shop, DropUnits(order_id=order_id(book), units=()))  # none of them had come to the bench

    assert [type(fact) for fact in facts] == [UnitsWithdrawn, FulfillmentPicked]
    assert items(book) == [("main", "MUG", 1, 1, 0)]
    assert fulfillment.status == "picked"


def test_units_are_dropped_where_they_were_taken_out_and_no_more_than_are_too_many() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 4))
    for _ in range(2):
        move(shop, book, "placed allocated", 2)
        do(shop, ReleaseUnits(order_id=order_id(book)))
    first, second = book.rows(Fulfillment).values()
    for fulfillment in (first, second):
        do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=fulfillment.id))
    move(shop, book, "picked canceled", 1)
    taken = FulfillmentUnits(first.id, line_of(book, "MUG"), 2)

    do(shop, DropUnits(order_id=order_id(book), units=(taken,)))

    assert items(book) == [("main", "MUG", 1, 1, 0), ("main", "MUG", 2, 2, 0)]
    assert do(shop, DropUnits(order_id=order_id(book), units=(taken,))) == []


def test_work_ends_when_what_is_left_of_it_has_left_the_house() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 3))
    do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=fulfillment.id))
    for path in ("picked packed", "packed shipped"):
        move(shop, book, path, 2)
    left = RecordLeft(
        order_id=order_id(book),
        fulfillment_id=fulfillment.id,
        parcel_id=a_call().ids.new(),
        units=(UnitsOf(line_of(book, "MUG"), 2),),
    )
    do(shop, left)
    assert fulfillment.status == "picked"
    move(shop, book, "picked canceled", 1)
    do(shop, DropUnits(order_id=order_id(book), units=()))

    assert fulfillment.status == "done"
    assert items(book) == [("main", "MUG", 2, 2, 2)]
    assert do(shop, left) == []


def test_digital_units_that_were_canceled_are_no_work_either() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("KEY", 3))
    move(shop, book, "allocated delivered", 1, None, "KEY")
    move(shop, book, "allocated canceled", 1, None, "KEY")

    do(shop, WithdrawUnits(order_id=order_id(book)))

    assert items(book) == [("", "KEY", 2, 0, 0)]
    assert fulfillment.status == "done"
    assert do(shop, ReleaseUnits(order_id=order_id(book))) == []


def test_claims_follow_the_work_when_a_cancellation_took_those_of_the_wrong_location() -> None:
    shop = a_shop()
    book, here, _ = served_from_two(shop, 6, 4)
    do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=here.id))
    move(shop, book, "allocated canceled", 4, "main")  # but those on the shelf were at the other location

    facts = do(shop, WithdrawUnits(order_id=order_id(book)))

    assert [type(fact) for fact in facts] == [UnitsWithdrawn, ClaimsMoved]
    assert items(book) == [("main", "MUG", 6, 6, 0), ("shop", "MUG", 0, 0, 0)]
    assert (shop.stock["MUG"]["main"].allocated, shop.stock["MUG"]["shop"].allocated) == (6, 0)
    assert (book.units("picked"), book.units("allocated"), book.units("canceled")) == (6, 0, 4)
    for path in ("picked packed", "packed shipped"):
        move(shop, book, path, 6, "main")
    assert shop.stock["MUG"]["main"].on_hand == 94


def test_claims_of_packed_units_can_follow_as_well() -> None:
    shop = a_shop()
    book, here, _ = served_from_two(shop, 2, 3)
    do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=here.id))
    move(shop, book, "picked packed", 2)
    move(shop, book, "allocated canceled", 2, "main")

    do(shop, WithdrawUnits(order_id=order_id(book)))

    assert items(book) == [("main", "MUG", 2, 2, 0), ("shop", "MUG", 1, 0, 0)]
    assert (shop.stock["MUG"]["main"].allocated, shop.stock["MUG"]["shop"].allocated) == (2, 1)
    assert (book.units("packed"), book.units("allocated"), book.units("canceled")) == (2, 1, 2)


def test_units_that_are_not_released_yet_keep_their_claim() -> None:
    shop = a_shop()
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 10)
    book = placed(shop, ("MUG", 5))
    move(shop, book, "placed allocated", 2)
    do(shop, ReleaseUnits(order_id=order_id(book)))
    move(shop, book, "placed allocated", 3, "shop")
    move(shop, book, "allocated canceled", 1, "shop")

    assert do(shop, WithdrawUnits(order_id=order_id(book))) == []
    do(shop, ReleaseUnits(order_id=order_id(book)))
    assert items(book) == [("main", "MUG", 2, 0, 0), ("shop", "MUG", 2, 0, 0)]
