"""Takes jobs from PgQueuer's tables and says that they are done, for a whole batch at once.

PgQueuer's own statements also log that each job was taken, which nobody reads and every order would pay for, and ask
for each kind of job by itself. Everything that is seldom (retries, failures, heartbeats) is left to it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import asyncpg
from pgqueuer.models import Job as QueuedJob
from pgqueuer.types import QueueManagerId

TAKE = """
    -- What is due, and what somebody took and was not heard of again; the most urgent first, then the oldest.
    WITH due AS (
        SELECT id, priority FROM pgqueuer
         WHERE status = 'queued' AND execute_after < now() AND entrypoint = ANY($2::text[])
      ORDER BY priority DESC, id
         LIMIT $1 FOR UPDATE SKIP LOCKED
    ), left_behind AS (
        SELECT id, priority FROM pgqueuer
         WHERE status = 'picked' AND heartbeat < now() - $3::interval AND execute_after < now()
           AND entrypoint = ANY($2::text[])
      ORDER BY priority DESC, id
         LIMIT $1 FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE pgqueuer SET status = 'picked', updated = now(), heartbeat = now(), queue_manager_id = $4
         WHERE id IN (SELECT id FROM (TABLE due UNION ALL TABLE left_behind) AS eligible
                    ORDER BY priority DESC, id LIMIT $1)
     RETURNING *
    )
    SELECT * FROM taken ORDER BY priority DESC, id
"""
DONE = """
    WITH done AS (
        DELETE FROM pgqueuer WHERE id = ANY($1::bigint[]) RETURNING id, entrypoint, priority
    )
    INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority)
    SELECT id, 'successful', entrypoint, priority FROM done
"""


async def take(
    pool: asyncpg.Pool[asyncpg.Record],
    most: int,
    kinds: Collection[str],
    worker: QueueManagerId,
    *,
    silent_for: timedelta,
) -> list[QueuedJob]:
    """Up to `most` jobs that are due. Those of workers that were `silent_for` so long are due again."""
    records = await pool.fetch(TAKE, most, list(kinds), silent_for, worker)
    return [QueuedJob.model_validate(dict(record)) for record in records]


async def done(pool: asyncpg.Pool[asyncpg.Record], jobs: Sequence[QueuedJob]) -> None:
    """Out of the queue, and into its log."""
    await pool.execute(DONE, [job.id for job in jobs])
