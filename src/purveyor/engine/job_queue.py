"""Jobs on their way into the queue: enqueued in the transaction that decided them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from purveyor.core.messages import Job
from purveyor.engine.unit_of_work import Connection

# PgQueuer's table; its defaults say the rest. Its own statement would also log that each was queued, which nobody reads
# and every order would pay for.
QUEUE = "pgqueuer"
COLUMNS = ("priority", "status", "entrypoint", "payload")


class QueuedPayload(msgspec.Struct):
    """A job in the queue: its key towards the outside, and what is to be done."""

    key: str
    job: msgspec.Raw


async def enqueue(db: Connection, jobs: Sequence[tuple[str, Job]]) -> None:
    """Put jobs into the queue, each with its key, by one statement."""
    if not jobs:
        return
    encode = msgspec.json.encode
    rows = [(0, "queued", job.kind(), encode(QueuedPayload(key, msgspec.Raw(encode(job))))) for key, job in jobs]
    await db.copy_records_to_table(QUEUE, records=rows, columns=COLUMNS)
