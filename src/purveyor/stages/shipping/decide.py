"""The rules of shipping: labels, what voids them, and what may be handed to the courier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.rows import PrivateText
from purveyor.core.rules import Decision, decides, needs
from purveyor.core.state import Book, Needs, State
from purveyor.stages.shipping.commands import (
    Box,
    CallOffParcel,
    DispatchShipment,
    DispatchShipments,
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
    ManifestClosed,
    ParcelCalledOff,
    ShipmentDispatched,
    VoidRefused,
    VoidRequested,
)
from purveyor.stages.shipping.state import Shipment

MOST_IN_A_MANIFEST = 200
# Holds that keep goods in the house. What lacks stock elsewhere in the order does not.
STOPPING = frozenset({"address", "balance", "customer", "fraud", "payment"})
# Sentences for what carriers refuse. Theirs may quote the address, so they are not kept.
REASONS = {
    "address_undeliverable": "the carrier does not deliver to this address",
    "address_erased": "the address was erased",
    "no_rate": "no carrier takes such a parcel there",
    "rate_not_offered": "the carrier no longer offers the rate",
}


class LabelNotRetryable(Refusal):
    """A shipment that has its label, or has left."""

    shipment_id: UUID
    shipment_status: str
    sentence = "Shipment {shipment_id} is {shipment_status}: there is no label to ask for."
    instead = ("void the label first",)


class ParcelWasOpened(Refusal):
    """A label for a parcel that is none any more."""

    shipment_id: UUID
    sentence = "The parcel of shipment {shipment_id} was opened: it gets no label."
    instead = ("pack it again: the new parcel gets a label of its own",)


class LabelNotVoidable(Refusal):
    """A shipment without a label to give back, or one that has left."""

    shipment_id: UUID
    shipment_status: str
    sentence = "Shipment {shipment_id} is {shipment_status}: there is no label to give back."


class NotReadyToDispatch(Refusal):
    """Parcels without a label, or that have left already."""

    shipments: dict[str, str]
    sentence = "These shipments cannot be handed over: {shipments}."
    instead = ("leave them out", "wait for the label")


class DispatchStopped(Refusal):
    """The order has a hold that keeps its goods in the house."""

    order_id: UUID
    holds: str
    sentence = "Order {order_id} is held ({holds}): its parcels stay here."
    instead = ("leave the parcel out", "release the hold")


class UnitsNotPacked(Refusal):
    """The parcel holds more than the order still wants, because units were canceled or taken out."""

    line_id: UUID
    wanted: int
    packed: int
    sentence = "{wanted} units of line {line_id} are in these parcels, {packed} are packed."
    instead = ("open the parcel and pack it again",)


class WrongManifest(Refusal):
    """Parcels of another location or of several carriers in one manifest."""

    shipment_id: UUID
    found: str
    expected: str
    sentence = "Shipment {shipment_id}: found {found}, the manifest is for {expected}."


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
    if command.asked_at is not None and (shipment.status != "label_requested" or shipment.asked_at > command.asked_at):
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
def decide_retry_void(state: State, command: RetryVoid, _call: Call) -> Decision:
    shipment = state.book(command.order_id).row(Shipment, command.shipment_id)
    if shipment.status == "voiding" and shipment.asked_at <= command.asked_at:
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
        yield LabelVoided(order_id=command.order_id, shipment_id=shipment.id, why=f"not taken back: {command.refused}")
    else:
        yield VoidRefused(
            order_id=command.order_id,
            shipment_id=shipment.id,
            reason=command.refused,
            why=f"the carrier did not take the label back: {command.refused}",
        )


@decides(DispatchShipment)
def decide_dispatch(state: State, command: DispatchShipment, _call: Call) -> Decision:
    """Hand one parcel over. Refuses with `NotReadyToDispatch`, `DispatchStopped`, `UnitsNotPacked`, `NotFound`."""
    book = state.book(command.order_id)
    shipment = book.row(Shipment, command.shipment_id)
    _check_handover([(book, shipment)])
    yield _dispatched(book, shipment, None)


@needs(DispatchShipments)
def what_a_manifest_needs(command: DispatchShipments) -> Needs:
    return Needs(orders=[each.order_id for each in command.shipments])


@decides(DispatchShipments)
def decide_dispatch_many(state: State, command: DispatchShipments, call: Call) -> Decision:
    """Hand many parcels over, all or none, as one manifest of one location and carrier.

    Refuses as `DispatchShipment` does, and with `WrongManifest` and `Invalid` (none, too many, the same one twice).
    """
    refs = command.shipments
    if not 1 <= len(refs) <= MOST_IN_A_MANIFEST:
        raise Invalid(field="shipments", found=len(refs), expected=f"1 to {MOST_IN_A_MANIFEST} of them")
    if len({ref.shipment_id for ref in refs}) < len(refs):
        raise Invalid(field="shipments", found="the same one twice", expected="each once")
    parcels: list[tuple[Book, Shipment]] = []
    for ref in refs:
        book = state.book(ref.order_id)
        parcels.append((book, book.row(Shipment, ref.shipment_id)))
    _check_handover(parcels)
    carrier = parcels[0][1].carrier
    for _, shipment in parcels:
        if (shipment.location, shipment.carrier) != (command.location, carrier):
            raise WrongManifest(
                shipment_id=shipment.id,
                found=f"{shipment.carrier} at {shipment.location}",
                expected=f"{carrier} at {command.location}",
            )
    manifest_id = call.ids.new()
    yield ManifestClosed(
        manifest_id=manifest_id,
        location=command.location,
        carrier=carrier,
        parcels=len(parcels),
        weight_g=sum(shipment.weight_g for _, shipment in parcels),
    )
    for book, shipment in parcels:
        yield _dispatched(book, shipment, manifest_id)


def _check_handover(parcels: Sequence[tuple[Book, Shipment]]) -> None:
    """Units are summed over all parcels before they are held against what is packed."""
    waiting = {str(shipment.id): shipment.status for _, shipment in parcels if shipment.status != "labeled"}
    if waiting:
        raise NotReadyToDispatch(shipments=waiting)
    wanted: Counter[tuple[UUID, UUID]] = Counter()
    for book, shipment in parcels:
        stopping = STOPPING.intersection(book.order.holds.split())
        if stopping:
            raise DispatchStopped(order_id=book.order.id, holds=" ".join(sorted(stopping)))
        for units in shipment.contents:
            wanted[book.order.id, units.line_id] += units.quantity
    books = {book.order.id: book for book, _ in parcels}
    for (order_id, line_id), quantity in wanted.items():
        packed = books[order_id].line(line_id).packed
        if packed < quantity:
            raise UnitsNotPacked(line_id=line_id, wanted=quantity, packed=packed)


def _dispatched(book: Book, shipment: Shipment, manifest_id: UUID | None) -> ShipmentDispatched:
    return ShipmentDispatched(
        order_id=book.order.id,
        shipment_id=shipment.id,
        parcel_id=shipment.parcel_id,
        location=shipment.location,
        carrier=shipment.carrier,
        service=shipment.service,
        tracking_number=shipment.tracking_number,
        contents=shipment.contents,
        manifest_id=manifest_id,
        moves=tuple(_moves(book, shipment.contents, shipment.location)),
    )


def _moves(book: Book, contents: Sequence[UnitsOf], location: str) -> Iterator[UnitMove]:
    for units in contents:
        yield UnitMove(units.line_id, book.line(units.line_id).sku, "packed", "shipped", units.quantity, location)


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
