"""A visitor of the shop with a browser of their own, without scripts."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pytest

from purveyor.core.approval_limits import OPERATOR
from purveyor.records.policies.commands import SetPolicy
from tests.web.conftest import Api

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
ADDRESS = {
    "contact.name": "Ann Example",
    "contact.email": "ann@example.com",
    "contact.country": "DE",
    "contact.street": "Teststr. 1",
    "contact.city": "Berlin",
    "contact.postal_code": "10115",
}
CARD = {"payment": "card", "card_number": "4242 4242 4242 4242", "card_expiry": "12 / 39", "card_code": "123"}


class Visitor:
    """Somebody who looks around and buys."""

    def __init__(self, api: Api) -> None:
        self.api = api
        transport = api.client._transport  # the same application, without a second start
        self.browser = httpx.AsyncClient(transport=transport, base_url="http://purveyor")

    async def see(self, path: str, **headers: str) -> httpx.Response:
        return await self.browser.get(path, headers=headers)

    async def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of a page's forms; of several with one name the first."""
        found = HIDDEN.findall((await self.see(path)).text)
        return {name: unescape(value) for name, value in reversed(found)}

    async def send(self, path: str, *, seen_at: str = "/cart", **fields: Any) -> httpx.Response:
        hidden = await self.hidden(seen_at)
        return await self.browser.post(path, data={"csrf_token": hidden["csrf_token"], "key": hidden["key"], **fields})

    async def puts(self, sku: str, quantity: int = 1) -> httpx.Response:
        return await self.send("/cart/add", sku=sku, quantity=str(quantity))

    async def form(self) -> dict[str, str]:
        """The checkout as it is given out, filled in by somebody who pays with a good card."""
        hidden = await self.hidden("/checkout")
        wanted = {name: hidden[name] for name in ("csrf_token", "key", "cart", "signed_in")}
        return {**wanted, **ADDRESS, **CARD, "delivery": "ship:standard", "step": "place"}

    async def orders(self, **changes: str) -> httpx.Response:
        return await self.browser.post("/checkout", data={**(await self.form()), **changes})

    async def policy(self, policy: str, /, **data: Any) -> None:
        """Put a policy in force."""
        answer = await self.api.house.committer.submit(
            SetPolicy(name=policy, data=data), key=f"{policy} {uuid4()}", actor=OPERATOR
        )
        assert answer.accepted, answer.body

    async def count(self, table: str) -> int:
        (count,) = await self.api.house.read.values(f"SELECT count(*) FROM {table}")
        return int(count)


@pytest.fixture
async def visitor(api: Api) -> Visitor:
    return Visitor(api)
