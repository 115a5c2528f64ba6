"""The journal for those who follow it from outside: every change once, in one order, none of them missed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.redaction import redacted

LOOKED_THROUGH = 100_000  # numbers of the journal at once, for somebody who may see few of them


class Change(msgspec.Struct, frozen=True):
    """One fact of the journal, without what it hides."""

    seq: int
    at: datetime
    order_id: UUID | None
    order_version: int
    kind: str
    kind_version: int
    actor: str
    data: dict[str, Any]


CHANGES = """
    SELECT seq, at, order_id, order_version, kind, kind_version, actor, data
      FROM journal
     WHERE seq > $1 AND seq <= $2 AND split_part(kind, '.', 1) = ANY($4::text[])
  ORDER BY seq
     LIMIT $3
"""
SETTLED = """
    -- Numbers are drawn before the commit, so a higher one can be seen before a lower one. What is here at a moment is
    -- complete once every transaction of that moment has ended.
    SELECT (SELECT coalesce(max(seq), 0) FROM journal) AS seq,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS newest,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest
"""
OLDEST_RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
WAITS_S = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


class _Settled(msgspec.Struct):
    seq: int
    newest: int
    oldest: int


async def settled_seq(read: Reader) -> int | None:
    """The journal's last number below which nothing can appear any more; None while a long transaction runs."""
    now = await read.row(_Settled, SETTLED)
    assert now is not None
    oldest = now.oldest
    for wait_s in WAITS_S:
        if oldest >= now.newest:
            return now.seq
        await asyncio.sleep(wait_s)
        (oldest,) = await read.values(OLDEST_RUNNING)
    return None


async def changes_since(read: Reader, seq: int, limit: int = 500, *, rooms: Sequence[str]) -> tuple[list[Change], int]:
    """Facts of some rooms after a number, in the order of their numbers, and the number from which to go on.

    None is ever missed by going on from there, and what lies in other rooms is not looked through twice.
    """
    settled = await settled_seq(read)
    if settled is None or settled <= seq:
        return [], seq
    last = min(settled, seq + LOOKED_THROUGH)
    found = await read.rows(Change, CHANGES, seq, last, limit, list(rooms))
    return [_open(change) for change in found], found[-1].seq if len(found) == limit else last


def _open(change: Change) -> Change:
    return msgspec.structs.replace(change, data=redacted(change.kind, change.data))


CHANGES_BY_SEQ = """
    SELECT seq, at, order_id, order_version, kind, kind_version, actor, data
      FROM journal WHERE seq = ANY($1::bigint[])
"""


async def changes_by_seq(read: Reader, seqs: list[int]) -> dict[int, Change]:
    """Some facts by their numbers, as `changes_since` gives them."""
    return {change.seq: _open(change) for change in await read.rows(Change, CHANGES_BY_SEQ, seqs)}
