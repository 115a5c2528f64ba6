"""What screens, API and sweeps read of review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.review.commands import AllocateBackorders, ApplyDefaultChoice, ApplyHoldDeadline, CheckFiles

FIRST = UUID(int=0)
EARLIEST = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


class OpenHold(msgspec.Struct, frozen=True):
    """What is stuck, since when, and who must act."""

    id: UUID
    order_id: UUID
    number: int
    type: str
    owner: str
    why: str
    opened_at: datetime
    deadline_at: datetime | None
    at_deadline: str


class NoteView(msgspec.Struct, frozen=True):
    """A note of staff; `text` is empty once it was erased."""

    written_by: str
    at: datetime
    text: str
    erased: bool


NOTES_OF = """
    -- What staff wrote on an order, newest first.
    SELECT n.written_by, n.at, coalesce(t.text, '') AS text, coalesce(t.erased, true) AS erased
      FROM order_note n LEFT JOIN private_text t ON t.id = n.text_id
     WHERE n.order_id = $1
  ORDER BY n.at DESC, n.id DESC
     LIMIT 100
"""


async def notes_of(read: Reader, order_id: UUID) -> list[NoteView]:
    return await read.rows(NoteView, NOTES_OF, order_id)


class HeldOrder(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID


HOLDS_OF = """
    SELECT id, order_id FROM hold WHERE order_id = ANY($1::uuid[]) AND released_at IS NULL ORDER BY opened_at, id
"""


async def holds_of(read: Reader, orders: Sequence[UUID]) -> list[HeldOrder]:
    """The open holds of these orders."""
    return await read.rows(HeldOrder, HOLDS_OF, list(orders))


OPEN_HOLDS = """
    -- Oldest first, after the last one seen; of one owner, or of all.
    SELECT h.id, h.order_id, o.number, h.type, h.owner, h.why, h.opened_at, h.deadline_at, h.at_deadline
      FROM hold h JOIN orders o ON o.id = h.order_id
     WHERE h.released_at IS NULL AND (h.opened_at, h.id) > ($1, $2) AND ($3 = '' OR h.owner = $3)
       AND ($4 = '' OR h.type = $4)
  ORDER BY h.opened_at, h.id
     LIMIT $5
"""


async def open_holds(
    read: Reader,
    *,
    owner: str = "",
    type: str = "",  # noqa: A002 (the field's word)
    after: tuple[datetime, UUID] = (EARLIEST, FIRST),
    limit: int = 100,
) -> list[OpenHold]:
    return await read.rows(OpenHold, OPEN_HOLDS, *after, owner, type, limit)


class HoldSeen(msgspec.Struct, frozen=True):
    id: UUID
    type: str
    owner: str
    why: str
    opened_at: datetime
    deadline_at: datetime | None
    at_deadline: str
    released_at: datetime | None
    released_by: str


HOLDS_OF_ORDER = """
    SELECT id, type, owner, why, opened_at, deadline_at, at_deadline, released_at, released_by
      FROM hold
     WHERE order_id = $1
  ORDER BY opened_at, id
     LIMIT $2
"""


async def holds_of_order(read: Reader, order_id: UUID, limit: int = 100) -> list[HoldSeen]:
    return await read.rows(HoldSeen, HOLDS_OF_ORDER, order_id, limit)


class RiskSeen(msgspec.Struct, frozen=True):
    score: int
    reasons: list[str]
    policy_version: int
    assessed_at: datetime


RISK_OF_ORDER = "SELECT score, reasons, policy_version, assessed_at FROM risk_assessment WHERE order_id = $1"


async def risk_of_order(read: Reader, order_id: UUID) -> RiskSeen | None:
    """What the risk rules said; None where no rule fired."""
    return await read.row(RiskSeen, RISK_OF_ORDER, order_id)


class ChoiceSeen(msgspec.Struct, frozen=True):
    """What the customer may still choose (until `deadline_at`), or has chosen."""

    deadline_at: datetime | None
    default: str
    choice: str
    chosen_at: datetime | None
    by_default: bool


CHOICE_OF_ORDER = """
    SELECT deadline_at, "default", choice, chosen_at, by_default FROM missing_choice WHERE order_id = $1
"""


async def choice_of_order(read: Reader, order_id: UUID) -> ChoiceSeen | None:
    return await read.row(ChoiceSeen, CHOICE_OF_ORDER, order_id)


class WaitingLine(msgspec.Struct, frozen=True):
    """Units that wait for stock."""

    line_id: UUID
    order_id: UUID
    number: int
    sku: str
    quantity: int
    placed_at: datetime


BACKORDERS_OF_SKU = """
    -- In the order in which they will be served.
    SELECT l.id AS line_id, l.order_id, o.number, l.sku, l.backordered AS quantity, o.placed_at
      FROM line l JOIN orders o ON o.id = l.order_id
     WHERE l.sku = $1 AND l.backordered > 0 AND l.id > $2
  ORDER BY l.id
     LIMIT $3
"""


async def backorders_of_sku(read: Reader, sku: str, after: UUID = FIRST, limit: int = 100) -> list[WaitingLine]:
    return await read.rows(WaitingLine, BACKORDERS_OF_SKU, sku, after, limit)


# sweeps


class DueHold(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    deadline_at: datetime


HOLDS_PAST_DEADLINE = """
    SELECT id, order_id, deadline_at
      FROM hold
     WHERE released_at IS NULL AND deadline_at <= $1
  ORDER BY deadline_at, id
     LIMIT $2
