"""The same story once more, through the committer, on the real database."""

from __future__ import annotations

import random
from typing import TypeAlias

import asyncpg
import pytest

from purveyor.core.policies import Policies
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Order
from purveyor.engine import submission_queue
from purveyor.engine.committer import Committer
from purveyor.engine.tables import row_kinds, table_of
from purveyor.engine.unit_of_work import Connection
from purveyor.insight.differences import Difference, compare_rows
from purveyor.summary import summarize
from tests.engine.conftest import Now
from tests.pure import CHANCE, SHOP
from tests.simulation.random_actions import People
from tests.simulation.world import rows_of_book

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


async def shop_policies(_db: Connection) -> Policies:
    return SHOP


async def retell(pool: Pool, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Submit every command of a story, under the same ids and numbers; each must end as it did in memory."""
    calls = [0]
    monkeypatch.setattr(submission_queue, "CHANCE", CHANCE)
    monkeypatch.setattr(random, "getrandbits", lambda _bits: calls[0])
    committer = Committer(pool, Now(), load_policies=shop_policies, summarize=summarize, runners=1)
    async with committer:
        for told in people.story:
            calls[0] = told.call
            committer._numbers = [told.call]
            try:
                given = await committer.submit(told.command, key=f"k{told.call}", actor="staff:sim", at=told.at)
            except Invalid as refusal:  # a value that the gate does not let in
                accepted, said = False, str(refusal).encode()
            else:
                accepted, said = given.accepted, given.body
            assert accepted == told.accepted, (told, said)
    # The numbers came from the story and not from the sequence, which has to be where they would have left it.
    await pool.fetchval("SELECT setval('order_number', $1)", people.world.calls + 1)


async def compare(pool: Pool, people: People) -> list[Difference]:
    """Where the database says something else than the world in memory."""
    found: list[Difference] = []
    state = people.world.state
    for kind in row_kinds().values():
        if kind.personal or not kind.__module__.startswith("purveyor."):
            continue
        table = table_of(kind)
        rows = [row for book in state.books.values() for row in rows_of_book(book).get(kind.table, ())]
        rows += state.shared[kind].values()
        if kind.table == "stock":
            rows = [row for rows_ in state.stock.values() for row in rows_.values()]
        expected = {kind.key_of(row): row for row in rows}
        found.extend(compare_rows(table, expected, await pool.fetch(table.select)))
    assert table_of(Order).name == "orders"
    return found
