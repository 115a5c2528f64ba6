"""What may have happened at delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitsOf
from purveyor.stages.delivery.commands import ScanStatus

# ---------------------------------------------------------------- parcels


class DeliveryExpected(Fact, frozen=True, kw_only=True, tag="delivery.delivery_expected"):
    """A parcel is on its way. Without news for `quiet_days` it counts as lost."""

    shipment_id: UUID
    tracking_number: str
    contents: tuple[UnitsOf, ...]
    promised_at: datetime | None
    quiet_days: int
    now: str = ""  # our status of it, by the scans that came before; facts of old have none


class TrackingRecorded(Fact, frozen=True, kw_only=True, tag="delivery.tracking_recorded"):
    """One scan was heard of. Whether it changes anything follows from what else is known of the parcel."""

    shipment_id: UUID
    event_id: str
    status: ScanStatus
    at: datetime
    place: str
    carrier_status: str
    sequence: int
    now: str = ""  # our status of the parcel after all scans told with this one; facts of old have none


class ShipmentWaiting(Fact, frozen=True, kw_only=True, tag="delivery.shipment_waiting"):
    """The parcel can be picked up at a parcel shop or locker of the carrier."""

    shipment_id: UUID
    place: str


class ShipmentDelivered(Fact, frozen=True, kw_only=True, tag="delivery.shipment_delivered"):
    """The customer has the parcel. `promise_kept` is None where nothing was promised."""

    shipment_id: UUID
    delivered_at: datetime
    contents: tuple[UnitsOf, ...]
    promise_kept: bool | None


class DeliveryFailed(Fact, frozen=True, kw_only=True, tag="delivery.delivery_failed"):
    """Nobody was there. `is_last`: the carrier will hardly try again."""

    shipment_id: UUID
    attempt: int
    failed_at: datetime
    is_last: bool


class ShipmentReturnedToSender(Fact, frozen=True, kw_only=True, tag="delivery.shipment_returned_to_sender"):
    """The parcel comes back to us."""

    shipment_id: UUID
    contents: tuple[UnitsOf, ...]


class ShipmentNotComing(Fact, frozen=True, kw_only=True, tag="delivery.shipment_not_coming"):
    """Units are not on their way back in a parcel any more: what is told of the parcel later does not move them."""

    shipment_id: UUID
    units: tuple[UnitsOf, ...]


class ShipmentLost(Fact, frozen=True, kw_only=True, tag="delivery.shipment_lost"):
    """Nobody knows where the parcel is: the carrier says so, or has been silent for too long (`why`)."""

    shipment_id: UUID
    contents: tuple[UnitsOf, ...]


class CarrierAsked(Fact, frozen=True, kw_only=True, tag="delivery.carrier_asked"):
    shipment_id: UUID
    tracking_number: str


# ---------------------------------------------------------------- collect in store


class CollectReady(Fact, frozen=True, kw_only=True, tag="delivery.collect_ready"):
    """A parcel waits at a counter for whoever knows the code: the private text `code_id`.

    Facts of earlier versions of this program have the `code` itself.
    """

    hidden = frozenset({"code"})

    parcel_id: UUID
    location: str
    contents: tuple[UnitsOf, ...]
    collect_by: datetime
    code: str = ""
    code_id: UUID | None = None

    def reply(self) -> dict[str, Any]:
        return {"parcel_id": self.parcel_id, "collect_by": self.collect_by}


class CollectCodeRejected(Fact, frozen=True, kw_only=True, tag="delivery.collect_code_rejected"):
    parcel_id: UUID
    tries_left: int

    def reply(self) -> dict[str, Any]:
        return {"tries_left": self.tries_left}


class CollectCodeRenewed(Fact, frozen=True, kw_only=True, tag="delivery.collect_code_renewed"):
    hidden = frozenset({"code"})

    parcel_id: UUID
    location: str
    code: str = ""
    code_id: UUID | None = None


class Collected(Fact, frozen=True, kw_only=True, tag="delivery.collected"):
    """The customer has it from the counter."""

    parcel_id: UUID
    delivery_id: UUID  # under which money knows it
    units: tuple[UnitsOf, ...]


class CollectOverdue(Fact, frozen=True, kw_only=True, tag="delivery.collect_overdue"):
    """Nobody came. `collect_by` is the next date; None: nothing more happens by itself."""

    hidden = frozenset({"code"})

    parcel_id: UUID
    location: str
    reminder: int
    collect_by: datetime | None
    code: str = ""
    code_id: UUID | None = None


class CollectWithdrawn(Fact, frozen=True, kw_only=True, tag="delivery.collect_withdrawn"):
    """Nothing in the parcel is wanted any more."""

    parcel_id: UUID


# ---------------------------------------------------------------- digital goods


class GrantedDownload(msgspec.Struct, frozen=True, gc=False, array_like=True):
    grant_id: UUID
    line_id: UUID
    sku: str
    asset: str
    quantity: int
    left: int


class DownloadsGranted(Fact, frozen=True, kw_only=True, tag="delivery.downloads_granted"):
    """The customer may download."""

    delivery_id: UUID
    grants: tuple[GrantedDownload, ...]
    units: tuple[UnitsOf, ...]
    expires_at: datetime


class DownloadTaken(Fact, frozen=True, kw_only=True, tag="delivery.download_taken"):
    grant_id: UUID
    asset: str
    left: int

    def reply(self) -> dict[str, Any]:
        return {"asset": self.asset, "left": self.left}


class DownloadsRenewed(Fact, frozen=True, kw_only=True, tag="delivery.downloads_renewed"):
    grant_id: UUID
    left: int
    expires_at: datetime


class DownloadsWithdrawn(Fact, frozen=True, kw_only=True, tag="delivery.downloads_withdrawn"):
    """So many units of a grant count no more; without any it is closed."""

    grant_id: UUID
    quantity: int


class AddedKey(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A key in a pool. Its text stands under the same id outside the journal; the digest tells it from others."""

    key_id: UUID
    digest: str


