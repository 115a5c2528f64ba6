"""A customer with a browser, and the shop's API to make things happen to the order."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest

from purveyor.web.api.command_endpoints import ROOT
from purveyor.web.handling import WebContext
from purveyor.web.pages.order_links import order_path
from tests.web.conftest import Api

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Customer:
    """Somebody who has the link to an order."""

    def __init__(self, api: Api, path: str, browser: httpx.AsyncClient) -> None:
        self.api = api
        self.path = path
        self.browser = browser

    async def see(self, page: str = "", **headers: str) -> httpx.Response:
        return await self.browser.get(f"{self.path}{page}", headers=headers)

    async def hidden(self, page: str) -> dict[str, str]:
        """The hidden fields of the page's forms: what proves that they are ours, and the key."""
        text = (await self.see(page)).text
        return {name: unescape(value) for name, value in HIDDEN.findall(text)}

    async def send(self, page: str, *, seen_at: str | None = None, **fields: Any) -> httpx.Response:
        """Fill a form in and send it, as a browser without scripts does."""
        hidden = await self.hidden(page if seen_at is None else seen_at)
        fields = {"csrf_token": hidden["csrf_token"], "key": hidden["key"]} | fields
        return await self.browser.post(f"{self.path}{page}", data=fields)


class Counter:
    """The shop, as far as these tests need it."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.desk = WebContext()
        self.desk.house = api.house

    async def order(self, *lines: tuple[str, int], **changes: Any) -> Customer:
        placed = await self.api.place(*lines, **changes)
        return self.customer(UUID(placed["order_id"]))

    def customer(self, order_id: UUID, version: int = 0) -> Customer:
        transport = self.api.client._transport  # the same application, without a second start
        browser = httpx.AsyncClient(transport=transport, base_url="http://purveyor")
        return Customer(self.api, order_path(self.desk, order_id, version), browser)

    async def at_the_counter(self, *more: tuple[str, int], **changes: Any) -> Customer:
        """Two mugs, and what is wanted `more`, packed, that wait to be collected."""
        lines = (("MUG", 2), *more)
        stock = {"items": [{"sku": sku, "location": "shop", "quantity": quantity} for sku, quantity in lines]}
        assert (await self.api.post("/stock/receive", stock)).status_code == 200
        wanted = {"method": "collect", "collect_at": "shop", "terms": "at_counter", "tenders": [{"method": "cash"}]}
        placed = await self.api.place(*lines, **{**wanted, **changes})
        order_id = placed["order_id"]
        for action in ("picking.confirm_pick_list", "packing.pack_parcel"):
            actions = (await self.api.get(f"/orders/{order_id}/actions")).json()["items"]
            path = next(each["path"] for each in actions if each["action"] == action and each["possible"])
            done = await self.api.post(path.removeprefix(ROOT))
            assert done.status_code in (200, 201), done.text
        return self.customer(UUID(order_id))

    async def collected(self, *more: tuple[str, int], **changes: Any) -> Customer:
        """Two mugs, and what is wanted `more`, that the customer has."""
        customer = await self.at_the_counter(*more, **changes)
        order_id = await self.order_id()
        (row,) = (await self.api.get("/collections", location="shop")).json()["items"]
        (code,) = await self.api.house.read.values("SELECT text FROM private_text WHERE what = 'collect_code'")
        path = f"/orders/{order_id}/collections/{row['parcel_id']}/hand-over"
        done = await self.api.post(path, {"code": code})
        assert done.status_code == 200, done.text
        return customer

    async def order_id(self) -> UUID:
        """Of the newest order."""
        (order_id,) = await self.api.house.read.values("SELECT id FROM orders ORDER BY number DESC LIMIT 1")
        return UUID(str(order_id))

    async def line_id(self) -> str:
        """Of the first line of the newest order."""
        found = await self.api.house.read.values(
            "SELECT id FROM line WHERE order_id = $1 ORDER BY line_no LIMIT 1", await self.order_id()
        )
        return str(found[0])

    async def count(self, table: str) -> int:
        (count,) = await self.api.house.read.values(f"SELECT count(*) FROM {table}")
        return int(count)


@pytest.fixture
async def shop(api: Api) -> Counter:
    return Counter(api)
