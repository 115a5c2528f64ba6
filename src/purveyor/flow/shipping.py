"""What follows shipping: labels are bought, and what has left is charged and expected."""

from __future__ import annotations

from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    tell,
)
from purveyor.flow.questions import (
    book_of,
    order_of,
)
from purveyor.stages.delivery import commands as delivery
from purveyor.stages.packing import commands as packing
from purveyor.stages.payment import commands as payment
from purveyor.stages.review import commands as review
from purveyor.stages.shipping import commands as shipping, facts as shipping_facts


@after(shipping_facts.ShipmentDispatched)
def the_parcel_has_left(fact: shipping_facts.ShipmentDispatched, _state: State) -> Follow:
    yield packing.RecordParcelLeft(order_id=order_of(fact), parcel_id=fact.parcel_id)


@after(shipping_facts.LabelRequested)
def buy_the_label(fact: shipping_facts.LabelRequested, state: State) -> Follow:
    order = book_of(fact, state).order
    yield shipping.BuyLabel(
        order_id=order.id,
        shipment_id=fact.shipment_id,
        attempt=fact.attempt,
        contact_id=fact.contact_id,
        origin=fact.origin,
        box=fact.box,
        promised_at=fact.promised_at,
        requested_at=fact.requested_at,
        about=str(order.number),
        zone=state.policies.zone.key,
    )


@after(shipping_facts.LabelRefused)
def hold_for_the_address(fact: shipping_facts.LabelRefused, _state: State) -> Follow:
    if fact.reason == "address_undeliverable":
        yield review.HoldOrder(order_id=order_of(fact), type="address", why=fact.why, if_needed=True)


@after(shipping_facts.VoidRequested, shipping_facts.LabelUnwanted)
def give_the_label_back(fact: shipping_facts.VoidRequested | shipping_facts.LabelUnwanted, _state: State) -> Follow:
    yield shipping.CancelLabel(
        order_id=order_of(fact), shipment_id=fact.shipment_id, tracking_number=fact.tracking_number
    )


@after(shipping_facts.ShipmentDispatched)
def it_is_on_its_way(fact: shipping_facts.ShipmentDispatched, _state: State) -> Follow:
    order_id = order_of(fact)
    yield payment.CaptureForUnits(order_id=order_id, shipment_id=fact.shipment_id, units=fact.contents)
    yield tell(order_id, "shipped", tracking_number=fact.tracking_number, carrier=fact.carrier)
    yield delivery.ExpectDelivery(
        order_id=order_id, shipment_id=fact.shipment_id, tracking_number=fact.tracking_number, contents=fact.contents
    )
