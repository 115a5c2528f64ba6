"""What follows delivery: parcels, pick-ups, downloads, licenses, access and installations."""

from __future__ import annotations

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitsOf
from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    ask_how_it_was,
    tell,
)
from purveyor.flow.questions import (
    book_of,
    order_of,
)
from purveyor.stages.delivery import commands as delivery, facts as delivery_facts
from purveyor.stages.packing import commands as packing
from purveyor.stages.payment import commands as payment
from purveyor.stages.returns import commands as returns
from purveyor.stages.review import commands as review
from purveyor.stages.shipping import commands as shipping
from purveyor.stages.shipping.state import Shipment
from purveyor.stages.support import commands as support

NOTICE_OF_DELIVERY: dict[type[Fact], str] = {
    delivery_facts.Collected: "collected",
    delivery_facts.DownloadsGranted: "downloads_ready",
    delivery_facts.LicenseKeysIssued: "license_keys",
    delivery_facts.AccessSwitchedOn: "access_on",
    delivery_facts.InstallationCompleted: "installed",
}


@after(delivery_facts.Collected)
def the_collected_parcel_has_left(fact: delivery_facts.Collected, _state: State) -> Follow:
    yield packing.RecordParcelLeft(order_id=order_of(fact), parcel_id=fact.parcel_id)


@after(delivery_facts.TrackingRecorded)
def the_carrier_has_it_already(fact: delivery_facts.TrackingRecorded, state: State) -> Follow:
    """A courier who scans a parcel has it, whether somebody has closed the manifest or not."""
    shipment = book_of(fact, state).rows(Shipment).get(fact.shipment_id)
    if shipment is not None and shipment.status == "labeled" and fact.status != "label_created":
        yield shipping.RecordTaken(order_id=order_of(fact), shipment_id=fact.shipment_id)


@after(delivery_facts.ShipmentWaiting)
def tell_where_it_waits(fact: delivery_facts.ShipmentWaiting, _state: State) -> Follow:
    yield tell(order_of(fact), "parcel_waiting", place=fact.place)


@after(delivery_facts.CarrierAsked)
def ask_where_it_is(fact: delivery_facts.CarrierAsked, _state: State) -> Follow:
    yield delivery.PollCarrier(
        order_id=order_of(fact), shipment_id=fact.shipment_id, tracking_number=fact.tracking_number
    )


@after(delivery_facts.ShipmentDelivered)
def they_have_the_parcel(fact: delivery_facts.ShipmentDelivered, state: State) -> Follow:
    book = book_of(fact, state)
    yield returns.DropReturnToSender(order_id=book.order.id, shipment_id=fact.shipment_id)
    yield from _found_again(fact)
    yield payment.SettleOnDelivery(order_id=book.order.id, units=fact.contents, shipment_id=fact.shipment_id)
    yield tell(book.order.id, "delivered")
    yield from ask_how_it_was(book)


@after(delivery_facts.DeliveryFailed)
def nobody_was_there(fact: delivery_facts.DeliveryFailed, _state: State) -> Follow:
    yield tell(order_of(fact), "delivery_failed", attempt=str(fact.attempt))


@after(delivery_facts.ShipmentReturnedToSender)
def it_comes_back(fact: delivery_facts.ShipmentReturnedToSender, _state: State) -> Follow:
    if fact.contents:
        yield returns.ExpectReturnToSender(
            order_id=order_of(fact), shipment_id=fact.shipment_id, contents=fact.contents
        )
        yield from _found_again(fact)
        yield tell(order_of(fact), "returned_to_sender")


def _found_again(fact: delivery_facts.ShipmentDelivered | delivery_facts.ShipmentReturnedToSender) -> Follow:
    """Units of this very parcel that were lost: others of their lines may be lost in another one."""
    found = tuple(UnitsOf(move.line_id, move.quantity) for move in fact.moves if move.source == "lost")
    if found:
        yield support.NoteFound(order_id=order_of(fact), contents=found)


@after(delivery_facts.ShipmentLost)
def it_is_lost(fact: delivery_facts.ShipmentLost, state: State) -> Follow:
    book = book_of(fact, state)
    if fact.contents:
        yield support.OpenClaim(order_id=book.order.id, claim="lost", contents=fact.contents, only_unclaimed=True)
        yield tell(book.order.id, "parcel_lost")
    yield from ask_how_it_was(book)


