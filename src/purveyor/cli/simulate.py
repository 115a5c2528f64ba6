"""`purveyor simulate`: a shop in simulated time, from its first order to the end of its last one, and the figures."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec
from rich.columns import Columns
from rich.console import Group
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from purveyor.adapters.clocks import SimulatedClock
from purveyor.cli.operations import print_json
from purveyor.cli.tables import PlainTable
from purveyor.cli.terminal import PlainConsole
from purveyor.core.money import Money
from purveyor.db.database import open_database
from purveyor.logs import configure_logs
from purveyor.ports.clock import Clock
from purveyor.settings import Settings
from purveyor.simulation.figures import Figures
from purveyor.simulation.run import FIRST_DAY, PER_DAY, Simulation
from purveyor.wiring import House, open_house

out = PlainConsole()
DAYS = 10  # in which the orders come in, if they are many
NEWEST = "SELECT max(at) FROM journal_row"


async def simulate(settings: Settings, *, orders: int, seed: int, json: bool) -> int:
    """Play so many orders to their end. Exit status 1 when some have not ended."""
    started = time.monotonic()
    clock = SimulatedClock(FIRST_DAY)
    # One batch at a time: what competes for the last unit does so in the same order in every run.
    async with simulated_house(msgspec.structs.replace(settings, runners=1), clock) as house:
        (newest,) = await house.read.values(NEWEST)
        if newest is not None and newest > clock.now():
            clock.advance(newest - clock.now())
        simulation = Simulation(house, clock, seed, per_day=max(PER_DAY, orders // DAYS))
        await simulation.open()
        with _progress(json=json) as bar:
            placed = bar.add_task("placed", total=orders)
            ended = bar.add_task("ended", total=orders)

            def report(so_far: int, done: int) -> None:
                bar.update(placed, completed=so_far)
                bar.update(ended, completed=max(done, 0))

            figures = await simulation.run(orders, report)
    seconds = time.monotonic() - started
    if json:
        print_json({**msgspec.to_builtins(figures), "seconds": round(seconds, 1)})
    else:
        show(figures, settings.currency, seconds)
    return 1 if figures.open else 0


@asynccontextmanager
async def simulated_house(settings: Settings, clock: Clock) -> AsyncIterator[House]:
    """The house on a migrated database, by another clock than the one on the wall."""
    from purveyor.db import migrate

    configure_logs(msgspec.structs.replace(settings, log_level="error"))
    async with open_database(settings) as dsn:
        await migrate.upgrade(dsn)
        async with open_house(settings, dsn, clock=clock) as house:
            yield house


def show(figures: Figures, currency: str, seconds: float) -> None:
    """The figures as tables."""
    tables = [
        _table("Orders", figures.orders),
        _table("Channels", figures.channels),
        _table("Holds", figures.holds),
        _table("What happened", figures.events),
        _table("Facts by stage", figures.stages),
        _table("CSAT", figures.scores),
        _table("Accounts", {name: str(Money(minor, currency)) for name, minor in figures.money.items()}),
    ]
    if figures.refusals:
        tables.append(_table("Refused", figures.refusals))
    out.print(
        Group(
            Columns(tables, padding=(0, 3)),
            f"{figures.total} orders in {figures.simulated_days} simulated days; on average sent after "
            f"{figures.shipped_after_h} h and delivered after {figures.delivered_after_h} h. "
            f"That took {seconds:.0f} s, {figures.total / max(seconds, 0.001):.0f} orders a second.",
        )
    )


def _table(title: str, counts: Mapping[str, int | str]) -> PlainTable:
    table = PlainTable(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    for name, count in counts.items():
        table.add_row(name.replace("_", " "), str(count))
    return table


def _progress(*, json: bool) -> Progress:
    return Progress(
        TextColumn("{task.description:7}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=PlainConsole(stderr=True),
        disable=json,
    )
