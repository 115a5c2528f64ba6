"""Verbs of those who run Purveyor: work, migrate, verify, erasure, benchmarks."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from purveyor.insight.differences import Difference
from purveyor.insight.verify import Report, verify as replay_and_compare
from purveyor.records.customers.commands import EraseCustomer
from purveyor.records.customers.queries import customer_by_number
from purveyor.settings import Settings
from purveyor.verbs.house import CannotDo, ask, house_of, out, print_json, reachable
from purveyor.wiring import House

__all__ = ["bench", "erase_customer", "migrate", "print_json", "verify", "verify_house", "work", "work_until"]

err = Console(stderr=True)
PUMPS = 2
MOST_PRINTED = 100


async def work(settings: Settings) -> int:
    """Until a signal: perform jobs, sweep what is due."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with house_of(settings) as house:
        await work_until(house, stopping)
    return 0


async def work_until(house: House, stopping: asyncio.Event) -> None:
    """The job loop and the sweeper, side by side."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(PUMPS):
            tasks.create_task(house.pump.run(stopping))
        tasks.create_task(house.sweeper.run(stopping))


async def migrate(settings: Settings) -> int:
    from purveyor.db import migrate as migrations
    from purveyor.db.database import open_database

    with reachable(settings):
        async with open_database(settings) as dsn:
            await migrations.upgrade(dsn)
    out.print("The database has the tables of this version.")
    return 0


async def verify(settings: Settings, *, json: bool) -> int:
    """Exit status 1 if the tables say anything else than the journal."""
    async with house_of(settings) as house:
        return await verify_house(house, json=json)


async def verify_house(house: House, *, json: bool) -> int:
    """Replay and compare, with a bar on a terminal; tell each difference as it is found."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    printed = 0

    with Progress(*columns, console=err, disable=json or not err.is_terminal, transient=True) as bar:
        task = bar.add_task("Replaying the journal")

        def tell(difference: Difference) -> None:
            nonlocal printed
            if not json and printed < MOST_PRINTED:
                out.print(str(difference), style="red", markup=False, soft_wrap=True)
            printed += 1

        report = await replay_and_compare(
            house.pool, progress=lambda done, total: bar.update(task, completed=done, total=total), found=tell
        )
    if json:
        print_json(report)
    else:
        _tell(report)
    return 0 if report.is_clean else 1


def _tell(report: Report) -> None:
    took = f"{report.seconds:.1f} s"
    out.print(f"{report.facts:,} facts of {report.orders:,} orders replayed, {report.rows:,} rows compared, in {took}.")
    if report.is_clean:
        out.print("[green]Every table says what the journal says; units, stock and money add up.[/green]")
        return
    more = report.differing - MOST_PRINTED
    if more > 0:
        out.print(f"... and {more:,} more; --json prints the first {len(report.differences):,} of them.")
    out.print(f"[red]{report.differing:,} differences.[/red] docs/operating.md tells what to do about them.")


async def erase_customer(settings: Settings, customer: str, reason: str) -> int:
    """Empty a customer's personal data, by number or id."""
    async with house_of(settings) as house:
        found = await customer_by_number(house.read, customer)
        if found is None:
            raise CannotDo(f"There is no customer {customer}.")
        await ask(house, EraseCustomer(customer_id=found.id, reason=reason))
    out.print(f"The personal data of customer {found.number} is erased. Orders, journal and books are whole.")
    return 0


def bench(only: str) -> int:
    if not Path("bench/__main__.py").is_file():
        out.print("The benchmarks are part of the source: run this in a checkout of it.")
        return 2
    return subprocess.run([sys.executable, "-m", "bench", *([only] if only else [])], check=False).returncode
