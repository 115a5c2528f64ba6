"""What screens and the API read of shipping, and what has come due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.shipping.commands import RetryLabel, RetryVoid
from purveyor.stages.shipping.label_files import known_document

UNANSWERED_AFTER: Final = timedelta(minutes=15)
FIRST_ID: Final = UUID(int=0)


class ShipmentView(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    parcel_id: UUID
    location: str
    status: str
    carrier: str
    service: str
    cost_minor: int
    currency: str
    tracking_number: str
    label_id: UUID | None
    weight_g: int
    why: str
    asked_at: datetime
    dispatched_at: datetime | None


class TrackedParcel(msgspec.Struct, frozen=True):
    order_id: UUID
    shipment_id: UUID


class ManifestView(msgspec.Struct, frozen=True):
    id: UUID
    location: str
    carrier: str
    parcels: int
    weight_g: int
    closed_at: datetime


class _Asked(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    status: str
    asked_at: datetime


_COLUMNS = """
    id, order_id, parcel_id, location, status, carrier, service, cost_minor, currency, tracking_number, label_id,
    weight_g, why, asked_at, dispatched_at
"""

SHIPMENTS_OF_ORDER = f"""
    SELECT {_COLUMNS} FROM shipment WHERE order_id = $1 ORDER BY id
"""  # an order has as many as it has parcels


async def shipments_of(read: Reader, order_id: UUID) -> list[ShipmentView]:
    return await read.rows(ShipmentView, SHIPMENTS_OF_ORDER, order_id)


WAITING_FOR_COURIER = f"""
    -- Labeled, not yet handed over, at one location: longest waiting first.
    SELECT {_COLUMNS}
      FROM shipment
     WHERE status = 'labeled' AND location = $1 AND (asked_at, id) > ($2, $3)
  ORDER BY asked_at, id
     LIMIT $4
"""


async def waiting_for_courier(
    read: Reader, location: str, after: tuple[datetime, UUID], limit: int = 200
) -> list[ShipmentView]:
    return await read.rows(ShipmentView, WAITING_FOR_COURIER, location, *after, limit)


LABELS_REFUSED = f"""
    -- No carrier sold a label: somebody must act.
    SELECT {_COLUMNS}
      FROM shipment
     WHERE status = 'failed' AND (asked_at, id) > ($1, $2)
  ORDER BY asked_at, id
     LIMIT $3
"""


async def labels_refused(read: Reader, after: tuple[datetime, UUID], limit: int = 100) -> list[ShipmentView]:
    return await read.rows(ShipmentView, LABELS_REFUSED, *after, limit)


LABEL_DOCUMENT = """
    SELECT t.text
      FROM shipment s JOIN private_text t ON t.id = s.label_id
     WHERE s.id = $1 AND s.order_id = $2 AND NOT t.erased
"""


class LabelSheet(msgspec.Struct, frozen=True):
    """What stands on a parcel, for a printer of labels."""

    number: int
    location: str
    carrier: str
    service: str
    tracking_number: str
    weight_g: int
    sscc: str
    notes: list[str]
    name: str
    company: str
    street: str
    postal_code: str
    city: str
    region: str
    country: str


LABEL_SHEET = """
    SELECT o.number, s.location, s.carrier, s.service, s.tracking_number, s.weight_g, p.sscc, p.notes,
           c.name, c.company, c.street, c.postal_code, c.city, c.region, c.country
      FROM shipment s
      JOIN orders o ON o.id = s.order_id
      JOIN parcel p ON p.id = s.parcel_id
      JOIN contact c ON c.id = s.contact_id
     WHERE s.id = $1 AND s.order_id = $2 AND s.tracking_number <> ''
"""


async def label_sheet(read: Reader, order_id: UUID, shipment_id: UUID) -> LabelSheet | None:
    return await read.row(LabelSheet, LABEL_SHEET, shipment_id, order_id)


async def label_document(read: Reader, order_id: UUID, shipment_id: UUID) -> str | None:
    """The label to print, as a data URI of a kind that we know."""
    texts: list[str] = await read.values(LABEL_DOCUMENT, shipment_id, order_id)
    return known_document(texts[0]) if texts else None


TRACKED = """
    -- Whose parcel a carrier speaks of: the newest, should a carrier use a number again.
    SELECT order_id, id AS shipment_id
      FROM shipment
     WHERE tracking_number = $1 AND tracking_number <> ''
  ORDER BY id DESC
     LIMIT 1
"""


async def tracked(read: Reader, tracking_number: str) -> TrackedParcel | None:
    return await read.row(TrackedParcel, TRACKED, tracking_number)


MANIFESTS = """
    -- What couriers took from a location, newest first.
    SELECT id, location, carrier, parcels, weight_g, closed_at
      FROM manifest
     WHERE location = $1 AND (closed_at, id) < ($2, $3)
  ORDER BY closed_at DESC, id DESC
     LIMIT $4
"""


async def manifests(read: Reader, location: str, before: tuple[datetime, UUID], limit: int = 50) -> list[ManifestView]:
    return await read.rows(ManifestView, MANIFESTS, location, *before, limit)


UNANSWERED = """
    -- Asked of a carrier, and no answer for too long: the job was lost or gave up.
    SELECT id, order_id, status, asked_at
      FROM shipment
     WHERE status IN ('label_requested', 'voiding') AND asked_at < $1
  ORDER BY asked_at, id
     LIMIT $2
"""


@sweep("shipping.unanswered", every_s=60)
async def unanswered(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Requests that nobody answered are sent again, under the same key towards the carrier."""
    return [_ask_again(row) for row in await read.rows(_Asked, UNANSWERED, now - UNANSWERED_AFTER, limit)]


def _ask_again(row: _Asked) -> DueCommand:
    again = RetryVoid if row.status == "voiding" else RetryLabel
    return DueCommand(
        f"shipping.unanswered:{row.id}:{row.asked_at.isoformat()}",
        again(order_id=row.order_id, shipment_id=row.id, asked_at=row.asked_at),
    )
