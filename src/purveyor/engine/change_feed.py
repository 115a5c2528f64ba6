"""The journal for those who follow it from outside: every change once, in one order, none of them missed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.journal import FACTS_OF_A_ROW, LINE, JournalEntry, JournalRow
from purveyor.engine.redaction import redacted, stage_of

LOOKED_THROUGH = 3_200_000  # numbers of the journal at once, for somebody who may see few of them


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


# Rows that begin before a number may reach over it.
CHANGES = f"""
    SELECT {LINE}
      FROM journal_row
     WHERE seq > $1 - {FACTS_OF_A_ROW} AND seq <= $2 AND seq + coalesce(cardinality(kinds), 1) > $1 + 1
       AND EXISTS (SELECT FROM unnest(coalesce(kinds, ARRAY[kind])) AS said (kind)
                    WHERE split_part(said.kind, '.', 1) = ANY($4::text[]))
  ORDER BY seq
     LIMIT $3
"""
SETTLED = """
    -- Numbers are drawn before the commit, so a higher one can be seen before a lower one. What is here at a moment is
    -- complete once every transaction of that moment has ended.
    SELECT coalesce((SELECT seq + coalesce(cardinality(kinds), 1) - 1
                       FROM journal_row ORDER BY seq DESC LIMIT 1), 0) AS seq,
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


async def changes_since(read: Reader, seq: int, limit: int = 500, *, stages: Sequence[str]) -> tuple[list[Change], int]:
    """Facts of some stages after a number, in the order of their numbers, and the number from which to go on.

    None is ever missed by going on from there, and what lies in other stages is not looked through twice.
    """
    settled = await settled_seq(read)
    if settled is None or settled <= seq:
        return [], seq
    last = min(settled, seq + LOOKED_THROUGH)
    lines = await read.rows(JournalRow, CHANGES, seq, last, limit, list(stages))
    entries = [entry for line in lines for entry in line.entries() if seq < entry.seq <= last]
    found = [_open(entry) for entry in entries if stage_of(entry.kind) in stages][:limit]
    if len(found) == limit:
        return found, found[-1].seq
    return found, entries[-1].seq if len(lines) == limit else last


def _open(entry: JournalEntry) -> Change:
    data = redacted(entry.kind, msgspec.json.decode(entry.data))
    return Change(
        entry.seq, entry.at, entry.order_id, entry.order_version, entry.kind, entry.kind_version, entry.actor, data
    )


LINES_BY_SEQ = f"SELECT {LINE} FROM journal_row WHERE seq = ANY($1::bigint[])"


async def changes_by_seq(read: Reader, seqs: list[int]) -> dict[int, Change]:
    """Some facts by their numbers, as `changes_since` gives them."""
    wanted = set(seqs)
    rows = wanted | {seq - seq % FACTS_OF_A_ROW for seq in wanted}
    lines = await read.rows(JournalRow, LINES_BY_SEQ, list(rows))
    return {entry.seq: _open(entry) for line in lines for entry in line.entries() if entry.seq in wanted}
