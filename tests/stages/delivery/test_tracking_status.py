"""One truth about a parcel, whatever the order in which it is told."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest
from hypothesis import given, strategies as st

from purveyor.stages.delivery.commands import RecordTrackingEvent, RecordTrackingEvents, Scan, ScanStatus
from purveyor.stages.delivery.state import TrackingEvent
from purveyor.stages.delivery.tracking_status import tracking_status
from tests.pure import a_call, a_shop, do, later, order_id
from tests.stages.delivery.goods import a_scan, expected, shipped


@st.composite
def a_journey_and_how_it_is_told(draw: st.DrawFn) -> tuple[list[Scan], list[Scan]]:
    statuses = draw(st.lists(st.sampled_from(get_args(ScanStatus)), min_size=1, max_size=7))
    scans = [a_scan(sequence, status) for sequence, status in enumerate(statuses, 1)]
    again = draw(st.lists(st.sampled_from(scans), max_size=4))
    return scans, draw(st.permutations([*scans, *again]))


AFTERWARDS = later(days=1_000)  # when a journey is told, all of it has happened


@given(a_journey_and_how_it_is_told())
def test_duplicates_and_disorder_give_one_truth(told: tuple[list[Scan], list[Scan]]) -> None:
    scans, out_of_order = told
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    for scan in out_of_order:
        do(
            shop,
            RecordTrackingEvent(
                order_id=order_id(book),
                shipment_id=tracking.shipment_id,
                event_id=scan.event_id,
                status=scan.status,
                at=scan.at,
                place=scan.place,
                carrier_status=scan.carrier_status,
                sequence=scan.sequence,
            ),
            a_call(AFTERWARDS),
        )

    assert tracking.truth == tracking_status(scans)
    assert len(book.rows(TrackingEvent)) == len(scans)
    assert book.units(tracking.truth.position) == 2


@given(a_journey_and_how_it_is_told())
def test_all_at_once_is_the_same_truth_with_one_consequence(told: tuple[list[Scan], list[Scan]]) -> None:
    scans, out_of_order = told
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    facts = do(
        shop,
        RecordTrackingEvents(order_id=order_id(book), shipment_id=tracking.shipment_id, events=tuple(out_of_order)),
        a_call(AFTERWARDS),
    )

    assert tracking.truth == tracking_status(scans)
    assert len([fact for fact in facts if fact.kind() != "delivery.tracking_recorded"]) <= 1
    assert book.units(tracking.truth.position) == 2


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (["label_created"], "expected"),
        (["label_created", "in_transit", "out_for_delivery"], "out_for_delivery"),
        (["in_transit", "failed_attempt", "in_transit"], "in_transit"),
        (["in_transit", "delivered", "in_transit"], "delivered"),
        (["lost", "in_transit"], "lost"),
        (["lost", "in_transit", "delivered"], "delivered"),
        (["failed_attempt", "returned_to_sender"], "returning"),
        (["failed_attempt", "returned_to_sender", "delivered"], "delivered"),
        (["returned_to_sender", "delivered", "returned_to_sender", "in_transit"], "returning"),
        (["in_transit", "available_for_pickup"], "at_pickup_point"),
        (["available_for_pickup", "delivered"], "delivered"),
    ],
)
def test_what_a_journey_comes_to(told: list[str], status: str) -> None:
    assert tracking_status([a_scan(sequence, each) for sequence, each in enumerate(told, 1)]).status == status


def test_without_numbers_the_time_says_what_is_newest() -> None:
    early, late = (
        msgspec.structs.replace(scan, sequence=0) for scan in (a_scan(1, "in_transit"), a_scan(2, "out_for_delivery"))
    )

    assert tracking_status([late, early]).status == tracking_status([early, late]).status == "out_for_delivery"
