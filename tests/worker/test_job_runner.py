"""A job that fails in whatever way is one job: the others of its batch come home."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.queries import Queries

from purveyor.core.messages import Command
from purveyor.engine.job_queue import enqueue
from purveyor.engine.jobs import JOB_HANDLERS
from purveyor.wiring import House
from purveyor.worker import job_runner as job_runner_module
from purveyor.worker.job_runner import JobRunner
from tests.engine.trial_commands import Count, Ring


class Unspeakable(Exception):  # noqa: N818
    def __str__(self) -> str:
        raise RuntimeError("no words")


FAILURES: list[BaseException] = [
    RuntimeError("a zero byte: \0"),
    RuntimeError("half a character: \ud800"),
    Unspeakable(),
    asyncio.CancelledError("by somebody inside"),
    ExceptionGroup("many", [ValueError("one")]),
    RecursionError(),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
async def test_a_job_that_fails_strangely_is_put_aside_and_its_neighbors_are_done(
    house: House, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    async def ring(job: Ring, _key: str, _outside: Any) -> Command | None:
        if job.name == "broken":
            raise failure
        return Count(name=job.name)

    monkeypatch.setitem(JOB_HANDLERS, Ring, ring)  # type: ignore[misc]
    job_runner_module.job_kinds.cache_clear()
    try:
        async with house.pool.acquire() as db, db.transaction():
            await enqueue(db, [(f"k{n}", Ring(name=name)) for n, name in enumerate(("a", "broken", "b"))])
        await asyncio.wait_for(
            JobRunner(house.pool, house.committer, house.outside, first_delay=timedelta(0)).drain(), timeout=30
        )
    finally:
        job_runner_module.job_kinds.cache_clear()

    assert await house.pool.fetchval("SELECT array_agg(name ORDER BY name) FROM counter") == ["a", "b"]
    (job,) = await Queries(AsyncpgPoolDriver(house.pool)).list_failed_jobs(limit=10)
    assert (job.entrypoint, job.attempts) == (Ring.kind(), Ring.attempts - 1)
