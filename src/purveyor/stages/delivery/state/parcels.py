"""What facts change about parcels: on their way, and at the counter."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact, Stamp
from purveyor.core.positions import without
from purveyor.core.registry import applies
from purveyor.core.state import State
from purveyor.stages.delivery.facts import (
    CarrierAsked,
    CollectCodeRejected,
    CollectCodeRenewed,
    Collected,
    CollectOverdue,
    CollectReady,
    CollectWithdrawn,
    DeliveryExpected,
    ShipmentDelivered,
    ShipmentLost,
    ShipmentNotComing,
    ShipmentReturnedToSender,
    TrackingRecorded,
)
from purveyor.stages.delivery.state.rows import Collection, Tracking, TrackingEvent
from purveyor.stages.delivery.tracking_status import TrackingStatus, advance

ASK_EVERY: Final = timedelta(hours=12)  # carriers that tell by themselves are asked only when they are silent


@applies(DeliveryExpected)
def expect(state: State, fact: DeliveryExpected, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    truth = TrackingStatus()
    for event in book.rows(TrackingEvent).values():
        if event.shipment_id == fact.shipment_id:
            truth = advance(truth, event)
    if fact.now:
        truth = msgspec.structs.replace(truth, status=fact.now)
    tracking = Tracking(
        shipment_id=fact.shipment_id,
        order_id=fact.order_id,
        tracking_number=fact.tracking_number,
        status="expected",
        carrier_status="",
        last_sequence=-1,
        last_event_at=None,
        last_event_id="",
        attempts=0,
        contents=fact.contents,
        promised_at=fact.promised_at,
        expected_at=stamp.at,
        delivered_at=None,
        quiet_days=fact.quiet_days,
        ask_at=stamp.at + ASK_EVERY,
        lost_at=stamp.at + timedelta(days=fact.quiet_days),
    )
    _say(tracking, truth)
    book.add(tracking)


@applies(TrackingRecorded)
def record(state: State, fact: TrackingRecorded, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    event = TrackingEvent(
        shipment_id=fact.shipment_id,
        event_id=fact.event_id,
        order_id=fact.order_id,
        status=fact.status,
        at=fact.at,
        place=fact.place,
        carrier_status=fact.carrier_status,
        sequence=fact.sequence,
        recorded_at=stamp.at,
    )
    book.add(event)
    tracking = book.rows(Tracking).get(fact.shipment_id)
    if tracking is None:
        return  # told before the parcel was expected: it counts when it is
    truth = advance(tracking.truth, event)
    _say(tracking, msgspec.structs.replace(truth, status=fact.now) if fact.now else truth)
    if tracking.truth.is_moving:
        tracking.ask_at = stamp.at + ASK_EVERY
        tracking.lost_at = stamp.at + timedelta(days=tracking.quiet_days)


def _say(tracking: Tracking, truth: TrackingStatus) -> None:
    tracking.status = truth.status
    tracking.carrier_status = truth.carrier_status
    tracking.last_sequence = truth.sequence
    tracking.last_event_at = truth.event_at
    tracking.last_event_id = truth.event_id
    tracking.attempts = truth.attempts
    if not truth.is_moving:
        tracking.ask_at = None
        tracking.lost_at = None


@applies(ShipmentDelivered)
def deliver(state: State, fact: ShipmentDelivered, _stamp: Stamp) -> None:
    tracking = _tracking(state, fact, fact.shipment_id)
    tracking.delivered_at = fact.delivered_at
    tracking.coming_back = ()


@applies(ShipmentReturnedToSender)
def send_back(state: State, fact: ShipmentReturnedToSender, _stamp: Stamp) -> None:
    tracking = _tracking(state, fact, fact.shipment_id)
    tracking.delivered_at = None  # what was told as delivered was our own door
    tracking.coming_back = fact.contents


@applies(ShipmentNotComing)
def stop_coming_back(state: State, fact: ShipmentNotComing, _stamp: Stamp) -> None:
    tracking = _tracking(state, fact, fact.shipment_id)
    tracking.coming_back = without(tracking.coming_back, fact.units)


@applies(ShipmentLost)
def lose(state: State, fact: ShipmentLost, _stamp: Stamp) -> None:
    tracking = _tracking(state, fact, fact.shipment_id)
    tracking.status = "lost"
    tracking.ask_at = None
    tracking.lost_at = None


@applies(CarrierAsked)
def ask(state: State, fact: CarrierAsked, stamp: Stamp) -> None:
    _tracking(state, fact, fact.shipment_id).ask_at = stamp.at + ASK_EVERY


@applies(CollectReady)
def wait_at_counter(state: State, fact: CollectReady, stamp: Stamp) -> None:
    assert fact.order_id is not None
    state.book(fact.order_id).add(
        Collection(
            parcel_id=fact.parcel_id,
            order_id=fact.order_id,
            location=fact.location,
            status="waiting",
            code=fact.code,
            wrong_codes=0,
            contents=fact.contents,
            ready_at=stamp.at,
            collect_by=fact.collect_by,
            reminders=0,
            collected_at=None,
            code_id=fact.code_id,
        )
    )


@applies(CollectCodeRejected)
def count_try(state: State, fact: CollectCodeRejected, _stamp: Stamp) -> None:
    _collection(state, fact, fact.parcel_id).wrong_codes += 1


@applies(CollectCodeRenewed)
def renew_code(state: State, fact: CollectCodeRenewed, _stamp: Stamp) -> None:
    collection = _collection(state, fact, fact.parcel_id)
    collection.code, collection.code_id = fact.code, fact.code_id
    collection.wrong_codes = 0


@applies(Collected)
def collect(state: State, fact: Collected, stamp: Stamp) -> None:
    collection = _collection(state, fact, fact.parcel_id)
    collection.status = "collected"
    collection.collected_at = stamp.at
    collection.collect_by = None


@applies(CollectOverdue)
def remind(state: State, fact: CollectOverdue, _stamp: Stamp) -> None:
    collection = _collection(state, fact, fact.parcel_id)
    collection.reminders = fact.reminder
    collection.collect_by = fact.collect_by


@applies(CollectWithdrawn)
def withdraw(state: State, fact: CollectWithdrawn, _stamp: Stamp) -> None:
    collection = _collection(state, fact, fact.parcel_id)
    collection.status = "withdrawn"
    collection.collect_by = None


def _tracking(state: State, fact: Fact, shipment_id: UUID) -> Tracking:
    assert fact.order_id is not None
    return state.book(fact.order_id).row(Tracking, shipment_id)


def _collection(state: State, fact: Fact, parcel_id: UUID) -> Collection:
    assert fact.order_id is not None
    return state.book(fact.order_id).row(Collection, parcel_id)
