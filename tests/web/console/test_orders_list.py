"""The list of orders in the console: what is found, what is told, what a spreadsheet gets."""

from __future__ import annotations

import csv
import io

import pytest

from tests.web.conftest import Api, an_order
from tests.web.console.staff import Colleague, somebody, told


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def named(api: Api, name: str) -> int:
    body = an_order(("MUG", 1))
    body["contact"]["name"] = name
    answer = await api.post("/orders", body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


async def test_orders_are_found_by_text_and_by_filters_together(api: Api, admin: Colleague) -> None:
    one = await named(api, "Zora Quist")
    other = await named(api, "Bela Zimt")
    found = await admin.see("/console/orders?text=Zora&status=placed")

    assert f"/console/orders/{one}" in found.text
    assert f"/console/orders/{other}" not in found.text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "'; DROP TABLE orders; --", "\u202eevil", "<b>Bold</b>"])
async def test_names_are_text_and_nothing_else(api: Api, admin: Colleague, name: str) -> None:
    await named(api, name)
    page = await admin.see("/console/orders")

    assert "<script>alert" not in page.text
    assert "<b>Bold" not in page.text
    assert page.status_code == 200


async def test_a_filter_that_cannot_be_is_told(admin: Colleague) -> None:
    page = await admin.see("/console/orders?stage=nonsense")

    assert page.status_code == 422
    assert "stage" in told(page)[0]


async def test_a_spreadsheet_gets_the_same_list_and_no_formula(api: Api, admin: Colleague) -> None:
    number = await named(api, "=HYPERLINK(1)")
    text = (await admin.see("/console/orders.csv")).text
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["number"] for row in rows] == [str(number)]
    assert rows[0]["name"] == "'=HYPERLINK(1)"


async def test_many_orders_are_held_at_once_and_what_was_refused_is_told(api: Api, admin: Colleague) -> None:
    orders = [(await api.place(("MUG", 1)))["order_id"] for _ in range(2)]
    page = await admin.send("/console/orders", order=orders, action="hold", why="stocktaking")

    assert "2 orders done." in told(page)
    board = await api.get("/board")
    assert {"type": "customer", "orders": 2} in board.json()["holds"]


async def test_without_a_choice_nothing_is_done(api: Api, admin: Colleague) -> None:
    await api.place(("MUG", 1))
    happened = await api.happened()
    page = await admin.send("/console/orders", action="approve")

    assert told(page) == ["No order was chosen."]
    assert await api.happened() == happened
