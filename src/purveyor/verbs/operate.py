"""Verbs of those who run Purveyor: work, migrate, verify, jobs, keys, erasure."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.queries import Queries
from pgqueuer.types import JobId
from rich.console import Console
from rich.table import Table

from purveyor.engine.committer import Errand
from purveyor.settings import Settings
from purveyor.verbs.house import house_of
from purveyor.wiring import House

out = Console()
OPERATOR = "staff:operator"
PUMPS = 2


def print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


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

    async with open_database(settings) as dsn:
        await migrations.upgrade(dsn)
    out.print("The database has the tables of this version.")
    return 0


async def list_jobs(settings: Settings, *, json: bool) -> int:
    async with house_of(settings) as house:
        failed = await Queries(AsyncpgPoolDriver(house.pool)).list_failed_jobs(limit=200)
    if json:
        print_json(
            [{"id": job.id, "job": job.entrypoint, "since": job.updated, "attempts": job.attempts} for job in failed]
        )
        return 0
    if not failed:
        out.print("No job needs attention.")
        return 0
    table = Table("number", "job", "since", "attempts", title="Jobs that need attention")
    for job in failed:
        table.add_row(str(job.id), job.entrypoint, f"{job.updated:%Y-%m-%d %H:%M:%S}", str(job.attempts + 1))
    out.print(table)
    out.print("`purveyor jobs show NUMBER` says why, `purveyor jobs retry NUMBER` lets it try again.")
    return 0


async def show_job(settings: Settings, number: int, *, json: bool) -> int:
    async with house_of(settings) as house:
        queries = Queries(AsyncpgPoolDriver(house.pool))
        job = await queries.queue_job_by_id(JobId(number))
        history = await queries.job_log_history(JobId(number)) if job else []
    if job is None:
        out.print(f"There is no job {number} in the queue: it is done, or never was.")
        return 1
    errand = msgspec.json.decode(job.payload or b"{}", type=Errand)
    failures = [each.traceback for each in history if each.traceback is not None]
    if json:
        print_json(
            {
                "id": job.id,
                "job": job.entrypoint,
                "status": job.status,
                "attempts": job.attempts,
                "key": errand.key,
                "payload": errand.job,
                "failures": [{"kind": each.exception_type, "message": each.exception_message} for each in failures],
            }
        )
        return 0
    out.print(f"[bold]{job.entrypoint}[/bold] {job.id}: {job.status}, tried {job.attempts + 1} times, key {errand.key}")
    out.print_json(bytes(errand.job).decode())
    for each in failures:
        out.print(f"- {each.exception_type}: {each.exception_message}")
    return 0


async def retry_jobs(settings: Settings, numbers: tuple[int, ...], *, everything: bool) -> int:
    async with house_of(settings) as house:
        queries = Queries(AsyncpgPoolDriver(house.pool))
        failed = {int(job.id) for job in await queries.list_failed_jobs(limit=10_000)}
        chosen = failed if everything else failed & set(numbers)
        await queries.requeue_jobs([JobId(number) for number in sorted(chosen)])
    unknown = set() if everything else set(numbers) - failed
    out.print(f"{len(chosen)} jobs are in the queue again.")
    if unknown:
        out.print(f"Not among those that need attention: {', '.join(map(str, sorted(unknown)))}")
    return 1 if unknown else 0


async def verify(settings: Settings, *, json: bool) -> int:
    """Exit status 1 if the tables say anything else than the journal."""
    async with house_of(settings) as house:
        return await verify_house(house, json=json)


def bench(only: str) -> int:
    if not Path("bench/__main__.py").is_file():
        out.print("The benchmarks are part of the source: run this in a checkout of it.")
        return 2
    return subprocess.run([sys.executable, "-m", "bench", *([only] if only else [])], check=False).returncode
