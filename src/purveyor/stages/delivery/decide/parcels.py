"""Parcels on their way: what a scan means, and what silence means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import structs

from purveyor.core.calendars import local_day
from purveyor.core.field_types import GRACE, is_moment, seen
from purveyor.core.ids import made_at
from purveyor.core.messages import Call, Fact
from purveyor.core.positions import without
from purveyor.core.refusals import Invalid, Refusal, moment_in_words
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.delivery.commands import (
    AskCarrier,
    DeclareLost,
    EndComingBack,
    ExpectDelivery,
    RecordTrackingEvent,
    RecordTrackingEvents,
    Scan,
)
from purveyor.stages.delivery.decide.units import move_all, still_in
from purveyor.stages.delivery.facts import (
    CarrierAsked,
    DeliveryExpected,
    DeliveryFailed,
    ShipmentDelivered,
    ShipmentLost,
    ShipmentNotComing,
    ShipmentReturnedToSender,
    ShipmentWaiting,
    TrackingRecorded,
)
from purveyor.stages.delivery.reasons import NO_NEWS
from purveyor.stages.delivery.state import Tracking, TrackingEvent
from purveyor.stages.delivery.tracking_status import OWN, Scanned, TrackingStatus, tracking_status


class DeliveryEnded(Refusal):
    """A parcel that is no longer on its way."""

    shipment_id: UUID
    delivery_status: str
    sentence = "This shipment is {delivery_status}: it is not on its way any more."


@decides(ExpectDelivery)
def decide_expect(state: State, command: ExpectDelivery, _call: Call) -> Decision:
    """Wait for a parcel. Scans that came before it was expected count now."""
    book = state.book(command.order_id)
    if command.shipment_id in book.rows(Tracking):
        return
    early = [event for event in book.rows(TrackingEvent).values() if event.shipment_id == command.shipment_id]
    truth = tracking_status(early)
    expected = DeliveryExpected(
        order_id=command.order_id,
        shipment_id=command.shipment_id,
        tracking_number=command.tracking_number,
        contents=command.contents,
        promised_at=book.order.promised_at,
        quiet_days=state.policies.delivery.lost_after_days,
        now=truth.status,
    )
    yield expected
    yield from _milestone(state, book, expected, TrackingStatus(), truth, early)


@decides(RecordTrackingEvent)
def decide_record(state: State, command: RecordTrackingEvent, call: Call) -> Decision:
    """Take one scan in. A scan that is known changes nothing. Refuses with `Invalid` a time that cannot be."""
    scan = Scan(
        event_id=command.event_id,
        status=command.status,
        at=command.at,
        place=command.place,
        carrier_status=command.carrier_status,
        sequence=command.sequence,
    )
    if (command.shipment_id, command.event_id) not in state.book(command.order_id).rows(TrackingEvent):
        _check_time(scan, command.shipment_id, call)
    return _record(state, command.order_id, command.shipment_id, (scan,), call)


@decides(RecordTrackingEvents)
def decide_record_many(state: State, command: RecordTrackingEvents, call: Call) -> Decision:
    """Take many scans in; known ones change nothing. What follows, follows from all of them together.

    One with a time that cannot be is left out: the carrier gives it again when it is asked next, maybe mended.
    """
    for scan in command.events:
        if scan.at.tzinfo is None:
            raise Invalid(field="at", found=scan.at, expected="a time with its zone")
    scans = [scan for scan in command.events if _is_possible(scan, command.shipment_id, call)]
    return _record(state, command.order_id, command.shipment_id, scans, call)


def _is_possible(scan: Scan, shipment_id: UUID, call: Call) -> bool:
    """A parcel is scanned after its label was asked for, and not in times to come; clocks may differ by minutes."""
    return is_moment(scan.at) and made_at(shipment_id) - GRACE <= scan.at <= call.at + GRACE


def _check_time(scan: Scan, shipment_id: UUID, call: Call) -> None:
    if not _is_possible(scan, shipment_id, call):
        asked_at = moment_in_words(made_at(shipment_id))
        expected = f"a time since the label was asked for ({asked_at}) that is not to come"
        raise Invalid(field="at", found=scan.at, expected=expected)


def _record(state: State, order_id: UUID, shipment_id: UUID, scans: Sequence[Scan], call: Call) -> Decision:
    book = state.book(order_id)
    scans = [structs.replace(scan, at=min(scan.at, call.at)) for scan in scans]
    known = {event.event_id: event for event in book.rows(TrackingEvent).values() if event.shipment_id == shipment_id}
    new = _not_known(scans, known)
    tracking = book.rows(Tracking).get(shipment_id)
    before = tracking.truth if tracking is not None else TrackingStatus()
    now = _now(book, tracking, before, [*known.values(), *new.values()])
    for scan in new.values():
        yield TrackingRecorded(
            order_id=order_id,
            shipment_id=shipment_id,
            event_id=scan.event_id,
            status=scan.status,
            at=scan.at,
            place=scan.place,
            carrier_status=scan.carrier_status,
            sequence=scan.sequence,
            now=now.status,
        )
    if tracking is not None and new:
        yield from _milestone(state, book, tracking, before, now, (*known.values(), *new.values()))


def _not_known(scans: Iterable[Scan], known: Mapping[str, TrackingEvent]) -> dict[str, Scan]:
    """Scans that nobody has told of. A carrier may tell of one under two names: when it is asked, and by itself."""
    said = {_content(event) for event in known.values()}
    new: dict[str, Scan] = {}
    for scan in scans:
        if scan.event_id not in known and _content(scan) not in said:
            said.add(_content(scan))
            new[scan.event_id] = scan
    return new


def _content(scan: Scanned) -> tuple[str, datetime, str, str, int]:
    return scan.status, scan.at, scan.place, scan.carrier_status, scan.sequence


def _now(book: Book, tracking: Tracking | None, before: TrackingStatus, scans: Sequence[Scanned]) -> TrackingStatus:
    """The truth after all scans. What we have received back was delivered at our own door, if a scan says delivered."""
    now = tracking_status(scans, given_up=before.status == "lost")
    if tracking is None or (before.status, now.status) != ("returning", "delivered"):
        return now
    is_here = not still_in(book, tracking.coming_back, "returning")
    return msgspec.structs.replace(now, status="returning") if is_here else now


@decides(EndComingBack)
def decide_end_coming_back(state: State, command: EndComingBack, _call: Call) -> Decision:
    """Nothing to note where these units were not on their way back in the parcel."""
    tracking = state.book(command.order_id).rows(Tracking).get(command.shipment_id)
    if tracking is None:
        return
    left = without(tracking.coming_back, command.units)
    if left != tracking.coming_back:
        yield ShipmentNotComing(order_id=command.order_id, shipment_id=command.shipment_id, units=command.units)


@decides(AskCarrier)
def decide_ask(state: State, command: AskCarrier, call: Call) -> Decision:
    """Ask where a parcel is. Refuses with `DeliveryEnded`, unless it was asked because it was due."""
    tracking = state.book(command.order_id).row(Tracking, command.shipment_id)
    if command.due_at is not None and (tracking.ask_at is None or tracking.ask_at > seen(command.due_at, call.at)):
        return
    if not tracking.truth.is_moving:
        raise DeliveryEnded(shipment_id=tracking.shipment_id, delivery_status=tracking.status)
    yield CarrierAsked(
        order_id=command.order_id, shipment_id=tracking.shipment_id, tracking_number=tracking.tracking_number
    )


@decides(DeclareLost)
def decide_lost(state: State, command: DeclareLost, call: Call) -> Decision:
    """Give a parcel up. Refuses with `DeliveryEnded`, unless news came since the time for it was set."""
    book = state.book(command.order_id)
    tracking = book.row(Tracking, command.shipment_id)
    if command.due_at is not None and (tracking.lost_at is None or tracking.lost_at > seen(command.due_at, call.at)):
        return
    if not tracking.truth.is_moving:
        raise DeliveryEnded(shipment_id=tracking.shipment_id, delivery_status=tracking.status)
    silent = command.due_at is not None
    contents = still_in(book, tracking.contents, "shipped")
    yield ShipmentLost(
        order_id=command.order_id,
        shipment_id=tracking.shipment_id,
        contents=contents,
        moves=move_all(book, contents, "shipped", "lost"),
        why=NO_NEWS(day_count=tracking.quiet_days) if silent else "given up",
    )


def _milestone(
    state: State,
    book: Book,
    parcel: Tracking | DeliveryExpected,
    before: TrackingStatus,
    now: TrackingStatus,
    scans: Sequence[Scanned],
) -> Iterable[Fact]:
    """What the scans mean for the customer: one fact for where they lead, none for the places in between."""
    if now.status == "failed_attempt" and now.attempts > before.attempts:
        yield DeliveryFailed(
            order_id=book.order.id,
            shipment_id=parcel.shipment_id,
            attempt=now.attempts,
            failed_at=_at(scans, "failed_attempt"),
            is_last=now.attempts >= state.policies.delivery.failed_attempts,
        )
    if now.status == "at_pickup_point" and before.status != now.status:
        place = max((scan for scan in scans if OWN[scan.status] == now.status), key=lambda scan: scan.at).place
        yield ShipmentWaiting(order_id=book.order.id, shipment_id=parcel.shipment_id, place=place)
    if now.is_moving or now.status == before.status:
        return
    source = before.position
    # Units of a line that come back may be in another parcel, or in a return of the customer.
    sent = parcel.coming_back if isinstance(parcel, Tracking) and source == "returning" else parcel.contents
    contents = still_in(book, sent, source)
    moves = move_all(book, contents, source, now.position)
    order_id = book.order.id
    if now.status == "delivered":
        at = _at(scans, "delivered")
        zone = state.policies.zone  # a promise is a day
        kept = None if parcel.promised_at is None else local_day(at, zone) <= local_day(parcel.promised_at, zone)
        yield ShipmentDelivered(
            order_id=order_id,
            shipment_id=parcel.shipment_id,
            delivered_at=at,
            contents=contents,
            promise_kept=kept,
            moves=moves,
        )
    elif now.status == "returning":
        yield ShipmentReturnedToSender(
            order_id=order_id, shipment_id=parcel.shipment_id, contents=contents, moves=moves, why=now.carrier_status
        )
    else:
        yield ShipmentLost(
            order_id=order_id,
            shipment_id=parcel.shipment_id,
            contents=contents,
            moves=moves,
            why="the carrier says so",
        )


def _at(scans: Sequence[Scanned], own: str) -> datetime:
    """When the newest of the scans with a status of ours happened."""
    return max(scan.at for scan in scans if OWN[scan.status] == own or scan.status == own)
