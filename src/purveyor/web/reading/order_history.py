"""What is read of the journal about one order: its postings and its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader


class PostingSeen(msgspec.Struct, frozen=True):
    order_version: int
    account: str
    minor: int
    at: datetime


POSTINGS = (
    "SELECT order_version, account, minor, at FROM posting WHERE order_id = $1 ORDER BY order_version, side LIMIT 5000"
)


async def postings_of(read: Reader, order_id: UUID) -> list[PostingSeen]:
    return await read.rows(PostingSeen, POSTINGS, order_id)


class Event(msgspec.Struct, frozen=True):
    """Something that happened to an order: what, when, by whom, and why."""

    seq: int
    at: datetime
    kind: str
    actor: str
    why: str
    order_version: int
    automatic: bool = False  # it followed from what the actor did, by the shop's rules


TIMELINE = """
    -- The newest first. Without stages, all of them. What happens in another stage than the command's only follows.
    SELECT seq, journal.at, journal.kind, journal.actor, coalesce(t.text, data->>'why', '') AS why,
           journal.order_version,
           coalesce(split_part(l.kind, '.', 1) <> split_part(journal.kind, '.', 1), false) AS automatic
      FROM journal LEFT JOIN private_text t
           ON t.id = CASE WHEN data->>'why' ~ '^text:[0-9a-f-]{36}$' THEN substr(data->>'why', 6)::uuid END
          AND t.what IN ('why', 'reason', 'scan_words')
           LEFT JOIN command_log l ON l.key = journal.key
     WHERE journal.order_id = $1 AND seq < $2 AND ($4::text[] IS NULL OR split_part(journal.kind, '.', 1) = ANY($4))
  ORDER BY seq DESC
     LIMIT $3
"""
NEWEST = 2**62


async def timeline(
    read: Reader, order_id: UUID, before: int = NEWEST, limit: int = 200, *, stages: Sequence[str] | None = None
) -> list[Event]:
    return await read.rows(Event, TIMELINE, order_id, before, limit, None if stages is None else list(stages))
