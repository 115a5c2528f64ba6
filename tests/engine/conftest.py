"""A committer on the real database, with receipt and trial messages as its only stages: nothing follows by itself."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

import asyncpg
import pytest

from purveyor.core.messages import Command, Fact
from purveyor.core.policies import Policies
from purveyor.core.registry import After
from purveyor.core.state import Book
from purveyor.db.pool import connect_pool
from purveyor.engine import cascade
from purveyor.engine.answers import CommandResult
from purveyor.engine.committer import Committer
from purveyor.engine.unit_of_work import Connection
from tests.pure import SHOP

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Follows: TypeAlias = "defaultdict[type[Fact], list[After]]"

PRODUCTS = """
    INSERT INTO product
    SELECT sku, sku, 'goods', 1190, 'EUR', 'standard', '', 100, 1, 1, 1, '', '', false, false, true, true, '', 0
      FROM unnest($1::text[]) AS sku
"""
STOCK = "INSERT INTO stock SELECT sku, 'main', $2, 0, 0 FROM unnest($1::text[]) AS sku"


class Now:
    """The real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


async def shop_policies(_db: Connection) -> Policies:
    return SHOP


def leave_summaries(_book: Book, _at: datetime) -> None:
    """Statuses are no concern of these tests."""


def a_committer(pool: Pool, **changes: Any) -> Committer:
    usual: dict[str, Any] = {"load_policies": shop_policies, "summarize": leave_summaries}
    usual.update(changes)
    return Committer(pool, Now(), **usual)


async def in_one_batch(committer: Committer, *asked: tuple[str, Command]) -> list[CommandResult | BaseException]:
    """Submit everything before the committer starts, so that its first batch has all of it."""
    tasks = [asyncio.create_task(committer.submit(command, key=key, actor="staff:test")) for key, command in asked]
    await asyncio.sleep(0)
    assert committer.waiting == len(asked)
    async with committer:
        return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(autouse=True)
def follows(monkeypatch: pytest.MonkeyPatch) -> Follows:
    """What follows what in this test: nothing, until it says so."""
    nothing: Follows = defaultdict(list)
    monkeypatch.setattr(cascade, "FOLLOWS", nothing)
    return nothing


@pytest.fixture
async def shop(pool: Pool) -> Pool:
    """A database with 1,000 mugs and 1,000 T-shirts."""
    await pool.execute(PRODUCTS, ["MUG", "TEE"])
    await pool.execute(STOCK, ["MUG", "TEE"], 1_000)
    return pool


@pytest.fixture
async def elsewhere(shop: Pool, database: str) -> AsyncIterator[Pool]:
    """Connections of a second process."""
    connections = await connect_pool(database, 4)
    yield connections
    await connections.close()


@pytest.fixture
def counted_rows(shop: Pool) -> Callable[[], Any]:
    """How many rows every table has, and what stands in those that count."""

    async def rows() -> dict[str, Any]:
        tables = await shop.fetch(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        )
        counts = {table: await shop.fetchval(f"SELECT count(*) FROM {table}") for (table,) in tables}
        counts["stock"] = [tuple(row) for row in await shop.fetch("SELECT * FROM stock ORDER BY sku, location")]
        counts["sequences"] = [
            tuple(row)
            for row in await shop.fetch(
                "SELECT sequencename, last_value FROM pg_sequences"
                " WHERE sequencename <> 'order_number' ORDER BY sequencename"
            )
        ]
        return counts

    return rows
