"""What an order's page names first: what is next for it, where that is done, and what its statuses are of."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from purveyor.web.api.command_endpoints import ROOT
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody

NEXT = re.compile(r'class="order-next"><strong>Next:</strong> (?:<a href="([^"]*)">)?([^<]*)')
COLLECTED = {"method": "collect", "collect_at": "shop", "terms": "at_counter", "tenders": [{"method": "cash"}]}


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def next_of(colleague: Colleague, number: int) -> tuple[str, str]:
    """What is next by the page, and where it leads."""
    found = NEXT.search((await colleague.see(f"/console/orders/{number}")).text)
    assert found is not None
    return unescape(found[2]), unescape(found[1] or "")


async def do(api: Api, order_id: str, action: str, body: Any = None) -> None:
    actions = (await api.get(f"/orders/{order_id}/actions")).json()["items"]
    path = next(each["path"] for each in actions if each["action"] == action and each["possible"])
    done = await api.post(path.removeprefix(ROOT), body)
    assert done.status_code in (200, 201), done.text


async def to_collect(api: Api, quantity: int) -> dict[str, str]:
    stock = {"items": [{"sku": "MUG", "location": "shop", "quantity": quantity}]}
    assert (await api.post("/stock/receive", stock)).status_code == 200
    return await api.place(("MUG", quantity), **COLLECTED)


async def test_the_next_step_moves_on_with_the_goods(api: Api, admin: Colleague) -> None:
    placed = await to_collect(api, 2)
    number, order_id = int(placed["number"]), placed["order_id"]
    text, where = await next_of(admin, number)
    assert (text.partition(" at ")[0], where) == ("Pick 2 units", "/console/picking?location=shop")

    await do(api, order_id, "picking.confirm_pick_list")
    text, where = await next_of(admin, number)
    assert text.partition(" at ")[0] == "Pack 2 units"
    assert where.startswith(f"/console/packing/{order_id}/")
    assert (await admin.see(where)).status_code == 200

    await do(api, order_id, "packing.pack_parcel")
    text, where = await next_of(admin, number)
    assert (text.partition(" at ")[0], where) == ("The customer collects it", "/console/delivery")


async def test_one_unit_is_one_unit(api: Api, admin: Colleague) -> None:
    placed = await to_collect(api, 1)

    assert (await next_of(admin, int(placed["number"])))[0].startswith("Pick 1 unit at ")


async def test_what_the_customer_still_pays_is_less_what_the_bank_holds(api: Api, admin: Colleague) -> None:
    card = {"method": "card", "source": "card-good"}
    placed = await api.place(("MUG", 2), terms="prepaid", tenders=[card])
    number, order_id = int(placed["number"]), placed["order_id"]
    await api.house.job_runner.drain()
    assert not (await next_of(admin, number))[0].startswith("The customer pays")
    line = (await api.get(f"/orders/{order_id}")).json()["lines"][0]
    (before,) = await api.house.read.values("SELECT total_minor FROM orders")
    change = {"change": "set_quantity", "line_id": line["id"], "quantity": 3}
    edited = await api.post(f"/orders/{order_id}/edit", {"changes": [change], "reason": "asked by phone"})
    assert edited.status_code == 200, edited.text
    await api.house.job_runner.drain()

    (after,) = await api.house.read.values("SELECT total_minor FROM orders")
    assert after > before
    assert (await next_of(admin, number))[0] == f"The customer pays €{(after - before) / 100:.2f}."
    assert await api.house.read.values("SELECT payment_status FROM orders") == ["part_authorized"]


async def test_a_held_order_names_what_releases_it(api: Api, admin: Colleague) -> None:
    placed = await api.place()
    await do(api, placed["order_id"], "review.hold_order", {"type": "manual", "why": "call first"})
    text, where = await next_of(admin, placed["number"])

    assert where == "#held"
    assert f"{text}</div>" in (await admin.see(f"/console/orders/{placed['number']}")).text


async def test_who_may_not_go_there_is_told_without_a_link(api: Api) -> None:
    placed = await to_collect(api, 2)
    seller = await somebody(api, "sales")
    text, where = await next_of(seller, int(placed["number"]))

    assert text.startswith("Pick 2 units")
    assert where == ""


async def test_an_order_that_is_over_has_no_next_step(api: Api, admin: Colleague) -> None:
    placed = await api.place()
    await do(api, placed["order_id"], "review.cancel_units", {"units": "all", "reason": "customer_request"})
    page = await admin.see(f"/console/orders/{placed['number']}")

    assert "Canceled" in page.text
    assert "Next:" not in page.text


async def test_every_status_says_what_it_is_of(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    states = (
        (await admin.see(f"/console/orders/{number}")).text.partition('class="order-states"')[2].partition("</dl>")[0]
    )

    assert re.findall(r"<dt>([^<]+)</dt>", states) == ["Order", "Stage", "Payment", "Fulfillment", "Total"]


async def test_what_follows_by_itself_is_credited_to_nobody(api: Api, admin: Colleague) -> None:
    number = (await api.place())["number"]
    page = (await admin.see(f"/console/orders/{number}/timeline")).text
    who = {
        unescape(what): unescape(re.sub(r"<[^>]+>", "", actor))
        for what, actor in re.findall(
            r'class="fw-medium">([^<]+)</span>.*?text-secondary small">(.*?) · ', page, re.DOTALL
        )
    }

    assert (who["Stock allocated"], who["Order approved"]) == ("automatically", "automatically")
    assert who["Order placed"] != "automatically"


async def test_what_a_person_has_done_stays_theirs(api: Api, admin: Colleague) -> None:
    placed = await api.place()
    await admin.send(
        f"/console/orders/{placed['number']}/notes", seen_at=f"/console/orders/{placed['number']}", note="x"
    )
    page = (await admin.see(f"/console/orders/{placed['number']}/timeline")).text
    note = page.partition("Note written")[2].partition("</li>")[0]

    assert "Admin" in note
    assert "automatically" not in note


async def test_the_api_says_what_followed_by_itself(api: Api) -> None:
    order_id = (await api.place())["order_id"]
    events = (await api.get(f"/orders/{order_id}/timeline")).json()["items"]
    automatic = {each["kind"]: each["automatic"] for each in events}

    assert automatic["review.order_approved"]
    assert not automatic["receipt.order_placed"]
