"""What lists filter on follows from the ledgers and the stages' rows."""

from __future__ import annotations

from purveyor.core.money import Money
from purveyor.core.positions import BACKORDER
from purveyor.core.rows import Stock
from purveyor.core.state import Book, State
from purveyor.stages.delivery.commands import RecordTrackingEvents
from purveyor.stages.payment.commands import PlannedTender, PlanPayments, StartPayments
from purveyor.stages.payment.state import Payment
from purveyor.stages.review.commands import CancelUnits, CloseOrder, HoldOrder, ReviewOrder
from purveyor.summary import summarize
from tests.pure import NOON, a_call, a_shop, do, later, order_id, placed, walk
from tests.stages.delivery.goods import a_scan, expected


def an_order(shop: State, *lines: tuple[str, int], method: str = "cash") -> Book:
    """An order that was reviewed and, with cash, is paid. Nothing follows by itself here."""
    book = placed(shop, *lines)
    total = Money(book.order.total_minor, "EUR")
    do(shop, PlanPayments(order_id=order_id(book), tenders=(PlannedTender(method=method, amount=total),)))  # type: ignore[arg-type]
    do(shop, ReviewOrder(order_id=order_id(book)))
    do(shop, StartPayments(order_id=order_id(book)))
    return book


def summary(book: Book) -> tuple[str, str, str, str]:
    summarize(book, NOON)
    order = book.order
    return order.status, order.stage, order.payment_status, order.fulfillment_status


def test_an_order_goes_through_its_stages() -> None:
    shop = a_shop()
    book = an_order(shop, ("MUG", 2))

    assert summary(book) == ("placed", "picking", "paid", "open")
    walk(book, shop, "picked")
    assert summary(book) == ("placed", "packing", "paid", "open")
    walk(book, shop, "packed")
    assert summary(book) == ("placed", "shipping", "paid", "open")
    walk(book, shop, "shipped")
    assert summary(book) == ("placed", "delivery", "paid", "shipped")
    walk(book, shop, "delivered")
    assert summary(book) == ("placed", "feedback", "paid", "delivered")
    do(shop, CloseOrder(order_id=order_id(book)))
    assert summary(book) == ("closed", "feedback", "paid", "delivered")
    assert book.order.closed_at == NOON


def test_a_late_return_opens_the_book_again_for_as_long_as_it_takes() -> None:
    shop = a_shop()
    book = an_order(shop, ("MUG", 1))
    walk(book, shop, "picked", "packed", "shipped", "delivered")
    do(shop, CloseOrder(order_id=order_id(book)))
    walk(book, shop, "returning")

    assert summary(book)[:2] == ("placed", "returns")
    assert (book.order.closed_at, book.order.return_status) == (None, "returning")
    walk(book, shop, "returned")
    assert summary(book)[0] == "closed"
    assert (book.order.closed_at, book.order.return_status) == (NOON, "returned")


def test_what_is_held_or_waits_is_in_review_with_its_holds() -> None:
    shop = a_shop(MUG=1)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=5)
    an_order(shop, ("MUG", 1))
    waits = an_order(shop, ("MUG", 3))
    assert summary(waits) == ("placed", "review", "paid", "backordered")

    book = an_order(shop, ("TEE", 1))
    do(shop, HoldOrder(order_id=order_id(book), type="fraud"))
    do(shop, HoldOrder(order_id=order_id(book), type="address"))
    assert summary(book)[1] == "review"
    assert book.order.holds == "address fraud"


def test_an_order_that_nobody_has_paid_for_waits_for_money() -> None:
    book = an_order(a_shop(), ("MUG", 1), method="card")

    [payment] = book.rows(Payment).values()
    assert payment.status == "offered"
    assert summary(book) == ("placed", "payment", "unpaid", "open")


def test_a_canceled_order_was_never_paid() -> None:
    shop = a_shop()
    book = an_order(shop, ("MUG", 1), method="card")
    do(shop, CancelUnits(order_id=order_id(book), units="all", reason="changed mind"))

    assert summary(book) == ("canceled", "", "none", "canceled")


def test_a_lost_parcel_was_not_delivered() -> None:
    shop = a_shop()
    book = an_order(shop, ("MUG", 2))
    walk(book, shop, "picked", "packed", "shipped", "lost")

    assert summary(book) == ("placed", "", "paid", "lost")


def test_a_parcel_on_its_way_back_to_the_sender_was_not_delivered_until_it_is() -> None:
    shop = a_shop()
    book = an_order(shop, ("MUG", 2))
    walk(book, shop, "picked", "packed", "shipped")
    tracking = expected(shop, book)
    back, there = a_scan(1, "returned_to_sender"), a_scan(2, "delivered")
    do(
        shop,
        RecordTrackingEvents(order_id=book.order.id, shipment_id=tracking.shipment_id, events=(back,)),
        a_call(at=later(hours=1)),
    )
    assert summary(book)[3] == "returned_to_sender"
    assert book.order.return_status == "returning"

    do(
        shop,
        RecordTrackingEvents(order_id=book.order.id, shipment_id=tracking.shipment_id, events=(there,)),
        a_call(at=later(hours=2)),
    )
    assert summary(book)[3] == "delivered"
    assert book.order.return_status == "none"


def test_what_a_customer_sends_back_was_delivered() -> None:
    shop = a_shop()
    book = an_order(shop, ("MUG", 2))
    walk(book, shop, "picked", "packed", "shipped", "delivered", "returning")

    assert summary(book)[3] == "delivered"


def test_the_age_of_a_stage_starts_when_it_is_entered() -> None:
    shop = a_shop()
    book = an_order(shop, ("MUG", 1))
    summarize(book, later(hours=1))
    summarize(book, later(hours=2))
    assert book.order.stage_since == later(hours=1)

    walk(book, shop, "picked")
    summarize(book, later(hours=3))
    assert (book.order.stage, book.order.stage_since) == ("packing", later(hours=3))


def test_an_order_of_which_a_part_waits_is_where_the_rest_of_it_can_be_worked_on() -> None:
    shop = a_shop(MUG=2)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=5)
    book = an_order(shop, ("TEE", 1), ("MUG", 3))

    [tee, mug] = book.lines.values()
    assert (tee.allocated, mug.backordered > 0) == (1, True)
    assert summary(book)[1] == "picking"
