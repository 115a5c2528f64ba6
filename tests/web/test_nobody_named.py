"""Whoever may not know customers meets none of them, wherever the links of the console and the API lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from purveyor.web.api.routes import SECTIONS
from purveyor.web.auth.roles import SCOPES, scopes_of
from tests.web.conftest import Api
from tests.web.console.staff import somebody
from tests.web.console.test_printing import a_parcel
from tests.web.test_read_scopes import as_key

LINK = re.compile(r'href="(/console[^"#]*)')
PERSONAL = ("Ann Example", "Teststr. 1", "ann@example.com", "+4930123456", "10115")
STRANGERS = ("picker", "analyst")
MOST_PAGES = 300


@pytest.fixture
async def shipped(api: Api) -> dict[str, Any]:
    """One order that has a parcel with its label and slip, and one that waits in every list."""
    _, placed = await a_parcel(api)
    await api.place(("MUG", 1))
    await api.house.job_runner.drain()
    return placed


def named(text: str) -> list[str]:
    return [each for each in PERSONAL if each in text]


@pytest.mark.parametrize("role", STRANGERS)
async def test_no_page_names_a_customer_to_who_may_not_know_them(api: Api, shipped: dict[str, Any], role: str) -> None:
    colleague = await somebody(api, role)
    (parcel,) = await api.house.read.values("SELECT id FROM parcel")
    (shipment,) = await api.house.read.values("SELECT id FROM shipment")
    order = shipped["order_id"]
    given = [
        "/console",
        f"/console/packing/slips/{order}/{parcel}",
        f"/console/shipping/labels/{order}/{shipment}",
    ]
    waiting = list(given)
    seen = set(given)
    told: dict[str, list[str]] = {}
    refused: list[str] = []
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop()
        page = await colleague.see(address)
        if found := named(page.text):
            told[address] = found
        for link in map(unescape, LINK.findall(page.text)):
            if "/slips/" in link or "/labels/" in link:
                refused.append(link)
            if link not in seen and "sign-out" not in link:
                seen.add(link)
                waiting.append(link)

    assert refused == [], "no link leads to what is not for them"
    assert f"/console/orders/{shipped['number']}" in seen
    assert told == {}


def questions(ids: dict[str, str]) -> Iterator[str]:
    """The address of every question that can be asked of what there is."""
    for section in SECTIONS:
        for read in section.reads:
            path = re.sub(r"\{(\w+):\w+\}", lambda found: ids.get(found[1], "{}"), read.path)
            if "{}" not in path:
                yield path


@pytest.mark.parametrize("role", STRANGERS)
async def test_no_answer_names_a_customer_to_who_may_not_know_them(
    api: Api, shipped: dict[str, Any], role: str
) -> None:
    key = await as_key(api, *scopes_of([role]))
    (ids,) = await api.house.pool.fetch(
        "SELECT p.order_id, p.id AS parcel_id, s.id AS shipment_id, o.number FROM parcel p"
        " JOIN shipment s ON s.parcel_id = p.id JOIN orders o ON o.id = p.order_id"
    )
    answers = {path: await key.get(path) for path in questions({name: str(value) for name, value in ids.items()})}

    assert sum(answer.status_code == 200 for answer in answers.values()) > 5
    assert {path: named(answer.text) for path, answer in answers.items() if named(answer.text)} == {}


async def test_who_packs_and_ships_reads_where_it_goes(api: Api, shipped: dict[str, Any]) -> None:
    (parcel,) = await api.house.read.values("SELECT id FROM parcel")
    (shipment,) = await api.house.read.values("SELECT id FROM shipment")
    order = shipped["order_id"]
    for scope, path in (("packing", f"parcels/{parcel}/slip"), ("shipping", f"shipments/{shipment}/label")):
        reader = await as_key(api, f"{scope}:read", name=f"{scope} reader")
        worker = await as_key(api, f"{scope}:read", f"{scope}:write", name=f"{scope} worker")

        refused = await reader.get(f"/orders/{order}/{path}")
        assert refused.status_code == 403
        assert "contacts:read" in refused.json()["detail"]
        assert (await worker.get(f"/orders/{order}/{path}")).status_code == 200
    assert "packing:write" in SCOPES["packer"]
