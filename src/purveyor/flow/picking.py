"""What follows picking: work for the bench, and what needs no picking."""

from __future__ import annotations

from typing import assert_never

from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    take_back,
)
from purveyor.flow.questions import (
    order_of,
)
from purveyor.stages.delivery import commands as delivery
from purveyor.stages.packing import commands as packing
from purveyor.stages.picking import commands as picking, facts as picking_facts
from purveyor.stages.review import commands as review


@after(picking_facts.CountRecorded)
def take_back_what_was_not_found(fact: picking_facts.CountRecorded, _state: State) -> Follow:
    """What lies aside was found too."""
    if fact.short:
        yield from take_back(fact.sku, fact.location, fact.counted + fact.aside)


@after(picking_facts.FulfillmentReleased)
def deliver_what_is_not_stored(fact: picking_facts.FulfillmentReleased, _state: State) -> Follow:
    order_id = order_of(fact)
    match fact.method:
        case "ship" | "collect":
            pass  # it waits for somebody who walks
        case "download":
            yield delivery.GrantDownloads(order_id=order_id, fulfillment_id=fact.fulfillment_id, units=fact.units)
        case "license":
            yield delivery.IssueLicenseKeys(order_id=order_id, fulfillment_id=fact.fulfillment_id, units=fact.units)
        case "access":
            yield delivery.SwitchAccessOn(order_id=order_id, fulfillment_id=fact.fulfillment_id, units=fact.units)
        case "install":
            yield delivery.PlanInstallation(order_id=order_id, fulfillment_id=fact.fulfillment_id, units=fact.units)
        case _:
            assert_never(fact.method)


@after(picking_facts.FulfillmentPicked)
def to_the_bench(fact: picking_facts.FulfillmentPicked, _state: State) -> Follow:
    yield packing.BringToBench(
        order_id=order_of(fact),
        fulfillment_id=fact.fulfillment_id,
        location=fact.location,
        tote=fact.tote,
        units=fact.units,
    )


@after(picking_facts.ShelfCorrected)
def allocate_from_elsewhere_and_count_this_bin(fact: picking_facts.ShelfCorrected, _state: State) -> Follow:
    yield review.AllocateUnits(order_id=order_of(fact))
    yield picking.RequestCount(sku=fact.sku, location=fact.location, reason=fact.reason)


@after(picking_facts.PickUndone)
def off_the_bench_again(fact: picking_facts.PickUndone, _state: State) -> Follow:
    yield packing.TakeOffBench(order_id=order_of(fact), fulfillment_id=fact.fulfillment_id, units=fact.units)


@after(picking_facts.PickedUnwanted)
def take_out_what_is_not_wanted(fact: picking_facts.PickedUnwanted, _state: State) -> Follow:
    yield packing.TakeOut(order_id=order_of(fact), units=fact.units)
