"""Everything that delivery has of one order, for its page."""

from __future__ import annotations

from uuid import UUID

from purveyor.db.reader import Reader
from purveyor.stages.delivery.queries.views import (
    ACCESS_COLUMNS,
    APPOINTMENT_COLUMNS,
    COLLECTION_COLUMNS,
    TRACKING_COLUMNS,
    AccessView,
    AppointmentView,
    CollectionView,
    DownloadView,
    LicenseView,
    TrackingEventView,
    TrackingView,
)

PARCELS_OF_ORDER = f"SELECT {TRACKING_COLUMNS} FROM tracking WHERE order_id = $1 ORDER BY expected_at, shipment_id"


async def parcels_of(read: Reader, order_id: UUID) -> list[TrackingView]:
    return await read.rows(TrackingView, PARCELS_OF_ORDER, order_id)


EVENTS_OF_ORDER = """
    -- As they happened, not as they were told.
    SELECT shipment_id, event_id, status, at, place, carrier_status, sequence
      FROM tracking_event
     WHERE order_id = $1
  ORDER BY shipment_id, sequence, at, event_id
     LIMIT $2
"""


async def events_of(read: Reader, order_id: UUID, limit: int = 500) -> list[TrackingEventView]:
    return await read.rows(TrackingEventView, EVENTS_OF_ORDER, order_id, limit)


COLLECTIONS_OF_ORDER = f"SELECT {COLLECTION_COLUMNS} FROM collection WHERE order_id = $1 ORDER BY ready_at, parcel_id"


async def collections_of(read: Reader, order_id: UUID) -> list[CollectionView]:
    return await read.rows(CollectionView, COLLECTIONS_OF_ORDER, order_id)


COLLECT_CODE = """
    -- For the customer's own page and message, nobody else's.
    SELECT coalesce(t.text, c.code) FROM collection c LEFT JOIN private_text t ON t.id = c.code_id
     WHERE c.order_id = $1 AND c.parcel_id = $2 AND c.status = 'waiting'
"""


async def collect_code(read: Reader, order_id: UUID, parcel_id: UUID) -> str | None:
    codes: list[str] = await read.values(COLLECT_CODE, order_id, parcel_id)
    return (codes[0] or None) if codes else None


DOWNLOADS_OF_ORDER = """
    SELECT id, line_id, sku, quantity, downloads_left, expires_at FROM download_grant WHERE order_id = $1 ORDER BY id
"""


async def downloads_of(read: Reader, order_id: UUID) -> list[DownloadView]:
    return await read.rows(DownloadView, DOWNLOADS_OF_ORDER, order_id)


LICENSES_OF_ORDER = """
    SELECT k.id, k.line_id, k.sku, t.text AS key, k.taken_at
      FROM license_key k JOIN private_text t ON t.id = k.id
     WHERE k.order_id = $1 AND k.id > $2
  ORDER BY k.id
     LIMIT $3
"""


async def licenses_of(read: Reader, order_id: UUID, after: UUID, limit: int = 100) -> list[LicenseView]:
    return await read.rows(LicenseView, LICENSES_OF_ORDER, order_id, after, limit)


ACCESS_OF_ORDER = f"SELECT {ACCESS_COLUMNS} FROM access_grant WHERE order_id = $1 ORDER BY id"


async def access_of(read: Reader, order_id: UUID) -> list[AccessView]:
    return await read.rows(AccessView, ACCESS_OF_ORDER, order_id)


APPOINTMENTS_OF_ORDER = f"SELECT {APPOINTMENT_COLUMNS} FROM appointment WHERE order_id = $1 ORDER BY id"


async def appointments_of(read: Reader, order_id: UUID) -> list[AppointmentView]:
    return await read.rows(AppointmentView, APPOINTMENTS_OF_ORDER, order_id)
