"""Jobs: side effects that failed so often that a person must look."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.queries import Queries
from pgqueuer.types import JobId

from purveyor.core.refusals import NotFound
from purveyor.engine.committer import QueuedPayload
from purveyor.web.api.maintenance_endpoints import MaintenanceEndpoint
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import Limit

MOST_FAILED = 10_000


class FailedJob(msgspec.Struct, frozen=True):
    id: int
    job: str
    since: datetime
    attempts: int


class FailedJobs(msgspec.Struct, frozen=True):
    items: list[FailedJob]


class Failure(msgspec.Struct, frozen=True):
    kind: str
    message: str


class JobSeen(msgspec.Struct, frozen=True):
    """A job in the queue: what it is to do, under which key, and why it failed."""

    id: int
    job: str
    status: str
    attempts: int
    key: str
    payload: dict[str, Any]
    failures: list[Failure]


class Requeued(msgspec.Struct, frozen=True):
    id: int
    status: str = "queued"


class Latest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limit: Limit = 100


class JobNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    job_id: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


def _queue(house: House) -> Queries:
    return Queries(AsyncpgPoolDriver(house.pool))


async def _failed(house: House, asked: Latest) -> FailedJobs:
    jobs = await _queue(house).list_failed_jobs(limit=asked.limit)
    return FailedJobs([FailedJob(int(job.id), job.entrypoint, job.updated, job.attempts) for job in jobs])


async def _job(house: House, asked: JobNumber) -> JobSeen:
    queue = _queue(house)
    job = await queue.queue_job_by_id(JobId(asked.job_id))
    if job is None:
        raise NotFound(what="job in the queue with the number", id=asked.job_id)
    stored = msgspec.json.decode(job.payload or b"{}", type=QueuedPayload)
    history = [each.traceback for each in await queue.job_log_history(JobId(asked.job_id))]
    return JobSeen(
        id=int(job.id),
        job=job.entrypoint,
        status=job.status,
        attempts=job.attempts,
        key=stored.key,
        payload=msgspec.json.decode(stored.job),
        failures=[Failure(each.exception_type, each.exception_message) for each in history if each is not None],
    )


async def _retry(house: House, asked: JobNumber) -> Requeued:
    """A queue is no business fact, so this is no command."""
    queue = _queue(house)
    if asked.job_id not in {int(job.id) for job in await queue.list_failed_jobs(limit=MOST_FAILED)}:
        raise NotFound(what="job that needs attention with the number", id=asked.job_id)
    await queue.requeue_jobs([JobId(asked.job_id)])
    return Requeued(asked.job_id)


SECTION = Section(
    name="jobs",
    about="Side effects that failed so often that a person must look.",
    reads=(
        QueryEndpoint(
            path="/jobs/failed",
            find=_failed,
            answer=FailedJobs,
            scope="jobs:read",
            summary="Jobs that need attention",
            parameters=Latest,
        ),
        QueryEndpoint(
            path="/jobs/{job_id:int}",
            find=_job,
            answer=JobSeen,
            scope="jobs:read",
            summary="One job, and why it failed",
            parameters=JobNumber,
        ),
    ),
    maintenance=(
        MaintenanceEndpoint(
            path="/jobs/{job_id:int}/retry",
            do=_retry,
            answer=Requeued,
            scope="jobs:write",
            summary="Let a failed job try again",
            parameters=JobNumber,
        ),
    ),
)
