"""The line of what other programs are still to be told: filled from the journal, taken, answered, told again.

A line is no business fact, so none of this is a command. Everything works on many at a time, one statement each.
Whoever changes which delivery is the first of its lane locks the cursor of the webhook before: a delivery that comes
into line and one that leaves it at the same moment then see each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import msgspec

from purveyor.core.messages import UNPUBLISHED
from purveyor.db.reader import Reader
from purveyor.engine.journal import FACTS_OF_A_ROW
from purveyor.records.webhooks.commands import EVERYTHING

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

TEST_TOPIC = "webhooks.test"
UNTOLD_SQL = ", ".join(f"'{stage}'" for stage in UNPUBLISHED)
NO_ORDER = UUID(int=0)  # the lane of what belongs to no order
KEPT = timedelta(days=30)
FORGOTTEN_AT_ONCE = 10_000


class Receiver(msgspec.Struct, frozen=True):
    """A webhook, and how far the journal was read for it."""

    id: UUID
    active: bool
    seq: int | None


RECEIVERS = """
    SELECT w.id, w.active, c.seq
      FROM webhook AS w LEFT JOIN webhook_cursor AS c ON c.webhook_id = w.id
     WHERE w.removed_at IS NULL
"""
OPEN = """
    -- A new webhook is told what comes after the fact that added it.
    INSERT INTO webhook_cursor (webhook_id, seq)
    SELECT id, (SELECT seq FROM journal_row
                 WHERE order_id IS NULL AND kind = 'webhooks.added' AND data ->> 'webhook_id' = id::text
              ORDER BY seq DESC LIMIT 1)
      FROM unnest($1::uuid[]) AS added (id)
        ON CONFLICT DO NOTHING
"""
LOCK = "SELECT webhook_id FROM webhook_cursor WHERE webhook_id = ANY($1::uuid[]) ORDER BY webhook_id FOR UPDATE"
LOCK_FREE = f"{LOCK} SKIP LOCKED"
FILL = f"""
    -- What was told already comes into line again: the cursor was set back so that it does. A row of the journal may
    -- begin before the cursor and reach over it.
    WITH news AS (
        SELECT c.webhook_id, w.topics, j.seq, j.order_id, j.kind
          FROM webhook_cursor AS c JOIN webhook AS w ON w.id = c.webhook_id,
               LATERAL (SELECT line.seq + said.place - 1 AS seq, line.order_id, said.kind
                          FROM (SELECT seq, order_id, coalesce(kinds, ARRAY[kind]) AS kinds FROM journal_row
                                 WHERE journal_row.seq > c.seq - {FACTS_OF_A_ROW} AND journal_row.seq <= $2
                              ORDER BY journal_row.seq LIMIT $3 + {FACTS_OF_A_ROW}) AS line,
                               unnest(line.kinds) WITH ORDINALITY AS said (kind, place)
                         WHERE line.seq + said.place - 1 > c.seq
                      ORDER BY 1 LIMIT $3) AS j
         WHERE c.webhook_id = ANY($1::uuid[])
    ), moved AS (
        UPDATE webhook_cursor AS c SET seq = last.seq
          FROM (SELECT webhook_id, max(seq) AS seq FROM news GROUP BY webhook_id) AS last
         WHERE c.webhook_id = last.webhook_id
    ), wanted AS (
        SELECT webhook_id, seq, order_id, coalesce(order_id, '{NO_ORDER}') AS lane, kind FROM news
         WHERE split_part(kind, '.', 1) NOT IN ({UNTOLD_SQL})
           AND (topics ? '{EVERYTHING}' OR topics ? kind OR topics ? (split_part(kind, '.', 1) || '.*'))
    ), put AS (
        INSERT INTO webhook_delivery AS d (webhook_id, seq, order_id, lane, topic, status, next_at)
        SELECT webhook_id, seq, order_id, lane, kind, 'waiting',
               CASE WHEN row_number() OVER (PARTITION BY webhook_id, lane ORDER BY seq) = 1
                     AND NOT EXISTS (SELECT FROM webhook_delivery AS before
                                      WHERE before.webhook_id = wanted.webhook_id AND before.lane = wanted.lane
                                        AND before.status IN ('waiting', 'failed') AND before.seq < wanted.seq)
                    THEN clock_timestamp() END
          FROM wanted
      ORDER BY webhook_id, seq
            ON CONFLICT (webhook_id, seq) DO UPDATE
           SET status = 'waiting', failures = 0, next_at = excluded.next_at, claimed_until = NULL, ended_at = NULL
         WHERE d.status IN ('delivered', 'given_up')
    )
    SELECT count(*) FROM news GROUP BY webhook_id ORDER BY 1 DESC LIMIT 1
