"""What follows packing: labels, and pick-up codes."""

from __future__ import annotations

from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.questions import (
    book_of,
    order_of,
)
from purveyor.stages.delivery import commands as delivery
from purveyor.stages.packing import facts as packing_facts
from purveyor.stages.picking import commands as picking
from purveyor.stages.shipping import commands as shipping


@after(packing_facts.ParcelPacked)
def to_the_courier_or_the_counter(fact: packing_facts.ParcelPacked, state: State) -> Follow:
    order = book_of(fact, state).order
    if order.method == "collect":
        yield delivery.ReadyToCollect(
            order_id=order.id, parcel_id=fact.parcel_id, location=fact.location, contents=fact.contents
        )
        return
    yield shipping.RequestLabel(
        order_id=order.id,
        parcel_id=fact.parcel_id,
        location=fact.location,
        weight_g=fact.weight_g,
        length_mm=fact.length_mm,
        width_mm=fact.width_mm,
        height_mm=fact.height_mm,
        contents=fact.contents,
    )


@after(packing_facts.ParcelUnpacked)
def neither_label_nor_code_for_an_open_parcel(fact: packing_facts.ParcelUnpacked, state: State) -> Follow:
    order = book_of(fact, state).order
    if order.method == "collect":
        yield delivery.WithdrawDeliveries(order_id=order.id, parcel_id=fact.parcel_id)
    else:
        yield shipping.CallOffParcel(order_id=order.id, parcel_id=fact.parcel_id)


@after(packing_facts.UnitsTakenOut)
def no_more_work_for_what_was_taken_out(fact: packing_facts.UnitsTakenOut, _state: State) -> Follow:
    yield picking.DropUnits(
        order_id=order_of(fact),
        units=tuple(
            picking.FulfillmentUnits(each.fulfillment_id, each.line_id, each.quantity)
            for each in (*fact.left_over, *fact.removed)
        ),
    )


@after(packing_facts.ParcelLeft)
def nothing_is_left_to_do_for_it(fact: packing_facts.ParcelLeft, _state: State) -> Follow:
    yield picking.RecordLeft(
        order_id=order_of(fact), fulfillment_id=fact.fulfillment_id, parcel_id=fact.parcel_id, units=fact.contents
    )
