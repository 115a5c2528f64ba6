"""What may come in, and at which price."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from purveyor.core.money import Money
from purveyor.core.policies import ShippingOption, ShippingPolicy, TaxPolicy
from purveyor.core.positions import BACKORDER
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Product, Stock
from purveyor.core.vat_rates import TaxRate
from purveyor.engine.answers import Refused
from purveyor.stages.receipt.approval import second_look
from purveyor.stages.receipt.carts import CartNotReserved, OutOfStock
from purveyor.stages.receipt.commands import LineItem, PlaceOrder, ReleaseCart, ReserveCart, ReserveItem, Tender
from purveyor.stages.receipt.decide import NotPaidAtTheDoor, TendersDoNotCover, UnknownSku
from purveyor.stages.receipt.facts import OrderPlaced
from purveyor.stages.receipt.validation import EmptyOrder, WrongCurrency
from tests.pure import ADDRESS, BERLIN, SHOP, a_call, a_shop, an_order_for, do, eur, later, placed


def test_an_order_freezes_prices_and_owes_its_total() -> None:
    book = placed(a_shop(), ("MUG", 2), ("BOOK", 1))

    assert [line.total_minor for line in book.lines.values()] == [2_380, 990]
    assert [line.tax_minor for line in book.lines.values()] == [380, 158]
    assert book.order.shipping_minor == 490
    assert book.order.total_minor == 2_380 + 990 + 490 == book.order.receivable_minor
    assert book.units("placed") == 3


@pytest.mark.parametrize("agreed", [0, 1, 690])
def test_an_agreed_charge_for_shipping_counts_and_bears_the_tax_of_the_goods(agreed: int) -> None:
    book = placed(a_shop(), ("MUG", 1), ("BOOK", 1), shipping=eur(agreed))

    assert book.order.shipping_minor == agreed
    assert book.order.shipping_tax_minor == round(agreed * 19 / 119)
    assert book.order.total_minor == 1_190 + 990 + agreed == book.order.receivable_minor


def test_an_agreed_charge_is_without_tax_where_prices_are() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, tax=TaxPolicy(inclusive=False)))

    assert placed(shop, ("MUG", 1), shipping=eur(1_000)).order.shipping_minor == 1_190


@pytest.mark.parametrize(
    ("lines", "changes", "told"),
    [
        ([("BOOK", 1)], {"shipping": eur(490)}, "shipping must be nothing: the order is not shipped; you sent 4.90"),
        ([("MUG", 1)], {"shipping": eur(490), "method": "collect", "collect_at": "shop"}, "shipping must be nothing"),
        ([("MUG", 1)], {"shipping": eur(-1)}, "shipping must be an amount that is not negative; you sent -0.01"),
    ],
)
def test_an_agreed_charge_that_cannot_be_is_refused(lines: Any, changes: Any, told: str) -> None:
    with pytest.raises(Invalid) as refusal:
        placed(a_shop(), *lines, **changes)

    assert str(refusal.value).startswith(told)


def test_an_agreed_charge_of_nothing_is_no_fault_where_nothing_is_sent() -> None:
    assert placed(a_shop(), ("BOOK", 1), shipping=eur(0)).order.total_minor == 990
    with pytest.raises(WrongCurrency):
        placed(a_shop(), ("MUG", 1), shipping=Money(0, "USD"))


def test_an_order_without_an_agreed_charge_is_asked_as_it_always_was() -> None:
    asked = msgspec.json.encode(an_order_for(("MUG", 1)))

    assert b'"shipping"' not in asked, "its answer is found by these bytes"
    assert msgspec.json.decode(asked, type=PlaceOrder) == an_order_for(("MUG", 1))


def test_a_discount_on_the_order_is_spread_over_its_lines_to_the_cent() -> None:
    book = placed(a_shop(), ("MUG", 1), ("TEE", 1), discount=eur(1_000))

    assert [line.discount_minor for line in book.lines.values()] == [322, 678]
    assert book.order.goods_minor == 1_190 + 2_500 - 1_000


def test_demand_is_summed_by_sku_before_it_is_held_against_stock() -> None:
    shop = a_shop(MUG=3)

    with pytest.raises(OutOfStock) as refusal:
        placed(shop, ("MUG", 2), ("MUG", 2))

    assert (refusal.value.wanted, refusal.value.available) == (4, 3)
    assert not shop.books
    assert placed(shop, ("MUG", 2), ("MUG", 1)).units("placed") == 3


def test_nobody_is_told_to_order_fewer_of_what_is_not_there() -> None:
    told = []
    for there in (3, 0):
        with pytest.raises(OutOfStock) as refusal:
            placed(a_shop(MUG=there), ("MUG", 4))
        told.append(Refused.of(refusal.value).instead)

    assert told == [("order fewer",), ()]


def test_what_is_not_there_may_wait_up_to_the_cap() -> None:
    shop = a_shop(MUG=1)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=2)

    assert placed(shop, ("MUG", 3)).units("placed") == 3
    with pytest.raises(OutOfStock):
        placed(shop, ("MUG", 4))


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
def test_a_quantity_is_a_positive_whole_number(quantity: int) -> None:
    with pytest.raises(Invalid, match="quantity") as refusal:
        placed(a_shop(), ("MUG", quantity))
    assert refusal.value.data["field"] == "lines[1].quantity"


def test_bad_orders_are_refused_with_what_would_be_right() -> None:
    shop = a_shop()
    with pytest.raises(EmptyOrder):
        placed(shop)
    with pytest.raises(UnknownSku, match="Line 2: there is no product CUP"):
        placed(shop, ("MUG", 1), ("CUP", 1))
    with pytest.raises(TendersDoNotCover):
        placed(shop, ("MUG", 1), tenders=(Tender(method="card", amount=eur(1)),))
    assert not shop.books


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"currency": "USD"}, "lines[1].sku"),
        ({"discount": Money(10, "USD")}, "discount"),
        ({"tenders": (Tender(method="card"), Tender(method="cash", amount=Money(10, "USD")))}, "tenders[2].amount"),
        ({"line": {"unit_price": Money(10, "USD")}}, "lines[2].unit_price"),
        ({"line": {"discount": Money(10, "USD")}}, "lines[2].discount"),
    ],
)
def test_an_amount_in_another_currency_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(WrongCurrency, match=f"^{re.escape(field)}: ") as refusal:
        do(a_shop(), _two_lines(change))
    assert refusal.value.data["field"] == field
    assert "0" not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"discount": eur(-1)}, "discount"),
        ({"line": {"unit_price": eur(-1)}}, "lines[2].unit_price"),
        ({"line": {"discount": eur(-1)}}, "lines[2].discount"),
    ],
)
def test_an_amount_below_nothing_is_refused_by_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        do(a_shop(), _two_lines(change))
    assert refusal.value.data["field"] == field


def _two_lines(change: dict[str, Any]) -> PlaceOrder:
    """Two lines; what is changed of one is changed of the second."""
    order = an_order_for(("MUG", 1), ("TEE", 1), **{name: each for name, each in change.items() if name != "line"})
    second = msgspec.structs.replace(order.lines[1], **change.get("line", {}))
    return msgspec.structs.replace(order, lines=(order.lines[0], second))


def test_two_tenders_share_the_total() -> None:
    tenders = (Tender(method="store_credit", amount=eur(500)), Tender(method="card", source="tok"))
    fact = do(a_shop(), an_order_for(("MUG", 1), tenders=tenders))[0]

    assert [tender.amount for tender in fact.tenders] == [eur(500), eur(1_180)]  # type: ignore[attr-defined]


def test_a_cart_keeps_its_stock_from_others_until_it_is_ordered() -> None:
    shop = a_shop(MUG=5)
    cart = a_call().ids.new()
    do(shop, ReserveCart(cart_id=cart, items=(ReserveItem(sku="MUG", quantity=4),)))

    with pytest.raises(OutOfStock):
        placed(shop, ("MUG", 2))
    book = placed(shop, ("MUG", 5), cart_id=cart)

    assert book.units("placed") == 5
    assert shop.stock["MUG"]["main"].held == 0


def test_a_renewed_cart_is_not_released_by_its_old_timer() -> None:
    shop = a_shop(MUG=5)
    cart = a_call().ids.new()
    do(shop, ReserveCart(cart_id=cart, items=(ReserveItem(sku="MUG", quantity=1),)))
    do(shop, ReserveCart(cart_id=cart, items=(ReserveItem(sku="MUG", quantity=2),)), a_call(later(minutes=20)))

    with pytest.raises(CartNotReserved):
        do(shop, ReleaseCart(cart_id=cart, expired_by=later(minutes=30)), a_call(later(minutes=31)))
    assert shop.stock["MUG"]["main"].held == 2
    do(shop, ReleaseCart(cart_id=cart, expired_by=later(minutes=50)), a_call(later(minutes=51)))
    assert shop.stock["MUG"]["main"].held == 0


def test_an_address_that_cannot_be_is_refused() -> None:
    with pytest.raises(Invalid, match="phone"):
        placed(a_shop(), ("MUG", 1), contact=type(ADDRESS)(name="x", phone="call me", country="DE"))


def test_no_cash_is_taken_at_the_door_for_what_nobody_brings() -> None:
    shop = a_shop()
    with pytest.raises(NotPaidAtTheDoor) as refusal:
        do(shop, an_order_for(("MUG", 1), ("KEY", 1), ("BOOK", 1), terms="on_delivery"))
    assert refusal.value.skus == ["BOOK", "KEY"]
    assert not shop.books

    placed(shop, ("MUG", 1), ("FIT", 1), terms="on_delivery")
    assert len(shop.books) == 1


def test_a_promise_is_the_same_time_of_day_in_the_shops_zone() -> None:
    shop = a_shop(BERLIN)
    winter = placed(shop, ("MUG", 1), placed_at=datetime.fromisoformat("2025-11-23T23:30:00+00:00"))
    spring = do(shop, an_order_for(("MUG", 1)), a_call(datetime.fromisoformat("2026-03-28T22:30:00+00:00")))

    assert winter.order.promised_at == datetime.fromisoformat("2025-11-28T00:30:00+01:00")
    [fact] = [each for each in spring if isinstance(each, OrderPlaced)]
    assert fact.promised_at == datetime.fromisoformat("2026-04-01T23:30:00+02:00")


def test_addresses_are_kept_as_their_country_writes_them() -> None:
    typed = msgspec.structs.replace(ADDRESS, phone="030 1234567", postal_code=" D-10115 ", email="ann@ex\u00e4mple.de")
    shop = a_shop()
    book = placed(shop, ("MUG", 1), contact=typed, billing=typed)
    contact = shop.contact(book.order.contact_id)

    assert (contact.phone, contact.postal_code, contact.email) == ("+49301234567", "10115", "ann@ex\u00e4mple.de")
    assert contact.billing is not None
    assert (contact.billing["phone"], contact.billing["postal_code"]) == ("+49301234567", "10115")


def test_the_tax_of_a_day_is_that_of_the_shops_day() -> None:
    rates = (TaxRate("DE", "standard", 1900, date(2020, 1, 1)), TaxRate("DE", "standard", 1600, date(2026, 3, 2)))
    evening = a_call(datetime.fromisoformat("2026-03-01T23:30:00+00:00"))
    for policies, tax_minor in ((SHOP, 268), (BERLIN, 232)):
        shop = a_shop(msgspec.structs.replace(policies, tax=TaxPolicy(rates=rates)))
        fact = next(each for each in do(shop, an_order_for(("MUG", 1)), evening) if isinstance(each, OrderPlaced))
        assert fact.tax_minor == tax_minor


@pytest.mark.parametrize("country", ["UK", "EL", "EU", "ZZ", "XX", "de"])
def test_a_country_that_is_none_is_refused_with_its_field(country: str) -> None:
    shop = a_shop()
    with pytest.raises(Invalid) as refusal:
        placed(shop, ("MUG", 1), contact=msgspec.structs.replace(ADDRESS, country=country))
    assert refusal.value.data["field"] == "contact.country"
    assert not shop.books


@pytest.mark.parametrize("channel", ["web", "phone", "api", "file", "edi", "agent"])
@pytest.mark.parametrize("actor", ["key:abc", "staff:anna"])
def test_a_price_far_below_the_list_is_looked_at_whatever_the_channel_says(channel: str, actor: str) -> None:
    shop = a_shop()
    cheap = (LineItem(sku="MUG", quantity=20, unit_price=eur(1)),)
    command = PlaceOrder(channel=channel, currency="EUR", contact=ADDRESS, lines=cheap)  # type: ignore[arg-type]

    assert second_look(shop, command, [shop.shared[Product]["MUG"]], (), a_call(actor=actor)).holds == ("price",)
    assert second_look(shop, command, [shop.shared[Product]["MUG"]], (), a_call(actor="channel:file")).holds == ()


def test_a_country_that_nothing_is_shipped_to_is_refused_with_those_that_are() -> None:
    near = ShippingPolicy((ShippingOption("standard", "Standard", 490, 4, None, ("DE", "AT")),))
    shop = a_shop(msgspec.structs.replace(SHOP, shipping=near))
    abroad = msgspec.structs.replace(ADDRESS, country="AF", postal_code="1001")

    with pytest.raises(Invalid) as refusal:
        placed(shop, ("MUG", 1), contact=abroad)

    assert refusal.value.data["field"] == "contact.country"
    assert (refusal.value.data["found"], refusal.value.data["expected"]) == ("AF", "one of AT, DE")
    placed(shop, ("MUG", 1))
