"""Proves that every table says what the journal says, and that units, stock and money add up.

The journal is replayed in its order through the same pure functions that wrote the tables, in one snapshot, so that
others may go on working. An order is held against its rows when its last fact has been told, and then forgotten; shared
rows (stock, counters, license keys ...) at the end. Memory is bounded by the number of those, and not by the journal.
Seals tell what was taken from the journal itself, or changed in it.
"""

from __future__ import annotations

import gc
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from purveyor.core.positions import BACKORDER
from purveyor.core.rows import Order, Row, Stock
from purveyor.discovery import load_stages
from purveyor.engine.committer import NUMBERS_AT_ONCE
from purveyor.engine.journal import JournalRow
from purveyor.engine.tables import parts, row_kinds, table_of
from purveyor.engine.unit_of_work import Connection
from purveyor.insight.differences import Difference, Found, compare_rows, compare_sums, key_text
from purveyor.insight.document_check import disagreements_of
from purveyor.insight.journal_seals import LastSeal, broken_seals, last_seal
from purveyor.insight.replay import JOURNAL, LAST_ROWS, Replay
from purveyor.insight.replayed_orders import rows_of
from purveyor.summary import summarize

__all__ = ["Difference", "Report", "verify"]

FACTS = "SELECT coalesce(sum(coalesce(cardinality(kinds), 1)), 0) FROM journal_row"
STOCK_MOVES = """
    SELECT sku, location, reason, sum(on_hand), sum(allocated), sum(held)
      FROM stock_move GROUP BY sku, location, reason
"""
CLAIMS = "SELECT sku, location, sum(quantity) FROM allocation GROUP BY sku, location"
WAITING = "SELECT sku, sum(backordered) FROM line WHERE backordered > 0 GROUP BY sku"
MISSING_KEYS = """
    SELECT DISTINCT key FROM journal_row
     WHERE NOT EXISTS (SELECT FROM command_log WHERE command_log.key = journal_row.key AND accepted)
     LIMIT 1000
"""
WITHOUT_FACTS = """
    -- What a command was answered, and the journal knows nothing of.
    SELECT key, kind FROM command_log
     WHERE accepted AND convert_from(answer, 'UTF8')::jsonb -> 'facts' <> '[]'
       AND NOT EXISTS (SELECT FROM journal_row WHERE journal_row.key = command_log.key)
     LIMIT 1000
"""
COUNTED = """
    -- The last number that a sequence has given, and the highest that was taken from it.
    SELECT 'journal_seq', (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM journal_seq),
           (SELECT coalesce(max(seq), 0) FROM journal_row)
     UNION ALL
    SELECT 'order_number', (SELECT CASE WHEN is_called THEN last_value + $1 ELSE 0 END FROM order_number),
           (SELECT coalesce(max(number), 0) FROM orders)
"""
MOST_STRAYS = 1_000
MOST_KEPT = 1_000
ORDERS_IN_MEMORY = 10_000

Progress = Callable[[int, int], None]


class Report(msgspec.Struct):
    """What was verified: how much of it, what differs (the first of it), how long it took."""

    facts: int = 0
    orders: int = 0
    rows: int = 0
    seconds: float = 0.0
    differing: int = 0
    differences: list[Difference] = []
    seal: LastSeal | None = None

    @property
    def is_clean(self) -> bool:
        return not self.differing


async def verify(
    pool: asyncpg.Pool[asyncpg.Record],
    *,
    chunk: int = 2_000,
    progress: Progress | None = None,
    found: Found | None = None,
) -> Report:
    """Replay the whole journal and compare everything. Changes nothing, and stops nobody.

    `progress` is told (facts done, facts in all), `found` each difference at once; the report keeps the first 1,000.
    """
    load_stages()
    started = time.monotonic()
    report = Report()

    def tell(difference: Difference) -> None:
        report.differing += 1
        if len(report.differences) < MOST_KEPT:
            report.differences.append(difference)
        if found is not None:
            found(difference)

    async with pool.acquire() as db, db.transaction(isolation="repeatable_read", readonly=True), _seldom_collected():
        replay = Replay(ORDERS_IN_MEMORY, summarize, tell)
        with replay.shelf:
            comparison = Comparison(db, tell)
            await _replay(db, replay, comparison, chunk, progress)
            await comparison.shared_rows(replay)
            await comparison.stray_rows()
            await comparison.sums(replay)
            await comparison.commands()
            for difference in await broken_seals(db):
                tell(difference)
            report.seal = await last_seal(db)
        report.facts, report.orders, report.rows = replay.facts, replay.orders, comparison.rows
    report.seconds = time.monotonic() - started
    return report


