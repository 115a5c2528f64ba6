"""Lists that people work from: each a phrase that a clerk would use."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.calendars import local_day, start_of
from purveyor.db.reader import Reader
from purveyor.db.shop_timezone import shop_zone
from purveyor.stages.delivery.queries.views import (
    ACCESS_COLUMNS,
    APPOINTMENT_COLUMNS,
    COLLECTION_COLUMNS,
    TRACKING_COLUMNS,
    AccessView,
    AppointmentView,
    CollectionView,
    TrackingView,
)

LATE_PARCELS = f"""
    -- Still on their way after the day that was promised: the longest overdue first.
    SELECT {TRACKING_COLUMNS}
      FROM tracking
     WHERE lost_at IS NOT NULL AND promised_at < $1 AND (promised_at, shipment_id) > ($2, $3)
  ORDER BY promised_at, shipment_id
     LIMIT $4
"""


async def late_parcels(
    read: Reader, now: datetime, after: tuple[datetime, UUID], limit: int = 100
) -> list[TrackingView]:
    """A promise is a day of the shop's zone: today's may still be kept."""
    zone = await shop_zone(read)
    return await read.rows(TrackingView, LATE_PARCELS, start_of(local_day(now, zone), zone), *after, limit)


AT_COUNTER = f"""
    -- What waits at a counter: the longest waiting first.
    SELECT {COLLECTION_COLUMNS}
      FROM collection
     WHERE status = 'waiting' AND location = $1 AND (ready_at, parcel_id) > ($2, $3)
  ORDER BY ready_at, parcel_id
     LIMIT $4
"""


async def at_counter(
    read: Reader, location: str, after: tuple[datetime, UUID], limit: int = 100
) -> list[CollectionView]:
    return await read.rows(CollectionView, AT_COUNTER, location, *after, limit)


class PoolView(msgspec.Struct, frozen=True):
    free: int
    waiting: int


POOL = """
    -- Free keys of a SKU, counted up to a limit, and units that wait for some.
    SELECT (SELECT count(*)
              FROM (SELECT 1 FROM license_key WHERE sku = $1 AND order_id IS NULL LIMIT $2) AS some_keys) AS free,
           (SELECT coalesce(sum(quantity), 0)::bigint FROM license_wait WHERE sku = $1 AND quantity > 0) AS waiting
"""


async def license_pool(read: Reader, sku: str, limit: int = 10_000) -> PoolView:
    pool = await read.row(PoolView, POOL, sku, limit)
    assert pool is not None
    return pool


ACCESS_FAILED = f"""
    -- The other system will not: somebody must act.
    SELECT {ACCESS_COLUMNS}
      FROM access_grant
     WHERE status = 'failed' AND (asked_at, id) > ($1, $2)
  ORDER BY asked_at, id
     LIMIT $3
"""


async def access_failed(read: Reader, after: tuple[datetime, UUID], limit: int = 100) -> list[AccessView]:
    return await read.rows(AccessView, ACCESS_FAILED, *after, limit)


class SlotView(msgspec.Struct, frozen=True):
    id: UUID
    technician: str
    starts_at: datetime
    minutes: int


OPEN_SLOTS = """
    -- Free time of technicians that is long enough: the soonest first.
    SELECT id, technician, starts_at, minutes
      FROM slot
     WHERE taken_by IS NULL AND minutes >= $1 AND (starts_at, id) > ($2, $3)
  ORDER BY starts_at, id
     LIMIT $4
"""


async def open_slots(read: Reader, minutes: int, after: tuple[datetime, UUID], limit: int = 50) -> list[SlotView]:
    return await read.rows(SlotView, OPEN_SLOTS, minutes, *after, limit)


TO_BE_BOOKED = f"""
    -- Installations that have no time yet: the longest waiting first.
    SELECT {APPOINTMENT_COLUMNS}
      FROM appointment
     WHERE status = 'planned' AND (planned_at, id) > ($1, $2)
  ORDER BY planned_at, id
     LIMIT $3
"""


async def to_be_booked(read: Reader, after: tuple[datetime, UUID], limit: int = 100) -> list[AppointmentView]:
    return await read.rows(AppointmentView, TO_BE_BOOKED, *after, limit)


TECHNICIANS_DAYS = f"""
    -- Where a technician has to be, and what has no record although its time is over.
    SELECT {APPOINTMENT_COLUMNS}
      FROM appointment
     WHERE status = 'booked' AND technician = $1 AND (starts_at, id) > ($2, $3)
  ORDER BY starts_at, id
     LIMIT $4
"""


async def appointments_by(
    read: Reader, technician: str, after: tuple[datetime, UUID], limit: int = 100
) -> list[AppointmentView]:
    return await read.rows(AppointmentView, TECHNICIANS_DAYS, technician, *after, limit)
