"""`purveyor jobs ...`: side effects that failed as often as they may, and wait for a person."""

from __future__ import annotations

from typing import Any

import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from pgqueuer.types import JobId
from rich.text import Text

from purveyor.cli.startup import CannotDo, house_of, out, print_json
from purveyor.cli.tables import PlainTable
from purveyor.cli.times import SECOND, written
from purveyor.db.shop_timezone import shop_zone
from purveyor.engine.committer import QueuedPayload
from purveyor.settings import Settings
from purveyor.wiring import House

MOST_SHOWN = 200
MOST_RETRIED = 10_000


async def list_failed(settings: Settings, *, json: bool) -> int:
    async with house_of(settings, providers=False) as house:
        failed = await _queue(house).list_failed_jobs(limit=MOST_SHOWN)
        zone = await shop_zone(house.read)
    if json:
        print_json(
            [{"id": job.id, "job": job.entrypoint, "since": job.updated, "attempts": _tried(job)} for job in failed]
        )
        return 0
    if not failed:
        out.print("No job needs attention.")
        return 0
    table = PlainTable("number", "job", "since", "attempts", title="Jobs that need attention")
    for job in failed:
        table.add_row(str(job.id), job.entrypoint, written(job.updated, zone, SECOND), str(_tried(job)))
    out.print(table)
    out.print("`purveyor jobs show NUMBER` says why, `purveyor jobs retry NUMBER` lets it try again.")
    return 0


async def show(settings: Settings, number: int, *, json: bool) -> int:
    async with house_of(settings, providers=False) as house:
        queue = _queue(house)
        job = await queue.queue_job_by_id(JobId(number))
        if job is None:
            raise CannotDo(f"There is no job {number} in the queue: it is done, or never was.")
        history = await queue.job_log_history(JobId(number))
    stored = msgspec.json.decode(job.payload or b"{}", type=QueuedPayload)
    failures = [each.traceback for each in history if each.traceback is not None]
    if json:
        told: dict[str, Any] = {
            "id": job.id,
            "job": job.entrypoint,
            "status": job.status,
            "attempts": _tried(job),
            "key": stored.key,
            "payload": stored.job,
            "failures": [{"kind": each.exception_type, "message": each.exception_message} for each in failures],
        }
        print_json(told)
        return 0
    about = f" {job.id}: {job.status}, tried {_tried(job)} times, key {stored.key}"
    out.print(Text.assemble((job.entrypoint, "bold"), about))
    out.print_json(bytes(stored.job).decode())
    for each in failures:
        out.print(f"- {each.exception_type}: {each.exception_message}")
    return 0


async def retry(settings: Settings, numbers: tuple[int, ...], *, everything: bool) -> int:
    """Exit status 1 if some of the numbers are of no job that needs attention."""
    if everything == bool(numbers):
        raise CannotDo("Which jobs? Give their numbers, or --all. `purveyor jobs list` shows them.")
    async with house_of(settings, providers=False) as house:
        queue = _queue(house)
        failed = {int(job.id) for job in await queue.list_failed_jobs(limit=MOST_RETRIED)}
        chosen = failed if everything else failed & set(numbers)
        if chosen:
            await queue.requeue_jobs([JobId(number) for number in sorted(chosen)])
    unknown = set(numbers) - failed
    out.print(f"{len(chosen)} {'job is' if len(chosen) == 1 else 'jobs are'} in the queue again.")
    if unknown:
        out.print(f"Not among those that need attention: {', '.join(map(str, sorted(unknown)))}")
    return 1 if unknown else 0


def _tried(job: Job) -> int:
    """Attempts that were made; the queue counts those that were repeated."""
    return job.attempts + (job.status != "queued")


def _queue(house: House) -> Queries:
    return Queries(AsyncpgPoolDriver(house.pool))
