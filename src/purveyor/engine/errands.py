"""Jobs on their way into the queue: enqueued in the transaction that decided them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import asyncpg
import msgspec
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries

from purveyor.core.messages import Job
from purveyor.engine.unit_of_work import Connection


class Errand(msgspec.Struct):
    """A job in the queue: its key towards the outside, and what is to be done."""

    key: str
    job: msgspec.Raw


async def enqueue(db: Connection, jobs: Sequence[tuple[str, Job]]) -> None:
    """Put jobs into the queue, each with its key, by one statement."""
    if not jobs:
        return
    encode = msgspec.json.encode
    driver = AsyncpgDriver(cast("asyncpg.Connection[asyncpg.Record]", db))
    await Queries(driver).enqueue(
        [job.kind() for _, job in jobs],
        [encode(Errand(key, msgspec.Raw(encode(job)))) for key, job in jobs],
        [0] * len(jobs),
    )
