"""The rules of labels: asked for, bought or refused, called off and given back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.core.field_types import seen
from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.shipping.commands import (
    Box,
    CallOffParcel,
    Origin,
    RecordLabel,
    RecordLabelFailure,
    RecordVoid,
    RequestLabel,
    RetryLabel,
    RetryVoid,
    VoidLabel,
    VoidLabels,
)
from purveyor.stages.shipping.facts import (
    LabelBought,
    LabelRefused,
    LabelRequested,
    LabelUnwanted,
    LabelVoided,
    ParcelCalledOff,
    VoidRefused,
    VoidRequested,
)
from purveyor.stages.shipping.reasons import LABEL_NOT_TAKEN_BACK, NOT_TAKEN_BACK
from purveyor.stages.shipping.refusals import (
    LabelNotRetryable,
    LabelNotVoidable,
    ParcelWasOpened,
)
from purveyor.stages.shipping.state import Shipment

# Sentences for what carriers refuse. Theirs may quote the address, so they are not kept.
REASONS = {
    "address_undeliverable": "the carrier does not deliver to this address",
    "address_erased": "the address was erased",
    "no_rate": "no carrier takes such a parcel there",
    "rate_not_offered": "the carrier no longer offers the rate",
}


@decides(RequestLabel)
def decide_request_label(state: State, command: RequestLabel, call: Call) -> Decision:
    """Ask for the label of a parcel; one that has a shipment keeps it. Refuses with `Invalid` what no box can be."""
    book = state.book(command.order_id)
    for field in ("weight_g", "length_mm", "width_mm", "height_mm"):
        if getattr(command, field) < 0:
            raise Invalid(field=field, found=getattr(command, field), expected="a whole number that is not negative")
    if any(shipment.parcel_id == command.parcel_id for shipment in book.rows(Shipment).values()):
        return
    yield LabelRequested(
        order_id=command.order_id,
        shipment_id=call.ids.new(),
        parcel_id=command.parcel_id,
        location=command.location,
        box=Box(command.weight_g, command.length_mm, command.width_mm, command.height_mm),
        contents=command.contents,
        contact_id=book.order.contact_id,
        origin=_origin(state, command.location),
        promised_at=book.order.promised_at,
        requested_at=call.at,
        attempt=1,
    )


@decides(RetryLabel)
def decide_retry_label(state: State, command: RetryLabel, call: Call) -> Decision:
    """The same request while it is open, a new one after a no. Refuses: `LabelNotRetryable`, `ParcelWasOpened`."""
    book = state.book(command.order_id)
    if command.shipment_id is None:
        for shipment in book.rows(Shipment).values():
            if shipment.status == "failed":
                yield _requested_anew(state, book, shipment, call)
        return
    shipment = book.row(Shipment, command.shipment_id)
    if command.asked_at is not None and (
        shipment.status != "label_requested" or shipment.asked_at > seen(command.asked_at, call.at)
    ):
        return
    if shipment.opened:
        raise ParcelWasOpened(shipment_id=shipment.id)
    match shipment.status:
        case "label_requested":
            yield _request(state, shipment, shipment.contact_id, shipment.promised_at, shipment.requested_at, 0)
        case "failed" | "voided":
            yield _requested_anew(state, book, shipment, call)
        case _:
            raise LabelNotRetryable(shipment_id=shipment.id, shipment_status=shipment.status)


@decides(RecordLabel)
def decide_record_label(state: State, command: RecordLabel, call: Call) -> Decision:
    """Take a bought label in; one that came too late is given back, one that is known changes nothing."""
    shipment = state.book(command.order_id).row(Shipment, command.shipment_id)
    if shipment.tracking_number == command.tracking_number:
        return
    if shipment.status != "label_requested" or shipment.attempt != command.attempt:
        yield LabelUnwanted(
            order_id=command.order_id,
            shipment_id=shipment.id,
            tracking_number=command.tracking_number,
            why="the label came after it had been called off",
        )
        return
    order = state.book(command.order_id).order
    label = PrivateText(call.ids.new(), order.customer_id, order.id, "label", command.document)
    yield label
    yield LabelBought(
        order_id=command.order_id,
        shipment_id=shipment.id,
        tracking_number=command.tracking_number,
        carrier=command.carrier,
        service=command.service,
        cost=command.cost,
        label_id=label.id,
        why=command.why,
    )


@decides(RecordLabelFailure)
def decide_record_label_failure(state: State, command: RecordLabelFailure, _call: Call) -> Decision:
    """The carrier's no: nothing is tried again by itself."""
    shipment = state.book(command.order_id).row(Shipment, command.shipment_id)
    if shipment.status == "label_requested" and shipment.attempt == command.attempt:
        yield LabelRefused(
            order_id=command.order_id,
            shipment_id=shipment.id,
            attempt=command.attempt,
            reason=command.reason,
            why=REASONS.get(command.reason, command.reason.replace("_", " ")),
        )


