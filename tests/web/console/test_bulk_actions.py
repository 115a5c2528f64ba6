"""Sorting, columns, tags and notes of orders, and what is done with many of them at once."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from purveyor.records.customers.commands import EraseOrderPerson
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told

NUMBERS = re.compile(r'class="fw-bold" href="/console/orders/(\d+)\?in=')
DONE = re.compile(r'href="/console/orders/(\d+)\?in=[^"]*">\d+</a><span>([^<]*)</span></li>')


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def orders(api: Api, *quantities: int) -> list[dict[str, Any]]:
    return [await api.place(("MUG", quantity)) for quantity in quantities]


def numbers(text: str) -> list[int]:
    return [int(number) for number in NUMBERS.findall(text)]


async def test_the_list_is_sorted_up_and_down_and_goes_on_where_a_page_ends(api: Api, admin: Colleague) -> None:
    placed = await orders(api, 2, 5, 1)
    two, five, one = [order["number"] for order in placed]
    came = [order["number"] for order in sorted(placed, key=lambda order: str(order["order_id"]))]
    expected = {
        "total": [one, two, five],
        "-total": [five, two, one],
        "received": came,
        "-received": came[::-1],
        "placed": came,  # all at the same moment
        "-placed": came[::-1],
    }
    for sort, right in expected.items():
        assert numbers((await admin.see(f"/console/orders?sort={sort}")).text) == right, sort
        found: list[int] = []
        after: str | None = ""
        while after is not None:
            page = (await api.get("/orders", sort=sort, limit=1, **({"after": after} if after else {}))).json()
            found += [order["number"] for order in page["items"]]
            after = page["next"]
        assert found == right, sort


async def test_orders_without_a_promise_come_last(api: Api) -> None:
    mug, book = await orders(api, 1, 1)
    promise = "UPDATE orders SET promised_at = $2 WHERE id = $1"
    await api.house.pool.execute(promise, UUID(mug["order_id"]), datetime(2026, 6, 20, tzinfo=UTC))
    await api.house.pool.execute(promise, UUID(book["order_id"]), None)
    for sort, right in (("promised", [mug, book]), ("-promised", [book, mug])):
        items = (await api.get("/orders", sort=sort)).json()["items"]
        assert [item["number"] for item in items] == [order["number"] for order in right]


async def test_a_way_of_sorting_that_there_is_not_is_told(admin: Colleague) -> None:
    page = await admin.see("/console/orders?sort=name;drop")

    assert page.status_code == 422
    assert "sort" in told(page)[0]


async def test_units_are_counted_without_those_that_were_canceled(api: Api) -> None:
    (order,) = await orders(api, 3)
    read = (await api.get(f"/orders/{order['order_id']}")).json()
    units = [{"line_id": read["lines"][0]["id"], "quantity": 1}]
    await api.post(f"/orders/{order['order_id']}/cancel", {"units": units, "reason": "customer"})

    assert [each["units"] for each in (await api.get("/orders")).json()["items"]] == [2]


async def test_columns_are_chosen_and_stay(api: Api, admin: Colleague) -> None:
    await orders(api, 1)
    at_first = (await admin.see("/console/orders")).text
    chosen = await admin.send(
        "/console/orders/columns?sort=total", seen_at="/console/orders", column=["units", "country", "nonsense"]
    )
    page = (await admin.see("/console/orders")).text

    assert chosen.headers["location"] == "/console/orders?sort=total"
    assert 'data-th="Promised"' in at_first
    assert 'data-th="Country"' not in at_first
    assert 'data-th="Country"' in page
    assert 'data-th="Promised"' not in page
    await admin.send("/console/orders/columns", seen_at="/console/orders")
    assert 'data-th="Promised"' in (await admin.see("/console/orders")).text


async def test_orders_are_tagged_found_by_the_tag_and_taken_along_with_it(api: Api, admin: Colleague) -> None:
    one, other = await orders(api, 1, 2)
    answer = await admin.send(f"/console/orders/{one['number']}/tags", seen_at="/console/orders", add="Gift, =1+1")
    assert answer.headers["location"] == f"/console/orders/{one['number']}"

    assert numbers((await admin.see("/console/orders?tag=GIFT")).text) == [one["number"]]
    rows = list(csv.DictReader(io.StringIO((await admin.see("/console/orders.csv?tag=gift")).text)))
    assert [(row["number"], row["units"], row["tags"]) for row in rows] == [(str(one["number"]), "1", "gift, =1+1")]
    page = await admin.see(f"/console/orders/{one['number']}")
    assert "/console/orders?tag=gift" in page.text
    await admin.send(f"/console/orders/{one['number']}/tags", seen_at="/console/orders", remove="gift")
    assert numbers((await admin.see("/console/orders?tag=gift")).text) == []
    assert other["number"] in numbers((await admin.see("/console/orders")).text)


async def test_a_note_is_read_by_staff_alone_and_erased_with_the_customer(api: Api, admin: Colleague) -> None:
    (order,) = await orders(api, 1)
    path = f"/console/orders/{order['number']}"
    await admin.send(f"{path}/notes", seen_at="/console/orders", note="Ann rings <b>twice</b>\nand waits.")

    page = await admin.see(path)
    assert "Ann rings &lt;b&gt;twice&lt;/b&gt;" in page.text
    assert "Admin" in page.text
    as_customer = await admin.see(f"{path}/as-customer")
    assert as_customer.status_code == 200
    assert "rings" not in as_customer.text
    assert "rings" not in (await (await somebody(api, "packer")).see(path)).text
    journal = await api.house.pool.fetchval("SELECT string_agg(data::text, '') FROM journal")
    assert "rings" not in journal
    await api.house.committer.submit(
        EraseOrderPerson(order_id=UUID(order["order_id"]), reason="asked"), key="erase", actor="staff:test"
    )
    assert "rings" not in (await admin.see(path)).text
    assert "(erased)" in (await admin.see(path)).text


async def test_an_empty_note_is_refused_where_it_was_written(api: Api, admin: Colleague) -> None:
    (order,) = await orders(api, 1)
    happened = await api.happened()
    page = await admin.send(f"/console/orders/{order['number']}/notes", seen_at="/console/orders", note="  ")

    assert page.status_code == 422
    assert 'id="notes"' in page.text
    assert await api.happened() == happened


async def test_the_orders_beside_one_are_those_of_the_list_it_was_opened_from(api: Api, admin: Colleague) -> None:
    two, five, one, four = [order["number"] for order in await orders(api, 2, 5, 1, 4)]
    listed = (await admin.see("/console/orders?sort=-total&text=Ann")).text
    assert numbers(listed) == [five, four, two, one]
    opened = re.search(rf'href="(/console/orders/{four}\?in=[^"]+)"', listed)
    assert opened is not None

    page = (await admin.see(opened[1])).text
    assert re.search(rf'rel="prev" href="/console/orders/{five}\?in=', page)
    assert re.search(rf'rel="next" href="/console/orders/{two}\?in=', page)
    after_something_was_done = (await admin.see(f"/console/orders/{four}")).text
    assert f'href="/console/orders/{five}?in=' in after_something_was_done
    first = (await admin.see(f"/console/orders/{five}?in=sort%3D-total")).text
    assert 'rel="prev"' not in first
    assert 'rel="next"' in first
    elsewhere = (await admin.see(f"/console/orders/{one}")).text
    assert 'rel="next"' not in elsewhere
    whole = (await admin.see(f"/console/orders/{one}?in=all")).text
    assert re.search(r'rel="(prev|next)" href="/console/orders/\d+\?in=all', whole)


@pytest.mark.parametrize("inside", ["sort%3Dnonsense", "%3D%3D", "stage%3Dx%26text%3D" + "y" * 3_000, "after%3Dx"])
async def test_a_list_that_cannot_be_has_no_neighbors_and_hurts_nobody(api: Api, admin: Colleague, inside: str) -> None:
    (order,) = await orders(api, 1)

    assert (await admin.see(f"/console/orders/{order['number']}?in={inside}")).status_code == 200


async def test_whoever_may_not_know_customers_finds_no_neighbors_by_their_names(api: Api) -> None:
    one, two = [order["number"] for order in await orders(api, 1, 2)]
    packer = await somebody(api, "packer")
    page = (await packer.see(f"/console/orders/{one}?in=text%3DAnn")).text

    assert f"/console/orders/{two}?" not in page


async def test_what_became_of_each_order_is_told(api: Api, admin: Colleague) -> None:
    good, canceled = await orders(api, 1, 1)
    await api.post(f"/orders/{canceled['order_id']}/cancel", {"units": "all", "reason": "customer"})
    chosen = [good["order_id"], canceled["order_id"]]
    page = await admin.send("/console/orders", order=chosen, action="hold", words="stocktaking")
    results = {int(number): text for number, text in DONE.findall(page.text)}

    assert results[good["number"]] == "Done."
    assert f"Order {canceled['number']} is over" in results[canceled["number"]]
    assert "1 order done." in told(page)
    released = await admin.send("/console/orders", order=chosen, action="release")
    assert dict(DONE.findall(released.text)) == {
        str(good["number"]): "Done.",
        str(canceled["number"]): "There was nothing to do.",
    }


async def test_many_orders_are_tagged_noted_and_written_to(api: Api, admin: Colleague) -> None:
    chosen = [order["order_id"] for order in await orders(api, 1, 2)]
    await admin.send("/console/orders", order=chosen, action="tag", words="fair, gift")
    await admin.send("/console/orders", order=chosen, action="untag", words="gift")
    await admin.send("/console/orders", order=chosen, action="note", words="From the fair")
    page = await admin.send(
        "/console/orders", order=chosen, action="message", words="The fair is over: it leaves today."
    )

    assert "2 orders done." in told(page)
    assert {tuple(each["tags"]) for each in (await api.get("/orders")).json()["items"]} == {("fair",)}
    for order_id in chosen:
        parts = (await api.get(f"/orders/{order_id}")).json()["parts"]
        assert "support_case" not in parts
        assert [message["notice"] for message in parts["message"]].count("message_from_us") == 1
        assert len(parts["order_note"]) == 1


@pytest.mark.parametrize("action", ["tag", "note", "message"])
async def test_what_needs_words_is_refused_without_them(api: Api, admin: Colleague, action: str) -> None:
    chosen = [order["order_id"] for order in await orders(api, 1)]
    happened = await api.happened()
    page = await admin.send("/console/orders", order=chosen, action=action, words=" ")

    assert page.status_code == 422
    assert await api.happened() == happened


async def test_the_chosen_orders_are_taken_along_and_no_others(api: Api, admin: Colleague) -> None:
    one, other, two = await orders(api, 1, 2, 3)
    answer = await admin.send("/console/orders", order=[one["order_id"], two["order_id"]], action="export")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert {row["number"] for row in rows} == {str(one["number"]), str(two["number"])}
    assert str(other["number"]) not in answer.text


async def test_pick_lists_of_the_chosen_orders_are_printed_and_what_has_none_is_told(
    api: Api, admin: Colleague
) -> None:
    one, two, canceled = await orders(api, 1, 2, 1)
    await api.post(f"/orders/{canceled['order_id']}/cancel", {"units": "all", "reason": "customer"})
    chosen = [each["order_id"] for each in (one, two, canceled)]
    page = await admin.send("/console/orders", order=chosen, action="picks")

    assert page.status_code == 200
    lists = page.text.count('class="paper')
    there = [each["number"] for each in (one, two) if f"Order {each['number']}" in page.text]
    assert lists == len(there)
    assert str(canceled["number"]) in told(page)[0]
    for what in ("slips", "labels"):
        none = await admin.send("/console/orders", order=chosen, action=what)
        assert "Nothing to print" in none.text


async def test_each_role_is_offered_what_it_may_do_and_refused_the_rest(api: Api) -> None:
    (order,) = await orders(api, 1)
    packer = await somebody(api, "packer")
    page = (await packer.see("/console/orders")).text
    happened = await api.happened()
    refused = await packer.send("/console/orders", order=order["order_id"], action="approve")

    assert '<option value="slips"' in page
    assert '<option value="approve"' not in page
    assert '<option value="export"' not in page
    assert refused.status_code == 403
    assert await api.happened() == happened
