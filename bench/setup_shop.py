"""The rig of every benchmark: a durable PostgreSQL of its own, a shop, and a house in this process."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import msgspec

from purveyor.adapters.clocks import SystemClock
from purveyor.core.money import Money
from purveyor.db import embedded, migrate
from purveyor.db.pool import connect_pool
from purveyor.db.reader import Reader
from purveyor.discovery import load_stages
from purveyor.engine.committer import Committer
from purveyor.settings import Settings
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.wiring import House, open_house, open_ports

SKUS = 1_000
PLENTY = 1_000_000_000
SEED_PRODUCTS = """
    INSERT INTO product
    SELECT 'SKU' || n, 'Product ' || n, 'goods', 500 + n, 'EUR', 'standard', 'things', 200, 100, 80, 60, '', '',
           false, false, true, true, '', 0
      FROM generate_series(0, $1 - 1) AS n
"""
SEED_STOCK = """
    -- As a receipt of goods would have it: the rows, and the movement behind each.
    INSERT INTO stock SELECT 'SKU' || n, 'main', $2, 0, 0 FROM generate_series(0, $1 - 1) AS n
"""
MAIN = [{"code": "main", "name": "Main warehouse", "country": "DE", "city": "Berlin", "postal_code": "10115"}]
ANN = Address(
    name="Ann Example",
    email="ann@example.com",
    phone="+4930123456",
    street="Teststr. 1",
    city="Berlin",
    postal_code="10115",
    country="DE",
)


class Figure(msgspec.Struct):
    """One line of the table. `ratio` is ours against the floor, where there is one."""

    name: str
    ours: float
    floor: float | None
    ratio: float | None
    unit: str
    p50_ms: float | None = None
    p99_ms: float | None = None
    goal: str = ""


class Timing(msgspec.Struct):
    """A stretch of work: how much was done in how long, and how long each caller waited."""

    done: int = 0
    seconds: float = 0.0
    waits_s: list[float] = []

    @property
    def rate(self) -> float:
        return self.done / self.seconds if self.seconds else 0.0

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.waits_s)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1_000 if ordered else 0.0

    def __iadd__(self, other: Timing) -> Timing:
        self.done += other.done
        self.seconds += other.seconds
        self.waits_s.extend(other.waits_s)
        return self


@asynccontextmanager
async def database(name: str = "bench") -> AsyncIterator[str]:
    """The DSN of a fresh, migrated, durable database."""
    with tempfile.TemporaryDirectory(prefix="purveyor-bench-", ignore_cleanup_errors=True) as folder:
        server = await asyncio.to_thread(embedded.start, Path(folder) / "data")
        try:
            admin = await asyncpg.connect(server.dsn("postgres"))
            await admin.execute(f"CREATE DATABASE {name}")
            await admin.close()
            await migrate.upgrade(server.dsn(name))
            yield server.dsn(name)
        finally:
            await asyncio.to_thread(server.stop)


@asynccontextmanager
async def another(dsn: str, name: str) -> AsyncIterator[str]:
    """A second database on the server of the first."""
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    beside = urlsplit(dsn)._replace(path=f"/{name}").geturl()
    await migrate.upgrade(beside)
    yield beside


@asynccontextmanager
async def house(dsn: str, **settings: Any) -> AsyncIterator[House]:
    """Everything in this process, with providers that are played in memory."""
    load_stages()
    chosen = Settings(**settings)
    pool = await connect_pool(dsn, 2)
    outside = open_ports(chosen, Reader(pool), SystemClock(), in_memory=True)
    try:
        async with open_house(chosen, dsn, outside=outside) as opened:
            yield opened
    finally:
        await pool.close()


async def seed(pool: asyncpg.Pool[asyncpg.Record], skus: int = SKUS) -> None:
    """Products and plenty of stock at one location."""
    await pool.execute(SEED_PRODUCTS, skus)
    await pool.execute(SEED_STOCK, skus, PLENTY)
    await pool.execute(
        "INSERT INTO policy (name, version, data) VALUES ('locations', 1, $1) ON CONFLICT DO NOTHING", MAIN
    )


def an_order(number: int, *, skus: int = SKUS, lines: int = 3) -> PlaceOrder:
    """The `number`-th order: three different products of the catalog, paid by card."""
    return PlaceOrder(
        channel="web",
        lines=tuple(
            LineItem(sku=f"SKU{(number * 7 + line * 331) % skus}", quantity=1 + line % 2) for line in range(lines)
        ),
        contact=ANN,
        currency="EUR",
        tenders=(Tender(method="card", source="card-good"),),
    )


def a_hot_order(_number: int) -> PlaceOrder:
    """One unit of the SKU that everybody wants."""
    return PlaceOrder(
        channel="web",
        lines=(LineItem(sku="SKU1", quantity=1),),
        contact=ANN,
        currency="EUR",
        tenders=(Tender(method="card", source="card-good"),),
    )


_keys = 0


def _key() -> str:
    global _keys  # noqa: PLW0603 (keys of one run of one process)
    _keys += 1
    return f"bench-{_keys}"


async def place(
    committer: Committer, count: int, waiting: int, order: Callable[[int], PlaceOrder] = an_order, first: int = 0
) -> Timing:
    """Place `count` orders with `waiting` callers, each asking again as soon as it is answered."""
    timing = Timing()
    numbers = iter(range(first, first + count))

    async def caller() -> None:
        for number in numbers:
            started = time.perf_counter()
            given = await committer.submit(order(number), key=_key(), actor="key:bench")
            timing.waits_s.append(time.perf_counter() - started)
            assert given.accepted, given.body

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(waiting)))
    timing.seconds = time.perf_counter() - started
    timing.done = count
    return timing


async def timed(work: Callable[[], Awaitable[int]]) -> Timing:
    """How long it took, and how much it says it did."""
    started = time.perf_counter()
    done = await work()
    return Timing(done, time.perf_counter() - started)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")
