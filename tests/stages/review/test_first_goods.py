"""Goods that come to an order of none: they are sent or collected, and bear the shipping as if ordered at once."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.state import Book
from purveyor.core.taxes import shipping_parts
from purveyor.stages.review.commands import (
    AddLine,
    CancelUnits,
    ChangeAddress,
    ChangeShipping,
    EditOrder,
    NewAddress,
    SetQuantity,
)
from purveyor.stages.review.refusals import CountryCannotChange
from tests.pure import ADDRESS, NOON, do, later, order_id, placed
from tests.stages.payment.sale import Sale
from tests.stages.review.test_shipping_charge import edit, line_of, shop_of_two_rates

NOWHERE = msgspec.structs.replace(ADDRESS, street="", city="", postal_code="")


def charge(book: Book) -> tuple[str, int, int]:
    return book.order.method, book.order.shipping_minor, book.order.shipping_tax_minor


@pytest.mark.parametrize("inclusive", [True, False])
@pytest.mark.parametrize(
    ("bought", "added", "is_charged"),
    [
        ("BOOK", ("CHEAP", "GIFT"), True),
        ("BOOK", ("GIFT",), True),
        ("FIT", ("CHEAP",), False),
        ("BOOK", ("NOVEL",), False),
    ],
)
def test_they_cost_what_the_same_order_would_have_cost_at_once(
    bought: str, added: tuple[str, ...], *, is_charged: bool, inclusive: bool
) -> None:
    shop = shop_of_two_rates(inclusive=inclusive)
    book = placed(shop, (bought, 1))
    assert charge(book) == ("none", 0, 0)

    edit(shop, book, *(AddLine(sku=sku, quantity=1) for sku in added))

    at_once = placed(shop, (bought, 1), *((sku, 1) for sku in added)).order
    order = book.order
    assert bool(order.shipping_minor) is is_charged
    assert shipping_parts(order) == shipping_parts(at_once)
    for name in ("method", "shipping_minor", "shipping_tax_minor", "tax_minor", "total_minor", "receivable_minor"):
        assert getattr(order, name) == getattr(at_once, name), name
    assert order.promised_at == later(days=4)


def test_another_option_may_be_chosen_with_them_and_counts_from_that_day() -> None:
    shop = shop_of_two_rates()
    book = placed(shop, ("BOOK", 1), placed_at=later(days=-30))

    edit(shop, book, AddLine(sku="CHEAP", quantity=1), ChangeShipping(option="express"))

    assert charge(book) == ("ship", 1_290, 206)
    assert book.order.promised_at == later(days=2)
    assert book.order.promised_at > NOON


def test_an_option_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    shop = shop_of_two_rates()
    book = placed(shop, ("BOOK", 1), shipping_option="balloon")

    with pytest.raises(Invalid) as refusal:
        edit(shop, book, AddLine(sku="CHEAP", quantity=1))

    assert (refusal.value.data["field"], refusal.value.data["found"]) == ("option", "balloon")
    assert charge(book) == ("none", 0, 0)
    edit(shop, book, AddLine(sku="CHEAP", quantity=1), ChangeShipping(option="standard"))
    assert charge(book) == ("ship", 490, 78)


def test_who_left_no_address_is_asked_for_one_before_anything_is_sent() -> None:
    shop = shop_of_two_rates()
    book = placed(shop, ("BOOK", 1), contact=NOWHERE)

    with pytest.raises(Invalid) as refusal:
        edit(shop, book, AddLine(sku="CHEAP", quantity=1))
    assert (refusal.value.data["field"], refusal.value.data["found"]) == (
        "contact",
        "street_missing, city_missing, postal_code_missing",
    )
    assert charge(book) == ("none", 0, 0)

    abroad = NewAddress(name="Ann", street="Rue 1", city="Paris", postal_code="75001", country="FR")
    with pytest.raises(CountryCannotChange):
        edit(shop, book, AddLine(sku="CHEAP", quantity=1), ChangeAddress(contact=abroad))

    here = NewAddress(name="Ann", street="Teststr. 1", city="Berlin", postal_code="10115", country="DE")
    edit(shop, book, AddLine(sku="CHEAP", quantity=1), ChangeAddress(contact=here))
    assert charge(book) == ("ship", 490, 78)


def test_goods_of_an_order_that_was_to_be_collected_are_collected() -> None:
    shop = shop_of_two_rates()
    book = placed(shop, ("BOOK", 1), method="collect", collect_at="shop", terms="at_counter")

    edit(shop, book, AddLine(sku="CHEAP", quantity=1))

    assert charge(book) == ("collect", 0, 0)


def test_goods_that_come_after_all_others_were_canceled_bring_the_charge_again() -> None:
    shop = shop_of_two_rates()
    book = placed(shop, ("BOOK", 1), ("CHEAP", 1))
    do(
        shop,
        CancelUnits(order_id=order_id(book), units=(UnitsOf(line_of(book, "CHEAP").id, 1),), reason="changed mind"),
    )
    assert charge(book) == ("ship", 0, 0)

    edit(shop, book, SetQuantity(line_id=line_of(book, "CHEAP").id, quantity=1))

    assert charge(book) == ("ship", 490, 78)
    assert book.order.total_minor == book.order.receivable_minor == 990 + 300 + 490


def test_more_goods_bring_no_second_charge() -> None:
    shop = shop_of_two_rates()
    book = placed(shop, ("CHEAP", 1))

    edit(shop, book, AddLine(sku="NOVEL", quantity=1))

    assert book.order.shipping_minor == 490


def test_the_charge_stands_on_the_bill_of_the_first_goods() -> None:
    sale = Sale(("FILE", 2, 1_500), collected=False, terms="invoice")
    sale.ship(1)

    sale.do(EditOrder(order_id=sale.book.order.id, changes=(AddLine(sku="BOOK", quantity=1),)))
    sale.ship(0, 1)
    sale.ship(1, 0)

    assert [(each.total_minor, each.shipping_minor) for each in sale.invoices] == [(1_500, 0), (1_490, 490), (1_500, 0)]
    assert sale.invoices[1].tax_minor == 65 + 32
    assert sale.book.order.receivable_minor == 4_490
