"""Takes a file of real orders all the way: placed, picked, packed, delivered, partly returned, paid back, closed."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from purveyor.adapters.channels.files import open_rows
from purveyor.adapters.clocks import SimulatedClock
from purveyor.core.policies import Location
from purveyor.insight.verify import Report as Verified, verify
from purveyor.intake.catalog import CatalogReport, import_catalog
from purveyor.intake.mappings import MAPPINGS
from purveyor.intake.orders import import_orders
from purveyor.intake.report import Report
from purveyor.intake.returns import import_returns
from purveyor.records.policies.commands import SetPolicy
from purveyor.settings import Settings
from purveyor.simulation.command_batches import CommandBatcher
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.simulation.staff import Staff
from purveyor.wiring import House, open_house

RETAIL = MAPPINGS["online-retail"]
AFTERWARDS = datetime(2011, 12, 12, 8, 0, tzinfo=UTC)  # the Monday after the last row
WAREHOUSE = Location("main", "Warehouse", "GB", "Leeds", "LS1 4AP", "1 Wharf Street")
MOST_ROUNDS = 500

UNDELIVERED = "SELECT count(*) FROM orders WHERE fulfillment_status <> 'delivered'"
UNPAID_REFUNDS = "SELECT count(*) FROM refund WHERE status <> 'done'"
UNENDED = "SELECT count(*) FROM orders WHERE status = 'placed'"
Say = Callable[[str], None]


class Outcome(msgspec.Struct):
    """What every phase reported, and how many seconds it took."""

    catalog: CatalogReport
    orders: Report
    orders_again: Report
    returns: Report
    returns_again: Report
    undelivered: int
    unpaid_refunds: int
    unended: int
    verified: Verified
    seconds: dict[str, float]


async def go_through(dsn: str, path: Path, folder: Path, say: Say = lambda _: None) -> Outcome:
    """All of it, on a migrated database without a row. Rows that come back are written to `folder`."""
    clock = SimulatedClock(AFTERWARDS)
    settings = Settings(data_dir=folder, currency="GBP")
    seconds: dict[str, float] = {}

    @contextmanager
    def timed(phase: str) -> Iterator[None]:
        started, busy = time.monotonic(), time.process_time()
        yield
        seconds[phase] = time.monotonic() - started
        busy = time.process_time() - busy
        say(f"{phase:32} {seconds[phase]:8.1f} s, {busy:6.1f} s of it busy   {megabytes():6.0f} MB at most")

    async with open_house(settings, dsn, clock=clock) as house:
        await open_shop(house)
        with timed("catalog, customers, stock"):
            catalog = await import_catalog(
                house.committer, house.read, open_rows(path), RETAIL, WAREHOUSE.code, folder / "catalog.refused.csv"
            )
        with timed("orders placed"):
            orders = await import_orders(
                house.committer, house.read, open_rows(path), RETAIL, folder / "orders.refused.csv"
            )
        with timed("the same file again"):
            again = await import_orders(
                house.committer, house.read, open_rows(path), RETAIL, folder / "again.refused.csv"
            )
        with timed("picked, packed, delivered"):
            undelivered = await work_until_none(house, clock, UNDELIVERED, say)
        with timed("returns booked"):
            returns = await import_returns(
                house.committer, house.read, open_rows(path), RETAIL, folder / "returns.refused.csv"
            )
        with timed("the same returns again"):
            returns_again = await import_returns(
                house.committer, house.read, open_rows(path), RETAIL, folder / "again.refused.csv"
            )
        with timed("refunds, surveys, closing"):
            unended = await work_until_none(house, clock, UNENDED, say)
        (unpaid,) = await house.read.values(UNPAID_REFUNDS)
        with timed("verify"):
            verified = await verify(house.pool)
    return Outcome(catalog, orders, again, returns, returns_again, undelivered, unpaid, unended, verified, seconds)


async def open_shop(house: House) -> None:
    """A shop that trades in pounds, with one warehouse."""
    for name, data in (("currency", "GBP"), ("locations", [msgspec.to_builtins(WAREHOUSE)])):
        given = await house.committer.submit(SetPolicy(name=name, data=data), key=f"real:{name}", actor="staff:owner")
        assert given.accepted, given.body


async def work_until_none(house: House, clock: SimulatedClock, left: str, say: Say) -> int:
    """Staff does its part, and parcels travel, until a count is zero. Answers what is left of it."""
    desk = CommandBatcher(house, "real")
    staff = Staff(desk, SeededRandom(0, share=0.0), is_paced=False)
    await staff.begin()
    await house.job_runner.drain()
    number = 0
    for _ in range(MOST_ROUNDS):
        before = desk.accepted
        await staff.work()
        (number,) = await house.read.values(left)
        if not number:
            break
        if desk.accepted == before:
            clock.advance(timedelta(hours=12))
    for refusal, count in desk.refused.items():
        say(f"    refused: {count:,} x {refusal}")
    return int(number)


def megabytes() -> float:
    """The most memory that this process has had."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
