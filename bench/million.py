"""Does the millionth order cost what the first did: placing, lists and pages, with 10,000 and 1,000,000 orders."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from bench import pages, raw_sql
from bench.placing import pattern_of
from bench.setup_shop import Figure, Timing, another, database, house, place, seed
from purveyor.web.reading.order_lists import OrderFilter, find_orders
from purveyor.wiring import House

FEW = 10_000
MANY = 1_000_000
ORDERS = 1_000
ROUNDS = 5
PATTERN = 20  # orders that are copied
CHUNK = 500  # copies of the pattern in one transaction
APART_S = 60  # between one copy of the pattern and the next
EPOCH_MS = int((time.time() - MANY / PATTERN * APART_S) * 1_000)
COLUMNS = """
    SELECT c.table_name, array_agg(c.column_name::text ORDER BY c.ordinal_position),
           array_agg(c.data_type::text ORDER BY c.ordinal_position)
      FROM information_schema.columns c
      JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name NOT LIKE 'pgqueuer%'
       AND c.table_name !~ '^journal_([0-9]+|seal)$' AND c.table_name NOT IN ('alembic_version', 'license_key')
  GROUP BY c.table_name
"""
TAKE_STOCK = """
    UPDATE stock SET allocated = stock.allocated + moved.allocated * $2::bigint
      FROM (SELECT sku, location, sum(allocated)::bigint AS allocated FROM stock_move
             WHERE order_id = ANY($1) GROUP BY sku, location) AS moved
     WHERE stock.sku = moved.sku AND stock.location = moved.location
"""


async def measure() -> list[Figure]:
    """Two databases on one server, measured in turn, so that both meet the same weather."""
    async with (
        database() as dsn,
        another(dsn, "few") as small,
        house(dsn, secret_key=pages.SECRET) as shop,
        house(small, secret_key=pages.SECRET) as small_shop,
    ):
        for each, orders in ((small_shop, FEW), (shop, MANY)):
            await seed(each.pool)
            await place(each.committer, 1_000, 128)
            await fill(each.pool, (await pattern_of(each.pool, each)).order_ids, orders)
        few, many = [Timing(), Timing()], [Timing(), Timing()]
        for turn in range(ROUNDS):
            for each, timings in ((small_shop, few), (shop, many)):
                timings[0] += await place(each.committer, ORDERS, 128, first=10_000 * (turn + 1))
                timings[1] += await lists(each)
        size = await shop.pool.fetchval("SELECT pg_database_size(current_database())")
        print(f"{MANY:,} orders take {size / 2**30:.1f} GiB", file=sys.stderr)
        figures = [
            Figure(
                f"{what} with {MANY:,} orders (floor: with {FEW:,})",
                ours.rate,
                bottom.rate,
                ours.rate / bottom.rate,
                unit,
                ours.percentile_ms(0.5),
                ours.percentile_ms(0.99),
                goal,
            )
            for what, ours, bottom, unit, goal in (
                ("placing", many[0], few[0], "orders/s", "ratio >= 0.9"),
                ("order list", many[1], few[1], "lists/s", "ratio >= 0.9, < 20 ms"),
            )
        ]
        return figures + await pages.measure(small_shop, small, shop, dsn, f"{MANY:,}")


async def fill(pool: asyncpg.Pool[asyncpg.Record], order_ids: Sequence[UUID], orders: int) -> None:
    """Copies of some orders, with all their rows, by one statement a table; and fresh statistics for the planner."""
    started = time.perf_counter()
    statements = await copying(pool, order_ids)
    copies = orders // len(order_ids)
    chunks = iter(range(0, copies, CHUNK))

    async def writer() -> None:
        async with pool.acquire() as db:
            for first in chunks:
                async with db.transaction():
                    await db.execute("SET LOCAL synchronous_commit = off")
                    await db.execute("SELECT journal_partition((SELECT last_value FROM journal_seq) + 320000000)")
                    for statement, keys in statements:
                        await db.execute(statement, keys, first, min(first + CHUNK, copies) - 1)
                copied = (first + CHUNK) * len(order_ids)
                if copied % 100_000 == 0:
                    seconds = time.perf_counter() - started
                    print(f"filling: {copied:,} of {orders:,} ({seconds:.0f} s)", file=sys.stderr, flush=True)

    await asyncio.gather(writer(), writer())
    await pool.execute(TAKE_STOCK, order_ids, copies)
    await pool.execute("VACUUM ANALYZE")
    await pool.execute("CHECKPOINT")


async def copying(pool: asyncpg.Pool[asyncpg.Record], order_ids: Sequence[UUID]) -> list[tuple[str, list[Any]]]:
    """For every table that has rows of these orders: a statement that copies them, and the keys of what it copies.

    Ids become UUIDs of their copy's own time, the same wherever the same id stands; times move with them, so that the
    copies come one after another.
    """
    contacts = [row[0] for row in await pool.fetch("SELECT contact_id FROM orders WHERE id = ANY($1)", order_ids)]
    keys = [
        row[0] for row in await pool.fetch("SELECT DISTINCT key FROM journal_row WHERE order_id = ANY($1)", order_ids)
    ]
    owners = {"orders": ("id", list(order_ids)), "contact": ("id", contacts), "command_log": ("key", keys)}
    statements = []
    for table, columns, types in await pool.fetch(COLUMNS):
        owner, of = owners.get(table, ("order_id", list(order_ids)))
        if owner not in columns or not await pool.fetchval(f"SELECT true FROM {table} WHERE {owner} = ANY($1)", of):
            continue
        left_out = raw_sql.LEFT_OUT | ({"id"} if table == "stock_move" else set())
        chosen = [(name, kind) for name, kind in zip(columns, types, strict=True) if name not in left_out]
        names = ", ".join(f'"{name}"' for name, _ in chosen)
        values = ", ".join(_copied(f'"{name}"', kind) for name, kind in chosen)
        copy = f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, generate_series($2::int, $3::int) AS copy"
        statements.append((f"{copy} WHERE {owner} = ANY($1)", of))
    return statements


def _copied(column: str, kind: str) -> str:
    match column, kind:
        case '"customer_id"', _:
            return column
        case '"number"', _:
            return f"{column} + 1000000000 + copy::bigint * {PATTERN}"
        case '"key"', _:
            return f"'copy-' || copy || '-' || {column}"
        case _, "uuid":
            own_time = f"lpad(to_hex({EPOCH_MS} + copy::bigint * {APART_S * 1_000}), 12, '0')"
            return f"({own_time} || '7' || right(md5({column}::text || copy), 19))::uuid"
        case _, "timestamp with time zone":
            return f"{column} - make_interval(secs => ({MANY // PATTERN} - copy) * {APART_S})"
        case _:
            return column


async def lists(shop: House) -> Timing:
    """First pages of the order list, by stage and by text, each alone, as a clerk would see them."""
    listing = Timing()
    started = time.perf_counter()
    for turn in range(20):
        for chosen in (
            OrderFilter(limit=50),
            OrderFilter(stage="payment", limit=50),
            OrderFilter(payment_status="unpaid", country="DE", limit=50),
            OrderFilter(sku=f"SKU{turn}", limit=50),
            OrderFilter(text="ann@example.com", limit=50),
        ):
            asked = time.perf_counter()
            await find_orders(shop.read, chosen)
            listing.waits_s.append(time.perf_counter() - asked)
            listing.done += 1
    listing.seconds = time.perf_counter() - started
    return listing