@asynccontextmanager
async def _seldom_collected() -> AsyncIterator[None]:
    """A replay makes many objects and no circles: looking for these all the time takes a fifth of it."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _replay(
    db: Connection, replay: Replay, comparison: Comparison, chunk: int, progress: Progress | None
) -> None:
    total = await db.fetchval(FACTS)
    cursor = await db.cursor(JOURNAL)
    while records := await cursor.fetch(chunk):
        lines = [JournalRow(*record) for record in records]
        unknown = replay.unknown(lines)
        for order_id, last_seq in await db.fetch(LAST_ROWS, list(unknown)):
            replay.begin(order_id, last_seq)
        for line in lines:
            replay.take(line)
        replay.tidy()
        if len(replay.finished) >= chunk:
            await comparison.orders(replay)
        if progress is not None:
            progress(replay.facts, total)
    for _ in replay.end():
        if len(replay.finished) >= chunk:
            await comparison.orders(replay)
    await comparison.orders(replay)


class Comparison:
    """Reads tables and holds them against what was replayed."""

    def __init__(self, db: Connection, tell: Found) -> None:
        self._db = db
        self._tell = tell
        self._seen: Counter[str] = Counter()  # rows by table, of orders that the journal knows
        self.rows = 0

    async def orders(self, replay: Replay) -> None:
        """Every row of the orders that are finished; then they are forgotten."""
        await self._personal_rows(replay)
        finished = replay.finished
        if not finished:
            return
        ids = [order_id for order_id, _ in finished]
        expected: defaultdict[type[Row], dict[Any, Row]] = defaultdict(dict)
        for _, replayed in finished:
            if replayed.book is not None:
                expected[Order][replayed.book.order.id] = replayed.book.order
                for part, rows in rows_of(replayed.book):
                    expected[part].update(rows)
        kinds: list[type[Row]] = [Order, *parts().values()]
        for kind in kinds:
            table = table_of(kind)
            column = "id" if kind is Order else "order_id"
            records = await self._db.fetch(f"{table.select} WHERE {column} = ANY($1::uuid[])", ids)
            self._count(kind.table, len(records))
            for difference in compare_rows(table, expected[kind], records):
                self._tell(difference)
        for _, replayed in finished:
            for difference in disagreements_of(replayed):
                self._tell(difference)
        finished.clear()

    async def _personal_rows(self, replay: Replay) -> None:
        """What facts refer to exists, emptied or not."""
        for table, ids in replay.personal.items():
            absent = await self._db.fetch(
                f"SELECT id FROM unnest($1::uuid[]) AS wanted (id)"
                f" WHERE NOT EXISTS (SELECT FROM {table} AS there WHERE there.id = wanted.id)",
                list(ids),
            )
            for (key,) in absent:
                self._tell(Difference(table, str(key), "", f"a row, for fact {ids[key]}", "no row"))
        replay.personal.clear()

    async def shared_rows(self, replay: Replay) -> None:
        """Rows that belong to no order, stock among them."""
        for kind in row_kinds().values():
            if kind is Order or kind.personal or kind in parts().values():
                continue
            expected: dict[Any, Row] = dict(replay.state.shared[kind])
            if kind is Stock:
                expected = {
                    (row.sku, row.location): row for rows in replay.state.stock.values() for row in rows.values()
                }
            table = table_of(kind)
            records = await self._db.fetch(table.select)
            self.rows += len(records)
            for difference in compare_rows(table, expected, records):
                self._tell(difference)

    async def stray_rows(self) -> None:
        """Rows of orders that the journal has never heard of: there are some where tables are too long."""
        kinds: list[type[Row]] = [Order, *parts().values()]
        for kind in kinds:
            table = kind.table
            if await self._db.fetchval(f"SELECT count(*) FROM {table}") == self._seen[table]:
                continue
            column = "id" if kind is Order else "order_id"
            strays = await self._db.fetch(
                f"SELECT * FROM {table} AS stray"
                f" WHERE NOT EXISTS (SELECT FROM journal_row WHERE journal_row.order_id = stray.{column}) LIMIT $1",
                MOST_STRAYS,
            )
            for stray in strays:
                self._tell(Difference(table, key_text(tuple(stray[name] for name in kind.key)), "", "no row", "a row"))

    async def sums(self, replay: Replay) -> None:
        """Stock moves add up to the stock, claims to what is promised, waiting units to the backorders."""
        moved = {
            (sku, location, reason): list(map(int, sums))
            for sku, location, reason, *sums in await self._db.fetch(STOCK_MOVES)
        }
        for index, column in enumerate(("on_hand", "allocated", "held")):
            says = {key: sums[index] for key, sums in replay.stock_sums.items()}
            there = {key: sums[index] for key, sums in moved.items()}
            for difference in compare_sums("stock_move", f"sum of {column}", says, there):
                self._tell(difference)
        claimed = {(sku, location): int(quantity) for sku, location, quantity in await self._db.fetch(CLAIMS)}
        claimed |= {(sku, BACKORDER): int(quantity) for sku, quantity in await self._db.fetch(WAITING)}
        stock = await self._db.fetch("SELECT sku, location, allocated FROM stock")
        allocated = {(sku, location): quantity for sku, location, quantity in stock}
        for difference in compare_sums("stock", "allocated, against the claims of order lines", claimed, allocated):
            self._tell(difference)
        for (key,) in await self._db.fetch(MISSING_KEYS):
            self._tell(Difference("command_log", key, "", "an accepted command", "none"))

    async def commands(self) -> None:
        """What was answered has happened; and no number is given twice."""
        for key, kind in await self._db.fetch(WITHOUT_FACTS):
            self._tell(Difference("command_log", key, kind, "no fact", "accepted, with facts"))
        for sequence, last, highest in await self._db.fetch(COUNTED, NUMBERS_AT_ONCE - 1):
            if last < highest:
                self._tell(Difference(sequence, "", "last_value", f"at least {highest}", last))

    def _count(self, table: str, rows: int) -> None:
        self._seen[table] += rows
        self.rows += rows
