"""What may have happened at shipping."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.stages.shipping.commands import Box, Origin


class LabelRequested(Fact, frozen=True, kw_only=True, tag="shipping.label_requested"):
    """A label is wanted. The same `attempt` again is the same request, sent once more."""

    shipment_id: UUID
    parcel_id: UUID
    location: str
    box: Box
    contents: tuple[UnitsOf, ...]
    contact_id: UUID
    origin: Origin
    promised_at: datetime | None
    requested_at: datetime
    attempt: int

    def reply(self) -> dict[str, Any]:
        return {"shipment_id": self.shipment_id}


class LabelBought(Fact, frozen=True, kw_only=True, tag="shipping.label_bought"):
    """The parcel has a label and a tracking number. `why` says why this service."""

    shipment_id: UUID
    tracking_number: str
    carrier: str
    service: str
    cost: Money
    label_id: UUID  # the document, erasable because it shows the address


class LabelRefused(Fact, frozen=True, kw_only=True, tag="shipping.label_refused"):
    """The carrier sells no label for this parcel to this address: somebody must act."""

    shipment_id: UUID
    attempt: int
    reason: str


class LabelUnwanted(Fact, frozen=True, kw_only=True, tag="shipping.label_unwanted"):
    """A label came after it had been called off: it goes back at once."""

    shipment_id: UUID
    tracking_number: str


class ParcelCalledOff(Fact, frozen=True, kw_only=True, tag="shipping.parcel_called_off"):
    """The parcel of a shipment was opened: whatever becomes of its label, it is not sent any more."""

    shipment_id: UUID


class VoidRequested(Fact, frozen=True, kw_only=True, tag="shipping.void_requested"):
    """A label is being given back."""

    shipment_id: UUID
    tracking_number: str


class LabelVoided(Fact, frozen=True, kw_only=True, tag="shipping.label_voided"):
    """The parcel has no label any more, and none is coming."""

    shipment_id: UUID


class VoidRefused(Fact, frozen=True, kw_only=True, tag="shipping.void_refused"):
    """The carrier does not take the label back: it stays on the parcel."""

    shipment_id: UUID
    reason: str


class ShipmentDispatched(Fact, frozen=True, kw_only=True, tag="shipping.shipment_dispatched"):
    """A parcel was handed to the courier."""

    shipment_id: UUID
    parcel_id: UUID
    location: str
    carrier: str
    service: str
    tracking_number: str
    contents: tuple[UnitsOf, ...]
    manifest_id: UUID | None = None

    def reply(self) -> dict[str, Any]:
        return {"shipment_id": self.shipment_id, "tracking_number": self.tracking_number}


class ManifestClosed(Fact, frozen=True, kw_only=True, tag="shipping.manifest_closed"):
    """The list that the courier signed."""

    manifest_id: UUID
    location: str
    carrier: str
    parcels: int
    weight_g: int

    def reply(self) -> dict[str, Any]:
        return {"manifest_id": self.manifest_id, "parcels": self.parcels}
