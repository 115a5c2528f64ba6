"""What may be asked of delivery."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import ForeignId, Minutes, Moment, Name, Number, Reason, Sku, Text, Word, trim
from purveyor.core.messages import Command, Job
from purveyor.core.positions import UnitsOf

ScanStatus = Literal[
    "label_created",
    "in_transit",
    "out_for_delivery",
    "available_for_pickup",
    "delivered",
    "failed_attempt",
    "returned_to_sender",
    "lost",
]

# ---------------------------------------------------------------- parcels


class Scan(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """One scan of a parcel. `sequence` counts the carrier's scans from 1, however they arrive; 0 where it does not."""

    event_id: ForeignId
    status: ScanStatus
    at: Moment
    place: Name = ""
    carrier_status: Name = ""
    sequence: Number = 0

    def __post_init__(self) -> None:
        trim(self, "event_id")


class ExpectDelivery(Command, frozen=True, kw_only=True, tag="delivery.expect_delivery"):
    """A parcel is on its way. Expected twice, it is expected once."""

    order_id: UUID
    shipment_id: UUID
    tracking_number: Word
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class EndComingBack(Command, frozen=True, kw_only=True, tag="delivery.end_coming_back"):
    """Units that came back in a parcel were received, or are given up: none of them is on its way any more."""

    order_id: UUID
    shipment_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class RecordTrackingEvent(Command, frozen=True, kw_only=True, tag="delivery.record_tracking_event"):
    """One scan, as a carrier tells it. It may come twice, late, and before the parcel is expected."""

    apart = ("place", "carrier_status")  # carriers may name whom they handed it to

    order_id: UUID
    shipment_id: UUID
    event_id: ForeignId
    status: ScanStatus
    at: Moment
    place: Name = ""
    carrier_status: Name = ""
    sequence: Number = 0

    def __post_init__(self) -> None:
        trim(self, "event_id")


class RecordTrackingEvents(Command, frozen=True, kw_only=True, tag="delivery.record_tracking_events"):
    """All scans of a parcel so far, as a carrier gives them when asked."""

    apart = ("events.place", "events.carrier_status")

    order_id: UUID
    shipment_id: UUID
    events: Annotated[tuple[Scan, ...], Meta(max_length=1_000)]


class AskCarrier(Command, frozen=True, kw_only=True, tag="delivery.ask_carrier"):
    """Ask where a parcel is, if it is still on its way and nobody has asked since `due_at`."""

    order_id: UUID
    shipment_id: UUID
    due_at: Moment | None = None


class DeclareLost(Command, frozen=True, kw_only=True, tag="delivery.declare_lost"):
    """Give a parcel up. With `due_at`: only if there has been no news since that was set."""

    order_id: UUID
    shipment_id: UUID
    due_at: Moment | None = None


class PollCarrier(Job, frozen=True, kw_only=True, tag="delivery.poll_carrier"):
    """Ask the carrier for all scans of a parcel."""

    order_id: UUID
    shipment_id: UUID
    tracking_number: str


# ---------------------------------------------------------------- collect in store


class ReadyToCollect(Command, frozen=True, kw_only=True, tag="delivery.ready_to_collect"):
    """A parcel waits at the counter."""

    order_id: UUID
    parcel_id: UUID
    location: Word
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class HandOver(Command, frozen=True, kw_only=True, tag="delivery.hand_over"):
    """Give a parcel to whoever says its code."""

    order_id: UUID
    parcel_id: UUID
    code: Word


class CountWrongCode(Command, frozen=True, kw_only=True, tag="delivery.count_wrong_code"):
    """A wrong code was said. A refusal changes nothing, so whoever got `WrongCode` has it counted by this."""

    order_id: UUID
    parcel_id: UUID


class RenewCollectCode(Command, frozen=True, kw_only=True, tag="delivery.renew_collect_code"):
    """A new code, and all tries again."""

    order_id: UUID
    parcel_id: UUID


class RemindToCollect(Command, frozen=True, kw_only=True, tag="delivery.remind_to_collect"):
    """The parcel was to be collected by `due_at`."""

    order_id: UUID
    parcel_id: UUID
    due_at: Moment


