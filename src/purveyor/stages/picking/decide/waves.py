"""Walks through the warehouse."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.reason_templates import ReasonTemplate
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides, needs
from purveyor.core.state import Missing, Needs, State
from purveyor.stages.picking.commands import FinishWave, LeaveWave, PlanWave, StartPickList
from purveyor.stages.picking.facts import (
    JoinedWave,
    LeftWave,
    PickingStarted,
    PickListStarted,
    WaveFinished,
    WavePlanned,
)
from purveyor.stages.picking.state import Fulfillment, Wave

MOST_IN_A_WAVE = 100
HELD = ReasonTemplate("held ({words})")
ELSEWHERE = ReasonTemplate("at {places}")
# Holds that keep goods in the house: nobody needs to walk for them.


class FulfillmentsNotReleased(Refusal):
    """Some of these do not wait to be picked at this location: they are picked, on another walk, elsewhere or held."""

    fulfillments: dict[str, str]
    orders: dict[str, str]  # by their numbers
    sentence = "These orders cannot join the wave: {orders}."
    instead = ("leave them out",)


class WaveOver(Refusal):
    """A wave that is finished."""

    wave_id: UUID
    wave_status: str
    sentence = "This wave is {wave_status}."


class NotInWave(Refusal):
    """A fulfillment order that is in no wave."""

    fulfillment_id: UUID
    fulfillment_status: str
    sentence = "This fulfillment order is {fulfillment_status}: it cannot be taken out of a wave."


@needs(PlanWave)
def what_a_wave_needs(command: PlanWave) -> Needs:
    return Needs(orders=[each.order_id for each in command.fulfillments[:MOST_IN_A_WAVE]])


@decides(PlanWave)
def decide_plan_wave(state: State, command: PlanWave, call: Call) -> Decision:
    """Put work together, all of it or none. Refuses with `FulfillmentsNotReleased`, `Invalid` and `NotFound`."""
    refs = command.fulfillments
    if not 1 <= len(refs) <= MOST_IN_A_WAVE:
        raise Invalid(field="fulfillments", found=f"{len(refs)} of them", expected=f"1 to {MOST_IN_A_WAVE}")
    if len({ref.fulfillment_id for ref in refs}) < len(refs):
        raise Invalid(field="fulfillments", found="the same one twice", expected="a list that names each once")
    unfit: dict[str, str] = {}
    orders: dict[str, str] = {}
    for ref in refs:
        book = state.book(ref.order_id)
        fulfillment = book.row(Fulfillment, ref.fulfillment_id)
        stopping = state.policies.holds.stopping(book.order.holds.split(), "picking")
        if fulfillment.status != "released":
            why = fulfillment.status
        elif fulfillment.location != command.location:
            why = ELSEWHERE(places=fulfillment.location)
        elif stopping:
            why = HELD(words=stopping)
        else:
            continue
        unfit[str(fulfillment.id)] = orders[str(book.order.number)] = why
    if unfit:
        raise FulfillmentsNotReleased(fulfillments=unfit, orders=orders)
    wave_id = call.ids.new()
    yield WavePlanned(wave_id=wave_id, location=command.location, picker=command.picker, fulfillments=refs)
    for ref in refs:
        yield JoinedWave(order_id=ref.order_id, fulfillment_id=ref.fulfillment_id, wave_id=wave_id)


@decides(StartPickList)
def decide_start(state: State, command: StartPickList, call: Call) -> Decision:
    """Somebody starts to walk, or takes the walk over. Refuses with `WaveOver` and `NotFound`."""
    wave = _open_wave(state, command.wave_id)
    picker = command.picker or wave.picker or call.actor
    fulfillments = _fulfillments(state, wave)
    yield PickListStarted(wave_id=wave.id, picker=picker)
    for fulfillment in fulfillments:
        if fulfillment.status == "in_wave" and fulfillment.wave_id == wave.id:
            yield PickingStarted(
                order_id=fulfillment.order_id, fulfillment_id=fulfillment.id, wave_id=wave.id, picker=picker
            )


@decides(FinishWave)
def decide_finish(state: State, command: FinishWave, call: Call) -> Decision:
    """Refuses with `WaveOver` and `NotFound`."""
    yield WaveFinished(wave_id=_open_wave(state, command.wave_id).id)


@decides(LeaveWave)
def decide_leave(state: State, command: LeaveWave, call: Call) -> Decision:
    """Back into the queue. Refuses with `NotInWave` and `NotFound`."""
    fulfillment = state.book(command.order_id).row(Fulfillment, command.fulfillment_id)
    if fulfillment.status not in ("in_wave", "picking") or fulfillment.wave_id is None:
        raise NotInWave(fulfillment_id=fulfillment.id, fulfillment_status=fulfillment.status)
    yield LeftWave(order_id=command.order_id, fulfillment_id=fulfillment.id, wave_id=fulfillment.wave_id)


def _open_wave(state: State, wave_id: UUID) -> Wave:
    wave = state.row(Wave, wave_id)
    if wave.status == "finished":
        raise WaveOver(wave_id=wave.id, wave_status=wave.status)
    return wave


def _fulfillments(state: State, wave: Wave) -> list[Fulfillment]:
    """All of a wave: orders that are not loaded are asked for together."""
    found: list[Fulfillment] = []
    needs = Needs()
    for ref in wave.fulfillments:
        try:
            found.append(state.book(ref.order_id).row(Fulfillment, ref.fulfillment_id))
        except Missing as missing:
            needs |= missing.needs
    if needs:
        raise Missing(needs)
    return found
