"""What screens, API and sweeps read of confirmation."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.confirmation.commands import AcknowledgeOrder, RetryNotice, TellOfDelay
from purveyor.stages.confirmation.decide import NEAR

FIRST = UUID(int=0)
EARLIEST = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
BANK_ANSWERS_WITHIN = timedelta(minutes=2)  # so long one message, that it is confirmed, says it all
LATEST_ACKNOWLEDGED = timedelta(hours=6)
LATEST_SLIP = timedelta(days=30)  # what is late for longer came in late, or is known to be


class MessageSeen(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    notice: str
    channel: str
    language: str
    status: str
    queued_at: datetime
    sent_at: datetime | None
    reason: str
    details: dict[str, str]


MESSAGES_OF_ORDER = """
    SELECT id, order_id, notice, channel, language, status, queued_at, sent_at, reason, details
      FROM message
     WHERE order_id = $1
  ORDER BY queued_at, id
     LIMIT $2
"""


async def messages_of_order(read: Reader, order_id: UUID, limit: int = 200) -> list[MessageSeen]:
    return await read.rows(MessageSeen, MESSAGES_OF_ORDER, order_id, limit)


UNDELIVERED_MESSAGES = """
    -- Failed or bounced: somebody was not told. Oldest first, after the last one seen.
    SELECT id, order_id, notice, channel, language, status, queued_at, sent_at, reason, details
      FROM message
     WHERE status IN ('failed', 'bounced') AND (queued_at, id) > ($1, $2)
  ORDER BY queued_at, id
     LIMIT $3
"""


async def undelivered_messages(
    read: Reader, after: tuple[datetime, UUID] = (EARLIEST, FIRST), limit: int = 100
) -> list[MessageSeen]:
    return await read.rows(MessageSeen, UNDELIVERED_MESSAGES, *after, limit)


class ProviderMessage(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID


MESSAGE_OF_PROVIDER = "SELECT id, order_id FROM message WHERE provider_id = $1 AND provider_id <> ''"


async def message_of_provider(read: Reader, provider_id: str) -> ProviderMessage | None:
    """The message that a provider's event is about."""
    return await read.row(ProviderMessage, MESSAGE_OF_PROVIDER, provider_id)


class PromiseSeen(msgspec.Struct, frozen=True):
    """A date that was told. `kept` is None while that is open."""

    promised_at: datetime
    kept: bool | None
    reason: str
    told_at: datetime


PROMISES_OF_ORDER = """
    SELECT promised_at, kept, reason, told_at FROM promise WHERE order_id = $1
     UNION ALL
    SELECT o.promised_at, NULL, '', o.placed_at
      FROM orders o
     WHERE o.id = $1 AND o.promised_at IS NOT NULL
       AND NOT EXISTS (SELECT FROM promise p WHERE p.order_id = o.id AND p.promised_at = o.promised_at)
  ORDER BY promised_at
     LIMIT $2
"""


async def promises_of_order(read: Reader, order_id: UUID, limit: int = 100) -> list[PromiseSeen]:
    return await read.rows(PromiseSeen, PROMISES_OF_ORDER, order_id, limit)


class OrderToldNothing(msgspec.Struct, frozen=True):
    """An order without any message. `why`: no_address, not_wanted, erased, or empty: there was nothing yet."""

    id: UUID
    number: int
    placed_at: datetime
    why: str


ORDERS_TOLD_NOTHING = """
    -- Nobody was told anything about these: they have no message at all. Newest first, before the last one seen.
    SELECT o.id, o.number, o.placed_at,
           CASE WHEN c.erased THEN 'erased' WHEN c.email = '' AND c.phone = '' THEN 'no_address'
                WHEN k.notices LIKE '%none%' THEN 'not_wanted' ELSE '' END AS why
      FROM orders o JOIN contact c ON c.id = o.contact_id LEFT JOIN customer k ON k.id = o.customer_id
     WHERE (o.placed_at, o.id) < ($1, $2) AND o.placed_at > $3 AND o.parts & 64 = 0
  ORDER BY o.placed_at DESC, o.id DESC
     LIMIT $4
"""


