"""Shipping's own rows, and how its facts change them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.positions import UnitsOf
from purveyor.core.registry import applies
from purveyor.core.rows import OrderRow, Row
from purveyor.core.state import State
from purveyor.stages.shipping.facts import (
    LabelBought,
    LabelRefused,
    LabelRequested,
    LabelUnwanted,
    LabelVoided,
    ManifestClosed,
    ParcelCalledOff,
    ShipmentDispatched,
    VoidRefused,
    VoidRequested,
)


class Shipment(OrderRow):
    """One parcel on its way to one carrier: from the wish for a label to the courier's hands."""

    table: ClassVar[str] = "shipment"
    part: ClassVar[int] = 20

    id: UUID
    order_id: UUID
    parcel_id: UUID
    location: str
    status: str  # label_requested | labeled | voiding | voided | failed | dispatched
    carrier: str
    service: str
    cost_minor: int
    currency: str
    tracking_number: str
    label_id: UUID | None
    contents: tuple[UnitsOf, ...]
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    attempt: int  # counts requests that differ; with the id it is the key towards the carrier
    contact_id: UUID  # the address of this attempt
    promised_at: datetime | None
    requested_at: datetime  # first asked for, in this attempt
    asked_at: datetime  # last asked for, to void included
    why: str  # why this service, or why there is none
    dispatched_at: datetime | None
    manifest_id: UUID | None
    opened: bool  # the parcel was: it is not sent, even if the carrier keeps the label


class Manifest(Row):
    """What one courier took from one location in one go."""

    table: ClassVar[str] = "manifest"

    id: UUID
    location: str
    carrier: str
    parcels: int
    weight_g: int
    closed_at: datetime


def _shipment(state: State, fact: Fact, shipment_id: UUID) -> Shipment:
    assert fact.order_id is not None
    return state.book(fact.order_id).row(Shipment, shipment_id)


@applies(LabelRequested)
def request_label(state: State, fact: LabelRequested, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    shipment = book.rows(Shipment).get(fact.shipment_id)
    if shipment is None:
        book.add(_new_shipment(fact, fact.order_id, stamp))
        return
    shipment.status = "label_requested"
    shipment.attempt = fact.attempt
    shipment.contact_id = fact.contact_id
    shipment.promised_at = fact.promised_at
    shipment.requested_at = fact.requested_at
    shipment.asked_at = stamp.at
    shipment.tracking_number = ""
    shipment.label_id = None
    shipment.why = fact.why


def _new_shipment(fact: LabelRequested, order_id: UUID, stamp: Stamp) -> Shipment:
    return Shipment(
        id=fact.shipment_id,
        order_id=order_id,
        parcel_id=fact.parcel_id,
        location=fact.location,
        status="label_requested",
        carrier="",
        service="",
        cost_minor=0,
        currency="",
        tracking_number="",
        label_id=None,
        contents=fact.contents,
        weight_g=fact.box.weight_g,
        length_mm=fact.box.length_mm,
        width_mm=fact.box.width_mm,
        height_mm=fact.box.height_mm,
        attempt=fact.attempt,
        contact_id=fact.contact_id,
        promised_at=fact.promised_at,
        requested_at=fact.requested_at,
        asked_at=stamp.at,
        why=fact.why,
        dispatched_at=None,
        manifest_id=None,
        opened=False,
    )


@applies(LabelBought)
def put_label_on(state: State, fact: LabelBought, _stamp: Stamp) -> None:
    shipment = _shipment(state, fact, fact.shipment_id)
    shipment.status = "labeled"
    shipment.carrier = fact.carrier
    shipment.service = fact.service
    shipment.cost_minor = fact.cost.minor
    shipment.currency = fact.cost.currency
    shipment.tracking_number = fact.tracking_number
    shipment.label_id = fact.label_id
    shipment.why = fact.why


@applies(LabelRefused)
def note_refusal(state: State, fact: LabelRefused, _stamp: Stamp) -> None:
    shipment = _shipment(state, fact, fact.shipment_id)
    shipment.status = "failed"
    shipment.why = fact.why


@applies(LabelUnwanted)
def give_back_at_once(state: State, fact: LabelUnwanted, stamp: Stamp) -> None:
    shipment = _shipment(state, fact, fact.shipment_id)
    if shipment.status in ("voided", "failed"):  # else a newer request is open, and this label is none of its business
        shipment.status = "voiding"
        shipment.tracking_number = fact.tracking_number
        shipment.asked_at = stamp.at


@applies(ParcelCalledOff)
def note_opened(state: State, fact: ParcelCalledOff, _stamp: Stamp) -> None:
    _shipment(state, fact, fact.shipment_id).opened = True


@applies(VoidRequested)
def give_back(state: State, fact: VoidRequested, stamp: Stamp) -> None:
    shipment = _shipment(state, fact, fact.shipment_id)
    shipment.status = "voiding"
    shipment.asked_at = stamp.at


@applies(LabelVoided)
def take_label_off(state: State, fact: LabelVoided, _stamp: Stamp) -> None:
    shipment = _shipment(state, fact, fact.shipment_id)
    shipment.status = "voided"
    shipment.why = fact.why


@applies(VoidRefused)
def keep_label(state: State, fact: VoidRefused, _stamp: Stamp) -> None:
    shipment = _shipment(state, fact, fact.shipment_id)
    shipment.status = "labeled"
    shipment.why = fact.why


@applies(ShipmentDispatched)
def hand_to_courier(state: State, fact: ShipmentDispatched, stamp: Stamp) -> None:
    shipment = _shipment(state, fact, fact.shipment_id)
    shipment.status = "dispatched"
    shipment.dispatched_at = stamp.at
    shipment.manifest_id = fact.manifest_id


@applies(ManifestClosed)
def close_manifest(state: State, fact: ManifestClosed, stamp: Stamp) -> None:
    state.add(Manifest(fact.manifest_id, fact.location, fact.carrier, fact.parcels, fact.weight_g, stamp.at))
