"""What came back, in which state, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.state import Book, State
from purveyor.stages.returns.commands import (
    AddToReturn,
    CancelReturn,
    ExpectReturnToSender,
    ExpireReturn,
    FinishRefurbishing,
    FoundItem,
    ReceiveReturn,
)
from purveyor.stages.returns.facts import ReturnReceived
from purveyor.stages.returns.refusals import (
    MoreThanAnnounced,
    MoreThanReceived,
    NotAnnounced,
    NothingToCancel,
    ReturnNotOpen,
)
from purveyor.stages.returns.state import Rma, RmaItem
from tests.pure import a_call, a_shop, do, later, placed, walk
from tests.stages.returns.shop import (
    FREE,
    a_shop_under,
    all_units,
    come_back,
    credit,
    delivered,
    first_line,
    inspect,
    items,
    receive,
    request,
    rma,
)


def test_less_than_announced_is_taken_in_and_the_rest_may_follow() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 3))
    rma_id = request(shop, book, 3).rma_id

    fact = receive(shop, book, rma_id, 2)[0]

    assert isinstance(fact, ReturnReceived)
    assert fact.missing == (UnitsOf(first_line(book), 1),)
    assert rma(book, rma_id).status == "partly_received"
    receive(shop, book, rma_id, 1)
    assert (rma(book, rma_id).status, rma(book, rma_id).expires_at) == ("received", None)
    assert book.units("returned") == 3


def test_more_than_announced_is_refused_with_both_numbers() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 3))
    rma_id = request(shop, book, 2).rma_id

    with pytest.raises(MoreThanAnnounced) as refusal:
        receive(shop, book, rma_id, 3)
    assert (refusal.value.counted, refusal.value.announced) == (3, 2)
    assert book.units("returned") == 0
    with pytest.raises(MoreThanAnnounced):
        do(
            shop,
            ReceiveReturn(
                order_id=book.order.id,
                rma_id=rma_id,
                counted=(UnitsOf(first_line(book), 1), UnitsOf(first_line(book), 2)),
            ),
        )
    receive(shop, book, rma_id, 2)
    with pytest.raises(ReturnNotOpen):
        receive(shop, book, rma_id, 1)


def test_units_that_nobody_announced_are_added_before_they_are_received() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 1), ("TEE", 1))
    rma_id = request(shop, book, 1).rma_id

    with pytest.raises(NotAnnounced):
        receive(shop, book, rma_id, 1, 1)
    do(shop, AddToReturn(order_id=book.order.id, rma_id=rma_id, items=items(book, 0, 1)), a_call(later(days=90)))
    receive(shop, book, rma_id, 1, 1)

    assert book.units("returned") == 2
    assert credit(shop, book, rma_id).credit_minor == 1_190 + 2_500 + 490  # everything is back, shipping as well


def test_a_strange_thing_in_the_box_is_noted() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 1))
    rma_id = request(shop, book, 1).rma_id
    found = (FoundItem(sku="brick", quantity=1),)

    fact = do(shop, ReceiveReturn(order_id=book.order.id, rma_id=rma_id, counted=(), found=found))[0]

    assert fact.found == found  # type: ignore[attr-defined]
    assert (rma(book, rma_id).status, book.units("returning")) == ("announced", 1)
    with pytest.raises(Invalid, match="what was in the box"):
        do(shop, ReceiveReturn(order_id=book.order.id, rma_id=rma_id, counted=()))


def test_what_is_restocked_can_be_sold_again_and_what_is_scrapped_cannot() -> None:
    shop = a_shop(MUG=5)
    book = delivered(shop, ("MUG", 4))
    rma_id = request(shop, book, 4).rma_id
    receive(shop, book, rma_id, 4)
    assert shop.stock["MUG"]["main"].on_hand == 1

    inspect(shop, book, rma_id, 1)
    inspect(shop, book, rma_id, 1, location="shop", condition="opened")
    inspect(shop, book, rma_id, 1, disposition="refurbish", condition="used")
    inspect(shop, book, rma_id, 1, disposition="scrap", condition="damaged")

    assert shop.stock["MUG"]["main"].on_hand == 2
    assert shop.stock["MUG"]["shop"].on_hand == 1
    with pytest.raises(MoreThanReceived):
        inspect(shop, book, rma_id, 1)
    item = next(iter(book.rows(RmaItem).values()))
    assert (item.restocked, item.refurbishing, item.scrapped) == (2, 1, 1)


def test_refurbished_units_go_back_to_the_shelf_once() -> None:
    shop = a_shop(MUG=1)
    book = delivered(shop, ("MUG", 1))
    rma_id = request(shop, book, 1).rma_id
    receive(shop, book, rma_id, 1)
    inspect(shop, book, rma_id, 1, disposition="refurbish", condition="used")
    done = FinishRefurbishing(
        order_id=book.order.id, rma_id=rma_id, line_id=first_line(book), quantity=1, disposition="restock"
    )

    do(shop, done)

    assert shop.stock["MUG"]["main"].on_hand == 1
    with pytest.raises(MoreThanReceived):
        do(shop, done)


def test_inspection_says_no_to_places_that_are_not() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 1))
    rma_id = request(shop, book, 1).rma_id
    with pytest.raises(MoreThanReceived):
        inspect(shop, book, rma_id, 1)
    receive(shop, book, rma_id, 1)

    with pytest.raises(Invalid, match="one of main, shop"):
        inspect(shop, book, rma_id, 1, location="moon")
    with pytest.raises(Invalid, match="whole number"):
        inspect(shop, book, rma_id, 0)
    assert shop.stock["MUG"]["main"].on_hand == 99


def test_a_canceled_return_gives_the_units_back_to_the_customer() -> None:
    shop = a_shop_under(FREE)
    book = delivered(shop, ("MUG", 3))
    rma_id = request(shop, book, 3).rma_id
    receive(shop, book, rma_id, 1)

    do(shop, CancelReturn(order_id=book.order.id, rma_id=rma_id))

    assert (book.units("delivered"), book.units("returned")) == (2, 1)
    assert rma(book, rma_id).status == "received"
    assert credit(shop, book, rma_id).credit_minor == 1_190
    with pytest.raises(ReturnNotOpen):
        do(shop, CancelReturn(order_id=book.order.id, rma_id=rma_id))
    other = request(shop, book, 2).rma_id
    do(shop, CancelReturn(order_id=book.order.id, rma_id=other))
    assert rma(book, other).status == "canceled"


def test_a_return_that_never_comes_expires_unless_something_came_since() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))
    fact = request(shop, book, 2)
    assert fact.expires_at is not None
    early = ExpireReturn(order_id=book.order.id, rma_id=fact.rma_id, expires_at=fact.expires_at - timedelta(seconds=1))
    due = ExpireReturn(order_id=book.order.id, rma_id=fact.rma_id, expires_at=fact.expires_at)

    assert do(shop, early) == []
    do(shop, due, a_call(fact.expires_at))

    assert (book.units("delivered"), rma(book, fact.rma_id).status) == (2, "expired")
    assert do(shop, due, a_call(fact.expires_at)) == []
    assert request(shop, book, 2).items


def test_paid_at_once_and_never_sent_is_lost_to_us() -> None:
    policy = FREE.__class__(customer_pays_label=False, refund_on="request")
    shop = a_shop_under(policy)
    book = delivered(shop, ("MUG", 2))
    fact = request(shop, book, 2)
    credit(shop, book, fact.rma_id)
    with pytest.raises(NothingToCancel):
        do(shop, CancelReturn(order_id=book.order.id, rma_id=fact.rma_id))
    receive(shop, book, fact.rma_id, 1)
    assert fact.expires_at is not None

    over = ExpireReturn(order_id=book.order.id, rma_id=fact.rma_id, expires_at=fact.expires_at)
    expired = do(shop, over, a_call(fact.expires_at))[0]

    assert expired.lost == (UnitsOf(first_line(book), 1),)  # type: ignore[attr-defined]
    assert (book.units("lost"), book.units("delivered")) == (1, 0)


def on_the_way_back(shop: State, quantity: int) -> Book:
    book = placed(shop, ("MUG", quantity))
    walk(book, shop, "allocated", "picked", "packed", "shipped", "returning")
    return book


def test_a_parcel_that_comes_back_is_expected_once_and_credited_whole() -> None:
    shop = a_shop()
    book = on_the_way_back(shop, 2)
    expect = ExpectReturnToSender(order_id=book.order.id, shipment_id=a_call().ids.new(), contents=all_units(book))

    fact = do(shop, expect)[0]
    assert do(shop, expect) == []
    assert (
        do(shop, ExpectReturnToSender(order_id=book.order.id, shipment_id=book.order.id, contents=all_units(book)))
        == []
    )
    rma_id = fact.rma_id  # type: ignore[attr-defined]
    assert (rma(book, rma_id).kind, rma(book, rma_id).status) == ("return_to_sender", "announced")
    receive(shop, book, rma_id, 2)
    inspect(shop, book, rma_id, 2)

    assert credit(shop, book, rma_id).credit_minor == 2_380
    assert (rma(book, rma_id).status, shop.stock["MUG"]["main"].on_hand) == ("done", 100)


def test_a_parcel_that_never_gets_back_is_lost() -> None:
    shop = a_shop()
    book = on_the_way_back(shop, 1)
    fact = do(
        shop, ExpectReturnToSender(order_id=book.order.id, shipment_id=a_call().ids.new(), contents=all_units(book))
    )[0]
    row: Rma = rma(book, fact.rma_id)  # type: ignore[attr-defined]
    assert row.expires_at is not None

    do(shop, ExpireReturn(order_id=book.order.id, rma_id=row.id, expires_at=row.expires_at), a_call(row.expires_at))

    assert book.units("lost") == 1


def test_nothing_is_left_to_do_once_all_is_inspected_and_credited() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 1))
    rma_id = come_back(shop, book, 1).rma_id

    assert rma(book, rma_id).status == "received"
    inspect(shop, book, rma_id, 1)
    assert rma(book, rma_id).status == "done"
