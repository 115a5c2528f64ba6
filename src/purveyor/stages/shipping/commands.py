"""What may be asked of shipping."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Grams, Millimeters, Moment, Name, Number, Picture, Reason, Word
from purveyor.core.messages import Command, Job
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf


class Box(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A packed box: gross weight in grams, outer sides in millimeters."""

    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


class Origin(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The address of one of our locations, as the carrier wants it."""

    name: str
    street: str
    city: str
    postal_code: str
    country: str


class ShipmentRef(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One shipment and the order whose lock guards it."""

    order_id: UUID
    shipment_id: UUID


class RequestLabel(Command, frozen=True, kw_only=True, tag="shipping.request_label"):
    """Make a shipment of a packed parcel and ask for its label. A parcel that has one keeps it."""

    order_id: UUID
    parcel_id: UUID
    location: Word
    weight_g: Grams
    length_mm: Millimeters
    width_mm: Millimeters
    height_mm: Millimeters
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class RetryLabel(Command, frozen=True, kw_only=True, tag="shipping.retry_label"):
    """Ask again for a label: after a refusal or a voided one to the order's address of today, else to the same.

    Without `shipment_id`: for every shipment of the order that failed, which may be none. With `asked_at`: only if
    nobody has asked since then.
    """

    order_id: UUID
    shipment_id: UUID | None = None
    asked_at: Moment | None = None


class RecordLabel(Command, frozen=True, kw_only=True, tag="shipping.record_label"):
    """The carrier sold a label. `document` is a data URI (RFC 2397), `why` the reason for this service."""

    order_id: UUID
    shipment_id: UUID
    attempt: Number
    tracking_number: Word
    carrier: Name
    service: Name
    cost: Money
    document: Picture
    why: Reason


class RecordLabelFailure(Command, frozen=True, kw_only=True, tag="shipping.record_label_failure"):
    """The carrier refused for good. `reason` is its code; sentences may hold addresses and stay outside."""

    order_id: UUID
    shipment_id: UUID
    attempt: Number
    reason: Reason


class VoidLabel(Command, frozen=True, kw_only=True, tag="shipping.void_label"):
    """Give a label back before the parcel leaves."""

    order_id: UUID
    shipment_id: UUID
    why: Reason = ""


class CallOffParcel(Command, frozen=True, kw_only=True, tag="shipping.call_off_parcel"):
    """The parcel was opened: its label goes back, and it is never handed over. There may be no shipment of it."""

    order_id: UUID
    parcel_id: UUID


class VoidLabels(Command, frozen=True, kw_only=True, tag="shipping.void_labels"):
    """Give back the labels of all parcels whose units are no longer packed; there may be none."""

    order_id: UUID


class RetryVoid(Command, frozen=True, kw_only=True, tag="shipping.retry_void"):
    """Ask the carrier again to take a label back, if nobody has asked since `asked_at`."""

    order_id: UUID
    shipment_id: UUID
    asked_at: Moment


class RecordVoid(Command, frozen=True, kw_only=True, tag="shipping.record_void"):
    """What the carrier said to a label given back: `refused` is the code of its no, "" when it took it."""

    order_id: UUID
    shipment_id: UUID
    tracking_number: Word
    refused: Reason = ""


class DispatchShipment(Command, frozen=True, kw_only=True, tag="shipping.dispatch_shipment"):
    """One parcel was handed to the courier."""

    order_id: UUID
    shipment_id: UUID


class RecordTaken(Command, frozen=True, kw_only=True, tag="shipping.record_taken"):
    """The carrier has a parcel that nobody has handed over in the books: its scan says so."""

    order_id: UUID
    shipment_id: UUID


class DispatchShipments(Command, frozen=True, kw_only=True, tag="shipping.dispatch_shipments"):
    """The courier took these parcels, all or none, against one manifest."""

    location: Word
    shipments: Annotated[tuple[ShipmentRef, ...], Meta(max_length=200)]


class BuyLabel(Job, frozen=True, kw_only=True, tag="shipping.buy_label"):
    """Ask for rates, choose one, book it. All that decides stands in it, so that a repetition asks for the same."""

    order_id: UUID
    shipment_id: UUID
    attempt: int
    contact_id: UUID
    origin: Origin
    box: Box
    promised_at: datetime | None
    requested_at: datetime
    about: str
    zone: str = "UTC"  # in which the promise is a day


class CancelLabel(Job, frozen=True, kw_only=True, tag="shipping.cancel_label"):
    """Give a bought label back to the carrier."""

    order_id: UUID
    shipment_id: UUID
    tracking_number: str
