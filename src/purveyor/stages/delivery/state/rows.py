"""The rows themselves."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.positions import UnitsOf
from purveyor.core.rows import OrderRow, Row
from purveyor.stages.delivery.tracking_status import TrackingStatus


class Tracking(OrderRow):
    """Where one parcel is: our status and, apart from it, the carrier's."""

    table: ClassVar[str] = "tracking"
    key: ClassVar[tuple[str, ...]] = ("shipment_id",)
    part: ClassVar[int] = 24

    shipment_id: UUID
    order_id: UUID
    tracking_number: str
    status: str  # expected | in_transit | out_for_delivery | at_pickup_point | failed_attempt | delivered | ...
    carrier_status: str
    last_sequence: int
    last_event_at: datetime | None
    last_event_id: str
    attempts: int
    contents: tuple[UnitsOf, ...]
    promised_at: datetime | None
    expected_at: datetime
    delivered_at: datetime | None
    quiet_days: int
    ask_at: datetime | None  # when the carrier is asked next; None once it has ended
    lost_at: datetime | None  # when it counts as lost without news; None once it has ended
    coming_back: tuple[UnitsOf, ...] = ()  # on their way back in it, and not received yet

    @property
    def truth(self) -> TrackingStatus:
        return TrackingStatus(
            self.status,
            self.carrier_status,
            self.last_sequence,
            self.last_event_at,
            self.last_event_id,
            self.attempts,
        )


class TrackingEvent(OrderRow):
    """One scan, kept once."""

    table: ClassVar[str] = "tracking_event"
    key: ClassVar[tuple[str, ...]] = ("shipment_id", "event_id")
    part: ClassVar[int] = 25

    shipment_id: UUID
    event_id: str
    order_id: UUID
    status: str
    at: datetime
    place: str
    carrier_status: str
    sequence: int
    recorded_at: datetime


class Collection(OrderRow):
    """A parcel that waits at a counter."""

    table: ClassVar[str] = "collection"
    key: ClassVar[tuple[str, ...]] = ("parcel_id",)
    part: ClassVar[int] = 26

    parcel_id: UUID
    order_id: UUID
    location: str
    status: str  # waiting | collected | withdrawn
    code: str
    wrong_codes: int
    contents: tuple[UnitsOf, ...]
    ready_at: datetime
    collect_by: datetime | None  # None when nothing more happens by itself
    reminders: int
    collected_at: datetime | None
    code_id: UUID | None = None  # the private text that is the code; `code` is only there in older rows


class DownloadGrant(OrderRow):
    """The right to download, so often and so long."""

    table: ClassVar[str] = "download_grant"
    part: ClassVar[int] = 27

    id: UUID
    order_id: UUID
    line_id: UUID
    sku: str
    asset: str
    quantity: int  # units it stands for; 0 once it is withdrawn
    downloads_left: int
    expires_at: datetime


class LicenseWait(OrderRow):
    """Units that wait for keys, because the pool was empty."""

    table: ClassVar[str] = "license_wait"
    key: ClassVar[tuple[str, ...]] = ("line_id",)
    part: ClassVar[int] = 28

    line_id: UUID
    order_id: UUID
    fulfillment_id: UUID
    sku: str
    quantity: int
    since: datetime


class AccessGrant(OrderRow):
    """Access at a system, asked for and confirmed."""

    table: ClassVar[str] = "access_grant"
    part: ClassVar[int] = 29

    id: UUID
    order_id: UUID
    line_id: UUID
    sku: str
    system: str
    quantity: int  # units it stands for; 0 once it is withdrawn
    contact_id: UUID
    status: str  # on_requested | on | off_requested | off | failed
    turn: int  # counts requests that differ; with the id it is the key towards the system
    asked_at: datetime
    why: str


class Appointment(OrderRow):
    """An installation that is to be done, and when."""

    table: ClassVar[str] = "appointment"
    part: ClassVar[int] = 30

    id: UUID
    order_id: UUID
    fulfillment_id: UUID
    line_id: UUID
    sku: str
    quantity: int
    minutes: int
    status: str  # planned | booked | done | canceled
    slot_id: UUID | None
    technician: str
    starts_at: datetime | None
    planned_at: datetime
    done_at: datetime | None
    record_id: UUID | None


class LicenseKey(Row):
    """One key, for one customer, once. Its text stands in `private_text` under the same id."""

    table: ClassVar[str] = "license_key"
    pool: ClassVar[tuple[str, str] | None] = ("sku", "order_id IS NULL")

    id: UUID
    sku: str
    digest: str  # of SKU and text: no text is ever in the pools twice
    order_id: UUID | None
    line_id: UUID | None
    taken_at: datetime | None


class Slot(Row):
    """A stretch of a technician's day, free or taken by one appointment."""

    table: ClassVar[str] = "slot"

    id: UUID
    technician: str
    day: str  # technician and date, by which slots that could overlap are found
    starts_at: datetime
    minutes: int
    taken_by: UUID | None
