"""Jobs: side effects that wait for their turn, that need a person, and that were done lately."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar.response.base import ASGIResponse
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.queries import Queries
from pgqueuer.types import JobId

from purveyor.core.refusals import Invalid, NotFound
from purveyor.engine.committer import QueuedPayload
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.routes import PageRoute, get, post

READ = "jobs:read"
WRITE = "jobs:write"
PLACE = "/console/jobs"
SHOWN = 50
MOST_RETRIED = 10_000


class Waiting(msgspec.Struct, frozen=True):
    """Jobs of one kind that are in the queue."""

    job: str
    queued: int
    running: int
    oldest_at: datetime | None
    next_at: datetime | None


WAITING = """
    SELECT entrypoint AS job, count(*) FILTER (WHERE status = 'queued') AS queued,
           count(*) FILTER (WHERE status = 'picked') AS running, min(created) AS oldest_at,
           min(execute_after) FILTER (WHERE status = 'queued') AS next_at
      FROM pgqueuer WHERE status IN ('queued', 'picked')
  GROUP BY entrypoint ORDER BY min(created), entrypoint
"""


class Done(msgspec.Struct, frozen=True):
    """A job that ended."""

    number: int
    job: str
    status: str
    at: datetime


LATELY = """
    -- The queue's log, of which a month is kept: by the number of its lines, newest first.
    SELECT job_id AS number, entrypoint AS job, status::text AS status, created AS at
      FROM pgqueuer_log WHERE status IN ('successful', 'exception', 'canceled', 'deleted')
  ORDER BY id DESC
     LIMIT $1
"""


def _queue(ctx: RequestContext) -> Queries:
    return Queries(AsyncpgPoolDriver(ctx.house.pool))


async def show(ctx: RequestContext) -> ASGIResponse:
    """What needs somebody, what waits, what was done lately."""
    read = ctx.house.read
    return ctx.page(
        "console/settings/jobs.html",
        failed=await _queue(ctx).list_failed_jobs(limit=SHOWN),
        waiting=await read.rows(Waiting, WAITING),
        lately=await read.rows(Done, LATELY, SHOWN),
    )


async def job(ctx: RequestContext) -> ASGIResponse:
    """One job in the queue: what it is to do, and why it failed."""
    number: int = ctx.in_path("number")
    queue = _queue(ctx)
    found = await queue.queue_job_by_id(JobId(number)) if 0 < number < 2**63 else None
    if found is None:
        raise NotFound(what="job in the queue with the number", id=number)
    stored = msgspec.json.decode(found.payload or b"{}", type=QueuedPayload)
    payload: dict[str, Any] = msgspec.json.decode(stored.job)
    order_id = id_of(str(payload.get("order_id", "")))
    numbers = await numbers_of(ctx, [order_id]) if order_id else {}
    failures = [each.traceback for each in await queue.job_log_history(JobId(number)) if each.traceback is not None]
    return ctx.page(
        "console/settings/job.html",
        job=found,
        key=stored.key,
        payload=msgspec.json.format(msgspec.json.encode(payload), indent=2).decode(),
        order=numbers.get(order_id) if order_id else None,
        failures=failures,
    )


async def retry(ctx: RequestContext) -> ASGIResponse:
    """Into the queue again: one, or all that need attention. A queue is no business fact, so this is no command."""
    form = await ctx.form()
    queue = _queue(ctx)
    failed = {int(each.id) for each in await queue.list_failed_jobs(limit=MOST_RETRIED)}
    chosen = failed if form.flag("all") else failed & {form.integer("number")}
    if not chosen:
        gone = ctx._("a job that needs no attention any more")
        raise Invalid(field="number", found=gone, expected=ctx._("one that does"))
    await queue.requeue_jobs([JobId(number) for number in sorted(chosen)])
    said = ctx.translations.ngettext("%(num)s job tries again.", "%(num)s jobs try again.", len(chosen))
    return ctx.see_other(PLACE, said % {"num": len(chosen)})


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    get(PLACE + "/{number:int}", job, scope=READ),
    post(f"{PLACE}/retry", retry, scope=WRITE, again=show),
)