"""


@sweep("hold-deadlines", every_s=60)
async def holds_past_deadline(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Holds that nobody settled in time."""
    return [
        DueCommand(
            f"{hold.id}:deadline:{hold.deadline_at.isoformat()}",
            ApplyHoldDeadline(order_id=hold.order_id, hold_id=hold.id, deadline_at=hold.deadline_at),
        )
        for hold in await read.rows(DueHold, HOLDS_PAST_DEADLINE, now, limit)
    ]


class FoundFile(msgspec.Struct, frozen=True):
    hold_id: UUID
    order_id: UUID
    seen_at: datetime


FILES_FOUND = """
    -- Who waits for files, where every one is there by now; what is held by hand waits for whoever held it.
    SELECT h.id AS hold_id, h.order_id, coalesce(max(f.seen_at), h.opened_at) AS seen_at
      FROM hold h
           JOIN line l ON l.order_id = h.order_id AND l.kind = 'download'
           JOIN product p ON p.sku = l.sku
           LEFT JOIN asset_file f ON f.asset = p.asset
     WHERE h.released_at IS NULL AND h.by_rule AND h.type = 'file'
  GROUP BY h.id, h.order_id, h.opened_at
    HAVING NOT bool_or(coalesce(f.missing, false) AND l.placed + l.allocated > 0)
  ORDER BY h.opened_at, h.id
     LIMIT $1
"""


@sweep("files-found", every_s=60)
async def files_found(read: Reader, _now: datetime, limit: int) -> list[DueCommand]:
    """When it was seen is part of what makes it happen once: a file may get lost and be found again."""
    return [
        DueCommand(f"{found.hold_id}:file:{found.seen_at.isoformat()}", CheckFiles(order_id=found.order_id))
        for found in await read.rows(FoundFile, FILES_FOUND, limit)
    ]


class DueChoice(msgspec.Struct, frozen=True):
    order_id: UUID
    deadline_at: datetime


CHOICES_PAST_DEADLINE = """
    SELECT order_id, deadline_at
      FROM missing_choice
     WHERE deadline_at <= $1
  ORDER BY deadline_at, order_id
     LIMIT $2
"""


@sweep("choice-deadlines", every_s=60)
async def choices_past_deadline(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Customers who did not say what is to be done about missing units."""
    return [
        DueCommand(
            f"{choice.order_id}:choice:{choice.deadline_at.isoformat()}",
            ApplyDefaultChoice(order_id=choice.order_id, deadline_at=choice.deadline_at),
        )
        for choice in await read.rows(DueChoice, CHOICES_PAST_DEADLINE, now, limit)
    ]


class ServableOrder(msgspec.Struct, frozen=True):
    order_id: UUID
    version: int
    last_move: int


SERVABLE_BACKORDERS = """
    -- Who waits longest for what is in stock by now. Where an order is collected, only that location's stock counts;
    -- and of a line of waiting people, only as many as the stock will serve.
    WITH waiting AS (
        SELECT DISTINCT sku FROM line WHERE backordered > 0
    ), there AS (
        SELECT s.sku, s.location, s.on_hand - s.allocated - s.held AS available,
               (SELECT max(m.id) FROM stock_move m WHERE m.sku = s.sku AND m.location = s.location) AS last_move
          FROM waiting JOIN stock s USING (sku)
         WHERE s.location <> 'backorder' AND s.on_hand - s.allocated - s.held > 0
    ), queue AS (
        SELECT l.order_id, o.version, o.collect_at, l.id, l.sku,
               sum(l.backordered) OVER (PARTITION BY l.sku, o.collect_at ORDER BY l.id) - l.backordered AS before
          FROM line l JOIN orders o ON o.id = l.order_id
         WHERE l.backordered > 0 AND l.kind = 'goods' AND l.sku IN (SELECT sku FROM there)
    )
    SELECT q.order_id, q.version, max(stock.last_move) AS last_move
      FROM queue q,
           LATERAL (SELECT sum(available) AS available, coalesce(max(last_move), 0) AS last_move
                      FROM there t
                     WHERE t.sku = q.sku AND (q.collect_at = '' OR t.location = q.collect_at)) AS stock
     WHERE stock.available > q.before
  GROUP BY q.order_id, q.version
  ORDER BY min(q.id::text)
     LIMIT $1
"""
SHORT_ORDERS = """
    -- Held because units could neither be promised nor wait: there may be stock by now.
    SELECT h.order_id, o.version, max(m.last_move) AS last_move
      FROM hold h
      JOIN orders o ON o.id = h.order_id
      JOIN line l ON l.order_id = h.order_id AND l.placed > 0
      JOIN stock s ON s.sku = l.sku AND s.on_hand - s.allocated - s.held > 0,
           LATERAL (SELECT coalesce(max(id), 0) AS last_move FROM stock_move
                     WHERE sku = s.sku AND location = s.location) AS m
     WHERE h.released_at IS NULL AND h.by_rule AND h.type = 'stock'
  GROUP BY h.order_id, o.version
  ORDER BY h.order_id
     LIMIT $1
"""


@sweep("backorders", every_s=5)
async def servable_backorders(read: Reader, _now: datetime, limit: int) -> list[DueCommand]:
    """Orders that wait for stock which is there by now. Every movement of that stock is a reason to look again."""
    found = await read.rows(ServableOrder, SERVABLE_BACKORDERS, limit)
    found += await read.rows(ServableOrder, SHORT_ORDERS, limit - len(found)) if len(found) < limit else []
    return [
        DueCommand(
            f"{order.order_id}:backorders:{order.version}:{order.last_move}",
            AllocateBackorders(order_id=order.order_id),
        )
        for order in found
    ]
