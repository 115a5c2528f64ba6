"""Placing 3-line orders in one process: many waiting, one at a time, and one hot SKU."""

from __future__ import annotations

import asyncpg

from bench import raw_sql
from bench.setup_shop import Figure, Timing, a_hot_order, an_order, database, house, place, seed
from purveyor.stages.receipt.commands import PlaceOrder
from purveyor.wiring import House

ROUNDS = 5
SEGMENT = 2_000
NEWEST = "SELECT id FROM orders ORDER BY id DESC LIMIT $1"


async def measure() -> list[Figure]:
    async with database() as dsn, house(dsn) as shop:
        await seed(shop.pool)
        await place(shop.committer, 1_000, 128)  # connections, prepared statements, caches
        many, bottom = await interleaved(shop)
        alone = await place(shop.committer, 500, 1, first=900_000)
        spread = Timing()
        hot = Timing()
        for turn in range(3):
            spread += await place(shop.committer, SEGMENT, 256, first=1_000_000 + turn * SEGMENT)
            hot += await place(shop.committer, SEGMENT, 256, a_hot_order)
        one_line = Timing()
        for turn in range(3):
            one_line += await place(shop.committer, SEGMENT, 256, _one_of_many, first=2_000_000 + turn * SEGMENT)
        return [
            Figure(
                "placing, 128 waiting",
                many.rate,
                bottom.rate,
                many.rate / bottom.rate,
                "orders/s",
                many.percentile_ms(0.5),
                many.percentile_ms(0.99),
                "ratio >= 0.5, >= 3,000/s",
            ),
            Figure(
                "placing, one at a time",
                alone.rate,
                None,
                None,
                "orders/s",
                alone.percentile_ms(0.5),
                alone.percentile_ms(0.99),
                "p50 < 5 ms",
            ),
            Figure(
                "placing, one hot SKU, 256 waiting (floor: many SKUs)",
                hot.rate,
                one_line.rate,
                hot.rate / one_line.rate,
                "orders/s",
                hot.percentile_ms(0.5),
                hot.percentile_ms(0.99),
                "ratio >= 0.8",
            ),
        ]


def _one_of_many(number: int) -> PlaceOrder:
    return an_order(number, lines=1)


async def interleaved(shop: House) -> tuple[Timing, Timing]:
    """Ours and the floor in turn, on one server, so that both meet the same weather."""
    pattern = await pattern_of(shop.pool, shop)
    ours, bottom = Timing(), Timing()
    number = 1_000_000_000
    for turn in range(ROUNDS):
        ours += await place(shop.committer, SEGMENT, 128, first=10_000 + turn * SEGMENT)
        batches = []
        for _ in range(SEGMENT // 100):
            batches.append(pattern.batch(100, number))
            number += 100
        bottom += await raw_sql.write(shop.pool, batches)
    return ours, bottom


async def pattern_of(pool: asyncpg.Pool[asyncpg.Record], shop: House) -> raw_sql.Pattern:
    """Twenty orders, just placed, with their jobs still in the queue."""
    await pool.execute("DELETE FROM pgqueuer")
    await place(shop.committer, 20, 20, first=5_000)
    return await raw_sql.Pattern.of(pool, await _newest(pool, 20))


async def _newest(pool: asyncpg.Pool[asyncpg.Record], count: int) -> list:  # type: ignore[type-arg]
    return [row["id"] for row in await pool.fetch(NEWEST, count)]
