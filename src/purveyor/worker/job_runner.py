"""Takes jobs from the queue in batches, performs them side by side, and brings the news home as commands.

PgQueuer keeps the queue (SKIP LOCKED, heartbeats, retries, its log). The loop is ours, because a simulation must be
able to say "run all that is there now", and because outcomes are written once a batch.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, TypeAlias
from uuid import uuid4

import asyncpg
import msgspec
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.models import Job as QueuedJob, TracebackRecord
from pgqueuer.queries import Queries
from pgqueuer.types import JOB_STATUS, QueueManagerId

from purveyor.core.messages import Command, Job
from purveyor.db.outages import Outage, pause
from purveyor.engine.answers import CommandResult
from purveyor.engine.committer import Committer, QueuedPayload
from purveyor.engine.jobs import JOB_HANDLERS, Ports
from purveyor.ports.errors import TemporaryFailure
from purveyor.worker import queue

log = structlog.get_logger()

HEARTBEAT_TIMEOUT = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=5)
WAVE_S = 0.05

End: TypeAlias = tuple[QueuedJob, JOB_STATUS, TracebackRecord | None]


def _why_refused(given: CommandResult) -> dict[str, Any]:
    """What the log says of a refusal: not what was found, which may name somebody."""
    refusal = given.answer.refusal
    return {} if refusal is None else {"code": refusal.code, "field": str(refusal.data.get("field", ""))}


@dataclass(frozen=True)
class JobOutcome:
    """What came of one job outside: the command that says so, or what went wrong."""

    queued: QueuedJob
    kind: type[Job]
    key: str = ""
    command: Command | None = None
    failure: Exception | None = None


@cache
def job_kinds() -> dict[str, type[Job]]:
    """Every job that some stage performs, by its kind."""
    return {job.kind(): job for job in JOB_HANDLERS}


class JobRunner:
    """Runs jobs for one process. Several pumps, here or elsewhere, share one queue."""

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        committer: Committer,
        outside: Ports,
        *,
        batch: int = 250,
        first_delay: timedelta = timedelta(seconds=1),
    ) -> None:
        self._pool = pool
        self._queries = Queries(AsyncpgPoolDriver(pool))
        self._committer = committer
        self._outside = outside
        self._batch = batch
        self._first_delay = first_delay
        self._id = QueueManagerId(uuid4())
        self.performed = 0

    async def run(self, stopping: asyncio.Event, *, idle_s: float = 0.2) -> None:
        """Perform jobs as they come, until told to stop. What is under way is finished first."""
        outage = Outage("queue.unreachable")
        while not stopping.is_set():
            try:
                busy = await self.run_batch()
            except Exception as error:  # noqa: BLE001 (whatever it is, the other jobs wait for this loop)
                await pause(stopping, outage.begin(error))
                continue
            wait_s = await outage.end_if_writable(self._pool)
            if wait_s or not busy:
                await pause(stopping, max(wait_s, idle_s))

    async def drain(self) -> int:
        """Perform all jobs that are due now, and those that follow from them. Answers how many there were.

        Two batches are under way at a time: while one waits for its commit, the other is performed.
        """
        done = 0
        while busy := sum(await asyncio.gather(self._drain_lane(), self._drain_lane())):
            done += busy
        return done

    async def _drain_lane(self) -> int:
        done = 0
        while busy := await self.run_batch():
            done += busy
        return done

    async def run_batch(self) -> int:
        """Perform one batch. Answers how many jobs it had."""
        jobs = await queue.take(self._pool, self._batch, job_kinds(), self._id, silent_for=HEARTBEAT_TIMEOUT)
        if not jobs:
            return 0
        beating = asyncio.create_task(self._beat(jobs))
        try:
            performing = {asyncio.create_task(self._perform(job)) for job in jobs}
            bringing: list[asyncio.Task[None]] = []
            while performing:
                # Those that are done together bring their news together, so that they share a commit; nobody waits
                # longer than a moment for one that is slow.
                done, performing = await asyncio.wait(performing, timeout=WAVE_S)
                bringing.append(asyncio.create_task(self._bring_home([task.result() for task in done])))
            await asyncio.gather(*bringing)
        finally:
            beating.cancel()
        self.performed += len(jobs)
        return len(jobs)

    async def _perform(self, queued: QueuedJob) -> JobOutcome:
        """The side effect of one job; what went wrong is brought home as well."""
        kind = job_kinds()[queued.entrypoint]
        try:
            stored = msgspec.json.decode(queued.payload or b"", type=QueuedPayload)
            job = msgspec.json.decode(stored.job, type=kind)
            command = await JOB_HANDLERS[kind](job, stored.key, self._outside)
        except Exception as error:  # noqa: BLE001 (whatever it is, the job is tried again, then shown to a person)
            return JobOutcome(queued, kind, failure=error)
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            return JobOutcome(queued, kind, failure=RuntimeError(f"it was canceled from within: {error!r}"))
        return JobOutcome(queued, kind, stored.key, command)

    async def _bring_home(self, wave: list[JobOutcome]) -> None:
        """Submit the commands of some jobs, and say of these that they are done, or put them back into the queue."""
        news = [self._submitted(performed) for performed in wave]  # all, before the first answer is waited for
        failures = [await self._failure(performed, given) for performed, given in zip(wave, news, strict=True)]
        ends = list(zip(wave, failures, strict=True))
        done = [performed.queued for performed, failure in ends if failure is None]
        if done:
            await queue.done(self._pool, done)
        again = (self._try_again(each.queued, each.kind, failure) for each, failure in ends if failure is not None)
        failed = [end for end in await asyncio.gather(*again) if end is not None]
        if failed:
            await self._queries.log_jobs(failed)

    def _submitted(self, performed: JobOutcome) -> asyncio.Future[CommandResult] | Exception | None:
        """The answer to come, where the job has a command; what went wrong, or nothing, where it has none."""
        if performed.command is None:
            return performed.failure
        actor = f"job:{performed.kind.kind()}"
        now = self._outside.clock.now()
        try:
            return self._committer.join(performed.command, key=performed.key, actor=actor, at=now)
        except Exception as error:  # noqa: BLE001 (whatever it is, the job is tried again, then shown to a person)
            return error

    async def _failure(
        self, performed: JobOutcome, news: asyncio.Future[CommandResult] | Exception | None
    ) -> Exception | None:
        """Why a job is not done. A refusal is an answer."""
        if news is None or isinstance(news, Exception):
            return news
        try:
            given = await news
        except Exception as error:  # noqa: BLE001 (whatever it is, the job is tried again, then shown to a person)
            return error
        if not given.accepted:
            log.info("job.refused", job=performed.kind.kind(), key=performed.key, **_why_refused(given))
        return None

    async def _try_again(self, queued: QueuedJob, kind: type[Job], error: Exception) -> End | None:
        """Back into the queue (None), or to somebody who looks."""
        context: dict[str, Any] = {"entrypoint": queued.entrypoint, "attempt": queued.attempts}
        trace = _trace(error, queued, context)
        if queued.attempts + 1 >= kind.attempts:
            log.error("job.needs_attention", job=queued.entrypoint, id=queued.id, error=trace.exception_message)
            return queued, "failed", trace
        if not isinstance(error, TemporaryFailure):
            log.error("job.bug", job=queued.entrypoint, id=queued.id, exc_info=error)
        delay = min(self._first_delay * 2**queued.attempts, LONGEST_DELAY)
        await self._queries.retry_job(queued, delay, trace)
        return None

    async def _beat(self, jobs: list[QueuedJob]) -> None:
        """Tell the others that these jobs are in good hands."""
        outage = Outage("queue.no_heartbeat")
        wait_s = HEARTBEAT_TIMEOUT.total_seconds() / 3
        while True:
            await asyncio.sleep(wait_s)
            try:
                await self._queries.update_heartbeat([job.id for job in jobs])
            except Exception as error:  # noqa: BLE001 (the next beat may still be in time)
                wait_s = outage.begin(error)
            else:
                outage.end()
                wait_s = HEARTBEAT_TIMEOUT.total_seconds() / 3


def _is_cancelled() -> bool:
    """Whether it is this task that shall end, and not something that it had begun itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _trace(error: Exception, queued: QueuedJob, context: dict[str, Any]) -> TracebackRecord:
    """What went wrong, as the queue keeps it: in characters that PostgreSQL takes, however strange the error is."""
    try:
        trace = TracebackRecord.from_exception(exc=error, job_id=queued.id, additional_context=context)
    except Exception:  # noqa: BLE001 (an error that cannot even be printed)
        broken = RuntimeError(f"{type(error).__name__}, which cannot be shown")
        trace = TracebackRecord.from_exception(exc=broken, job_id=queued.id, additional_context=context)
    texts = {name: writable(value) for name, value in trace if isinstance(value, str)}
    return trace.model_copy(update=texts)


def writable(text: str) -> str:
    """Without zero bytes and half characters, which no column takes."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
