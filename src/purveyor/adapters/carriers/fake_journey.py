"""What becomes of a parcel of the simulated carrier: all its scans follow from its number, its service and its fate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, assert_never

import msgspec

from purveyor.adapters.fake_state import Script, draw
from purveyor.ports.carrier import Destination, TrackingEvent, TrackingStatus

Fate = Literal["delivered", "failed_attempt", "returned_to_sender", "lost", "stuck", "late"]

HANDOVER_H = 4.0
HANDOVER_SPREAD_H = 3.0
OUT_BEFORE_DUE_H = 6.0
DOOR_BEFORE_DUE_H = 3.0
DOOR_SPREAD_H = 2.5
DAY_H = 24.0
LATE_H = 2 * DAY_H
RETURN_H = 3 * DAY_H
LOST_AFTER_H = 10 * DAY_H


class CarrierScript(Script, frozen=True, kw_only=True, omit_defaults=True):
    """Adds the shares of parcels that meet another fate than to be delivered in time, drawn by tracking number.

    A `failed_attempt` is delivered a day later; `returned_to_sender` comes after two failed attempts; `lost` says so
    after ten days; `stuck` is never heard of again; `late` comes two days late. The script at the time of booking
    counts.
    """

    failed_attempt: float = 0.0
    returned_to_sender: float = 0.0
    lost: float = 0.0
    stuck: float = 0.0
    late_delivery: float = 0.0
    event_lag_s: float = 24 * 3600.0


class Journey(msgspec.Struct, frozen=True):
    """All that decides how a parcel travels. `transit_days` is what the service promises."""

    tracking_number: str
    booked_at: datetime
    transit_days: int
    fate: Fate
    origin: Destination
    to: Destination


class Scan(msgspec.Struct, frozen=True):
    """One scan to be, in hours after the booking."""

    hours: float
    status: TrackingStatus
    place: str
    carrier_status: str


def fate_of(script: CarrierScript, tracking_number: str) -> Fate:
    """Draw what becomes of a parcel."""
    shares: tuple[tuple[Fate, float], ...] = (
        ("failed_attempt", script.failed_attempt),
        ("returned_to_sender", script.returned_to_sender),
        ("lost", script.lost),
        ("stuck", script.stuck),
        ("late", script.late_delivery),
    )
    chance = draw(script.seed, "fate", tracking_number)
    for fate, share in shares:
        if chance < share:
            return fate
        chance -= share
    return "delivered"


def events(journey: Journey) -> list[TrackingEvent]:
    """Give all scans of a parcel, past and to come, in the order in which they happen."""
    number = journey.tracking_number
    return [
        TrackingEvent(
            event_id=f"{number}-{sequence}",
            tracking_number=number,
            status=scan.status,
            at=journey.booked_at + timedelta(hours=scan.hours),
            place=scan.place,
            carrier_status=scan.carrier_status,
            sequence=sequence,
        )
        for sequence, scan in enumerate(_scans(journey), 1)
    ]


def renumbered(event: TrackingEvent, sequence: int) -> TrackingEvent:
    """Give the event another place among the scans of its parcel."""
    return msgspec.structs.replace(event, event_id=f"{event.tracking_number}-{sequence}", sequence=sequence)


def _scans(journey: Journey) -> Iterator[Scan]:
    due_h = journey.transit_days * DAY_H
    start, door = journey.origin.city, journey.to.city
    pickup_h = HANDOVER_H + HANDOVER_SPREAD_H * draw("pickup", journey.tracking_number)
    yield Scan(0.0, "label_created", start, "Shipment information received")
    yield Scan(pickup_h, "in_transit", start, "Picked up")
    yield Scan(due_h / 2, "in_transit", f"Hub {journey.to.country}", "Arrived at sorting center")
    match journey.fate:
        case "delivered":
            yield from _day_at_the_door(journey, due_h, "delivered")
        case "late":
            yield Scan(due_h, "in_transit", f"Hub {journey.to.country}", "Delayed")
            yield from _day_at_the_door(journey, due_h + LATE_H, "delivered")
        case "failed_attempt":
            yield from _day_at_the_door(journey, due_h, "failed_attempt")
            yield from _day_at_the_door(journey, due_h + DAY_H, "delivered")
        case "returned_to_sender":
            yield from _day_at_the_door(journey, due_h, "failed_attempt")
            yield from _day_at_the_door(journey, due_h + DAY_H, "failed_attempt")
            yield Scan(due_h + RETURN_H, "in_transit", door, "Return to sender")
            yield Scan(2 * due_h + RETURN_H, "returned_to_sender", start, "Returned to sender")
        case "lost":
            yield Scan(due_h + LOST_AFTER_H, "lost", "", "Declared lost")
        case "stuck":
            return
        case _:
            assert_never(journey.fate)


def _day_at_the_door(journey: Journey, due_h: float, status: Literal["delivered", "failed_attempt"]) -> Iterator[Scan]:
    # Without the draw the last scan would be due at the same minute for every parcel of a day.
    door_h = due_h - DOOR_BEFORE_DUE_H + DOOR_SPREAD_H * draw("door", journey.tracking_number)
    wording = "Delivered" if status == "delivered" else "Recipient not at home"
    yield Scan(due_h - OUT_BEFORE_DUE_H, "out_for_delivery", journey.to.city, "On the vehicle")
    yield Scan(door_h, status, journey.to.city, wording)
