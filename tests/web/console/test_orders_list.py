"""The list of orders in the console: what is found, what is told, what a spreadsheet gets."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from purveyor.core.holds import HOLD_TYPES
from purveyor.web.console.orders.export import order_table
from purveyor.web.reading.order_lists import OrderFilter, find_orders
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


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "'; DROP TABLE orders; --", "\u200fevil", "<b>Bold</b>"])
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


async def in_zone(api: Api, zone: str) -> None:
    answer = await api.post("/policies", {"name": "calendar", "data": {"zone": zone}})
    assert answer.status_code == 200, answer.text


async def test_a_spreadsheet_gets_money_as_money_and_times_of_the_shops_zone(api: Api) -> None:
    await in_zone(api, "Europe/Berlin")
    admin = await somebody(api, "admin")
    await api.place(("MUG", 2), placed_at="2026-06-14T22:30:00Z")
    for currency, minor in (("JPY", 3_000), ("KWD", 600_001)):
        price = {"minor": minor, "currency": currency}
        lines = [{"sku": "BOOK", "quantity": 1, "unit_price": price}]
        await api.place(currency=currency, lines=lines)
    text = (await admin.see("/console/orders.csv")).text
    rows = {row["currency"]: row for row in csv.DictReader(io.StringIO(text))}

    assert {currency: row["total"] for currency, row in rows.items()} == {
        "EUR": "28.70",
        "JPY": "3000",
        "KWD": "600.001",
    }
    assert rows["EUR"]["receivable"] == "28.70"
    assert rows["EUR"]["placed_at"] == "2026-06-15 00:30:00+02:00"


async def test_a_spreadsheet_gets_all_of_the_list_page_by_page(api: Api) -> None:
    numbers = {str((await api.place(("BOOK", 1)))["number"]) for _ in range(5)}
    noted: list[int] = []

    async def note(rows: int) -> None:
        noted.append(rows)

    table = order_table(partial(find_orders, api.house.read), note, OrderFilter(limit=2), ZoneInfo("UTC"))
    parts = [bytes(part).decode() async for part in table.iterator]  # type: ignore[arg-type]

    assert len(parts) == 4  # the head, and three pages
    assert {row["number"] for row in csv.DictReader(io.StringIO("".join(parts)))} == numbers
    assert noted == [5]


async def test_whoever_breaks_off_is_written_down_with_what_was_taken(api: Api) -> None:
    for _ in range(3):
        await api.place(("BOOK", 1))
    noted: list[int] = []

    async def note(rows: int) -> None:
        noted.append(rows)

    table = order_table(partial(find_orders, api.house.read), note, OrderFilter(limit=2), ZoneInfo("UTC"))
    parts = table.iterator
    assert isinstance(parts, AsyncGenerator)
    await anext(parts)
    await anext(parts)
    await parts.aclose()
    assert noted == [2]


async def test_the_day_of_the_list_and_the_zone_of_its_pages_are_the_shops(api: Api) -> None:
    await in_zone(api, "Asia/Tokyo")
    admin = await somebody(api, "admin")
    number = (await api.place(("BOOK", 1), placed_at="2026-06-14T22:30:00Z"))["number"]
    for day, is_there in (("2026-06-14", False), ("2026-06-15", True)):
        page = await admin.see(f"/console/orders?placed_from={day}&placed_to={day}")
        assert (f"/console/orders/{number}" in page.text) is is_there
        assert "Times are those of Asia/Tokyo (UTC+09:00)." in page.text


async def test_every_type_of_hold_can_be_filtered_for_and_says_what_is_next(api: Api, admin: Colleague) -> None:
    own = {"type": "age", "owner": "desk", "hours": 24, "at_deadline": "cancel", "next_action": "Ask for a passport."}
    assert (await api.post("/policies", {"name": "holds", "data": {"rules": [own]}})).status_code == 200
    order = await api.place(("MUG", 1))
    held = await api.post(f"/orders/{order['order_id']}/hold", {"type": "age", "why": "sold from 18"})
    assert held.status_code == 200, held.text
    page = await admin.see("/console/orders")

    for word in (*HOLD_TYPES, "age"):
        assert f'<option value="{word}"' in page.text
    for place in ("/console/review", f"/console/orders/{order['number']}"):
        assert "Ask for a passport." in (await admin.see(place)).text
