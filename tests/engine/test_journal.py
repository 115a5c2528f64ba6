"""The journal is append-only, whoever asks, and gives back every fact as it was."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec
import pytest

from purveyor.db.reader import Reader
from purveyor.engine.change_feed import changes_by_seq, changes_since
from purveyor.engine.journal import FACTS_OF_A_ROW, LINE, JournalRow, Recorded, write_facts
from purveyor.engine.redaction import readable_stages
from purveyor.stages.confirmation.facts import PageSeen
from purveyor.stages.receipt.facts import OrderPlaced
from tests.engine.conftest import Pool, a_committer
from tests.pure import an_order_for


@pytest.mark.parametrize(
    "statement", ["UPDATE journal_row SET actor = 'me'", "DELETE FROM journal_row", "TRUNCATE journal_row"]
)
async def test_the_database_refuses_to_change_the_journal(shop: Pool, statement: str) -> None:
    async with a_committer(shop) as committer:
        await committer.submit(an_order_for(("MUG", 1)), key="k", actor="channel:web")

    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await shop.execute(statement)
    assert await shop.fetchval("SELECT actor FROM journal_row") == "channel:web"


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'me'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_nor_one_of_its_partitions(shop: Pool, statement: str) -> None:
    async with a_committer(shop) as committer:
        await committer.submit(an_order_for(("MUG", 1)), key="k", actor="channel:web")
    partition = await shop.fetchval("SELECT tableoid::regclass::text FROM journal_row")

    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await shop.execute(statement.format(partition))
    assert await shop.fetchval("SELECT actor FROM journal_row") == "channel:web"


async def test_a_fact_is_read_as_it_was_recorded(shop: Pool) -> None:
    async with a_committer(shop) as committer:
        given = await committer.submit(an_order_for(("MUG", 2)), key="k", actor="channel:web")

    record = await shop.fetchrow(f"SELECT {LINE} FROM journal_row")
    assert record is not None
    (entry,) = JournalRow(*record).entries()
    fact = entry.fact
    assert isinstance(fact, OrderPlaced)
    assert fact.order_id == given.answer.order_id
    assert (entry.order_version, entry.kind_version, entry.actor, entry.key) == (1, 1, "channel:web", "k")
    assert sum(posting.minor for posting in fact.postings) == 0
    assert fact.lines[0].quantity == 2
    assert entry.stamp.at == entry.at


def many_facts(order_id: UUID, count: int) -> list[Recorded]:
    """As one command records them, from the second version of its order on."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return [Recorded(PageSeen(order_id=order_id, why=str(n)), 2 + n, at, "test", "many") for n in range(count)]


async def test_what_one_command_did_to_an_order_is_one_row(shop: Pool) -> None:
    async with a_committer(shop) as committer:
        await asyncio.gather(
            *(committer.submit(an_order_for(("MUG", 1)), key=f"k{n}", actor="channel:web") for n in range(3))
        )

    assert await shop.fetchval("SELECT count(*) FROM journal_row") == 3
    assert await shop.fetchval("SELECT count(DISTINCT order_id) FROM journal_row") == 3
    lines = [JournalRow(*record) for record in await shop.fetch(f"SELECT {LINE} FROM journal_row ORDER BY seq")]
    for line in lines:
        assert line.seq % FACTS_OF_A_ROW == 0
        entries = list(line.entries())
        assert [entry.seq - line.seq for entry in entries] == list(range(len(entries)))
        assert [entry.kind for entry in entries] == [entry.fact.kind() for entry in entries] == line.kinds
    told = [entry for line in lines for entry in line.entries()]
    seen = await shop.fetch("SELECT seq, order_version, kind, kind_version, data FROM journal ORDER BY seq")
    assert [(one.seq, one.order_version, one.kind, one.kind_version) for one in told] == [
        tuple(record)[:4] for record in seen
    ]
    assert [msgspec.json.decode(one.data) for one in told] == [record["data"] for record in seen]


