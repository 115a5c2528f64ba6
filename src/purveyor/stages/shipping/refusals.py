"""What shipping says no to."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.refusals import Refusal


class LabelNotRetryable(Refusal):
    """A shipment that has its label, or has left."""

    shipment_id: UUID
    shipment_status: str
    sentence = "This shipment is {shipment_status}: there is no label to ask for."
    instead = ("void the label first",)


class ParcelWasOpened(Refusal):
    """A label for a parcel that is none any more."""

    shipment_id: UUID
    sentence = "The parcel of this shipment was opened: it gets no label."
    instead = ("pack it again: the new parcel gets a label of its own",)


class LabelNotVoidable(Refusal):
    """A shipment without a label to give back, or one that has left."""

    shipment_id: UUID
    shipment_status: str
    sentence = "This shipment is {shipment_status}: there is no label to give back."


class NotReadyToDispatch(Refusal):
    """Parcels without a label, or that have left already."""

    shipments: dict[str, str]
    orders: dict[str, str]  # by their numbers
    sentence = "Shipments of these orders cannot be handed over: {orders}."
    instead = ("leave them out", "wait for the label")


class DispatchStopped(Refusal):
    """The order has a hold that keeps its goods in the house."""

    order_id: UUID
    holds: str
    number: int
    sentence = "Order {number} is held ({holds}): its parcels stay here."
    code_fields = ("holds",)
    instead = ("leave the parcel out", "release the hold")


class UnitsNotPacked(Refusal):
    """The parcel holds more than the order still wants, because units were canceled or taken out."""

    line_id: UUID
    wanted: int
    packed: int
    sku: str
    sentence = "{wanted} units of {sku} are in these parcels, {packed} are packed."
    instead = ("open the parcel and pack it again",)


class WrongManifest(Refusal):
    """Parcels of another location or of several carriers in one manifest."""

    shipment_id: UUID
    found: str
    expected: str
    number: int
    sentence = "A shipment of order {number}: found {found}, the manifest is for {expected}."