"""


async def receivers(read: Reader) -> list[Receiver]:
    """All that were not removed; those that nobody has looked at yet are opened first."""
    found = await read.rows(Receiver, RECEIVERS)
    new = [each.id for each in found if each.seq is None]
    if not new:
        return found
    await read.values(OPEN, new)
    return await read.rows(Receiver, RECEIVERS)


async def fill(pool: Pool, webhooks: Sequence[UUID], settled: int, limit: int) -> bool:
    """Put in line what happened up to a settled number. True: there is more than `limit` for some of them."""
    async with pool.acquire() as db, db.transaction():
        free = [record[0] for record in await db.fetch(LOCK_FREE, list(webhooks))]
        return bool(free) and await db.fetchval(FILL, free, settled, limit) == limit


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is to be sent now, with all that it needs. It is ours for the length of the lease."""

    id: int
    webhook_id: UUID
    lane: UUID
    seq: int | None
    topic: str
    made_at: datetime
    failures: int
    url: str
    secret: str
    old_secret: str

    @property
    def message_id(self) -> str:
        """The same at every try, and no other message has it: by it a receiver knows what it has had."""
        return f"{self.webhook_id.hex}-{self.seq}" if self.seq is not None else f"{self.webhook_id.hex}-test-{self.id}"

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret, self.old_secret) if self.old_secret else (self.secret,)


TAKE = """
    -- The first of each lane whose time has come, so many for each webhook: one that is slow does not stop the others.
    WITH due AS (
        SELECT picked.id, p.url, s.value AS secret, coalesce(o.value, '') AS old_secret
          FROM unnest($1::uuid[], $2::bigint[]) AS want (webhook_id, free)
               JOIN webhook AS w ON w.id = want.webhook_id AND w.active
               JOIN webhook_place AS p ON p.id = w.place_id
               JOIN webhook_secret AS s ON s.id = w.secret_id
               LEFT JOIN webhook_secret AS o ON o.id = w.old_secret_id,
               LATERAL (SELECT d.id FROM webhook_delivery AS d
                         WHERE d.webhook_id = want.webhook_id AND d.next_at <= clock_timestamp()
                           AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp())
                           AND NOT EXISTS (SELECT FROM webhook_delivery AS before
                                            WHERE before.webhook_id = d.webhook_id AND before.lane = d.lane
                                              AND before.status IN ('waiting', 'failed') AND before.seq < d.seq)
                      ORDER BY d.next_at, d.id LIMIT want.free
                           FOR UPDATE OF d SKIP LOCKED) AS picked
    )
    UPDATE webhook_delivery AS d SET claimed_until = clock_timestamp() + make_interval(secs => $3)
      FROM due WHERE d.id = due.id
 RETURNING d.id, d.webhook_id, d.lane, d.seq, d.topic, d.made_at, d.failures, due.url, due.secret, due.old_secret
"""


