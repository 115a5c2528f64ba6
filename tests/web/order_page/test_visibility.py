"""What a customer sees of an order, and what not."""

from __future__ import annotations

import re

from tests.web.conftest import an_order
from tests.web.order_page.conftest import Counter

EVIL = "<script>alert(1)</script>"


def headline(page: str) -> str:
    found = re.search(r"<h1[^>]*>([^<]*)</h1>", page)
    assert found is not None
    return found[1]


async def test_the_page_says_what_was_ordered_and_where_it_is(shop: Counter) -> None:
    customer = await shop.order(("MUG", 2), ("TEE", 1), terms="on_delivery", tenders=[{"method": "cash_on_delivery"}])
    page = (await customer.see()).text

    assert headline(page) == "Your order is being prepared."
    assert "2 × reserved for you" in page
    assert "T-shirt" in page
    assert 'aria-current="step"' in page
    assert "We received your order." in page


async def test_the_moving_part_comes_alone(shop: Counter) -> None:
    customer = await shop.order()
    part = (await customer.see("", **{"HX-Request": "true"})).text

    assert "<html" not in part
    assert part.count("<h1") == 1


async def test_what_people_typed_is_escaped(shop: Counter) -> None:
    contact = an_order()["contact"] | {"name": EVIL, "company": "\u200fevil"}
    customer = await shop.order(contact=contact)
    page = (await customer.see()).text

    assert EVIL not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<bdi>\u200fevil</bdi>" in page


async def test_the_customer_is_not_told_why_an_order_is_held(shop: Counter) -> None:
    customer = await shop.order()
    order_id = await shop.order_id()
    held = await shop.api.post(f"/orders/{order_id}/hold", {"type": "fraud", "why": "velocity rule"})
    assert held.status_code == 200, held.text
    page = (await customer.see()).text

    assert "closer look" in page
    assert "fraud" not in page.lower()
    assert "velocity" not in page


async def test_notes_of_staff_are_not_shown(shop: Counter) -> None:
    customer = await shop.order()
    await customer.send("/help", topic="question", text="Is it blue?")
    order_id = await shop.order_id()
    (case_id,) = await shop.api.house.read.values("SELECT id FROM support_case")
    for author, text in (("note", "He always asks this"), ("staff", "Yes, it is blue")):
        path = f"/orders/{order_id}/cases/{case_id}/messages"
        said = await shop.api.post(path, {"author": author, "text": text})
        assert said.status_code in (200, 201), said.text
    page = (await customer.see("/help")).text

    assert "Is it blue?" in page
    assert "Yes, it is blue" in page
    assert "He always asks this" not in page


async def test_search_engines_and_neighbors_learn_nothing(shop: Counter) -> None:
    response = await (await shop.order()).see()
    assert 'content="noindex, nofollow"' in response.text
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["cache-control"] == "no-store"


async def test_the_code_of_a_waiting_parcel_is_shown_to_its_customer(shop: Counter) -> None:
    customer = await shop.at_the_counter()
    (code,) = await shop.api.house.read.values("SELECT text FROM private_text WHERE what = 'collect_code'")
    page = (await customer.see()).text

    assert code in page
    assert "ready to be collected" in page


async def test_a_canceled_order_says_so(shop: Counter) -> None:
    customer = await shop.order()
    await shop.api.post(f"/orders/{await shop.order_id()}/cancel", {"units": "all", "reason": "test"})
    assert "This order was canceled." in (await customer.see()).text


async def test_an_erased_customer_is_told_that_nothing_is_left(shop: Counter) -> None:
    await shop.order()
    order_id = await shop.order_id()
    async with shop.api.house.pool.acquire() as db:
        await db.execute(
            "UPDATE contact SET name = '', street = '', email = '', erased = true"
            " WHERE id = (SELECT contact_id FROM orders WHERE id = $1)",
            order_id,
        )
    page = (await shop.customer(order_id).see()).text

    assert "were erased, as you asked" in page
    assert "Teststr" not in page
