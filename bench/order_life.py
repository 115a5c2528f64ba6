"""The whole life of an order in one process, from place to feedback, with every job it leads to.

Buyers place orders, pumps perform jobs, and desks work off their lists, all at the same time, as in a shop that is
open: some hundred orders are under way, each somewhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from bench.setup_shop import Figure, Timing, an_order, database, house, seed
from purveyor.core.messages import Command
from purveyor.stages.delivery.commands import RecordTrackingEvents, Scan
from purveyor.stages.feedback.commands import AnswerSurvey, InviteToSurvey
from purveyor.stages.packing.commands import PackParcel
from purveyor.stages.picking.commands import ConfirmPickList
from purveyor.stages.shipping.commands import DispatchShipment
from purveyor.wiring import House

WARM_UP = 300
ORDERS = 3_000
UNDER_WAY = 500
LANES = 2
LATER = timedelta(days=5)
CLOSED = "SELECT count(*) FROM orders WHERE status = 'closed'"


class Work(msgspec.Struct):
    id: UUID
    order_id: UUID


class Desk(msgspec.Struct):
    """A list of work, and the command that each of its rows gets."""

    list: str
    command: Callable[[Work], Command]
    later: timedelta = timedelta()


DESKS = (
    Desk(
        "SELECT id, order_id FROM fulfillment WHERE status = 'released'",
        lambda work: ConfirmPickList(order_id=work.order_id, fulfillment_id=work.id),
    ),
    Desk(
        "SELECT id, order_id FROM fulfillment WHERE status = 'picked'",
        lambda work: PackParcel(order_id=work.order_id, fulfillment_id=work.id),
    ),
    Desk(
        "SELECT id, order_id FROM shipment WHERE status = 'labeled'",
        lambda work: DispatchShipment(order_id=work.order_id, shipment_id=work.id),
    ),
    Desk(
        "SELECT shipment_id AS id, order_id FROM tracking WHERE status = 'expected'",
        lambda work: delivered(work, datetime.now(UTC)),
    ),
    Desk(
        "SELECT order_id AS id, order_id FROM survey WHERE status = 'planned'",
        lambda work: InviteToSurvey(order_id=work.order_id),
        LATER,
    ),
    Desk(
        "SELECT order_id AS id, order_id FROM survey WHERE status = 'invited'",
        lambda work: AnswerSurvey(order_id=work.order_id, csat=5, nps=10, text=""),
        LATER,
    ),
)


async def measure() -> list[Figure]:
    async with database() as dsn, house(dsn, batch_commands=512) as shop:
        await seed(shop.pool)
        await live(shop, WARM_UP, 0)
        commands, jobs = shop.committer.commands, shop.job_runner.performed
        lives = await live(shop, ORDERS, 10_000)
        commands, jobs = shop.committer.commands - commands, shop.job_runner.performed - jobs
        closed = await shop.pool.fetchval(CLOSED)
        assert closed == WARM_UP + ORDERS, f"{closed} of {WARM_UP + ORDERS} orders are closed"
        print(f"{commands / ORDERS:.1f} commands and {jobs / ORDERS:.1f} jobs an order", file=sys.stderr)
        return [
            Figure(
                f"the whole life of an order, jobs included, {UNDER_WAY} under way",
                lives.rate,
                None,
                None,
                "orders/s",
                lives.percentile_ms(0.5),
                lives.percentile_ms(0.99),
                ">= 300/s",
            )
        ]


async def live(shop: House, count: int, first: int) -> Timing:
    """Place orders and take all of them to their end, until every job is done."""
    street = Street(shop, iter(range(first, first + count)))
    started = time.perf_counter()
    stopping = asyncio.Event()
    pumps = [asyncio.create_task(shop.job_runner.run(stopping, idle_s=0.01)) for _ in range(LANES)]
    desks = [asyncio.create_task(street.work_off(desk, stopping)) for desk in DESKS]
    await asyncio.gather(*(street.buy() for _ in range(UNDER_WAY)))
    stopping.set()
    await asyncio.gather(*pumps, *desks)
    await shop.job_runner.drain()
    street.lives.done = count
    street.lives.seconds = time.perf_counter() - started
    return street.lives


class Street:
    """Buyers who place an order, wait for its end, and place the next; and the desks that get it there."""

    def __init__(self, shop: House, numbers: Any) -> None:
        self._shop = shop
        self._numbers = numbers
        self._ends: dict[UUID, asyncio.Event] = {}
        self.lives = Timing()

    async def buy(self) -> None:
        for number in self._numbers:
            started = time.perf_counter()
            answer = (await self._ask(an_order(number), f"life-{number}")).answer
            assert answer.order_id is not None
            await self._ends.setdefault(answer.order_id, asyncio.Event()).wait()
            self.lives.waits_s.append(time.perf_counter() - started)

    async def work_off(self, desk: Desk, stopping: asyncio.Event) -> None:
        """Everything on a list, again and again."""
        while not stopping.is_set():
            rows = await self._shop.read.rows(Work, desk.list)
            await asyncio.gather(*(self._do(desk, row) for row in rows))
            if not rows:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), 0.02)

    async def _do(self, desk: Desk, work: Work) -> None:
        made = desk.command(work)
        at = datetime.now(UTC) + desk.later
        await self._ask(made, f"life-{made.kind()}-{work.id}", at)
        if isinstance(made, AnswerSurvey):
            self._ends.setdefault(work.order_id, asyncio.Event()).set()

    async def _ask(self, command: Command, key: str, at: datetime | None = None) -> Any:
        given = await self._shop.committer.submit(command, key=key, actor="staff:bench", at=at)
        assert given.accepted, given.body
        return given


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
