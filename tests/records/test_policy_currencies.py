"""Every amount of a policy is in a currency: an order in another one finds its own, or is refused."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.ids import uuid7
from purveyor.core.money import Money
from purveyor.core.policies import (
    PaymentAmounts,
    PaymentPolicy,
    Policies,
    ReturnAmounts,
    ReturnPolicy,
    RiskPolicy,
    RiskRule,
    ShippingOption,
    ShippingPolicy,
)
from purveyor.core.refusals import Invalid, NoAmountInCurrency
from purveyor.core.rows import Contact, Customer, Product
from purveyor.core.state import State
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.policies.state import Policy, in_force
from purveyor.stages.receipt.commands import Tender
from purveyor.stages.returns.outcome import label_charge
from purveyor.stages.review.risk import assess
from tests.pure import NOON, SHOP, a_call, a_shop, do, placed

PRICES = {"JPY": 1_000, "KWD": 1_500, "USD": 1_000}
IN_TWO = ShippingPolicy(
    options=(
        ShippingOption("standard", "Standard", 490, 4, 5_000, currency="EUR"),
        ShippingOption("standard", "Standard", 590, 4, 6_000, currency="USD"),
        ShippingOption("free", "Free", 0, 7, currency="EUR"),
    )
)
OPTION = {"code": "a", "name": "A", "price_minor": 1, "days": 1}
FREE_LABELS = (ReturnPolicy(customer_pays_label=False),)


def a_shop_abroad(policies: Policies) -> State:
    shop = a_shop(policies)
    for currency, price in PRICES.items():
        shop.shared[Product][currency] = Product(currency, "Thing", "goods", price, currency, weight_g=100)
        shop.stock[currency] = {"main": msgspec.structs.replace(shop.stock["MUG"]["main"], sku=currency)}
    return shop


def with_(**changes: Any) -> Policies:
    return msgspec.structs.replace(SHOP, **{"returns": FREE_LABELS, **changes})


@pytest.mark.parametrize("currency", ["JPY", "KWD", "USD"])
def test_shipping_that_is_priced_in_another_currency_is_refused(currency: str) -> None:
    shop = a_shop_abroad(with_())

    with pytest.raises(NoAmountInCurrency) as refusal:
        placed(shop, (currency, 1), currency=currency)

    assert (refusal.value.currency, refusal.value.configured) == (currency, ["EUR"])
    assert str(refusal.value) == f"The shipping option standard has no amount in {currency}. There are amounts in: EUR."
    assert not shop.books


def test_an_order_finds_the_row_of_its_currency_with_its_own_limit() -> None:
    shop = a_shop_abroad(with_(shipping=IN_TWO))

    assert placed(shop, ("USD", 1), currency="USD").order.shipping_minor == 590
    assert placed(shop, ("USD", 5), currency="USD").order.shipping_minor == 590
    assert placed(shop, ("USD", 6), currency="USD").order.shipping_minor == 0
    assert placed(shop, ("MUG", 1)).order.shipping_minor == 490


def test_what_costs_nothing_costs_nothing_in_any_currency() -> None:
    shop = a_shop_abroad(with_(shipping=IN_TWO))

    assert placed(shop, ("JPY", 1), currency="JPY", shipping_option="free").order.shipping_minor == 0


def test_the_fee_of_the_door_is_taken_in_the_orders_currency_or_not_at_all() -> None:
    fees = PaymentPolicy(cod_fee_minor=300, other_currencies=(PaymentAmounts("USD", 350, 60_000),))
    shop = a_shop_abroad(with_(payment=fees))
    door = {"tenders": (Tender(method="cash_on_delivery"),), "terms": "on_delivery", "shipping_option": "free"}

    placed(shop, ("USD", 1), currency="USD", **door)
    with pytest.raises(NoAmountInCurrency, match="cash on delivery"):
        placed(shop, ("JPY", 1), currency="JPY", **door)


def test_goods_whose_way_back_has_no_price_in_their_currency_are_not_sold() -> None:
    policies = with_(returns=(ReturnPolicy(label_minor=490, other_currencies=(ReturnAmounts("USD", 550),)),))
    shop = a_shop_abroad(policies)

    placed(shop, ("USD", 1), currency="USD", shipping_option="free")
    with pytest.raises(NoAmountInCurrency, match="label"):
        placed(shop, ("JPY", 1), currency="JPY", shipping_option="free")
    assert label_charge(policies.current_return_policy, ["changed_mind"], "USD") == 550


@pytest.mark.parametrize(
    ("currency", "limits", "fires"),
    [
        ("EUR", {"EUR": 900}, True),
        ("EUR", {"EUR": 100_000}, False),
        ("JPY", {"EUR": 100_000}, True),  # nobody said which sum in yen is small
        ("JPY", {"EUR": 100, "JPY": 100_000}, False),
        ("JPY", {"EUR": 100_000, "JPY": 500}, True),
    ],
)
def test_a_large_order_is_large_in_its_own_currency(currency: str, limits: dict[str, int], fires: bool) -> None:
    rules = tuple(RiskRule(f"large in {each}", "amount", 30, limit, currency=each) for each, limit in limits.items())
    shop = a_shop_abroad(with_(risk=RiskPolicy(rules=rules)))
    book = placed(shop, ("MUG" if currency == "EUR" else currency, 1), currency=currency, shipping_option="free")

    risk = assess(shop, book, shop.row(Contact, book.order.contact_id), NOON)

    assert risk.score == (30 if fires else 0)
    assert len(risk.reasons) == fires


def test_amounts_that_were_set_without_a_currency_are_in_the_shops() -> None:
    policies = in_force(
        [
            Policy("currency", 1, "SEK"),
            Policy("shipping", 1, {"options": [OPTION], "tax_class": "standard"}),
            Policy("payment", 1, {"cod_fee_minor": 5}),
            Policy("returns", 1, [{"name": "default", "version": 1, "label_minor": 7}]),
            Policy("risk", 1, {"rules": [{"name": "large", "test": "amount", "score": 1, "limit": 9}]}),
        ]
    )

    assert policies.shipping_option("a", "SEK") is not None
    assert policies.shipping_option("a", "EUR") is None
    assert policies.payment.amounts_in("SEK") == PaymentAmounts("SEK", 5, 50_000, 200_000, 500_000)
    assert policies.current_return_policy.amounts_in("SEK") == ReturnAmounts("SEK", 7, 0)
    assert policies.risk.rules[0].currency == "SEK"


def test_a_policy_that_is_set_says_the_currency_of_its_amounts() -> None:
    shop = a_shop()

    do(shop, SetPolicy(name="shipping", data={"options": [OPTION]}))
    do(shop, SetPolicy(name="payment", data={"cod_fee_minor": 5}))
    do(shop, SetPolicy(name="returns", data={"label_minor": 5}), a_call(actor=OPERATOR))

    assert shop.row(Policy, "shipping").data["options"][0]["currency"] == "EUR"
    assert shop.row(Policy, "payment").data["currency"] == "EUR"
    assert [each["currency"] for each in shop.row(Policy, "returns").data] == ["EUR", "EUR"]


def test_amounts_stay_in_their_currency_when_the_shop_takes_another() -> None:
    shop = a_shop()
    shop.add(Policy("payment", 3, {"cod_fee_minor": 5}))

    do(shop, SetPolicy(name="currency", data="SEK"))

    policies = in_force(shop.shared[Policy].values())
    assert policies.currency == "SEK"
    assert policies.payment.amounts_in("EUR") == PaymentAmounts("EUR", 5, 50_000, 200_000, 500_000)
    assert policies.payment.amounts_in("SEK") is None


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("currency", "ABC", "data"),
        ("currency", "HRK", "data"),
        ("payment", {"currency": "XXX"}, "data.currency"),
        ("payment", {"other_currencies": [{"currency": "BGN"}]}, "data.other_currencies[1].currency"),
        ("returns", {"currency": "DEM"}, "data.currency"),
        ("risk", {"rules": [{"name": "a", "test": "amount", "score": 1, "currency": "ZZZ"}]}, "data.rules[1].currency"),
        (
            "shipping",
            {"options": [{**OPTION, "currency": "ABC"}]},
            "data.options[1].currency",
        ),
    ],
)
def test_a_currency_that_is_none_is_refused_with_the_field(name: str, data: Any, field: str) -> None:
    shop = a_shop()

    with pytest.raises(Invalid) as refusal:
        do(shop, SetPolicy(name=name, data=data))

    assert refusal.value.data["field"] == field
    assert shop.get(Policy, name) is None


@pytest.mark.parametrize("currency", ["ABC", "XXX", "HRK", "BGN"])
def test_orders_and_products_in_no_currency_are_refused(currency: str) -> None:
    shop = a_shop()

    with pytest.raises(Invalid) as refusal:
        placed(shop, ("MUG", 1), currency=currency)
    assert refusal.value.data["field"] == "currency"
    with pytest.raises(Invalid) as refusal:
        do(shop, SaveProducts(products=(ProductData(sku="A", name="A", price=Money(1, currency)),)))
    assert refusal.value.data["field"] == "products[1].price.currency"


@pytest.mark.parametrize("tax_class", ["", "luxury", "Standard"])
def test_a_product_of_a_tax_class_that_no_rate_has_is_refused(tax_class: str) -> None:
    shop = a_shop()

    with pytest.raises(Invalid) as refusal:
        do(shop, SaveProducts(products=(ProductData(sku="A", name="A", price=Money(1, "EUR"), tax_class=tax_class),)))

    assert refusal.value.data["field"] == "products[1].tax_class"
    assert "reduced" in refusal.value.data["expected"]
    assert shop.get(Product, "A") is None


def test_store_credit_of_another_currency_pays_nothing() -> None:
    shop = a_shop_abroad(with_())
    customer = Customer(uuid7(1, 1), "C1", uuid7(1, 2))
    shop.shared[Customer][customer.id] = customer
    credit = {"tenders": (Tender(method="store_credit"),), "shipping_option": "free", "customer_id": customer.id}

    placed(shop, ("MUG", 1), **credit)
    with pytest.raises(NoAmountInCurrency, match="store credit"):
        placed(shop, ("USD", 1), currency="USD", **credit)
