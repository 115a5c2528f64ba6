"""What was due and failed: it becomes a job, so that it is tried again, and then waits for a person like every job.

The queue remembers it through a restart. Whoever sweeps leaves it alone until it is done or somebody retries it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import cache
from typing import ClassVar

import asyncpg
import msgspec
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.queries import Queries

from purveyor.core.messages import Command, Job
from purveyor.core.registry import DECIDES
from purveyor.engine.job_queue import QueuedPayload
from purveyor.engine.jobs import SWEEPS, DueCommand, Ports, job_handler

log = structlog.get_logger()

FIRST_PAUSE = timedelta(seconds=1)
FOUND_AT_ONCE = 100  # when somebody lets a sweep try again
MOST_REMEMBERED = 100_000
KNOWN = "SELECT dedupe_key FROM pgqueuer WHERE entrypoint = ANY($1::text[]) AND dedupe_key IS NOT NULL LIMIT $2"
THERE = "SELECT dedupe_key FROM pgqueuer WHERE dedupe_key = ANY($1::text[])"


class CarryOut(Job, frozen=True, kw_only=True, tag="sweeps.carry_out"):
    """A command that was due, and that failed when it was carried out."""

    attempts: ClassVar[int] = 4

    sweep: str
    command: msgspec.Raw


class FindDue(Job, frozen=True, kw_only=True, tag="sweeps.find_due"):
    """A sweep that could not find what is due."""

    attempts: ClassVar[int] = 4

    sweep: str


@cache
def command_kinds() -> dict[str, type[Command]]:
    """Every command that some stage decides, by its kind."""
    return {kind.kind(): kind for kind in DECIDES}


@job_handler(CarryOut)
async def carry_out(job: CarryOut, _key: str, _outside: Ports) -> Command | None:
    """The command again; what comes of it comes home under the key that it had."""
    kind: str = msgspec.json.decode(job.command)["command"]
    command: Command = msgspec.json.decode(job.command, type=command_kinds()[kind])
    return command


@job_handler(FindDue)
async def find_due(job: FindDue, _key: str, outside: Ports) -> None:
    """Whether the sweep finds what is due by now; to carry it out is the sweeper's business."""
    for sweep in SWEEPS:
        if sweep.name == job.sweep:
            await sweep.find(outside.read, outside.clock.now(), FOUND_AT_ONCE)


class FailedCommands:
    """What was put aside, as far as it is known here."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool
        self._queries = Queries(AsyncpgPoolDriver(pool))
        self._keys: frozenset[str] = frozenset()

    async def refresh(self) -> None:
        """Learn what the queue has: put aside by others, before a restart, or done by now."""
        kinds = [CarryOut.kind(), FindDue.kind()]
        self._keys = frozenset(each[0] for each in await self._pool.fetch(KNOWN, kinds, MOST_REMEMBERED))

    def has(self, key: str) -> bool:
        return key in self._keys

    async def put(self, sweep: str, failed: Collection[tuple[DueCommand, BaseException]]) -> None:
        """Make jobs of commands that failed; each once, whoever puts it aside."""
        jobs = {
            due.key: CarryOut(sweep=sweep, command=msgspec.Raw(msgspec.json.encode(due.command))) for due, _ in failed
        }
        await self._enqueue(jobs)
        for due, error in failed:
            log.error("sweep.put_aside", sweep=sweep, command=due.command.kind(), key=due.key, error=repr(error))

    async def put_sweep(self, sweep: str, error: BaseException) -> None:
        """The same for a sweep that finds nothing because it fails."""
        log.error("sweep.bug", sweep=sweep, exc_info=error)
        await self._enqueue({f"sweep:{sweep}": FindDue(sweep=sweep)})

    async def _enqueue(self, jobs: dict[str, CarryOut] | dict[str, FindDue]) -> None:
        """One that waits for a person already is not put there again."""
        there = {each[0] for each in await self._pool.fetch(THERE, list(jobs))}
        new = {key: job for key, job in jobs.items() if key not in there}
        self._keys |= jobs.keys()
        if new:
            await self._queries.enqueue(
                [job.kind() for job in new.values()],
                [
                    msgspec.json.encode(QueuedPayload(key, msgspec.Raw(msgspec.json.encode(job))))
                    for key, job in new.items()
                ],
                [0] * len(new),
                execute_after=[FIRST_PAUSE] * len(new),
                dedupe_key=list(new),
                on_conflict="skip",
            )
