"""From units with a shelf to work for somebody, each unit once."""

from __future__ import annotations

from purveyor.core.positions import UnitsOf
from purveyor.core.rows import Stock
from purveyor.stages.picking.commands import ConfirmPickList, RecordLeft, ReleaseUnits
from purveyor.stages.picking.facts import FulfillmentReleased
from purveyor.stages.picking.state import Fulfillment
from tests.pure import NOON, a_call, a_shop, do, later, order_id, placed, walk
from tests.stages.picking.warehouse import items, line_of, move, released


def test_allocated_units_become_work_once() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 2), ("TEE", 1))

    assert (fulfillment.status, fulfillment.method, fulfillment.location) == ("released", "ship", "main")
    assert items(book) == [("main", "MUG", 2, 0, 0), ("main", "TEE", 1, 0, 0)]
    assert do(shop, ReleaseUnits(order_id=order_id(book))) == []


def test_units_without_a_shelf_are_no_work() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 2))

    assert do(shop, ReleaseUnits(order_id=order_id(book))) == []
    walk(book, shop, "backordered", location=None)
    assert not book.rows(Fulfillment)


def test_every_location_and_method_has_its_own_work() -> None:
    shop = a_shop()
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 5)
    book = placed(shop, ("MUG", 5), ("BOOK", 1), ("KEY", 2), ("SITE", 1), ("FIT", 1))
    move(shop, book, "placed allocated", 3)
    move(shop, book, "placed allocated", 2, "shop")
    for sku, quantity in (("BOOK", 1), ("KEY", 2), ("SITE", 1), ("FIT", 1)):
        move(shop, book, "placed allocated", quantity, None, sku)

    facts = do(shop, ReleaseUnits(order_id=order_id(book)))

    assert [
        (fact.location, fact.method, sum(units.quantity for units in fact.units))
        for fact in facts
        if isinstance(fact, FulfillmentReleased)
    ] == [
        ("", "access", 1),
        ("", "download", 1),
        ("", "install", 1),
        ("", "license", 2),
        ("main", "ship", 3),
        ("shop", "ship", 2),
    ]
    statuses = {fulfillment.method: fulfillment.status for fulfillment in book.rows(Fulfillment).values()}
    assert statuses == {
        "access": "done",
        "download": "done",
        "install": "done",
        "license": "done",
        "ship": "released",
    }


def test_what_was_delivered_without_a_shelf_is_not_released_again() -> None:
    shop = a_shop()
    book, _ = released(shop, ("BOOK", 2))
    move(shop, book, "allocated delivered", 2, None, "BOOK")
    move(shop, book, "delivered returning", 1, None, "BOOK")

    assert do(shop, ReleaseUnits(order_id=order_id(book))) == []


def test_a_collected_order_is_picked_to_be_collected() -> None:
    _, fulfillment = released(a_shop(), ("MUG", 1), method="collect", collect_at="shop")

    assert fulfillment.method == "collect"


def test_what_is_promised_first_is_due_first() -> None:
    shop = a_shop()
    book, fulfillment = released(shop, ("MUG", 1))

    assert book.order.promised_at is not None
    assert fulfillment.due_at == book.order.promised_at > NOON
    assert fulfillment.released_at == NOON


def test_units_that_are_allocated_later_are_new_work_of_their_own() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 5))
    move(shop, book, "placed allocated", 3)
    do(shop, ReleaseUnits(order_id=order_id(book)))
    first = next(iter(book.rows(Fulfillment)))
    do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=first))
    move(shop, book, "placed allocated", 2)

    do(shop, ReleaseUnits(order_id=order_id(book)))

    assert items(book) == [("main", "MUG", 3, 3, 0), ("main", "MUG", 2, 0, 0)]


def test_work_stays_exact_when_one_of_two_locations_has_shipped_its_part() -> None:
    shop = a_shop()
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 5)
    book = placed(shop, ("MUG", 8))
    move(shop, book, "placed allocated", 3)
    move(shop, book, "placed allocated", 3, "shop")
    do(shop, ReleaseUnits(order_id=order_id(book)))
    for fulfillment in list(book.rows(Fulfillment).values()):
        do(shop, ConfirmPickList(order_id=order_id(book), fulfillment_id=fulfillment.id))
    main, there = book.rows(Fulfillment).values()
    for path in ("picked packed", "packed shipped"):
        move(shop, book, path, 3, "shop")
    units = (UnitsOf(line_of(book, "MUG"), 3),)
    do(shop, RecordLeft(order_id=order_id(book), fulfillment_id=there.id, parcel_id=a_call().ids.new(), units=units))
    move(shop, book, "placed allocated", 2, "shop")

    do(shop, ReleaseUnits(order_id=order_id(book)), a_call(later(hours=1)))

    assert there.status == "done"
    assert main.status == "picked"
    assert items(book) == [("main", "MUG", 3, 3, 0), ("shop", "MUG", 3, 3, 3), ("shop", "MUG", 2, 0, 0)]
