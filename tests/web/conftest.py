"""The API over the real database, without a socket between."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from purveyor.adapters.clocks import SystemClock
from purveyor.core.approval_limits import OPERATOR
from purveyor.db.reader import Reader
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.staff.commands import CreateApiKey
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.settings import Settings
from purveyor.web.auth.api_keys import make_key
from purveyor.web.server.app import create_app
from purveyor.wiring import House, open_house, open_ports
from tests.pure import eur

SELLER = {"street": "Torgasse 7", "postal_code": "10119", "city": "Berlin", "country": "DE", "tax_id": "DE999999999"}

_keys = itertools.count(1)


@pytest.fixture
async def house(database: str, tmp_path: Path) -> AsyncIterator[House]:
    """A shop with two locations and three products."""
    settings = Settings(data_dir=tmp_path, demo=True, webhook_networks="127.0.0.0/8")
    clock = SystemClock()
    async with open_house(
        settings,
        database,
        clock=clock,
        outside=open_ports(settings, Reader(None), clock, in_memory=True),  # type: ignore[arg-type]
    ) as opened:
        msgspec.structs.force_setattr(opened.outside, "read", opened.read)  # jobs read what this house has written
        submit = opened.committer.submit
        locations = [
            {"code": "main", "name": "Main", "country": "DE"},
            {"code": "shop", "name": "Shop", "country": "DE", "priority": 2, "collects": True},
        ]
        products = (
            ProductData(sku="MUG", name="Mug", price=eur(1_190), weight_g=350),
            ProductData(sku="TEE", name="T-shirt", price=eur(2_500), weight_g=180),
            ProductData(sku="BOOK", name="E-book", price=eur(990), kind="download", asset="book.epub"),
        )
        items = tuple(ReceivedItem(sku=sku, location="main", quantity=100) for sku in ("MUG", "TEE"))
        for number, command in enumerate(
            (
                SetPolicy(name="locations", data=locations),
                SetPolicy(name="seller", data=SELLER),
                SetPolicy(name="sign_in", data={"second_factor_for": []}),  # test_second_factor.py asks for it
                SaveProducts(products=products),
                ReceiveStock(items=items),
            )
        ):
            given = await submit(command, key=f"set up {number}", actor=OPERATOR)
            assert given.accepted, given.body
        yield opened


async def key_for(house: House, *scopes: str, name: str = "test") -> str:
    """A key that may do this, as a header's value."""
    made = make_key()
    command = CreateApiKey(name=name, prefix=made.prefix, hash=made.hash, scopes=scopes)
    given = await house.committer.submit(command, key=f"key {made.prefix}", actor="staff:test")
    assert given.accepted, given.body
    return f"Bearer {made.secret}"


class Api:
    """A client with a key that may do everything."""

    def __init__(self, client: httpx.AsyncClient, house: House, authorization: str) -> None:
        self.client = client
        self.house = house
        self.headers = {"Authorization": authorization}

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(f"/api/v1{path}", params=params, headers=self.headers)

    async def post(self, path: str, body: Any = None, *, key: str | None = None, **params: Any) -> httpx.Response:
        headers = {**self.headers, "Idempotency-Key": key or f"request {next(_keys)}"}
        return await self.client.post(
            f"/api/v1{path}", json={} if body is None else body, params=params, headers=headers
        )

    async def place(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        """Place an order, and answer what the API answers."""
        response = await self.post("/orders", an_order(*lines, **changes))
        assert response.status_code == 201, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def happened(self) -> int:
        """How many facts the journal has: tests that nothing happened compare it."""
        (count,) = await self.house.read.values("SELECT count(*) FROM journal")
        return int(count)


def an_order(*lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
    address = {
        "name": "Ann Example",
        "email": "ann@example.com",
        "phone": "+4930123456",
        "street": "Teststr. 1",
        "city": "Berlin",
        "postal_code": "10115",
        "country": "DE",
    }
    wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in lines or (("MUG", 2),)]
    return {"channel": "api", "currency": "EUR", "lines": wanted, "contact": address, **changes}


@pytest.fixture
async def api(house: House) -> AsyncIterator[Api]:
    app = create_app(house)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    opened, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():  # entered and left by one task, as a server does it
            opened.set()
            await over.wait()

    life = asyncio.create_task(live())
    await opened.wait()
    async with httpx.AsyncClient(transport=transport, base_url="http://purveyor") as client:
        yield Api(client, house, await key_for(house, "*"))
    over.set()
    await life
