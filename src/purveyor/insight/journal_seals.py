"""Seals over the journal: whoever takes a fact away, or changes one, must break them.

A seal covers the facts after the last one, up to a number below which nothing can appear any more, and its hash holds
the hash of the seal before. Its marks tell which fact it was: a few bytes of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import asyncpg
import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.change_feed import settled_seq
from purveyor.engine.unit_of_work import Connection
from purveyor.insight.differences import Difference

ROWS_OF_SEAL: Final = 1_000
SEALS_AT_ONCE: Final = 200
SEALS_VERIFIED_AT_ONCE: Final = 1_000  # in one statement
MARK_BYTES: Final = 12  # four of the number within its seal, eight of the digest
LAG: Final = timedelta(minutes=1)  # a number that was drawn so long ago belongs to a transaction that can be seen
KEY: Final = 7_203_114  # of the lock: one process seals at a time

LAST = "SELECT number, upto_seq FROM journal_seal ORDER BY number DESC LIMIT 1"
MAY_SEAL = "SELECT pg_try_advisory_xact_lock($1)"
YOUNGEST = "SELECT coalesce(max(seq), $1) FROM journal_row WHERE seq > $1 AND seq <= $2 AND recorded_at < $3"
END_OF_NEXT = """
    -- The last of the next so many rows.
    SELECT max(seq) FROM (SELECT seq FROM journal_row WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3) AS next
"""
SEAL = """
    INSERT INTO journal_seal (number, after_seq, upto_seq, facts, hash, marks)
    SELECT $1::bigint, $2::bigint, $3::bigint, count(*),
           sha256(coalesce((SELECT hash FROM journal_seal WHERE number = $1::bigint - 1), '')
                  || convert_to(concat_ws('|', $1::bigint, $2::bigint, $3::bigint, count(*)), 'UTF8')
                  || coalesce(string_agg(digest, '' ORDER BY seq), '')),
           coalesce(string_agg(int4send((seq - $2::bigint)::int) || substr(digest, 1, 8), '' ORDER BY seq), '')
      FROM (SELECT seq, row_digest(journal_row) AS digest
              FROM journal_row WHERE seq > $2::bigint AND seq <= $3::bigint) AS sealed
"""
BROKEN = """
    -- Seals that do not say what the journal says now, or do not follow the one before.
    SELECT seal.number, seal.after_seq, seal.upto_seq, seal.marks, found.marks AS found
      FROM journal_seal AS seal
      LEFT JOIN journal_seal AS before ON before.number = seal.number - 1
     CROSS JOIN LATERAL (
           SELECT count(*) AS facts, coalesce(string_agg(digest, '' ORDER BY seq), '') AS digests,
                  coalesce(string_agg(int4send((seq - seal.after_seq)::int) || substr(digest, 1, 8), ''
                                      ORDER BY seq), '') AS marks
             FROM (SELECT seq, row_digest(journal_row) AS digest
                     FROM journal_row WHERE seq > seal.after_seq AND seq <= seal.upto_seq) AS now) AS found
     WHERE seal.number > $1 AND seal.number <= $2
       AND (seal.after_seq <> coalesce(before.upto_seq, 0) OR (before.number IS NULL AND seal.number <> 1)
            OR seal.hash <> sha256(coalesce(before.hash, '')
               || convert_to(concat_ws('|', seal.number, seal.after_seq, seal.upto_seq, found.facts), 'UTF8')
               || found.digests))
  ORDER BY seal.number
"""


class LastSeal(msgspec.Struct, frozen=True):
    """The newest seal: whoever keeps it elsewhere can tell that nobody has made all seals anew."""

    number: int
    upto_seq: int
    sealed_at: datetime
    hash: str


LAST_SEAL = """
    SELECT number, upto_seq, sealed_at, encode(hash, 'hex') FROM journal_seal ORDER BY number DESC LIMIT 1
"""


async def seal_journal(pool: asyncpg.Pool[asyncpg.Record], *, lag: timedelta = LAG) -> int:
    """Seal what nothing can be added to any more, and answer how many seals that took: some at a time.

    It only reads the journal, in transactions of its own, so nobody who places an order waits for it.
    """
    settled = await settled_seq(Reader(pool))
    if settled is None:
        return 0  # a long transaction runs: later
    async with pool.acquire() as db, db.transaction():
        if not await db.fetchval(MAY_SEAL, KEY):
            return 0
        last = await db.fetchrow(LAST)
        number, upto = (last["number"], last["upto_seq"]) if last is not None else (0, 0)
        end = await db.fetchval(YOUNGEST, upto, settled, await db.fetchval("SELECT now() - $1::interval", lag))
        made = 0
        while upto < end and made < SEALS_AT_ONCE:
            after, upto = upto, await db.fetchval(END_OF_NEXT, upto, end, ROWS_OF_SEAL)
            made += 1
            await db.execute(SEAL, number + made, after, upto)
        return made


async def broken_seals(db: Connection) -> Iterator[Difference]:
    """What the seals say of the journal, in a snapshot: facts that were taken away, changed or put in between."""
    found: list[Difference] = []
    newest = await db.fetchval("SELECT coalesce(max(number), 0) FROM journal_seal")
    missing = newest - await db.fetchval("SELECT count(*) FROM journal_seal")
    if missing:
        found.append(Difference("journal_seal", "", "number", f"{newest} seals", newest - missing))
    for number in range(0, newest, SEALS_VERIFIED_AT_ONCE):
        for record in await db.fetch(BROKEN, number, number + SEALS_VERIFIED_AT_ONCE):
            facts = list(_told(record["after_seq"], record["marks"], record["found"]))
            found += facts or [
                Difference("journal_seal", str(record["number"]), "hash", "as it was sealed", "another seal")
            ]
    return iter(found)


def _told(after_seq: int, sealed: bytes, found: bytes) -> Iterator[Difference]:
    """Which facts differ from what was sealed."""
    before, now = _marks(after_seq, sealed), _marks(after_seq, found)
    for seq in sorted(before.keys() | now.keys()):
        if seq not in now:
            yield Difference("journal", str(seq), "", "a fact, when it was sealed", "none")
        elif seq not in before:
            yield Difference("journal", str(seq), "", "no fact, when it was sealed", "one")
        elif before[seq] != now[seq]:
            yield Difference("journal", str(seq), "", "what was sealed", "something else")


def _marks(after_seq: int, marks: bytes) -> dict[int, bytes]:
    return {
        after_seq + int.from_bytes(marks[place : place + 4]): marks[place + 4 : place + MARK_BYTES]
        for place in range(0, len(marks), MARK_BYTES)
    }


async def last_seal(db: Connection) -> LastSeal | None:
    record = await db.fetchrow(LAST_SEAL)
    return LastSeal(*record) if record is not None else None
