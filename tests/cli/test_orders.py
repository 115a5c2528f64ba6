from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from purveyor.cli.startup import house_of
from purveyor.records.policies.commands import SetPolicy
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder
from tests.cli.conftest import Desk

CUSTOMER = "SELECT id FROM customer WHERE number = 'C1'"
PERSONAL = "SELECT count(*) FROM contact WHERE name <> '' OR email <> '' OR street <> ''"


def an_order(**changes: object) -> PlaceOrder:
    usual = {
        "channel": "phone",
        "lines": (LineItem(sku="MUG", quantity=2), LineItem(sku="TEE", quantity=1)),
        "contact": Address(
            name="Ann Example",
            email="ann@example.com",
            street="Teststr. 1",
            city="Berlin",
            postal_code="10115",
            country="DE",
        ),
        "currency": "EUR",
        "terms": "on_delivery",
        "reference": "T-1",
    }
    return PlaceOrder(**(usual | changes))  # type: ignore[arg-type]


async def test_an_order_is_shown_with_units_money_and_everything_that_happened(shop: Desk) -> None:
    (answer,) = await shop.ask(an_order())

    shown = (await shop.run("orders", "show", str(answer.number), "--json")).json
    for_people = await shop.run("orders", "show", "T-1")

    assert shown["order"]["total_minor"] == 2 * 1_190 + 2_500 + 490
    assert [(line["sku"], line["quantity"]) for line in shown["lines"]] == [("MUG", 2), ("TEE", 1)]
    assert sum(balance["minor"] for balance in shown["money"]) == 0
    first = shown["timeline"][0]
    assert (first["kind"], first["actor"]) == ("receipt.order_placed", "staff:test")
    for said in ("53.70 EUR", "Order " + str(answer.number), "receipt.order_placed", "2 MUG new -> placed"):
        assert said in for_people.text


@pytest.mark.parametrize("text", ["ann ex", "ANN@example.com", "T-1"])
async def test_orders_are_found_by_name_mail_and_reference(shop: Desk, text: str) -> None:
    (answer,) = await shop.ask(an_order())

    listed = (await shop.run("orders", "list", "--text", text, "--json")).json

    assert [order["number"] for order in listed] == [answer.number]
    assert "Ann Example" in (await shop.run("orders", "list", "--text", text)).text
    assert "No such order." in (await shop.run("orders", "list", "--text", "Bob")).text


async def test_the_newest_orders_come_first_and_no_more_than_asked_for(shop: Desk) -> None:
    answers = await shop.ask(*(an_order(reference=f"T-{number}") for number in range(3)))

    listed = (await shop.run("orders", "list", "--limit", "2", "--json")).json

    assert [order["number"] for order in listed] == [answers[2].number, answers[1].number]


async def test_orders_are_listed_by_stage_and_hold(shop: Desk) -> None:
    held, _ = await shop.ask(
        an_order(contact=Address(name="Bob", email="bob@example.com", country="DE"), reference="no street"),
        an_order(),
    )

    listed = (await shop.run("orders", "list", "--hold", "address", "--json")).json
    in_review = (await shop.run("orders", "list", "--stage", "review", "--json")).json

    assert [order["number"] for order in listed] == [held.number] == [order["number"] for order in in_review]
    assert "address" in (await shop.run("orders", "show", str(held.number))).text


@pytest.mark.parametrize("way", [["--email", "ANN@example.com"], ["--order"]], ids=["email", "order"])
async def test_a_guest_who_is_erased_is_gone_and_the_books_still_verify(shop: Desk, way: list[str]) -> None:
    (answer,) = await shop.ask(an_order())
    named = way if len(way) > 1 else [*way, str(answer.number)]

    done = await shop.run("customers", "erase", *named, "--reason", "asked")

    async with house_of(shop.settings) as house:
        left = await house.read.values(PERSONAL)
    assert "erased" in done.text
    assert left == [0 if "--email" in way else 1], "the customer C1 has the same address"
    assert (await shop.run("verify", "--json")).json["differing"] == 0


async def test_an_erased_customer_is_gone_and_the_books_still_verify(shop: Desk) -> None:
    async with house_of(shop.settings) as house:
        (customer_id,) = await house.read.values(CUSTOMER)
    await shop.ask(an_order(customer_id=customer_id))

    done = await shop.run("customers", "erase", "C1", "--reason", "request of the person")
    again = await shop.run("customers", "erase", "C1", "--reason", "request of the person", status=2)
    verified = await shop.run("verify", "--json")

    assert "is erased" in done.text
    assert "was erased before" in again.text
    assert verified.json["differences"] == []
    db = await asyncpg.connect(shop.database)
    assert await db.fetchval(PERSONAL) == 0
    await db.close()
    assert "Ann" not in (await shop.run("orders", "show", "T-1")).text


async def test_verify_tells_what_differs_row_by_row_with_status_1(shop: Desk) -> None:
    await shop.ask(an_order())
    assert "Every table says what the journal says" in (await shop.run("verify")).text
    db = await asyncpg.connect(shop.database)
    await db.execute("UPDATE stock SET on_hand = on_hand - 1 WHERE sku = 'TEE'")
    await db.close()

    told = await shop.run("verify", status=1)
    as_json = await shop.run("verify", "--json", status=1)

    assert "stock TEE main on_hand: journal says 1000, table says 999" in told.text
    assert {
        "table": "stock",
        "key": "TEE main",
        "column": "on_hand",
        "journal": 1_000,
        "found": 999,
    } in as_json.json["differences"]


async def test_times_are_those_of_the_shops_zone(shop: Desk) -> None:
    placed_at = datetime(2026, 6, 14, 22, 30, tzinfo=UTC)
    (_, answer) = await shop.ask(SetPolicy(name="calendar", data={"zone": "Asia/Tokyo"}), an_order(placed_at=placed_at))

    assert "placed 2026-06-15 07:30" in (await shop.run("orders", "show", str(answer.number))).out
    assert "2026-06-15" in (await shop.run("orders", "list")).out
