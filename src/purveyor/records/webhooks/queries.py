"""What is read of webhooks and of their log; and which old secrets are over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.records.webhooks.commands import ForgetOldSecret

MOST_COUNTED = 1_000  # then it is "a thousand or more"
NEWEST = 2**62


class WebhookSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Another program that is told, without its secret, and how it goes. Counts stop at 1,000.

    `seq` is the number of the last change that was put in line for it; null until a worker has seen it.
    """

    id: UUID
    url: str
    description: str
    topics: list[str]
    active: bool
    paused_why: str
    added_at: datetime
    old_secret_until: datetime | None
    seq: int | None
    delivered_at: datetime | None
    waiting: int
    failing: int
    given_up: int


_COUNT = """(SELECT count(*) FROM (SELECT FROM webhook_delivery AS d
                     WHERE d.webhook_id = w.id AND d.status = '{status}' LIMIT 1000) AS counted)"""
_SEEN = f"""
    SELECT w.id, p.url, p.description, w.topics, w.active, w.paused_why, w.added_at, w.old_secret_until, c.seq,
           (SELECT max(d.ended_at) FROM webhook_delivery AS d
             WHERE d.webhook_id = w.id AND d.status = 'delivered') AS delivered_at,
           {_COUNT.format(status="waiting")} AS waiting,
           {_COUNT.format(status="failed")} AS failing,
           {_COUNT.format(status="given_up")} AS given_up
      FROM webhook AS w JOIN webhook_place AS p ON p.id = w.place_id
           LEFT JOIN webhook_cursor AS c ON c.webhook_id = w.id
     WHERE w.removed_at IS NULL
"""
ALL_WEBHOOKS = f"{_SEEN} ORDER BY w.added_at, w.id LIMIT $1"
BY_ID = f"{_SEEN} AND w.id = $1"


class Called(msgspec.Struct, frozen=True):
    """What a webhook is called and where it goes; both are empty once it is removed."""

    id: UUID
    url: str
    description: str


PLACES = """
    SELECT w.id, p.url, p.description
      FROM webhook AS w JOIN webhook_place AS p ON p.id = w.place_id
     WHERE w.id = ANY($1::uuid[])
"""


async def places_of_webhooks(read: Reader, ids: list[UUID]) -> list[Called]:
    """Of these, also of those that were removed."""
    return await read.rows(Called, PLACES, ids)


async def all_webhooks(read: Reader, limit: int = 200) -> list[WebhookSeen]:
    """Those that were not removed, in the order in which they were added."""
    return await read.rows(WebhookSeen, ALL_WEBHOOKS, limit)


async def webhook_by_id(read: Reader, webhook_id: UUID) -> WebhookSeen | None:
    return await read.row(WebhookSeen, BY_ID, webhook_id)


class DeliverySeen(msgspec.Struct, frozen=True, kw_only=True):
    """A change on its way to a webhook, or there. `seq` is its number in the journal, null for a test.

    `failures` counts tries in a row that failed since it was last put in line; `tries` counts all.
    """

    id: int
    seq: int | None
    order_id: UUID | None
    topic: str
    status: str  # waiting | failed (it is tried again) | delivered | given_up
    tries: int
    failures: int
    made_at: datetime
    next_at: datetime | None
    tried_at: datetime | None
    answer_status: int | None
    answer: str
    milliseconds: int | None


_DELIVERY = """
    SELECT id, seq, order_id, topic, status, tries, failures, made_at, next_at, tried_at, answer_status, answer,
           milliseconds
      FROM webhook_delivery
"""
DELIVERIES = f"{_DELIVERY} WHERE webhook_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
# Written out, because the index leaves out what nearly all are.
OF_STATUS = {
    status: f"{_DELIVERY} WHERE webhook_id = $1 AND status = '{status}' AND id < $2 ORDER BY id DESC LIMIT $3"
    for status in ("waiting", "failed", "given_up")
}
DELIVERY = f"{_DELIVERY} WHERE webhook_id = $1 AND id = $2"


async def deliveries(
    read: Reader, webhook_id: UUID, status: str = "", before: int = NEWEST, limit: int = 50
) -> list[DeliverySeen]:
    """The log of a webhook, put in line last first. `status`: waiting, failed or given_up alone."""
    return await read.rows(DeliverySeen, OF_STATUS.get(status, DELIVERIES), webhook_id, before, limit)


async def delivery(read: Reader, webhook_id: UUID, delivery_id: int) -> DeliverySeen | None:
    return await read.row(DeliverySeen, DELIVERY, webhook_id, delivery_id)


class TrySeen(msgspec.Struct, frozen=True, kw_only=True):
    """One try: the status and the beginning of the answer, or what went wrong where there was none."""

    number: int
    at: datetime
    answer_status: int | None
    answer: str
    milliseconds: int


TRIES = """
    SELECT number, at, answer_status, answer, milliseconds
      FROM webhook_try WHERE delivery_id = $1 ORDER BY number DESC LIMIT 100
"""


async def tries_of(read: Reader, delivery_id: int) -> list[TrySeen]:
    """The last hundred, newest first."""
    return await read.rows(TrySeen, TRIES, delivery_id)


OVER = """
    SELECT id, old_secret_until FROM webhook WHERE old_secret_until IS NOT NULL AND old_secret_until <= $1
  ORDER BY old_secret_until, id LIMIT $2
"""


class _Over(msgspec.Struct):
    id: UUID
    old_secret_until: datetime


@sweep("webhooks.old_secret_over", every_s=60)
async def old_secrets_over(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Secrets that have counted beside a new one for long enough."""
    rows = await read.rows(_Over, OVER, now, limit)
    return [
        DueCommand(
            f"webhooks.old_secret_over:{row.id}:{row.old_secret_until.isoformat()}", ForgetOldSecret(webhook_id=row.id)
        )
        for row in rows
    ]