# ---------------------------------------------------------------- digital goods


class GrantDownloads(Command, frozen=True, kw_only=True, tag="delivery.grant_downloads"):
    order_id: UUID
    fulfillment_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class Download(Command, frozen=True, kw_only=True, tag="delivery.download"):
    """Take one download off a grant."""

    order_id: UUID
    grant_id: UUID


class RenewDownloads(Command, frozen=True, kw_only=True, tag="delivery.renew_downloads"):
    """Give a grant its full count and time again."""

    order_id: UUID
    grant_id: UUID


class AddLicenseKeys(Command, frozen=True, kw_only=True, tag="delivery.add_license_keys"):
    """Fill the pool of a SKU."""

    sku: Sku
    keys: Annotated[tuple[Annotated[str, Meta(max_length=4_000)], ...], Meta(max_length=10_000)]


class IssueLicenseKeys(Command, frozen=True, kw_only=True, tag="delivery.issue_license_keys"):
    """Give out keys for these units; what the pool does not have waits for it."""

    order_id: UUID
    fulfillment_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class SwitchAccessOn(Command, frozen=True, kw_only=True, tag="delivery.switch_access_on"):
    order_id: UUID
    fulfillment_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class RecordAccess(Command, frozen=True, kw_only=True, tag="delivery.record_access"):
    """What came of one request (`turn`) to the system: `refused` is why not, "" when it was done."""

    order_id: UUID
    grant_id: UUID
    turn: Number
    refused: Reason = ""


class RetryAccess(Command, frozen=True, kw_only=True, tag="delivery.retry_access"):
    """Ask the system again. With `asked_at`: only if nobody has asked since then."""

    order_id: UUID
    grant_id: UUID
    asked_at: Moment | None = None


class RevokeAccess(Command, frozen=True, kw_only=True, tag="delivery.revoke_access"):
    """Take back what these units gave: downloads close, access is switched off. There may be nothing to take."""

    order_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class SwitchOn(Job, frozen=True, kw_only=True, tag="delivery.switch_on"):
    order_id: UUID
    grant_id: UUID
    turn: int
    contact_id: UUID
    system: str


class SwitchOff(Job, frozen=True, kw_only=True, tag="delivery.switch_off"):
    order_id: UUID
    grant_id: UUID
    turn: int
    contact_id: UUID
    system: str


# ---------------------------------------------------------------- installation


class SlotItem(msgspec.Struct, frozen=True, kw_only=True, gc=False, forbid_unknown_fields=True):
    """A stretch of a technician's day. `technician` is a staff code."""

    technician: Name
    starts_at: Moment
    minutes: Minutes


class AddSlots(Command, frozen=True, kw_only=True, tag="delivery.add_slots"):
    slots: Annotated[tuple[SlotItem, ...], Meta(max_length=1_000)]


class PlanInstallation(Command, frozen=True, kw_only=True, tag="delivery.plan_installation"):
    order_id: UUID
    fulfillment_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class BookAppointment(Command, frozen=True, kw_only=True, tag="delivery.book_appointment"):
    order_id: UUID
    appointment_id: UUID
    slot_id: UUID


class MoveAppointment(Command, frozen=True, kw_only=True, tag="delivery.move_appointment"):
    """To another slot, or without one back to the list of those who have none."""

    order_id: UUID
    appointment_id: UUID
    slot_id: UUID | None = None
    why: Reason = ""


class CompleteInstallation(Command, frozen=True, kw_only=True, tag="delivery.complete_installation"):
    """It is done: what was done, and who signed for it."""

    order_id: UUID
    appointment_id: UUID
    record: Text
    signed_by: Name


# ---------------------------------------------------------------- all of them


class WithdrawDeliveries(Command, frozen=True, kw_only=True, tag="delivery.withdraw_deliveries"):
    """Drop what was prepared for units that were canceled, or for a parcel that was opened; there may be nothing."""

    order_id: UUID
    parcel_id: UUID | None = None  # the one that was opened
