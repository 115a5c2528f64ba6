"""The floor: the rows that our own orders left behind, written again by hand-made set-based SQL without any logic.

What is written is taken from the database itself, row for row and table for table, with new ids, so the floor can
never write less than we do. It is made ready outside the clock; inside it there are only BEGIN, one COPY a table (the
fastest way in), the stock rows locked in order and updated, and COMMIT, on two connections.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec

from bench.setup_shop import Timing
from purveyor.engine.job_queue import COLUMNS, QUEUE

TABLES = """
    SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position) AS columns
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE 'pgqueuer%'
       AND c.table_name !~ '^journal_([0-9]+|seal)$' AND c.table_name <> 'alembic_version'
  GROUP BY c.table_name
"""
MOVE = """
    UPDATE stock AS old SET allocated = old.allocated + new.allocated
      FROM unnest($1::text[], $2::text[], $3::bigint[]) AS new (sku, location, allocated)
     WHERE old.sku = new.sku AND old.location = new.location
"""
LOCK = """
    SELECT 1 FROM stock WHERE (sku, location) IN (SELECT * FROM unnest($1::text[], $2::text[]))
  ORDER BY sku, location FOR UPDATE
"""
LEFT_OUT = {"seq"}  # the database gives it itself, to us as well


class Rows(msgspec.Struct):
    """Rows for one table, ready for COPY."""

    table: str
    columns: list[str]
    records: list[tuple[Any, ...]]


class Batch(msgspec.Struct):
    """What one transaction of the floor writes."""

    orders: int
    tables: list[Rows]
    stock: tuple[list[str], list[str], list[int]]
    jobs: tuple[list[str], list[bytes]]


class Pattern:
    """The rows of some orders that we placed, by table and order."""

    def __init__(self) -> None:
        self.order_ids: list[UUID] = []
        self.columns: dict[str, list[str]] = {}
        self.rows: defaultdict[UUID, dict[str, list[dict[str, Any]]]] = defaultdict(dict)
        self.jobs: list[tuple[str, bytes]] = []

    @classmethod
    async def of(cls, pool: asyncpg.Pool[asyncpg.Record], order_ids: Sequence[UUID]) -> Pattern:
        """Everything that stands in any table for these orders, whose jobs are still in the queue."""
        pattern = cls()
        pattern.order_ids = list(order_ids)
        contacts = {
            row["contact_id"]: row["id"]
            for row in await pool.fetch("SELECT id, contact_id FROM orders WHERE id = ANY($1)", order_ids)
        }
        keys = {
            row["key"]: row["order_id"]
            for row in await pool.fetch(
                "SELECT DISTINCT key, order_id FROM journal_row WHERE order_id = ANY($1)", order_ids
            )
        }
        for table, columns in await pool.fetch(TABLES):
            owner = next((c for c in ("order_id", "contact_id") if c in columns and table != "orders"), None)
            pattern.columns[table] = columns
            if table == "orders":
                found = [
                    (row["id"], row) for row in await pool.fetch("SELECT * FROM orders WHERE id = ANY($1)", order_ids)
                ]
            elif table == "contact":
                records = await pool.fetch("SELECT * FROM contact WHERE id = ANY($1)", list(contacts))
                found = [(contacts[row["id"]], row) for row in records]
            elif table == "command_log":
                records = await pool.fetch("SELECT * FROM command_log WHERE key = ANY($1)", list(keys))
                found = [(keys[row["key"]], row) for row in records]
            elif owner == "order_id" and table != "license_key":
                query = f"SELECT * FROM {table} WHERE order_id = ANY($1)"
                found = [(row["order_id"], row) for row in await pool.fetch(query, order_ids)]
            else:
                continue
            for order_id, row in found:
                pattern.rows[order_id].setdefault(table, []).append(dict(row))
        queued = await pool.fetch("SELECT entrypoint, payload FROM pgqueuer WHERE status = 'queued' ORDER BY id")
        per_order = max(len(queued) // max(len(order_ids), 1), 0)
        pattern.jobs = [(row["entrypoint"], row["payload"]) for row in queued[: per_order or len(queued)]]
        return pattern

    @property
    def rows_per_order(self) -> float:
        rows = sum(len(rows) for tables in self.rows.values() for rows in tables.values())
        return rows / len(self.order_ids) + 2 * len(self.jobs)

    def batch(self, size: int, first_number: int) -> Batch:
        """`size` orders of this pattern with ids of their own."""
        tables: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        stock: defaultdict[tuple[str, str], int] = defaultdict(int)
        for index in range(size):
            order_id = self.order_ids[index % len(self.order_ids)]
            ids: dict[UUID, UUID] = {}
            number = first_number + index
            for table, rows in self.rows[order_id].items():
                for row in rows:
                    tables[table].append({name: _anew(name, value, ids, number) for name, value in row.items()})
                    if table == "stock_move":
                        stock[row["sku"], row["location"]] += row["allocated"]
        moved = sorted(stock)
        return Batch(
            orders=size,
            tables=[self._rows(table, rows) for table, rows in sorted(tables.items())],
            stock=([sku for sku, _ in moved], [place for _, place in moved], [stock[key] for key in moved]),
            jobs=(
                [entrypoint for entrypoint, _ in self.jobs] * size,
                [payload for _, payload in self.jobs] * size,
            ),
        )

    def _rows(self, table: str, rows: list[dict[str, Any]]) -> Rows:
        columns = self.columns[table]
        left_out = LEFT_OUT | ({"id"} if table == "stock_move" else set())
        chosen = [name for name in columns if name not in left_out]
        return Rows(table, chosen, [tuple(row[name] for name in chosen) for row in rows])


def _anew(name: str, value: Any, ids: dict[UUID, UUID], number: int) -> Any:
    """The value with new ids: every old one gets the same new one within its order."""
    if isinstance(value, UUID) and name != "customer_id":
        return ids.setdefault(value, uuid4())
    if name == "number":
        return number
    if name == "key":
        return f"floor-{number}-{value}"
    return value


async def write(pool: asyncpg.Pool[asyncpg.Record], batches: Iterable[Batch], connections: int = 2) -> Timing:
    """Write batches as they are, one transaction each, on so many connections."""
    waiting = iter(list(batches))
    timing = Timing()

    async def writer() -> None:
        async with pool.acquire() as db:
            for batch in waiting:
                async with db.transaction():
                    for rows in batch.tables:
                        await db.copy_records_to_table(rows.table, records=rows.records, columns=rows.columns)
                    if batch.jobs[0]:
                        rows = [(0, "queued", *job) for job in zip(*batch.jobs, strict=True)]
                        await db.copy_records_to_table(QUEUE, records=rows, columns=COLUMNS)
                    await db.fetch(LOCK, *batch.stock[:2])
                    await db.execute(MOVE, *batch.stock)
                timing.done += batch.orders

    started = time.perf_counter()
    await asyncio.gather(*(writer() for _ in range(connections)))
    timing.seconds = time.perf_counter() - started
    return timing