async def orders_told_nothing(
    read: Reader, before: tuple[datetime, UUID], since: datetime, limit: int = 100
) -> list[OrderToldNothing]:
    return await read.rows(OrderToldNothing, ORDERS_TOLD_NOTHING, *before, since, limit)


# sweeps


class UnansweredMessage(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    attempt: int


UNANSWERED_MESSAGES = """
    SELECT id, order_id, attempt
      FROM message
     WHERE retry_at <= $1
  ORDER BY retry_at, id
     LIMIT $2
"""


@sweep("unanswered-messages", every_s=300)
async def unanswered_messages(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Messages that nobody has said anything about for an hour."""
    return [
        DueCommand(
            f"{message.id}:retry:{message.attempt}",
            RetryNotice(order_id=message.order_id, message_id=message.id, attempt=message.attempt),
        )
        for message in await read.rows(UnansweredMessage, UNANSWERED_MESSAGES, now, limit)
    ]


class OrderAtTheBank(msgspec.Struct, frozen=True):
    order_id: UUID


ORDERS_AT_THE_BANK = """
    -- Nobody was told anything about these, and the bank has not said yet whether it pays. What was over before it was
    -- sent has told nobody.
    SELECT DISTINCT o.id AS order_id
      FROM payment p JOIN orders o ON o.id = p.order_id
     WHERE p.ask_at IS NOT NULL AND p.status IN ('authorizing', 'in_doubt')
       AND o.placed_at > $1 AND o.placed_at <= $2
       AND NOT EXISTS (SELECT FROM message m WHERE m.order_id = o.id AND m.status <> 'dropped')
  ORDER BY o.id
     LIMIT $3
"""


@sweep("orders-at-the-bank", every_s=15)
async def orders_at_the_bank(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Orders whose bank takes its time: the customer hears that the order came."""
    since, until = now - LATEST_ACKNOWLEDGED, now - BANK_ANSWERS_WITHIN
    return [
        DueCommand(f"{order.order_id}:acknowledged", AcknowledgeOrder(order_id=order.order_id))
        for order in await read.rows(OrderAtTheBank, ORDERS_AT_THE_BANK, since, until, limit)
    ]


class SlippingPromise(msgspec.Struct, frozen=True):
    order_id: UUID
    promised_at: datetime


SLIPPING_PROMISES = """
    -- Still in the house, and the date is as good as over; the customer was not told yet.
    SELECT o.id AS order_id, o.promised_at
      FROM orders o
     WHERE o.promised_at > $1 AND o.promised_at <= $2 AND o.closed_at IS NULL
       AND o.fulfillment_status IN ('open', 'backordered', 'part_shipped')
       AND NOT EXISTS (SELECT FROM promise p WHERE p.order_id = o.id AND p.promised_at = o.promised_at)
  ORDER BY o.promised_at, o.id
     LIMIT $3
"""


@sweep("slipping-promises", every_s=300)
async def slipping_promises(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Orders that will be late: the customer hears it from us first."""
    return [
        DueCommand(
            f"{slip.order_id}:delayed:{slip.promised_at.isoformat()}",
            TellOfDelay(order_id=slip.order_id, promised_at=slip.promised_at),
        )
        for slip in await read.rows(SlippingPromise, SLIPPING_PROMISES, now - LATEST_SLIP, now + NEAR, limit)
    ]


LINK_VERSION = """
    -- The version of the links of an order that exists.
    SELECT coalesce((SELECT version FROM order_link WHERE order_id = o.id), 0) FROM orders o WHERE o.id = $1
"""


async def link_version(read: Reader, order_id: UUID) -> int | None:
    """Which links to the order's page are good; None where there is no such order."""
    versions: list[int] = await read.values(LINK_VERSION, order_id)
    return versions[0] if versions else None