class LicenseKeysAdded(Fact, frozen=True, kw_only=True, tag="delivery.license_keys_added"):
    sku: str
    keys: tuple[AddedKey, ...]

    def reply(self) -> dict[str, Any]:
        return {"added": len(self.keys)}


class IssuedKey(msgspec.Struct, frozen=True, gc=False, array_like=True):
    key_id: UUID
    line_id: UUID


class LicenseKeysIssued(Fact, frozen=True, kw_only=True, tag="delivery.license_keys_issued"):
    """The customer has these keys, and nobody else ever will."""

    delivery_id: UUID
    keys: tuple[IssuedKey, ...]
    units: tuple[UnitsOf, ...]


class LicensePoolEmpty(Fact, frozen=True, kw_only=True, tag="delivery.license_pool_empty"):
    """`quantity` units of a line wait for keys that the pool does not have."""

    fulfillment_id: UUID
    line_id: UUID
    sku: str
    quantity: int


class LicenseWaitEnded(Fact, frozen=True, kw_only=True, tag="delivery.license_wait_ended"):
    """No unit of the line waits for keys any more: they were given (`why` is empty) or are not wanted."""

    line_id: UUID
    sku: str


class AccessOnRequested(Fact, frozen=True, kw_only=True, tag="delivery.access_on_requested"):
    grant_id: UUID
    line_id: UUID
    sku: str
    system: str
    quantity: int
    contact_id: UUID
    turn: int


class AccessSwitchedOn(Fact, frozen=True, kw_only=True, tag="delivery.access_switched_on"):
    """The customer can get in."""

    grant_id: UUID
    delivery_id: UUID
    units: tuple[UnitsOf, ...]


class AccessWithdrawn(Fact, frozen=True, kw_only=True, tag="delivery.access_withdrawn"):
    """So many units of an access count no more; without any it is switched off."""

    grant_id: UUID
    quantity: int


class AccessOffRequested(Fact, frozen=True, kw_only=True, tag="delivery.access_off_requested"):
    grant_id: UUID
    system: str
    contact_id: UUID
    turn: int


class AccessSwitchedOff(Fact, frozen=True, kw_only=True, tag="delivery.access_switched_off"):
    grant_id: UUID


class AccessFailed(Fact, frozen=True, kw_only=True, tag="delivery.access_failed"):
    """The system will not: somebody must act."""

    grant_id: UUID


# ---------------------------------------------------------------- installation


class AddedSlot(msgspec.Struct, frozen=True, gc=False, array_like=True):
    slot_id: UUID
    technician: str
    starts_at: datetime
    minutes: int


class SlotsAdded(Fact, frozen=True, kw_only=True, tag="delivery.slots_added"):
    slots: tuple[AddedSlot, ...]

    def reply(self) -> dict[str, Any]:
        return {"slots": [slot.slot_id for slot in self.slots]}


class PlannedAppointment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    appointment_id: UUID
    line_id: UUID
    sku: str
    quantity: int
    minutes: int


class InstallationPlanned(Fact, frozen=True, kw_only=True, tag="delivery.installation_planned"):
    """The customer is to choose a time."""

    fulfillment_id: UUID
    appointments: tuple[PlannedAppointment, ...]


class AppointmentBooked(Fact, frozen=True, kw_only=True, tag="delivery.appointment_booked"):
    """A technician comes at a time. `slot_before` is free again."""

    appointment_id: UUID
    slot_id: UUID
    technician: str
    starts_at: datetime
    slot_before: UUID | None = None

    def reply(self) -> dict[str, Any]:
        return {"appointment_id": self.appointment_id, "starts_at": self.starts_at, "technician": self.technician}


class AppointmentReleased(Fact, frozen=True, kw_only=True, tag="delivery.appointment_released"):
    """The slot is free again; the installation is `open` for another time, or canceled."""

    appointment_id: UUID
    slot_before: UUID | None
    is_open: bool


class InstallationCompleted(Fact, frozen=True, kw_only=True, tag="delivery.installation_completed"):
    """It is done and signed for. The record stands outside the journal, erasable."""

    appointment_id: UUID
    delivery_id: UUID
    technician: str
    record_id: UUID
    units: tuple[UnitsOf, ...]


# What reached the customer without a courier: all of these say `delivery_id` and `units`.
HandedOver = Collected | DownloadsGranted | LicenseKeysIssued | AccessSwitchedOn | InstallationCompleted
