"""The whole life of an order in one process, from place to feedback, with every job it leads to."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from bench.rig import Figure, database, house, place, seed
from purveyor.core.messages import Command
from purveyor.stages.delivery.commands import RecordTrackingEvents, Scan
from purveyor.stages.feedback.commands import AnswerSurvey, InviteToSurvey
from purveyor.stages.packing.commands import PackParcel
from purveyor.stages.picking.commands import ConfirmPickList
from purveyor.stages.shipping.commands import DispatchShipment
from purveyor.wiring import House

WARM_UP = 200
ORDERS = 2_000
WAITING = 1_024
RELEASED = "SELECT id, order_id FROM fulfillment WHERE status = 'released'"
PICKED = "SELECT id, order_id FROM fulfillment WHERE status = 'picked'"
LABELED = "SELECT id, order_id FROM shipment WHERE status = 'labeled'"
DISPATCHED = "SELECT shipment_id AS id, order_id FROM tracking WHERE status = 'expected'"
SURVEYS = "SELECT order_id AS id, order_id FROM survey WHERE status = 'planned'"
INVITED = "SELECT order_id AS id, order_id FROM survey WHERE status = 'invited'"
CLOSED = "SELECT count(*) FROM orders WHERE status = 'closed'"


class Work(msgspec.Struct):
    id: UUID
    order_id: UUID


async def measure() -> list[Figure]:
    async with database() as dsn, house(dsn, batch_commands=512) as shop:
        await seed(shop.pool)
        await live(shop, WARM_UP, 0)
        commands, jobs = shop.committer.commands, shop.pump.performed
        seconds = await live(shop, ORDERS, 10_000)
        commands, jobs = shop.committer.commands - commands, shop.pump.performed - jobs
        closed = await shop.pool.fetchval(CLOSED)
        assert closed == WARM_UP + ORDERS, f"{closed} of {WARM_UP + ORDERS} orders are closed"
        print(f"{commands / ORDERS:.1f} commands and {jobs / ORDERS:.1f} jobs an order", file=sys.stderr)
        return [
            Figure(
                "the whole life of an order, jobs included",
                ORDERS / seconds,
                None,
                None,
                "orders/s",
                goal=">= 300/s",
            )
        ]


async def live(shop: House, count: int, first: int) -> float:
    """Place orders and take all of them to their end. Answers the seconds it took."""
    started = time.perf_counter()
    await place(shop.committer, count, WAITING, first=first)
    await shop.pump.drain()
    now = datetime.now(UTC)
    await each(shop, RELEASED, lambda work: ConfirmPickList(order_id=work.order_id, fulfillment_id=work.id))
    await each(shop, PICKED, lambda work: PackParcel(order_id=work.order_id, fulfillment_id=work.id))
    await shop.pump.drain()
    await each(shop, LABELED, lambda work: DispatchShipment(order_id=work.order_id, shipment_id=work.id))
    await shop.pump.drain()
    await each(shop, DISPATCHED, lambda work: delivered(work, now))
    await shop.pump.drain()
    later = now + timedelta(days=5)
    await each(shop, SURVEYS, lambda work: InviteToSurvey(order_id=work.order_id), at=later)
    await shop.pump.drain()
    await each(shop, INVITED, lambda work: AnswerSurvey(order_id=work.order_id, csat=5, nps=10, text=""), at=later)
    await shop.pump.drain()
    return time.perf_counter() - started


def delivered(work: Work, at: datetime) -> Command:
    scan: dict[str, Any] = {"at": at, "place": "Berlin", "carrier_status": "ok"}
    return RecordTrackingEvents(
        order_id=work.order_id,
        shipment_id=work.id,
        events=(
            Scan(event_id=f"{work.id}-1", status="in_transit", sequence=1, **scan),
            Scan(event_id=f"{work.id}-2", status="delivered", sequence=2, **scan),
        ),
    )


async def each(shop: House, query: str, command: Callable[[Work], Command], at: datetime | None = None) -> None:
    """One command for every row of a query, with many waiting at a time."""
    work = iter(await shop.read.rows(Work, query))
    await asyncio.gather(*(_caller(shop, work, command, at) for _ in range(WAITING)))


async def _caller(shop: House, work: Iterable[Work], command: Callable[[Work], Command], at: datetime | None) -> None:
    for one in work:
        made = command(one)
        given = await shop.committer.submit(made, key=f"life-{made.kind()}-{one.id}", actor="staff:bench", at=at)
        assert given.accepted, given.body
