"""The rules of handing over: what may go to the courier, alone or on a manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides, needs
from purveyor.core.state import Book, Needs, State
from purveyor.stages.shipping.commands import (
    DispatchShipment,
    DispatchShipments,
    RecordTaken,
)
from purveyor.stages.shipping.facts import (
    ManifestClosed,
    ShipmentDispatched,
)
from purveyor.stages.shipping.refusals import (
    DispatchStopped,
    NotReadyToDispatch,
    UnitsNotPacked,
    WrongManifest,
)
from purveyor.stages.shipping.state import Shipment

MOST_IN_A_MANIFEST = 200
# Holds that keep goods in the house. What lacks stock elsewhere in the order does not.


@decides(DispatchShipment)
def decide_dispatch(state: State, command: DispatchShipment, _call: Call) -> Decision:
    """Hand one parcel over. Refuses with `NotReadyToDispatch`, `DispatchStopped`, `UnitsNotPacked`, `NotFound`."""
    book = state.book(command.order_id)
    shipment = book.row(Shipment, command.shipment_id)
    _check_handover(state, [(book, shipment)])
    yield _dispatched(book, shipment, None)


@decides(RecordTaken)
def decide_taken(state: State, command: RecordTaken, _call: Call) -> Decision:
    """Whatever holds say: it is gone. Nothing to do where it was dispatched before, or is not packed."""
    book = state.book(command.order_id)
    shipment = book.rows(Shipment).get(command.shipment_id)
    if shipment is None or shipment.status != "labeled":
        return
    wanted: Counter[UUID] = Counter()
    for units in shipment.contents:
        wanted[units.line_id] += units.quantity
    if all(book.line(line_id).packed >= quantity for line_id, quantity in wanted.items()):
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
        raise Invalid(field="shipments", found="the same one twice", expected="a list that names each once")
    parcels: list[tuple[Book, Shipment]] = []
    for ref in refs:
        book = state.book(ref.order_id)
        parcels.append((book, book.row(Shipment, ref.shipment_id)))
    _check_handover(state, parcels)
    carrier = parcels[0][1].carrier
    for book, shipment in parcels:
        if (shipment.location, shipment.carrier) != (command.location, carrier):
            raise WrongManifest(
                shipment_id=shipment.id,
                found=f"{shipment.carrier} ({shipment.location})",
                expected=f"{carrier} ({command.location})",
                number=book.order.number,
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


def _check_handover(state: State, parcels: Sequence[tuple[Book, Shipment]]) -> None:
    """Units are summed over all parcels before they are held against what is packed."""
    waiting = [(book, shipment) for book, shipment in parcels if shipment.status != "labeled"]
    if waiting:
        raise NotReadyToDispatch(
            shipments={str(shipment.id): shipment.status for _, shipment in waiting},
            orders={str(book.order.number): shipment.status for book, shipment in waiting},
        )
    wanted: Counter[tuple[UUID, UUID]] = Counter()
    for book, shipment in parcels:
        stopping = state.policies.holds.stopping(book.order.holds.split(), "dispatch")
        if stopping:
            raise DispatchStopped(order_id=book.order.id, holds=" ".join(stopping), number=book.order.number)
        for units in shipment.contents:
            wanted[book.order.id, units.line_id] += units.quantity
    books = {book.order.id: book for book, _ in parcels}
    for (order_id, line_id), quantity in wanted.items():
        line = books[order_id].line(line_id)
        if line.packed < quantity:
            raise UnitsNotPacked(line_id=line_id, wanted=quantity, packed=line.packed, sku=line.sku)


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
