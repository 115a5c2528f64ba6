"""A customer's account is kept in one currency; amounts of others are never added to it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from purveyor.core.money import Money
from purveyor.core.refusals import NoAmountInCurrency
from purveyor.core.rows import CreditAccount, Customer, Product
from purveyor.core.state import Book, State
from purveyor.records.customers.commands import SetTerms
from purveyor.records.customers.decide import AccountInUse
from purveyor.stages.payment.commands import PlannedTender, PlanPayments
from purveyor.stages.payment.facts import CreditLimitReached
from purveyor.stages.receipt.commands import Tender
from tests.pure import a_shop, do, placed
from tests.stages.payment.payment_setup import ANN, a_customer, kinds


def on_account(shop: State, currency: str, minor: int) -> tuple[Book, list[Any]]:
    """An order on account in a currency."""
    sku = f"CUP-{currency}"
    shop.shared[Product][sku] = Product(sku, "Cup", "service", minor, currency)
    book = placed(shop, (sku, 1), customer_id=ANN, terms="invoice", currency=currency, shipping_option="")
    tender = PlannedTender(method="invoice", amount=Money(minor, currency), source="")
    return book, do(shop, PlanPayments(order_id=book.order.id, tenders=(tender,)))


@pytest.fixture
def shop() -> State:
    state = a_shop()
    state.shared[Customer][ANN] = Customer(ANN, "C1", ANN)
    return state


def the_account(shop: State) -> CreditAccount:
    return shop.shared[CreditAccount][ANN]  # type: ignore[no-any-return]


def terms(shop: State, limit: int, currency: str = "") -> None:
    do(shop, SetTerms(customer_id=ANN, credit_limit_minor=limit, currency=currency))


@pytest.mark.parametrize("currency", ["KWD", "JPY", "USD"])
def test_store_credit_keeps_its_currency(shop: State, currency: str) -> None:
    a_customer(shop, store_credit=10_800)

    with pytest.raises(AccountInUse) as refused:
        terms(shop, 50_000, currency)

    assert refused.value.data == {"currency": "EUR", "other": currency, "held": ["108.00 EUR"]}
    assert (the_account(shop).store_credit_minor, the_account(shop).currency) == (10_800, "EUR")
    assert shop.shared[Customer][ANN].credit_limit_minor == 0
    terms(shop, 50_000, "EUR")


def test_what_is_owed_keeps_its_currency(shop: State) -> None:
    terms(shop, 50_000, "EUR")
    on_account(shop, "EUR", 10_000)

    with pytest.raises(AccountInUse):
        terms(shop, 50_000, "JPY")
    terms(shop, 70_000, "EUR")
    assert the_account(shop).owed == {"EUR": 10_000}


@pytest.mark.parametrize("currency", ["", "EUR"])
def test_a_credit_line_may_be_taken_away_at_any_time(shop: State, currency: str) -> None:
    terms(shop, 50_000, "EUR")
    on_account(shop, "EUR", 10_000)

    terms(shop, 0, currency)

    assert the_account(shop).owed == {"EUR": 10_000}
    assert shop.shared[Customer][ANN].credit_limit_minor == 0


def test_an_empty_account_gets_another_currency(shop: State) -> None:
    terms(shop, 50_000, "EUR")
    on_account(shop, "EUR", 10_000)
    the_account(shop).owe("EUR", -10_000)

    terms(shop, 50_000, "JPY")
    _, made = on_account(shop, "JPY", 30_000)

    assert kinds(made) == ["PaymentPlanned"]
    assert (the_account(shop).currency, the_account(shop).owed) == ("JPY", {"JPY": 30_000})


def test_what_is_owed_in_other_currencies_is_never_added(shop: State) -> None:
    terms(shop, 50_000, "EUR")
    made = [fact for currency in ("EUR", "JPY", "USD") for fact in on_account(shop, currency, 10_000)[1]]

    held = [fact for fact in made if isinstance(fact, CreditLimitReached)]
    assert the_account(shop).owed == {"EUR": 10_000, "JPY": 10_000, "USD": 10_000}
    assert [(fact.open_minor, fact.limit_minor, fact.why) for fact in held] == [
        (0, 0, "10000 JPY on account, 0 JPY open, 0 JPY agreed"),
        (0, 0, "100.00 USD on account, 0.00 USD open, 0.00 USD agreed"),
    ]
    assert kinds(on_account(shop, "EUR", 40_000)[1]) == ["PaymentPlanned"]


def test_an_order_holds_when_the_line_got_another_currency_at_the_same_time(shop: State) -> None:
    terms(shop, 50_000, "EUR")
    seen = shop.shared[Customer][ANN]
    before = msgspec.structs.replace(seen)
    terms(shop, 50_000, "JPY")
    shop.shared[Customer][ANN] = before  # read before the other change, which the locked account knows of

    assert kinds(on_account(shop, "EUR", 10_000)[1]) == ["PaymentPlanned", "CreditLimitReached"]


def test_store_credit_pays_nothing_in_another_currency(shop: State) -> None:
    a_customer(shop, store_credit=10_800)
    customer = shop.shared[Customer][ANN]
    customer.credit_limit_minor, customer.credit_currency = 1, "KWD"
    shop.shared[Product]["CUP"] = Product("CUP", "Cup", "service", 5_000, "KWD")

    with pytest.raises(NoAmountInCurrency):
        placed(
            shop,
            ("CUP", 1),
            customer_id=ANN,
            currency="KWD",
            tenders=(Tender(method="store_credit"),),
            shipping_option="",
        )


def test_what_was_owed_before_there_was_a_credit_line_counts_in_its_currency(shop: State) -> None:
    on_account(shop, "JPY", 10_000)
    assert the_account(shop).owed == {"JPY": 10_000}
    with pytest.raises(AccountInUse):
        terms(shop, 50_000, "USD")

    terms(shop, 50_000, "EUR")

    assert (the_account(shop).currency, the_account(shop).open_minor) == ("EUR", 0)
    assert the_account(shop).owed == {"JPY": 10_000}
