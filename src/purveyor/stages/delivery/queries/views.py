"""What is shown of delivery's rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec


class TrackingView(msgspec.Struct, frozen=True):
    shipment_id: UUID
    order_id: UUID
    tracking_number: str
    status: str
    carrier_status: str
    attempts: int
    last_event_at: datetime | None
    promised_at: datetime | None
    delivered_at: datetime | None


class TrackingEventView(msgspec.Struct, frozen=True):
    shipment_id: UUID
    event_id: str
    status: str
    at: datetime
    place: str
    carrier_status: str
    sequence: int


class CollectionView(msgspec.Struct, frozen=True):
    parcel_id: UUID
    order_id: UUID
    location: str
    status: str
    wrong_codes: int
    ready_at: datetime
    collect_by: datetime | None
    reminders: int
    collected_at: datetime | None


class DownloadView(msgspec.Struct, frozen=True):
    id: UUID
    line_id: UUID
    sku: str
    quantity: int
    downloads_left: int
    expires_at: datetime


class LicenseView(msgspec.Struct, frozen=True):
    id: UUID
    line_id: UUID
    sku: str
    key: str
    taken_at: datetime


class AccessView(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    line_id: UUID
    sku: str
    system: str
    quantity: int
    status: str
    asked_at: datetime
    why: str


class AppointmentView(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    line_id: UUID
    sku: str
    quantity: int
    minutes: int
    status: str
    technician: str
    starts_at: datetime | None
    planned_at: datetime
    done_at: datetime | None
    record_id: UUID | None


TRACKING_COLUMNS = (
    "shipment_id, order_id, tracking_number, status, carrier_status, attempts, last_event_at, promised_at, delivered_at"
)
# Never the code: it is for the customer alone.
COLLECTION_COLUMNS = "parcel_id, order_id, location, status, wrong_codes, ready_at, collect_by, reminders, collected_at"
ACCESS_COLUMNS = "id, order_id, line_id, sku, system, quantity, status, asked_at, why"
APPOINTMENT_COLUMNS = (
    "id, order_id, line_id, sku, quantity, minutes, status, technician, starts_at, planned_at, done_at, record_id"
)
