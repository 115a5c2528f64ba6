"""What comes due at delivery by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.delivery.commands import AskCarrier, DeclareLost, IssueLicenseKeys, RemindToCollect, RetryAccess

UNANSWERED_AFTER: Final = timedelta(minutes=15)


class _DueRow(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    due_at: datetime


class _Wait(msgspec.Struct, frozen=True):
    line_id: UUID
    order_id: UUID
    fulfillment_id: UUID
    next_key_id: UUID


TO_BE_ASKED = """
    -- Parcels on their way of which nothing was heard for a while.
    SELECT shipment_id AS id, order_id, ask_at AS due_at
      FROM tracking
     WHERE ask_at <= $1
  ORDER BY ask_at, shipment_id
     LIMIT $2
"""


@sweep("delivery.silent", every_s=60)
async def silent(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Carriers that do not tell by themselves are asked."""
    return [
        DueCommand(
            f"delivery.silent:{row.id}:{row.due_at.isoformat()}",
            AskCarrier(order_id=row.order_id, shipment_id=row.id, due_at=row.due_at),
        )
        for row in await read.rows(_DueRow, TO_BE_ASKED, now, limit)
    ]


GONE = """
    -- Parcels of which nothing was heard for so long that they count as lost.
    SELECT shipment_id AS id, order_id, lost_at AS due_at
      FROM tracking
     WHERE lost_at <= $1
  ORDER BY lost_at, shipment_id
     LIMIT $2
"""


@sweep("delivery.lost", every_s=600)
async def gone(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    return [
        DueCommand(
            f"delivery.lost:{row.id}:{row.due_at.isoformat()}",
            DeclareLost(order_id=row.order_id, shipment_id=row.id, due_at=row.due_at),
        )
        for row in await read.rows(_DueRow, GONE, now, limit)
    ]


UNCOLLECTED = """
    SELECT parcel_id AS id, order_id, collect_by AS due_at
      FROM collection
     WHERE collect_by <= $1
  ORDER BY collect_by, parcel_id
     LIMIT $2
"""


@sweep("delivery.uncollected", every_s=300)
async def uncollected(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    return [
        DueCommand(
            f"delivery.uncollected:{row.id}:{row.due_at.isoformat()}",
            RemindToCollect(order_id=row.order_id, parcel_id=row.id, due_at=row.due_at),
        )
        for row in await read.rows(_DueRow, UNCOLLECTED, now, limit)
    ]


KEYS_CAME = """
    -- Units that wait for keys of a pool that has some again: first come, first served.
    SELECT wait.line_id, wait.order_id, wait.fulfillment_id, next_key.id AS next_key_id
      FROM license_wait wait,
           LATERAL (SELECT id FROM license_key WHERE sku = wait.sku AND order_id IS NULL ORDER BY id LIMIT 1) next_key
     WHERE wait.quantity > 0
  ORDER BY wait.since, wait.line_id
     LIMIT $1
"""


@sweep("delivery.keys_came", every_s=30)
async def keys_came(read: Reader, _now: datetime, limit: int) -> list[DueCommand]:
    """The next free key is part of what makes it happen once: with other keys it is tried again."""
    return [
        DueCommand(
            f"delivery.keys_came:{row.line_id}:{row.next_key_id}",
            IssueLicenseKeys(order_id=row.order_id, fulfillment_id=row.fulfillment_id, units=()),
        )
        for row in await read.rows(_Wait, KEYS_CAME, limit)
    ]


ACCESS_UNANSWERED = """
    -- Asked of another system, and no answer for too long: the job was lost or gave up.
    SELECT id, order_id, asked_at AS due_at
      FROM access_grant
     WHERE status IN ('on_requested', 'off_requested') AND asked_at < $1
  ORDER BY asked_at, id
     LIMIT $2
"""


@sweep("delivery.access_unanswered", every_s=60)
async def access_unanswered(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    return [
        DueCommand(
            f"delivery.access_unanswered:{row.id}:{row.due_at.isoformat()}",
            RetryAccess(order_id=row.order_id, grant_id=row.id, asked_at=row.due_at),
        )
        for row in await read.rows(_DueRow, ACCESS_UNANSWERED, now - UNANSWERED_AFTER, limit)
    ]