async def test_more_facts_than_a_row_holds_go_on_in_the_next(shop: Pool) -> None:
    async with a_committer(shop) as committer:
        await committer.submit(an_order_for(("MUG", 1)), key="k", actor="channel:web")
    order_id = await shop.fetchval("SELECT id FROM orders")
    recorded = many_facts(order_id, 70)

    async with shop.acquire() as db:
        await write_facts(db, recorded)

    rows = await shop.fetch("SELECT cardinality(kinds), order_version FROM journal_row WHERE key = 'many' ORDER BY seq")
    assert [tuple(row) for row in rows] == [(32, 2), (32, 34), (6, 66)]
    told = await shop.fetch("SELECT data ->> 'why', order_version FROM journal WHERE key = 'many' ORDER BY seq")
    assert [tuple(row) for row in told] == [(str(number), 2 + number) for number in range(70)]


@pytest.mark.parametrize("limit", [1, 3, 32, 1_000])
async def test_whoever_follows_the_journal_is_told_every_fact_once_wherever_rows_end(shop: Pool, limit: int) -> None:
    async with a_committer(shop) as committer:
        for number in range(4):
            await committer.submit(an_order_for(("MUG", 1)), key=f"k{number}", actor="channel:web")
    order_id = await shop.fetchval("SELECT id FROM orders LIMIT 1")
    recorded = many_facts(order_id, 40)
    async with shop.acquire() as db:
        await write_facts(db, recorded)

    seen: list[int] = []
    since = 0
    for _ in range(100):
        changes, then = await changes_since(Reader(shop), since, limit, stages=readable_stages())
        assert len(changes) <= limit
        seen += [change.seq for change in changes]
        if then == since:
            break
        since = then

    assert seen == [seq for (seq,) in await shop.fetch("SELECT seq FROM journal ORDER BY seq")]
    some = seen[::7]
    assert sorted(await changes_by_seq(Reader(shop), some)) == some


async def test_partitions_are_there_before_their_rows_and_follow_one_another(shop: Pool) -> None:
    ends = """
        SELECT pg_get_expr(relpartbound, oid) AS bound, relname FROM pg_class
         WHERE oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'journal_row'::regclass)
    """
    await shop.execute("SELECT journal_partition(900000000)")
    await shop.execute("SELECT journal_partition(900000000)")
    bounds = sorted(tuple(map(int, re.findall(r"'(\d+)'", bound))) for bound, _ in await shop.fetch(ends))

    assert bounds[0][0] == 0
    assert bounds[-1][0] <= 900_000_000 < bounds[-1][1]
    assert [upper for _, upper in bounds[:-1]] == [lower for lower, _ in bounds[1:]]
    for (partition,) in await shop.fetch(f"SELECT relname FROM ({ends}) AS partitions"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
            await shop.execute(f"TRUNCATE {partition}")


async def test_two_workers_that_make_room_at_the_same_moment_both_find_it(shop: Pool) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with shop.acquire() as first, shop.acquire() as second:
        transaction = first.transaction()
        await transaction.start()
        await first.execute("SELECT journal_partition(900000000)")
        other = asyncio.create_task(second.execute("SELECT journal_partition(900000000)"))
        while not other.done() and not await shop.fetchval(waiting):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await transaction.commit()
        await other

    assert await shop.fetchval("SELECT journal_end()") > 900_000_000


async def test_every_posting_and_stock_move_of_a_fact_has_its_row(shop: Pool) -> None:
    async with a_committer(shop) as committer:
        await committer.submit(an_order_for(("MUG", 2)), key="k", actor="channel:web")

    rows = await shop.fetch("SELECT side, account, minor, currency, order_version FROM posting ORDER BY side")
    assert [tuple(row) for row in rows] == [
        (0, "receivable", 2870, "EUR", 1),
        (1, "revenue", -2000, "EUR", 1),
        (2, "tax", -458, "EUR", 1),
        (3, "shipping", -412, "EUR", 1),
    ]
    assert await shop.fetchval("SELECT receivable_minor FROM orders") == 2870
