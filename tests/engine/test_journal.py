"""The journal is append-only, whoever asks, and gives back every fact as it was."""

from __future__ import annotations

import asyncpg
import pytest

from purveyor.engine.journal import Entry
from purveyor.stages.receipt.facts import OrderPlaced
from tests.engine.conftest import Pool, a_committer
from tests.pure import an_order_for


@pytest.mark.parametrize("statement", ["UPDATE journal SET actor = 'me'", "DELETE FROM journal", "TRUNCATE journal"])
async def test_the_database_refuses_to_change_the_journal(shop: Pool, statement: str) -> None:
    async with a_committer(shop) as committer:
        await committer.submit(an_order_for(("MUG", 1)), key="k", actor="channel:web")

    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await shop.execute(statement)
    assert await shop.fetchval("SELECT actor FROM journal") == "channel:web"


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'me'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_nor_one_of_its_partitions(shop: Pool, statement: str) -> None:
    async with a_committer(shop) as committer:
        await committer.submit(an_order_for(("MUG", 1)), key="k", actor="channel:web")
    partition = await shop.fetchval("SELECT tableoid::regclass::text FROM journal")

    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await shop.execute(statement.format(partition))
    assert await shop.fetchval("SELECT actor FROM journal") == "channel:web"


async def test_a_fact_is_read_as_it_was_recorded(shop: Pool) -> None:
    async with a_committer(shop) as committer:
        given = await committer.submit(an_order_for(("MUG", 2)), key="k", actor="channel:web")

    record = await shop.fetchrow(
        "SELECT seq, at, order_id, order_version, kind, kind_version, actor, key, data FROM journal"
    )
    assert record is not None
    entry = Entry(*record)
    fact = entry.fact
    assert isinstance(fact, OrderPlaced)
    assert fact.order_id == given.answer.order_id
    assert (entry.order_version, entry.kind_version, entry.actor, entry.key) == (1, 1, "channel:web", "k")
    assert sum(posting.minor for posting in fact.postings) == 0
    assert fact.lines[0].quantity == 2
    assert entry.stamp.at == entry.at


async def test_every_posting_and_stock_move_of_a_fact_has_its_row(shop: Pool) -> None:
    async with a_committer(shop) as committer:
        await committer.submit(an_order_for(("MUG", 2)), key="k", actor="channel:web")

    rows = await shop.fetch("SELECT account, minor FROM posting ORDER BY side")
    assert [tuple(row) for row in rows] == [("receivable", 2870), ("revenue", -2000), ("tax", -458), ("shipping", -412)]
    assert await shop.fetchval("SELECT receivable_minor FROM orders") == 2870
