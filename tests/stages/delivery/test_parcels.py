"""Parcels on their way: delivered, tried in vain, sent back, lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from purveyor.core.ids import made_at
from purveyor.core.messages import Fact
from purveyor.core.positions import UnitMove
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.state import Book, State
from purveyor.engine.ledger import apply_moves
from purveyor.stages.delivery.commands import (
    AskCarrier,
    DeclareLost,
    EndComingBack,
    ExpectDelivery,
    RecordTrackingEvent,
    RecordTrackingEvents,
)
from purveyor.stages.delivery.decide.parcels import DeliveryEnded
from purveyor.stages.delivery.facts import (
    DeliveryFailed,
    ShipmentDelivered,
    ShipmentLost,
    ShipmentReturnedToSender,
    ShipmentWaiting,
    TrackingRecorded,
)
from purveyor.stages.delivery.state import Tracking, TrackingEvent
from tests.pure import BERLIN, NOON, a_call, a_shop, do, later, order_id, walk
from tests.stages.delivery.goods import a_scan, all_of, expected, shipped


def tell(shop: State, tracking: Tracking, *scans: Any, at: Any = None) -> list[Any]:
    at = at or max((scan.at for scan in scans), default=NOON)  # told as soon as they are made
    command = RecordTrackingEvents(order_id=tracking.order_id, shipment_id=tracking.shipment_id, events=scans)
    return do(shop, command, a_call(at))


def test_a_delivered_parcel_delivers_its_units_and_says_whether_the_promise_was_kept() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    recorded, delivered = tell(shop, tracking, a_scan(30, "delivered"))

    assert isinstance(recorded, TrackingRecorded)
    assert isinstance(delivered, ShipmentDelivered)
    assert delivered.promise_kept is True
    assert book.units("delivered") == 2
    assert (tracking.status, tracking.delivered_at) == ("delivered", later(hours=30))
    assert (tracking.ask_at, tracking.lost_at) == (None, None)


@pytest.mark.parametrize(("days", "kept"), [(4, True), (5, False)])
def test_a_promise_is_kept_until_the_end_of_its_day(days: int, kept: bool) -> None:
    shop = a_shop()
    tracking = expected(shop, shipped(shop))
    at = later(days=days, hours=11)
    fact = tell(shop, tracking, a_scan(1, "delivered", at=at))[-1]

    assert isinstance(fact, ShipmentDelivered)
    assert fact.promise_kept is kept


def test_our_status_stands_apart_from_the_carriers() -> None:
    shop = a_shop()
    tracking = expected(shop, shipped(shop))
    tell(shop, tracking, a_scan(1, "in_transit", carrier_status="Arrived at sorting center"))

    assert (tracking.status, tracking.carrier_status) == ("in_transit", "Arrived at sorting center")


def test_a_scan_told_twice_is_one_scan() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    tell(shop, tracking, a_scan(1, "delivered"))

    assert tell(shop, tracking, a_scan(1, "delivered")) == []
    assert len(book.rows(TrackingEvent)) == 1
    assert book.units("delivered") == 2


def test_a_late_scan_after_the_delivery_is_recorded_and_changes_nothing() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    tell(shop, tracking, a_scan(5, "delivered"))
    [fact] = tell(shop, tracking, a_scan(3, "in_transit"))

    assert isinstance(fact, TrackingRecorded)
    assert (tracking.status, tracking.carrier_status) == ("delivered", "delivered, said the carrier")
    assert len(book.rows(TrackingEvent)) == 2


def test_failed_attempts_are_counted_and_the_last_one_is_known() -> None:
    shop = a_shop()
    tracking = expected(shop, shipped(shop))
    attempts = [tell(shop, tracking, a_scan(number, "failed_attempt"))[-1] for number in (1, 2, 3)]

    assert [(fact.attempt, fact.is_last) for fact in attempts if isinstance(fact, DeliveryFailed)] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert (tracking.status, tracking.attempts) == ("failed_attempt", 3)


def test_a_parcel_on_its_way_back_is_delivered_after_all() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    back = tell(shop, tracking, a_scan(6, "returned_to_sender"))[-1]
    assert isinstance(back, ShipmentReturnedToSender)
    assert [units.quantity for units in back.contents] == [2]
    delivered = tell(shop, tracking, a_scan(7, "delivered"))[-1]

    assert isinstance(delivered, ShipmentDelivered)
    assert (book.units("returning"), book.units("delivered")) == (0, 2)
    assert (tracking.status, tracking.delivered_at) == ("delivered", later(hours=7))


def test_what_we_have_received_back_was_delivered_at_our_own_door() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    tell(shop, tracking, a_scan(6, "returned_to_sender"))
    walk(book, shop, "returned")
    at_our_door = tell(shop, tracking, a_scan(7, "delivered"))

    assert len(at_our_door) == 1
    assert (tracking.status, tracking.delivered_at) == ("returning", None)
    assert tell(shop, tracking, a_scan(8, "in_transit"))[0].now == "returning"


def two_ids() -> tuple[UUID, UUID]:
    ids = a_call().ids
    return ids.new(), ids.new()


def two_parcels(shop: State) -> tuple[Book, Tracking, Tracking]:
    """Two units of one line, in a parcel each."""
    book = shipped(shop)
    first, second = (
        expected(shop, book, shipment_id=shipment_id, contents=all_of(book, 1)) for shipment_id in two_ids()
    )
    return book, first, second


def received(shop: State, book: Book, tracking: Tracking) -> None:
    """One unit of a parcel that came back is in the house, as the returns say."""
    (line,) = book.lines.values()
    move = UnitMove(line.id, line.sku, "returning", "returned", 1, "main")
    apply_moves(shop, Fact(order_id=book.order.id, moves=(move,)))
    do(shop, EndComingBack(order_id=tracking.order_id, shipment_id=tracking.shipment_id, units=all_of(book, 1)))


def test_what_is_told_of_a_parcel_that_we_have_back_moves_no_unit_of_another_one() -> None:
    shop = a_shop()
    book, first, second = two_parcels(shop)
    for tracking in (first, second):
        tell(shop, tracking, a_scan(6, "returned_to_sender"))
    received(shop, book, first)

    at_our_door = tell(shop, first, a_scan(7, "delivered"))
    moving_on = tell(shop, first, a_scan(8, "in_transit"))

    assert [type(fact) for fact in (*at_our_door, *moving_on)] == [TrackingRecorded] * 2
    assert (book.units("returning"), book.units("returned"), book.units("delivered")) == (1, 1, 0)
    assert (first.status, second.coming_back) == ("returning", all_of(book, 1))
    tell(shop, second, a_scan(9, "delivered"))
    assert (book.units("returning"), book.units("delivered")) == (0, 1)


def test_another_parcel_that_comes_back_later_makes_no_old_scan_new() -> None:
    shop = a_shop()
    book, first, second = two_parcels(shop)
    tell(shop, first, a_scan(6, "returned_to_sender"))
    received(shop, book, first)
    tell(shop, first, a_scan(7, "delivered"))
    tell(shop, second, a_scan(8, "returned_to_sender"))

    assert [type(fact) for fact in tell(shop, first, a_scan(9, "in_transit"))] == [TrackingRecorded]
    assert (book.units("returning"), book.units("returned")) == (1, 1)


def test_what_a_customer_sends_back_is_not_delivered_by_a_scan_of_the_parcel_that_brought_it() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    tell(shop, tracking, a_scan(6, "delivered"))
    walk(book, shop, "returning")

    told = [
        tell(shop, tracking, a_scan(number, status)) for number, status in ((7, "returned_to_sender"), (8, "delivered"))
    ]

    assert [fact for facts in told for fact in facts if fact.moves] == []
    assert book.units("returning") == 2


def test_a_parcel_that_waits_in_a_parcel_shop_is_told_once_and_is_still_on_its_way() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    waiting = tell(shop, tracking, a_scan(6, "available_for_pickup", place="Kiosk, Berlin"))[-1]
    again = tell(shop, tracking, a_scan(7, "available_for_pickup"))

    assert isinstance(waiting, ShipmentWaiting)
    assert waiting.place == "Kiosk, Berlin"
    assert len(again) == 1
    assert (tracking.status, book.units("shipped")) == ("at_pickup_point", 2)


def test_a_delivery_that_turns_out_to_be_a_return_is_put_right() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    tell(shop, tracking, a_scan(6, "delivered"))
    tell(shop, tracking, a_scan(7, "returned_to_sender"))

    assert (book.units("delivered"), book.units("returning")) == (0, 2)
    assert tracking.delivered_at is None


def test_a_lost_parcel_that_turns_up_is_delivered() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    lost = tell(shop, tracking, a_scan(1, "lost"))[-1]
    assert isinstance(lost, ShipmentLost)
    assert book.units("lost") == 2
    tell(shop, tracking, a_scan(2, "delivered"))

    assert (book.units("lost"), book.units("delivered")) == (0, 2)


def test_scans_that_come_before_the_parcel_is_expected_count_when_it_is() -> None:
    shop = a_shop()
    book = shipped(shop)
    shipment_id = a_call().ids.new()
    for scan in (a_scan(1, "label_created"), a_scan(2, "delivered")):
        do(
            shop,
            RecordTrackingEvent(
                order_id=order_id(book),
                shipment_id=shipment_id,
                event_id=scan.event_id,
                status=scan.status,
                at=scan.at,
                sequence=scan.sequence,
            ),
            a_call(later(hours=2)),
        )
    assert book.units("shipped") == 2
    tracking = expected(shop, book, shipment_id)

    assert (tracking.status, tracking.delivered_at) == ("delivered", later(hours=2))
    assert book.units("delivered") == 2


def test_a_parcel_is_expected_once() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    again = ExpectDelivery(
        order_id=order_id(book), shipment_id=tracking.shipment_id, tracking_number="T2", contents=all_of(book)
    )

    assert do(shop, again) == []
    assert tracking.tracking_number == "T1"


def test_a_time_without_its_zone_is_refused() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)

    with pytest.raises(Invalid, match="zone"):
        tell(shop, tracking, a_scan(1, "delivered", at=NOON.replace(tzinfo=None)))
    assert not book.rows(TrackingEvent)
    assert book.units("shipped") == 2


def test_silence_is_asked_about_every_twelve_hours_until_it_ends() -> None:
    shop = a_shop()
    tracking = expected(shop, shipped(shop))
    assert tracking.ask_at == later(hours=12)
    ask = AskCarrier(order_id=tracking.order_id, shipment_id=tracking.shipment_id, due_at=tracking.ask_at)
    [fact] = do(shop, ask, a_call(later(hours=12)))

    assert fact.kind() == "delivery.carrier_asked"
    assert tracking.ask_at == later(hours=24)
    assert do(shop, ask, a_call(later(hours=13))) == []
    tell(shop, tracking, a_scan(1, "delivered"))
    with pytest.raises(DeliveryEnded):
        do(shop, AskCarrier(order_id=tracking.order_id, shipment_id=tracking.shipment_id))


def test_news_put_off_the_day_on_which_a_parcel_counts_as_lost() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    due_at = tracking.lost_at
    assert due_at == later(days=14)
    tell(shop, tracking, a_scan(1, "in_transit"), at=later(days=13))
    give_up = DeclareLost(order_id=tracking.order_id, shipment_id=tracking.shipment_id, due_at=due_at)
    assert do(shop, give_up, a_call(later(days=14))) == []
    assert book.units("shipped") == 2
    [fact] = do(shop, msgspec.structs.replace(give_up, due_at=tracking.lost_at), a_call(later(days=27)))

    assert fact.why == "no news for 14 days"
    assert (tracking.status, book.units("lost")) == ("lost", 2)


def test_only_what_is_on_its_way_can_be_given_up() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    tell(shop, tracking, a_scan(1, "delivered"))

    with pytest.raises(DeliveryEnded, match="delivered"):
        do(shop, DeclareLost(order_id=tracking.order_id, shipment_id=tracking.shipment_id))
    with pytest.raises(NotFound):
        do(shop, DeclareLost(order_id=tracking.order_id, shipment_id=a_call().ids.new()))
    assert book.units("delivered") == 2


def test_units_that_went_back_by_another_way_are_not_moved_twice() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    tell(shop, tracking, a_scan(7, "delivered"))
    line = next(iter(book.lines.values()))
    line.delivered, line.returned = 1, 1
    back = tell(shop, tracking, a_scan(8, "returned_to_sender"))[-1]

    assert isinstance(back, ShipmentReturnedToSender)
    assert [units.quantity for units in back.contents] == [1]
    assert (line.delivered, line.returning, line.returned) == (0, 1, 1)


@pytest.mark.parametrize(("at", "kept"), [("2026-03-06T22:59:59+00:00", True), ("2026-03-06T23:00:00+00:00", False)])
def test_the_day_of_a_promise_is_one_of_the_shops_zone(at: str, kept: bool) -> None:
    shop = a_shop(BERLIN)
    tracking = expected(shop, shipped(shop))
    fact = tell(shop, tracking, a_scan(1, "delivered", at=datetime.fromisoformat(at)))[-1]

    assert isinstance(fact, ShipmentDelivered)
    assert fact.promise_kept is kept


def test_a_scan_of_a_time_that_cannot_be_is_refused_and_the_next_one_counts() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    asked_at = made_at(tracking.shipment_id)
    now = asked_at + timedelta(days=1)

    def scan(name: str, at: datetime) -> None:
        command = RecordTrackingEvent(
            order_id=tracking.order_id, shipment_id=tracking.shipment_id, event_id=name, status="in_transit", at=at
        )
        do(shop, command, a_call(now))

    for wrong in (
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        now + timedelta(hours=9),
        asked_at - timedelta(hours=1),
    ):
        with pytest.raises(Invalid) as refusal:
            scan("wrong", wrong)
        assert refusal.value.data["field"] == "at"
    scan("right", now + timedelta(minutes=3))

    assert tracking.last_event_at == now
    assert [event.event_id for event in book.rows(TrackingEvent).values()] == ["right"]


def test_scans_that_a_carrier_gives_with_impossible_times_are_left_out() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    now = made_at(tracking.shipment_id) + timedelta(days=1)
    times = (now - timedelta(days=400), now, now + timedelta(days=1))

    tell(shop, tracking, *(a_scan(number, "in_transit", at=at) for number, at in enumerate(times, 1)), at=now)

    assert [event.at for event in book.rows(TrackingEvent).values()] == [now]


def test_a_scan_that_the_carrier_tells_under_two_names_is_one_attempt() -> None:
    shop = a_shop()
    book = shipped(shop)
    tracking = expected(shop, book)
    scan = a_scan(1, "failed_attempt", place="Berlin")
    tell(shop, tracking, scan)

    told = RecordTrackingEvent(
        order_id=tracking.order_id,
        shipment_id=tracking.shipment_id,
        event_id="webhook-7",
        status=scan.status,
        at=scan.at,
        place=scan.place,
        carrier_status=scan.carrier_status,
        sequence=scan.sequence,
    )
    assert do(shop, told, a_call(scan.at)) == []
    assert tell(shop, tracking, msgspec.structs.replace(scan, event_id="x"), scan) == []

    assert (tracking.attempts, len(book.rows(TrackingEvent))) == (1, 1)
    again = msgspec.structs.replace(scan, event_id="y", at=scan.at + timedelta(days=1))
    assert any(isinstance(fact, DeliveryFailed) and fact.attempt == 2 for fact in tell(shop, tracking, again))
