"""What screens and the API read of returns, and what has come due."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.returns.commands import ExpireReturn

FIRST_ID: Final = UUID(int=0)


class ReturnView(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    kind: str
    status: str
    refund_on: str
    settle_to: str
    location: str
    credited_minor: int
    announced_at: datetime
    expires_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    way: str


class ReturnItemView(msgspec.Struct, frozen=True):
    id: UUID
    rma_id: UUID
    line_id: UUID
    sku: str
    quantity: int
    reason: str
    want: str
    exchange_sku: str
    handling: str
    received: int
    dropped: int
    restocked: int
    refurbishing: int
    scrapped: int
    condition: str
    credited: int
    credited_minor: int


class Inspection(msgspec.Struct, frozen=True):
    """Received units of an item that nobody has looked at yet."""

    id: UUID
    rma_id: UUID
    order_id: UUID
    line_id: UUID
    sku: str
    reason: str
    waiting: int


class ReasonCount(msgspec.Struct, frozen=True):
    sku: str
    reason: str
    units: int


_COLUMNS = """
    id, order_id, kind, status, refund_on, settle_to, location, credited_minor, announced_at, expires_at, received_at,
    ended_at, way
"""

RETURNS_OF_ORDER = f"SELECT {_COLUMNS} FROM rma WHERE order_id = $1 ORDER BY id"  # an order has a handful


async def returns_of(read: Reader, order_id: UUID) -> list[ReturnView]:
    return await read.rows(ReturnView, RETURNS_OF_ORDER, order_id)


ITEMS_OF_ORDER = """
    SELECT id, rma_id, line_id, sku, quantity, reason, want, exchange_sku, handling, received, dropped, restocked,
           refurbishing, scrapped, condition, credited, credited_minor
      FROM rma_item
     WHERE order_id = $1
  ORDER BY id
"""  # as many as its returns have lines


async def return_items_of(read: Reader, order_id: UUID) -> list[ReturnItemView]:
    return await read.rows(ReturnItemView, ITEMS_OF_ORDER, order_id)


class Contents(msgspec.Struct, frozen=True):
    rma_id: UUID
    contents: str


CONTENTS = """
    SELECT i.rma_id, string_agg(i.quantity || ' x ' || l.name, ', ' ORDER BY l.line_no) AS contents
      FROM rma r JOIN rma_item i ON i.order_id = r.order_id AND i.rma_id = r.id JOIN line l ON l.id = i.line_id
     WHERE r.id = ANY($1::uuid[])
  GROUP BY i.rma_id
"""


async def contents_of(read: Reader, rmas: list[UUID]) -> dict[UUID, str]:
    """What comes back with each return, in words."""
    return {row.rma_id: row.contents for row in await read.rows(Contents, CONTENTS, rmas)}


EXPECTED_RETURNS = f"""
    -- Announced to a location and not all here: the first announced first.
    SELECT {_COLUMNS}
      FROM rma
     WHERE status IN ('announced', 'partly_received') AND location = $1 AND (announced_at, id) > ($2, $3)
  ORDER BY announced_at, id
     LIMIT $4
"""


async def expected_returns(
    read: Reader, location: str, after: tuple[datetime, UUID], limit: int = 100
) -> list[ReturnView]:
    return await read.rows(ReturnView, EXPECTED_RETURNS, location, *after, limit)


RETURNS_MEANT = f"""
    -- Of an order by its number, a parcel by its tracking number, or a return by the beginning of its own number.
    WITH found AS (
        SELECT r.id FROM orders o JOIN rma r ON r.order_id = o.id WHERE o.number = $1
         UNION
        SELECT r.id FROM shipment s JOIN rma r ON r.order_id = s.order_id
         WHERE $2 <> '' AND lower(s.tracking_number) = lower($2) AND s.tracking_number <> ''
         UNION
        SELECT id FROM rma WHERE id BETWEEN $3::uuid AND $4::uuid
    )
    SELECT {_COLUMNS} FROM rma WHERE id IN (SELECT id FROM found) ORDER BY (ended_at IS NULL) DESC, id DESC LIMIT $5
"""
SHORTEST_RMA: Final = 8  # digits of an RMA that is typed
_HEX: Final = re.compile(r"[0-9a-f]{1,32}")


async def returns_meant(read: Reader, text: str, limit: int = 30) -> list[ReturnView]:
    """Returns by what stands on the box: order number, tracking number, or RMA (its beginning will do)."""
    code = text.strip().lstrip("#").strip()
    number = min(int(code), 2**63 - 1) if code.isascii() and code.isdigit() else -1
    digits = code.replace("-", "").lower()
    if len(digits) >= SHORTEST_RMA and _HEX.fullmatch(digits):
        first, last = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    else:
        first = last = FIRST_ID
    return await read.rows(ReturnView, RETURNS_MEANT, number, code, first, last, limit)


UNFINISHED_RETURNS = f"""
    -- All here, and something still to be inspected or credited: longest waiting first.
    SELECT {_COLUMNS}
      FROM rma
     WHERE status = 'received' AND (received_at, id) > ($1, $2)
  ORDER BY received_at, id
     LIMIT $3
"""


async def unfinished_returns(read: Reader, after: tuple[datetime, UUID], limit: int = 100) -> list[ReturnView]:
    return await read.rows(ReturnView, UNFINISHED_RETURNS, *after, limit)


TO_INSPECT = """
    SELECT id, rma_id, order_id, line_id, sku, reason, received - restocked - refurbishing - scrapped AS waiting
      FROM rma_item
     WHERE handling = 'send' AND received > restocked + refurbishing + scrapped AND id > $1
  ORDER BY id
     LIMIT $2
"""


async def to_inspect(read: Reader, after: UUID = FIRST_ID, limit: int = 100) -> list[Inspection]:
    return await read.rows(Inspection, TO_INSPECT, after, limit)


IN_REFURBISHING = """
    SELECT id, rma_id, order_id, line_id, sku, reason, refurbishing AS waiting
      FROM rma_item
     WHERE refurbishing > 0 AND id > $1
  ORDER BY id
     LIMIT $2
"""


async def in_refurbishing(read: Reader, after: UUID = FIRST_ID, limit: int = 100) -> list[Inspection]:
    return await read.rows(Inspection, IN_REFURBISHING, after, limit)


WHY_RETURNED = """
    -- Why products come back, of returns announced in a stretch of time: most units first.
    SELECT i.sku, i.reason, sum(i.quantity - i.dropped)::bigint AS units
      FROM rma r JOIN rma_item i ON i.order_id = r.order_id AND i.rma_id = r.id
     WHERE r.announced_at >= $1 AND r.announced_at < $2
  GROUP BY i.sku, i.reason
    HAVING sum(i.quantity - i.dropped) > 0
  ORDER BY units DESC, i.sku, i.reason
     LIMIT $3
"""


async def why_returned(read: Reader, since: datetime, until: datetime, limit: int = 100) -> list[ReasonCount]:
    return await read.rows(ReasonCount, WHY_RETURNED, since, until, limit)


class _Overdue(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    expires_at: datetime


NEVER_RECEIVED = """
    SELECT id, order_id, expires_at FROM rma WHERE expires_at <= $1 ORDER BY expires_at, id LIMIT $2
"""


@sweep("returns.never_received", every_s=3_600)
async def never_received(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Returns that were announced and never came."""
    return [
        DueCommand(
            f"returns.never_received:{row.id}:{row.expires_at.isoformat()}",
            ExpireReturn(order_id=row.order_id, rma_id=row.id, expires_at=row.expires_at),
        )
        for row in await read.rows(_Overdue, NEVER_RECEIVED, now, limit)
    ]
