"""Walks: put together whole or not at all, walked by one, ended."""

from __future__ import annotations

import pytest

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import Stock
from purveyor.core.state import State
from purveyor.stages.picking.commands import (
    ConfirmPickList,
    FinishWave,
    FulfillmentRef,
    LeaveWave,
    PlanWave,
    ReleaseUnits,
    StartPickList,
)
from purveyor.stages.picking.decide import FulfillmentsNotReleased, NotInWave, WaveOver
from purveyor.stages.picking.facts import PickingStarted, PickListStarted, WavePlanned
from purveyor.stages.picking.state import Fulfillment, Wave
from tests.pure import a_call, a_shop, do, later, order_id, placed
from tests.stages.picking.warehouse import move, released


def ref(fulfillment: Fulfillment) -> FulfillmentRef:
    return FulfillmentRef(order_id=fulfillment.order_id, fulfillment_id=fulfillment.id)


def planned(shop: State, *fulfillments: Fulfillment) -> Wave:
    fact = do(shop, PlanWave(location="main", fulfillments=tuple(ref(each) for each in fulfillments)))[0]
    assert isinstance(fact, WavePlanned)
    return shop.row(Wave, fact.wave_id)


def test_a_wave_takes_work_of_many_orders() -> None:
    shop = a_shop()
    works = [released(shop, ("MUG", 1))[1] for _ in range(3)]

    wave = planned(shop, *works)

    assert (wave.status, len(wave.fulfillments)) == ("planned", 3)
    assert all((work.status, work.wave_id) == ("in_wave", wave.id) for work in works)


def test_a_wave_is_planned_whole_or_not_at_all() -> None:
    shop = a_shop()
    _, free = released(shop, ("MUG", 1))
    _, taken = released(shop, ("MUG", 1))
    planned(shop, taken)
    held_book, held = released(shop, ("MUG", 1))
    held_book.order.holds = "fraud stock"
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 1)
    elsewhere = placed(shop, ("MUG", 1))
    move(shop, elsewhere, "placed allocated", 1, "shop")
    do(shop, ReleaseUnits(order_id=order_id(elsewhere)))
    away = next(iter(elsewhere.rows(Fulfillment).values()))

    with pytest.raises(FulfillmentsNotReleased) as refusal:
        planned(shop, free, taken, held, away)

    assert refusal.value.fulfillments == {
        str(taken.id): "in_wave",
        str(held.id): "held (fraud)",
        str(away.id): "at shop",
    }
    assert (free.status, len(shop.shared[Wave])) == ("released", 1)
    held_book.order.holds = "stock"  # what is missing elsewhere keeps nobody from walking
    assert len(planned(shop, free, held).fulfillments) == 2


def test_a_wave_has_its_bounds() -> None:
    shop = a_shop(MUG=200)
    works = [released(shop, ("MUG", 1))[1] for _ in range(101)]

    for bad in ([], works, [works[0], works[0]]):
        with pytest.raises(Invalid, match="fulfillments"):
            planned(shop, *bad)
    assert not shop.shared[Wave]
    assert len(planned(shop, *works[:100]).fulfillments) == 100


def test_whoever_starts_a_list_has_all_of_it_in_hands() -> None:
    shop = a_shop()
    works = [released(shop, ("MUG", 1))[1] for _ in range(2)]
    wave = planned(shop, *works)

    facts = do(shop, StartPickList(wave_id=wave.id), a_call(actor="staff:pia"))

    assert [type(fact) for fact in facts] == [PickListStarted, PickingStarted, PickingStarted]
    assert (wave.status, wave.picker) == ("walking", "staff:pia")
    assert {work.status for work in works} == {"picking"}
    taken_over = do(shop, StartPickList(wave_id=wave.id, picker="staff:max"))
    assert len(taken_over) == 1
    assert wave.picker == "staff:max"


def test_a_finished_wave_is_over() -> None:
    shop = a_shop()
    wave = planned(shop, released(shop, ("MUG", 1))[1])
    do(shop, FinishWave(wave_id=wave.id), a_call(later(hours=1)))

    assert wave.finished_at == later(hours=1)
    for command in (FinishWave(wave_id=wave.id), StartPickList(wave_id=wave.id)):
        with pytest.raises(WaveOver):
            do(shop, command)
    with pytest.raises(NotFound):
        do(shop, StartPickList(wave_id=a_call().ids.new()))


def test_what_nobody_got_to_goes_back_into_the_queue() -> None:
    shop = a_shop()
    _, work = released(shop, ("MUG", 1))
    leave = LeaveWave(order_id=work.order_id, fulfillment_id=work.id)

    with pytest.raises(NotInWave):
        do(shop, leave)
    wave = planned(shop, work)
    do(shop, StartPickList(wave_id=wave.id))
    do(shop, leave)

    assert (work.status, work.wave_id) == ("released", None)
    planned(shop, work)
    do(shop, ConfirmPickList(order_id=work.order_id, fulfillment_id=work.id))
    with pytest.raises(NotInWave):
        do(shop, leave)
    assert work.status == "picked"