async def take(read: Reader, free: dict[UUID, int], lease_s: float) -> list[Taken]:
    """Up to so many deliveries for each webhook. Nobody else takes them until the lease is over."""
    rows = await read.rows(Taken, TAKE, list(free), list(free.values()), lease_s)
    return sorted(rows, key=lambda row: row.id)


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a try."""

    taken: Taken
    status: str  # delivered | failed | given_up
    pause_s: float | None  # until the next try
    answer_status: int | None
    answer: str
    milliseconds: int


NOTE = """
    WITH told AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::float8[], $4::bigint[], $5::text[], $6::bigint[])
                   AS told (id, status, pause_s, answer_status, answer, milliseconds)
    ), noted AS (
        UPDATE webhook_delivery AS d
           SET status = told.status, tries = d.tries + 1,
               failures = CASE told.status WHEN 'delivered' THEN 0 ELSE d.failures + 1 END,
               next_at = clock_timestamp() + make_interval(secs => told.pause_s), claimed_until = NULL,
               tried_at = clock_timestamp(),
               ended_at = CASE WHEN told.pause_s IS NULL THEN clock_timestamp() END,
               answer_status = told.answer_status, answer = told.answer, milliseconds = told.milliseconds
          FROM told WHERE d.id = told.id
     RETURNING d.id, d.tries, d.tried_at, d.answer_status, d.answer, d.milliseconds
    )
    INSERT INTO webhook_try (delivery_id, number, at, answer_status, answer, milliseconds) SELECT * FROM noted
"""
NEXT_IN_LANE = """
    UPDATE webhook_delivery AS d SET next_at = clock_timestamp()
      FROM (SELECT DISTINCT ON (w.webhook_id, w.lane) w.id
              FROM unnest($1::uuid[], $2::uuid[]) AS ended (webhook_id, lane)
                   JOIN webhook_delivery AS w ON w.webhook_id = ended.webhook_id AND w.lane = ended.lane
             WHERE w.status IN ('waiting', 'failed')
          ORDER BY w.webhook_id, w.lane, w.seq) AS first
     WHERE d.id = first.id AND d.next_at IS NULL
"""


async def note(pool: Pool, answered: Sequence[Answered]) -> None:
    """Write down what came of some tries, and let the next of each lane come up."""
    columns: tuple[list[Any], ...] = (
        [each.taken.id for each in answered],
        [each.status for each in answered],
        [each.pause_s for each in answered],
        [each.answer_status for each in answered],
        [each.answer for each in answered],
        [each.milliseconds for each in answered],
    )
    webhooks = [each.taken.webhook_id for each in answered]
    async with pool.acquire() as db, db.transaction():
        await db.execute(LOCK, sorted(set(webhooks)))
        await db.execute(NOTE, *columns)
        await db.execute(NEXT_IN_LANE, webhooks, [each.taken.lane for each in answered])


AGAIN = """
    UPDATE webhook_delivery
       SET status = CASE WHEN status IN ('delivered', 'given_up') THEN 'waiting' ELSE status END,
           failures = 0, next_at = clock_timestamp(), ended_at = NULL
     WHERE webhook_id = $1 AND id = $2
       AND (status IN ('delivered', 'given_up') OR next_at IS NOT NULL)
       AND (claimed_until IS NULL OR claimed_until < clock_timestamp())
 RETURNING id
"""
AGAIN_GIVEN_UP = """
    UPDATE webhook_delivery SET status = 'waiting', failures = 0, next_at = clock_timestamp(), ended_at = NULL
     WHERE webhook_id = $1 AND status = 'given_up'
 RETURNING id
"""
AGAIN_SINCE = """
    UPDATE webhook_cursor SET seq = least(seq, $2) WHERE webhook_id = $1
       AND EXISTS (SELECT FROM webhook WHERE id = $1 AND removed_at IS NULL)
 RETURNING seq