@after(delivery_facts.CollectReady, delivery_facts.CollectCodeRenewed)
def tell_the_code(fact: delivery_facts.CollectReady | delivery_facts.CollectCodeRenewed, _state: State) -> Follow:
    yield tell(order_of(fact), "ready_to_collect", **_code_in(fact), location=fact.location)


@after(delivery_facts.CollectOverdue)
def remind_to_collect(fact: delivery_facts.CollectOverdue, _state: State) -> Follow:
    yield tell(order_of(fact), "collect_reminder", **_code_in(fact), location=fact.location)


def _code_in(
    fact: delivery_facts.CollectReady | delivery_facts.CollectCodeRenewed | delivery_facts.CollectOverdue,
) -> dict[str, str]:
    """Where the message finds the code, or the code itself where it was made before they were kept apart."""
    return {"code": fact.code} if fact.code_id is None else {"code_text_id": str(fact.code_id)}


@after(
    delivery_facts.Collected,
    delivery_facts.DownloadsGranted,
    delivery_facts.LicenseKeysIssued,
    delivery_facts.AccessSwitchedOn,
    delivery_facts.InstallationCompleted,
)
def they_have_what_needs_no_courier(fact: delivery_facts.HandedOver, state: State) -> Follow:
    book = book_of(fact, state)
    if not fact.units:
        return
    yield payment.CaptureForUnits(order_id=book.order.id, shipment_id=fact.delivery_id, units=fact.units)
    if isinstance(fact, delivery_facts.Collected | delivery_facts.InstallationCompleted):  # somebody stood there
        yield payment.SettleOnDelivery(order_id=book.order.id, units=fact.units, shipment_id=fact.delivery_id)
    yield tell(book.order.id, NOTICE_OF_DELIVERY[type(fact)])
    yield from ask_how_it_was(book)


@after(delivery_facts.LicensePoolEmpty)
def wait_for_keys(fact: delivery_facts.LicensePoolEmpty, _state: State) -> Follow:
    yield review.HoldOrder(order_id=order_of(fact), type="stock", why=fact.why, if_needed=True)


@after(delivery_facts.LicenseWaitEnded)
def keys_came(fact: delivery_facts.LicenseWaitEnded, state: State) -> Follow:
    book = book_of(fact, state)
    if not book.units("backordered"):
        yield review.ReleaseHolds(order_id=book.order.id, type="stock")


@after(delivery_facts.AccessOnRequested)
def switch_access_on(fact: delivery_facts.AccessOnRequested, _state: State) -> Follow:
    yield delivery.SwitchOn(
        order_id=order_of(fact), grant_id=fact.grant_id, turn=fact.turn, contact_id=fact.contact_id, system=fact.system
    )


@after(delivery_facts.AccessOffRequested)
def switch_access_off(fact: delivery_facts.AccessOffRequested, _state: State) -> Follow:
    yield delivery.SwitchOff(
        order_id=order_of(fact), grant_id=fact.grant_id, turn=fact.turn, contact_id=fact.contact_id, system=fact.system
    )


@after(delivery_facts.InstallationPlanned)
def let_them_choose_a_time(fact: delivery_facts.InstallationPlanned, _state: State) -> Follow:
    yield tell(order_of(fact), "choose_appointment")


@after(delivery_facts.AppointmentBooked)
def confirm_the_time(fact: delivery_facts.AppointmentBooked, _state: State) -> Follow:
    yield tell(order_of(fact), "appointment_booked", starts_at=fact.starts_at.isoformat())


@after(delivery_facts.ShipmentDelivered)
def the_window_opens(fact: delivery_facts.ShipmentDelivered, _state: State) -> Follow:
    yield returns.NoteDelivery(order_id=order_of(fact), units=fact.contents, at=fact.delivered_at)


@after(
    delivery_facts.Collected,
    delivery_facts.DownloadsGranted,
    delivery_facts.LicenseKeysIssued,
    delivery_facts.AccessSwitchedOn,
    delivery_facts.InstallationCompleted,
)
def the_window_opens_at_once(fact: delivery_facts.HandedOver, _state: State) -> Follow:
    yield returns.NoteDelivery(order_id=order_of(fact), units=fact.units)