@decides(VoidLabel)
def decide_void_label(state: State, command: VoidLabel, _call: Call) -> Decision:
    """Give a label back, or call off one that has not come yet. Refuses with `LabelNotVoidable`."""
    shipment = state.book(command.order_id).row(Shipment, command.shipment_id)
    if shipment.status not in ("labeled", "label_requested", "failed"):
        raise LabelNotVoidable(shipment_id=shipment.id, shipment_status=shipment.status)
    yield _voided(command.order_id, shipment, command.why)


@decides(CallOffParcel)
def decide_call_off(state: State, command: CallOffParcel, _call: Call) -> Decision:
    """A parcel that was opened is not sent, whatever the carrier says about its label. Never refuses."""
    for shipment in state.book(command.order_id).rows(Shipment).values():
        if shipment.parcel_id != command.parcel_id or shipment.opened or shipment.status == "dispatched":
            continue
        if shipment.status in ("labeled", "label_requested", "failed"):
            yield _voided(command.order_id, shipment, "the parcel was opened")
        yield ParcelCalledOff(order_id=command.order_id, shipment_id=shipment.id)


@decides(VoidLabels)
def decide_void_labels(state: State, command: VoidLabels, _call: Call) -> Decision:
    """Labels of parcels that can no longer be sent, because their units are not packed any more."""
    book = state.book(command.order_id)
    packed = {line_id: line.packed for line_id, line in book.lines.items()}
    for shipment in book.rows(Shipment).values():
        if shipment.status not in ("labeled", "label_requested", "failed"):
            continue
        if all(packed[units.line_id] >= units.quantity for units in shipment.contents):
            for units in shipment.contents:
                packed[units.line_id] -= units.quantity
        else:
            yield _voided(command.order_id, shipment, "its units are no longer packed")


@decides(RetryVoid)
def decide_retry_void(state: State, command: RetryVoid, call: Call) -> Decision:
    shipment = state.book(command.order_id).row(Shipment, command.shipment_id)
    if shipment.status == "voiding" and shipment.asked_at <= seen(command.asked_at, call.at):
        yield VoidRequested(
            order_id=command.order_id,
            shipment_id=shipment.id,
            tracking_number=shipment.tracking_number,
            why="no answer yet",
        )


@decides(RecordVoid)
def decide_record_void(state: State, command: RecordVoid, _call: Call) -> Decision:
    """The carrier's answer to a label given back. Answers about another label of the shipment change nothing."""
    shipment = state.book(command.order_id).row(Shipment, command.shipment_id)
    if shipment.status != "voiding" or shipment.tracking_number != command.tracking_number:
        return
    if not command.refused:
        yield LabelVoided(order_id=command.order_id, shipment_id=shipment.id, why="given back to the carrier")
    elif shipment.label_id is None or shipment.opened:
        # A label that nobody holds in hands, or no parcel wears: nothing can be sent with it, only money asked for.
        yield LabelVoided(
            order_id=command.order_id, shipment_id=shipment.id, why=NOT_TAKEN_BACK(reason=command.refused)
        )
    else:
        yield VoidRefused(
            order_id=command.order_id,
            shipment_id=shipment.id,
            reason=command.refused,
            why=LABEL_NOT_TAKEN_BACK(reason=command.refused),
        )


def _voided(order_id: UUID, shipment: Shipment, why: str) -> VoidRequested | LabelVoided:
    if shipment.status == "labeled":
        return VoidRequested(
            order_id=order_id, shipment_id=shipment.id, tracking_number=shipment.tracking_number, why=why
        )
    return LabelVoided(order_id=order_id, shipment_id=shipment.id, why=why or "called off before it came")


def _requested_anew(state: State, book: Book, shipment: Shipment, call: Call) -> LabelRequested:
    """A new request: to the address and for the promise of today, under a new key towards the carrier."""
    return _request(state, shipment, book.order.contact_id, book.order.promised_at, call.at, 1)


def _request(
    state: State, shipment: Shipment, contact_id: UUID, promised_at: datetime | None, requested_at: datetime, more: int
) -> LabelRequested:
    return LabelRequested(
        order_id=shipment.order_id,
        shipment_id=shipment.id,
        parcel_id=shipment.parcel_id,
        location=shipment.location,
        box=Box(shipment.weight_g, shipment.length_mm, shipment.width_mm, shipment.height_mm),
        contents=shipment.contents,
        contact_id=contact_id,
        origin=_origin(state, shipment.location),
        promised_at=promised_at,
        requested_at=requested_at,
        attempt=shipment.attempt + more,
        why="asked again",
    )


def _origin(state: State, code: str) -> Origin:
    place = state.policies.location(code)
    if place is None:
        return Origin(code, "", "", "", "")
    return Origin(place.name, place.street, place.city, place.postal_code, place.country)