"""


async def tell_again(pool: Pool, webhook_id: UUID, delivery_id: int) -> bool:
    """One delivery at once, whatever became of it. False: there is none, it stands behind another, or is being sent."""
    async with pool.acquire() as db, db.transaction():
        await db.execute(LOCK, [webhook_id])
        return bool(await db.fetch(AGAIN, webhook_id, delivery_id))


async def tell_given_up_again(pool: Pool, webhook_id: UUID) -> int:
    """All that was given up, in its order. Answers how many there are."""
    async with pool.acquire() as db, db.transaction():
        await db.execute(LOCK, [webhook_id])
        return len(await db.fetch(AGAIN_GIVEN_UP, webhook_id))


async def tell_again_after(pool: Pool, webhook_id: UUID, seq: int) -> int | None:
    """Everything after a number of the journal, in its order. Answers from where; None: there is no such webhook."""
    found: int | None = await pool.fetchval(AGAIN_SINCE, webhook_id, seq)
    return found


ADD_TEST = """
    -- In a lane of its own, and one at a time.
    INSERT INTO webhook_delivery (webhook_id, lane, topic, status, next_at)
    SELECT w.id, gen_random_uuid(), $2, 'waiting', clock_timestamp()
      FROM webhook AS w
     WHERE w.id = $1 AND w.removed_at IS NULL
       AND NOT EXISTS (SELECT FROM webhook_delivery AS d
                        WHERE d.webhook_id = $1 AND d.topic = $2 AND d.status = 'waiting')
 RETURNING id
"""
WAITING_TEST = "SELECT id FROM webhook_delivery WHERE webhook_id = $1 AND status = 'waiting' AND topic = $2 LIMIT 1"


async def add_test(pool: Pool, webhook_id: UUID) -> int | None:
    """A test in line, or the one that waits there already. None: there is no such webhook."""
    added: int | None = await pool.fetchval(ADD_TEST, webhook_id, TEST_TOPIC)
    return added if added is not None else await pool.fetchval(WAITING_TEST, webhook_id, TEST_TOPIC)


FIRST_AFTER = "SELECT seq, recorded_at FROM journal_row WHERE seq > $1 ORDER BY seq LIMIT 1"
LAST = "SELECT coalesce(max(seq), 0) FROM journal_row"
STRADDLING = timedelta(minutes=1)  # for which one transaction may be under way while others write


class _Recorded(msgspec.Struct):
    seq: int
    recorded_at: datetime


async def seq_before(read: Reader, at: datetime) -> int:
    """A number of the journal after which stands all that was recorded since a time; a minute more, never less.

    Numbers grow with time, so halving finds the place: some thirty look-ups by primary key.
    """
    at -= STRADDLING
    (high,) = await read.values(LAST)
    low = 0
    while low < high:
        middle = (low + high) // 2
        there = await read.row(_Recorded, FIRST_AFTER, middle)
        if there is not None and there.recorded_at < at:
            low = there.seq
        else:
            high = middle
    return low


DROP = """
    -- What still stood in line for a webhook that was removed.
    UPDATE webhook_delivery AS d
       SET status = 'given_up', next_at = NULL, claimed_until = NULL, ended_at = clock_timestamp()
      FROM webhook AS w JOIN webhook_cursor AS c ON c.webhook_id = w.id
     WHERE w.removed_at IS NOT NULL AND d.webhook_id = w.id AND d.status IN ('waiting', 'failed')
"""
CLOSE = "DELETE FROM webhook_cursor AS c USING webhook AS w WHERE w.id = c.webhook_id AND w.removed_at IS NOT NULL"
FORGET = """
    WITH old AS (
        SELECT id FROM webhook_delivery WHERE ended_at < clock_timestamp() - $1::interval
      ORDER BY ended_at, id LIMIT $2 FOR UPDATE SKIP LOCKED
    ), tries AS (
        DELETE FROM webhook_try USING old WHERE delivery_id = old.id
    )
    DELETE FROM webhook_delivery AS d USING old WHERE d.id = old.id
"""


async def tidy(pool: Pool) -> None:
    """Drop what nobody waits for, and forget what ended long ago."""
    await pool.execute(DROP)
    await pool.execute(CLOSE)
    while await pool.execute(FORGET, KEPT, FORGOTTEN_AT_ONCE) == f"DELETE {FORGOTTEN_AT_ONCE}":
        pass
