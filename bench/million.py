"""Does the millionth order cost what the first did: placing, and the order list, with 10,000 and 1,000,000 orders."""

from __future__ import annotations

import sys
import time

import asyncpg

from bench import floor
from bench.placing import pattern_of
from bench.rig import Figure, Timing, database, house, place, seed
from purveyor.web.queries import OrderFilter, find_orders
from purveyor.wiring import House

FEW = 10_000
MANY = 1_000_000
ORDERS = 3_000


async def measure() -> list[Figure]:
    async with database() as dsn, house(dsn) as shop:
        await seed(shop.pool)
        await place(shop.committer, 1_000, 128)
        pattern = await pattern_of(shop.pool, shop)
        pattern.jobs = []
        await fill(shop.pool, pattern, 0, FEW)
        few = await both(shop, 10_000)
        await fill(shop.pool, pattern, FEW, MANY)
        many = await both(shop, 100_000)
        size = await shop.pool.fetchval("SELECT pg_database_size(current_database())")
        print(f"1,000,000 orders take {size / 2**30:.1f} GiB", file=sys.stderr)
        return [
            Figure(
                "placing with 1,000,000 orders (floor: with 10,000)",
                many[0].rate,
                few[0].rate,
                many[0].rate / few[0].rate,
                "orders/s",
                many[0].percentile_ms(0.5),
                many[0].percentile_ms(0.99),
                "ratio >= 0.9",
            ),
            Figure(
                "order list with 1,000,000 orders (floor: with 10,000)",
                many[1].rate,
                few[1].rate,
                many[1].rate / few[1].rate,
                "lists/s",
                many[1].percentile_ms(0.5),
                many[1].percentile_ms(0.99),
                "ratio >= 0.9, < 20 ms",
            ),
        ]


async def fill(pool: asyncpg.Pool[asyncpg.Record], pattern: floor.Pattern, start: int, end: int) -> None:
    """Orders by plain SQL, 500 a transaction, and fresh statistics for the planner."""
    started = time.perf_counter()
    for first in range(start, end, 10_000):
        batches = [
            pattern.batch(500, 2_000_000_000 + first + offset) for offset in range(0, min(10_000, end - first), 500)
        ]
        await floor.write(pool, batches)
        if first % 100_000 == 0:
            print(f"filling: {first:,} of {end:,} ({time.perf_counter() - started:.0f} s)", file=sys.stderr, flush=True)
    await pool.execute("VACUUM ANALYZE")
    await pool.execute("CHECKPOINT")


async def both(shop: House, first: int) -> tuple[Timing, Timing]:
    """Placing, and the list: first pages by stage and by text, each alone, as a clerk would see them."""
    placing = await place(shop.committer, ORDERS, 128, first=first)
    await place(shop.committer, 1, 1, first=first - 1)
    listing = Timing()
    started = time.perf_counter()
    for turn in range(100):
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
    return placing, listing
