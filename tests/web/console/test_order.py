"""The page of one order in the console: what it shows, and to whom."""

from __future__ import annotations

import pytest

from tests.web.conftest import Api, an_order
from tests.web.console.staff import Colleague, somebody

PART = {"HX-Request": "true"}


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def test_everything_about_an_order_is_on_its_page(api: Api, admin: Colleague) -> None:
    number = (await api.place(("MUG", 3), ("BOOK", 1)))["number"]
    page = await admin.see(f"/console/orders/{number}")

    assert page.status_code == 200, page.text
    for text in ("Mug", "E-book", "Ann Example", "ann@example.com", "3 Allocated", "Order placed", "€50.50"):
        assert text in page.text, text


async def test_the_books_of_an_order_balance_on_its_page(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    page = await admin.see(f"/console/orders/{number}")
    _, _, balance = page.text.partition("Balance</th>")

    assert "€28.70" in balance
    assert balance.partition("</tr>")[0].rstrip().endswith("€0.00</td>")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u200fevil", "<b>Bold</b>"])
async def test_a_name_is_text_and_nothing_else(api: Api, admin: Colleague, name: str) -> None:
    body = an_order()
    body["contact"]["name"] = name
    number = (await api.post("/orders", body)).json()["number"]
    page = await admin.see(f"/console/orders/{number}")

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<b>Bold" not in page.text


async def test_an_order_that_is_not_there_is_told(api: Api, admin: Colleague) -> None:
    page = await admin.see("/console/orders/999999999")

    assert page.status_code == 404
    assert "999999999" in page.text


async def test_its_moving_part_comes_alone(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    part = await admin.see(f"/console/orders/{number}", **PART)

    assert part.status_code == 200
    assert "<html" not in part.text
    assert "Mug" in part.text


async def test_the_timeline_goes_on_where_the_page_before_ended(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    seq = max(await api.house.read.values("SELECT seq FROM journal WHERE kind = 'receipt.order_placed'"))
    newer = await admin.see(f"/console/orders/{number}/timeline?before={seq + 1}", **PART)
    older = await admin.see(f"/console/orders/{number}/timeline?before={seq}", **PART)

    assert "Order placed" in newer.text
    assert "Order placed" not in older.text


async def test_a_picker_sees_the_order_and_no_payments(api: Api) -> None:
    picker = await somebody(api, "picker")
    number = (await api.place())["number"]
    page = await picker.see(f"/console/orders/{number}")

    assert page.status_code == 200
    assert "Postings" not in page.text
    assert "review.hold_order" not in page.text


async def test_what_was_paid_is_shown_to_who_may_read_payments(api: Api) -> None:
    placed = await api.place(("MUG", 1))
    path = f"/console/orders/{placed['number']}"
    picker, finance = await somebody(api, "picker"), await somebody(api, "finance")

    assert 'id="money"' in (await finance.see(path)).text
    shown = await picker.see(path)
    assert shown.status_code == 200
    assert 'id="money"' not in shown.text
