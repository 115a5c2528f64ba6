"""Verbs of those who run Purveyor: work, migrate, verify, erasure, benchmarks."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from purveyor.cli.startup import CannotDo, ask, bring_up_to_date, house_of, out, print_json, reachable, wait_at_start
from purveyor.cli.terminal import PlainConsole
from purveyor.insight.differences import Difference
from purveyor.insight.journal_seals import last_seal, seal_journal
from purveyor.insight.verify import Report, verify as replay_and_compare
from purveyor.records.customers.commands import EraseCustomer, EraseOrderPerson
from purveyor.records.customers.queries import customer_by_number, traces_of_email
from purveyor.settings import Settings
from purveyor.web.reading.order_lists import order_id_of
from purveyor.wiring import House

__all__ = [
    "bench",
    "erase_person",
    "migrate",
    "print_json",
    "seal",
    "verify",
    "verify_house",
    "work",
    "work_until",
]

err = PlainConsole(stderr=True)
PUMPS = 2
MOST_PRINTED = 100


async def work(settings: Settings) -> int:
    """Until a signal: perform jobs, sweep what is due."""
    await wait_at_start(settings)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    for line in settings.warnings:
        err.print(line, soft_wrap=True)
    async with house_of(settings) as house:
        await work_until(house, stopping)
    return 0


async def work_until(house: House, stopping: asyncio.Event) -> None:
    """The job loop, the sweeper, and whoever tells other programs, side by side."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(PUMPS):
            tasks.create_task(house.job_runner.run(stopping))
        tasks.create_task(house.sweeper.run(stopping))
        tasks.create_task(house.webhook_dispatcher.run(stopping))


async def migrate(settings: Settings) -> int:
    from purveyor.db.database import open_database

    with reachable(settings):
        async with open_database(settings) as dsn:
            await bring_up_to_date(settings, dsn)
    out.print("The database has the tables of this version.")
    return 0


async def verify(settings: Settings, *, json: bool) -> int:
    """Exit status 1 if the tables say anything else than the journal."""
    async with house_of(settings, providers=False) as house:
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
                out.print(str(difference), style="red", soft_wrap=True)
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
    if report.seal is not None:
        seal = report.seal
        out.print(f"Sealed up to row {seal.upto_seq:,}: seal {seal.number} is {seal.hash}.", soft_wrap=True)
    if report.is_clean:
        out.print("Every table says what the journal says; units, stock and money add up.", style="green")
        return
    more = report.differing - MOST_PRINTED
    if more > 0:
        out.print(f"... and {more:,} more; --json prints the first {len(report.differences):,} of them.")
    told = (f"{report.differing:,} differences.", "red")
    out.print(Text.assemble(told, " docs/operating.md tells what to do about them."))


async def seal(settings: Settings) -> int:
    """Seal what the journal says now, so that `verify` tells what becomes of it."""
    async with house_of(settings, providers=False) as house:
        while await seal_journal(house.pool, lag=timedelta(0)):
            pass
        async with house.pool.acquire() as db:
            last = await last_seal(db)
    if last is None:
        out.print("There is nothing to seal yet.")
    else:
        out.print(f"Sealed up to row {last.upto_seq:,}: seal {last.number} is {last.hash}.", soft_wrap=True)
    return 0


async def erase_person(settings: Settings, *, customer: str, email: str, order: str, reason: str) -> int:
    """Empty what is known of a person, who is named in one of three ways."""
    if bool(customer) + bool(email) + bool(order) != 1:
        raise CannotDo("Say who it is in one way: a customer's number, --email or --order.")
    if customer:
        return await _erase_customer(settings, customer, reason)
    return await (_erase_email(settings, email, reason) if email else _erase_of_order(settings, order, reason))


async def _erase_customer(settings: Settings, customer: str, reason: str) -> int:
    """Empty a customer's personal data, by number or id."""
    async with house_of(settings, providers=False) as house:
        found = await customer_by_number(house.read, customer)
        if found is None:
            raise CannotDo(f"There is no customer {customer}.")
        await ask(house, EraseCustomer(customer_id=found.id, reason=reason))
    out.print(f"The personal data of customer {found.number} is erased. Orders, journal and books are whole.")
    return 0


async def _erase_of_order(settings: Settings, order: str, reason: str) -> int:
    """Empty the personal data of one order, by its number or id."""
    async with house_of(settings, providers=False) as house:
        order_id = await order_id_of(house.read, order)
        if order_id is None:
            raise CannotDo(f"There is no order {order}.")
        await ask(house, EraseOrderPerson(order_id=order_id, reason=reason))
    out.print(f"The personal data of order {order} is erased. Ledgers, journal and books are whole.")
    return 0


async def _erase_email(settings: Settings, email: str, reason: str) -> int:
    """Empty whatever an e-mail address stands on: customers with all they have, and orders of guests."""
    async with house_of(settings, providers=False) as house:
        found = await traces_of_email(house.read, email)
        if not (found.customers or found.orders):
            raise CannotDo(f"Nobody is known by {email}: neither a customer nor an order.")
        for customer_id in found.customers:
            await ask(house, EraseCustomer(customer_id=customer_id, reason=reason))
        # What the customers had is empty by now, and no more found.
        left = (await traces_of_email(house.read, email)).orders
        for order_id in left:
            await ask(house, EraseOrderPerson(order_id=order_id, reason=reason))
    what = f"{len(found.customers)} customers and {len(left)} other orders"
    out.print(f"The personal data of {what} is erased. Ledgers, journal and books are whole.")
    return 0


def bench(only: str) -> int:
    if not Path("bench/__main__.py").is_file():
        out.print("The benchmarks are part of the source: run this in a checkout of it.")
        return 2
    return subprocess.run([sys.executable, "-m", "bench", *([only] if only else [])], check=False).returncode
