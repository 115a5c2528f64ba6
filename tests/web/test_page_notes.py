"""What people are told where they look: reviews in the shop, hints, and where a form leads that has no place yet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from purveyor.records.policies.commands import SetPolicy
from tests.web.conftest import Api
from tests.web.console.staff import somebody

REVIEW = """
    INSERT INTO product_review (id, order_id, line_id, sku, stars, text_id, status, written_at, moderated_at)
    VALUES ($1, $1, $1, $2, $3, $4, $5, $6, $7)
"""
TEXT = "INSERT INTO private_text (id, what, text, erased) VALUES ($1, 'product_review', $2, false)"


async def shop_page(api: Api, path: str) -> str:
    return (await api.client.get(path)).text


async def reviewed(api: Api, sku: str, stars: int, text: str, status: str = "approved") -> None:
    """A review as feedback writes it; who may write one is tested there."""
    text_id, now = uuid4(), datetime.now(UTC)
    async with api.house.pool.acquire() as db:
        await db.execute(TEXT, text_id, text)
        await db.execute(REVIEW, uuid4(), sku, stars, text_id, status, now, None if status == "pending" else now)


async def test_reviews_that_were_approved_stand_in_the_shop_with_the_rating(api: Api) -> None:
    assert "What buyers say" not in await shop_page(api, "/p/MUG")
    await reviewed(api, "MUG", 5, "It keeps <b>warm</b>")
    await reviewed(api, "MUG", 4, "Nice")
    await reviewed(api, "MUG", 1, "spam", "rejected")
    await reviewed(api, "MUG", 1, "not looked at", "pending")
    await reviewed(api, "TEE", 2, "too small")
    page = await shop_page(api, "/p/MUG")

    assert "4.5 of 5" in page
    assert "2 reviews" in page
    assert "It keeps &lt;b&gt;warm&lt;/b&gt;" in page
    for other in ("spam", "not looked at", "too small"):
        assert other not in page


async def test_what_is_not_in_stock_promises_no_day(api: Api) -> None:
    assert "it is with you by" in await shop_page(api, "/p/MUG")
    await api.post("/stock/count", {"sku": "MUG", "location": "main", "counted": 0})
    page = await shop_page(api, "/p/MUG")

    assert "Out of stock" in page
    assert "it is with you by" not in page


async def test_the_shop_finds_parts_of_words_and_words_that_are_nearly_right(api: Api) -> None:
    for text in ("mugg", "shirt", "shirtt"):
        page = await shop_page(api, f"/search?q={text}")
        assert ("/p/MUG" in page) == (text == "mugg"), text
        assert ("/p/TEE" in page) == ("sh" in text), text
    assert "/p/MUG" not in await shop_page(api, "/search?q=xyzzy")


async def test_whoever_registers_the_same_person_twice_is_told(api: Api) -> None:
    first = {"name": "Ann", "email": "ann@example.com", "phone": "+4930123456", "country": "DE"}
    assert (await registered(api, "C1", first))["alike"] == []
    assert (await registered(api, "C2", first | {"email": "ANN@example.com", "phone": ""}))["alike"] == ["C1"]
    third = await registered(api, "C3", first | {"email": "other@example.com", "phone": "030 123456"})
    assert third["alike"] == ["C1"]
    assert (await registered(api, "C4", first | {"email": "x@example.com", "phone": ""}))["alike"] == []
    staff = await somebody(api, "admin")
    page = (await staff.see(f"/console/customers/{third['customer_id']}")).text

    assert "The same e-mail address or phone number" in page
    assert "C1" in page


async def registered(api: Api, number: str, address: dict[str, str]) -> dict[str, Any]:
    answer = await api.post("/customers", {"number": number, "address": address})
    assert answer.status_code == 201, answer.text
    reply: dict[str, Any] = answer.json()["reply"]
    return reply


async def test_a_shop_without_locations_is_led_to_its_first_one(api: Api) -> None:
    given = await api.house.committer.submit(SetPolicy(name="locations", data=[]), key="none", actor="staff:test")
    assert given.accepted, given.body
    staff = await somebody(api, "admin")
    page = (await staff.see("/console/stock/item?sku=MUG")).text

    assert "There is no location yet" in page
    assert 'href="/console/policies/locations"' in page
    assert 'action="/console/stock/receive"' not in page
    for path in ("/console/picking", "/console/packing", "/console/shipping", "/console/returns"):
        assert 'href="/console/policies/locations"' in (await staff.see(path)).text, path


async def test_pages_are_found_by_the_words_that_others_use(api: Api) -> None:
    staff = await somebody(api, "admin")
    for text, place in (
        ("settings", "/console/policies"),
        ("refund", "/console/payments"),
        ("inventory", "/console/stock"),
        ("ticket", "/console/support"),
        ("rma", "/console/returns"),
    ):
        assert f'href="{place}"' in (await staff.see(f"/console/find?q={quote(text)}", **{"HX-Request": "true"})).text


async def test_orders_that_were_told_nothing_say_why(api: Api) -> None:
    nobody = {"name": "Walk In", "country": "DE"}
    await api.place(contact=nobody, channel="in_person", method="collect", collect_at="shop", terms="at_counter")
    staff = await somebody(api, "admin")

    assert "has neither an e-mail address nor a phone number" in (await staff.see("/console/messages")).text
