"""What a customer owes and has as store credit is shown in the currencies it is in."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from purveyor.core.money import Money
from purveyor.db.migrations.scripts import SQL
from purveyor.records.catalog.commands import ProductData, SaveProducts
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody

ACCOUNT = "SELECT currency, open_minor, others FROM credit_account WHERE customer_id = $1"


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


@pytest.fixture
async def customer_id(api: Api) -> UUID:
    """A customer with a credit line in EUR; there is something to buy in three currencies."""
    products = tuple(
        ProductData(
            sku=f"IN-{currency}", name="Fitting", kind="service", duration_min=30, price=Money(10_200, currency)
        )
        for currency in ("EUR", "JPY", "USD")
    )
    given = await api.house.committer.submit(SaveProducts(products=products), key="fittings", actor="staff:test")
    assert given.accepted, given.body
    answer = await api.post("/customers", {"number": "K-1", "address": {"name": "Ann", "country": "DE"}})
    person = answer.json()["reply"]
    await terms(api, person["customer_id"], "EUR")
    return UUID(person["customer_id"])


async def terms(api: Api, customer_id: object, currency: str) -> Any:
    body = {"credit_limit_minor": 50_000, "currency": currency}
    return await api.post(f"/customers/{customer_id}/terms", body)


async def on_account(api: Api, customer_id: UUID, currency: str) -> None:
    wanted = {"terms": "invoice", "tenders": [{"method": "invoice"}], "shipping_option": ""}
    await api.place((f"IN-{currency}", 1), currency=currency, customer_id=str(customer_id), **wanted)


async def account(api: Api, customer_id: UUID) -> dict[str, Any]:
    row = await api.house.pool.fetchrow(ACCOUNT, customer_id)
    assert row is not None
    return dict(row)


async def test_the_console_shows_what_is_owed_currency_by_currency(
    api: Api, admin: Colleague, customer_id: UUID
) -> None:
    for currency in ("EUR", "JPY", "USD"):
        await on_account(api, customer_id, currency)

    for page in ("/console/customers", f"/console/customers/{customer_id}"):
        text = (await admin.see(page)).text
        shown = [amount for amount in (">€102.00<", ">¥10,200<", ">$102.00<", "306.00", "30,600") if amount in text]
        assert shown == [">€102.00<", ">¥10,200<", ">$102.00<"], page


async def test_a_change_of_the_currency_is_refused_with_what_to_do(api: Api, customer_id: UUID) -> None:
    await on_account(api, customer_id, "EUR")
    happened = await api.happened()

    refused = await terms(api, customer_id, "JPY")

    assert (refused.status_code, refused.json()["code"]) == (409, "account_in_use")
    assert "The account is kept in EUR and not empty (102.00 EUR)." in refused.json()["detail"]
    assert await api.happened() == happened


async def test_an_order_and_a_change_of_the_currency_at_once_do_not_both_count(api: Api, customer_id: UUID) -> None:
    _, changed = await asyncio.gather(on_account(api, customer_id, "EUR"), terms(api, customer_id, "JPY"))

    (held,) = await api.house.read.values("SELECT count(*) FROM hold WHERE type = 'credit'")
    assert (changed.status_code, held) in {(409, 0), (200, 1)}
    assert (await account(api, customer_id))["currency"] == ("EUR" if not held else "JPY")


async def test_amounts_from_before_are_told_apart_by_the_orders(api: Api, customer_id: UUID) -> None:
    for currency in ("EUR", "JPY", "USD"):
        await on_account(api, customer_id, currency)
    pool = api.house.pool
    right = await account(api, customer_id)
    await pool.execute("UPDATE credit_account SET currency = '', open_minor = 30600, others = '{}'")

    await pool.execute((SQL / "0044_amounts_by_currency" / "00_amounts_by_currency.sql").read_text())

    assert await account(api, customer_id) == right
    assert (right["currency"], right["open_minor"]) == ("EUR", 10_200)
