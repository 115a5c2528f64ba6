"""Goods that the customer hands in where customers collect: no label, and staff take them in."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from purveyor.core.policies import ReturnPolicy
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.state import Book, State
from purveyor.stages.returns.commands import ReceiveReturn, RequestReturn
from purveyor.stages.returns.facts import ReturnAuthorized
from purveyor.stages.returns.state import Rma
from tests.pure import SHOP, a_shop, do
from tests.stages.returns.shop import a_shop_under, credit, delivered, first_line, items, receive, request, rma


def bring(state: State, book: Book, quantity: int, to: str = "shop") -> ReturnAuthorized:
    facts = do(state, RequestReturn(order_id=book.order.id, items=items(book, quantity), bring_to=to))
    fact = facts[0]
    assert isinstance(fact, ReturnAuthorized)
    return fact


def take_in(state: State, book: Book, rma_id: UUID, quantity: int, at: str = "shop") -> None:
    counted = (UnitsOf(first_line(book), quantity),)
    do(state, ReceiveReturn(order_id=book.order.id, rma_id=rma_id, counted=counted, at_counter=at))


def test_what_is_handed_in_needs_no_label_and_goes_where_it_is_brought() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))

    fact = bring(shop, book, 1)

    assert (fact.way, fact.location) == ("counter", "shop")
    assert (fact.label_minor, fact.outcome.label_minor, fact.outcome.credit_minor) == (0, 0, 1_190)
    assert fact.reply()["way"] == "counter"
    assert (rma(book, fact.rma_id).way, rma(book, fact.rma_id).location) == ("counter", "shop")
    take_in(shop, book, fact.rma_id, 1)
    assert credit(shop, book, fact.rma_id).credit_minor == 1_190


def test_a_parcel_goes_where_the_goods_came_from_and_its_label_is_charged() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))

    fact = request(shop, book, 1)

    assert (fact.way, fact.location, fact.label_minor) == ("parcel", "main", 490)


@pytest.mark.parametrize("elsewhere", ["main", "moon"])
def test_goods_are_handed_in_only_where_customers_collect(elsewhere: str) -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))

    with pytest.raises(Invalid) as refusal:
        bring(shop, book, 1, elsewhere)
    assert refusal.value.data["field"] == "bring_to"
    assert refusal.value.data["expected"] == "a location where customers collect: shop"
    assert not book.rows(Rma)

    rma_id = request(shop, book, 1).rma_id
    with pytest.raises(Invalid, match="where customers collect"):
        take_in(shop, book, rma_id, 1, elsewhere)
    assert book.units("returning") == 1


def test_where_customers_collect_nowhere_nothing_is_handed_in() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, locations=SHOP.locations[:1]))
    book = delivered(shop, ("MUG", 2))

    with pytest.raises(Invalid, match="customers collect nowhere"):
        bring(shop, book, 1, "main")
    assert book.units("returning") == 0


def test_who_comes_with_what_was_to_be_sent_pays_no_label() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))
    rma_id = request(shop, book, 2).rma_id

    take_in(shop, book, rma_id, 2)

    assert (rma(book, rma_id).way, rma(book, rma_id).location) == ("counter", "shop")
    assert credit(shop, book, rma_id).label_minor == 0


def test_a_label_that_was_used_stays_charged_when_the_rest_is_handed_in() -> None:
    shop = a_shop()
    book = delivered(shop, ("MUG", 2))
    rma_id = request(shop, book, 2).rma_id
    receive(shop, book, rma_id, 1)

    take_in(shop, book, rma_id, 1)

    assert (rma(book, rma_id).way, rma(book, rma_id).location) == ("parcel", "main")
    assert credit(shop, book, rma_id).label_minor == 490


def test_what_the_customer_keeps_is_brought_nowhere() -> None:
    shop = a_shop_under(ReturnPolicy(keep_below_minor=10_000, currency="EUR"))
    book = delivered(shop, ("MUG", 1))

    fact = bring(shop, book, 1)

    assert (fact.way, fact.location, fact.expires_at) == ("parcel", "", None)
