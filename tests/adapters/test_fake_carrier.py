"""How the parcels of the simulated carrier travel, what they cost, and how the carrier misbehaves."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.carriers.fake_journey import CarrierScript, Fate
from purveyor.adapters.clocks import SimulatedClock
from purveyor.core.money import Money
from purveyor.ports.carrier import CarrierRefused, Destination, ParcelSpec, Rate, TrackingEvent
from purveyor.ports.errors import CarrierUnavailable

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
BOX = ParcelSpec(1_200, 300, 200, 100)
HAMBURG = Destination("Depot", "Hafenstr. 1", "Hamburg", "20457", "DE")
COLOGNE = Destination("Ada", "Domplatz 1", "Köln", "50667", "DE")
LYON = Destination("Luc", "Rue 3", "Lyon", "69001", "FR")
AUSTIN = Destination("Joe", "Elm St 4", "Austin", "78701", "US", "TX")


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "carrier.sqlite"


@pytest.fixture
def carrier(path: Path, clock: SimulatedClock) -> Iterator[FakeCarrier]:
    fake = FakeCarrier(path, clock)
    yield fake
    fake.close()


async def offered(carrier: FakeCarrier, parcels: list[ParcelSpec], to: Destination) -> dict[str, Rate]:
    return {rate.service: rate for rate in await carrier.quote(parcels, HAMBURG, to)}


async def booked(carrier: FakeCarrier, key: str, service: str = "standard") -> str:
    rate = (await offered(carrier, [BOX], COLOGNE))[service]
    return (await carrier.book(key, [BOX], HAMBURG, COLOGNE, rate, about=f"order-{key}")).tracking_number


async def statuses(carrier: FakeCarrier, number: str) -> list[str]:
    return [scan.status for scan in await carrier.scans(number)]


def named(events: list[TrackingEvent]) -> list[tuple[int, str]]:
    return [(event.sequence, event.status) for event in events]


async def test_prices_go_by_zone_weight_and_service(carrier: FakeCarrier) -> None:
    assert {name: rate.cost.minor for name, rate in (await offered(carrier, [BOX], COLOGNE)).items()} == {
        "economy": 470,  # 3.90 and two started kilograms of 0.40
        "standard": 610,
        "express": 1_210,
    }
    assert (await offered(carrier, [BOX, BOX], COLOGNE))["economy"].cost == Money(940, "EUR")
    assert (await offered(carrier, [BOX], LYON))["economy"].cost == Money(1_110, "EUR")
    assert (await offered(carrier, [BOX], AUSTIN))["economy"].cost == Money(2_590, "EUR")


async def test_days_go_by_zone_and_service(carrier: FakeCarrier) -> None:
    assert [rate.transit_days for rate in (await offered(carrier, [BOX], COLOGNE)).values()] == [4, 2, 1]
    assert [rate.transit_days for rate in (await offered(carrier, [BOX], AUSTIN)).values()] == [15, 8, 3]


async def test_light_but_bulky_parcels_are_charged_by_volume(carrier: FakeCarrier) -> None:
    one_kg = ParcelSpec(10, 500, 100, 100)  # 5,000 cm3
    above = ParcelSpec(10, 500, 101, 100)

    assert (await offered(carrier, [one_kg], COLOGNE))["economy"].cost.minor == 430
    assert (await offered(carrier, [above], COLOGNE))["economy"].cost.minor == 470


@pytest.mark.parametrize(
    ("parcel", "is_carried"),
    [
        (ParcelSpec(31_500, 300, 200, 100), True),
        (ParcelSpec(31_501, 300, 200, 100), False),
        (ParcelSpec(1_000, 2_000, 400, 400), True),  # 2000 + 2 * 800 = 3600
        (ParcelSpec(1_000, 2_001, 400, 400), False),
        (ParcelSpec(0, 300, 200, 100), False),
        (ParcelSpec(1, 1, 1, 1), True),
        (ParcelSpec(1_000, 300, 0, 100), False),
    ],
)
async def test_what_is_too_heavy_too_big_or_nothing_is_not_carried(
    carrier: FakeCarrier, parcel: ParcelSpec, is_carried: bool
) -> None:
    assert bool(await offered(carrier, [parcel], COLOGNE)) == is_carried


async def test_no_parcel_no_offer(carrier: FakeCarrier) -> None:
    assert await carrier.quote([], HAMBURG, COLOGNE) == []


async def test_a_rate_that_is_not_offered_buys_nothing(carrier: FakeCarrier) -> None:
    cheap = Rate("fakepost", "express", Money(1, "EUR"), 1)

    with pytest.raises(CarrierRefused) as refusal:
        await carrier.book("b", [BOX], HAMBURG, COLOGNE, cheap)

    assert refusal.value.reason == "rate_not_offered"
    assert carrier.labels() == []


async def test_an_address_nobody_delivers_to_buys_nothing(carrier: FakeCarrier) -> None:
    nowhere = Destination("X", "Y", "Z", "00000", "DE")
    rate = (await offered(carrier, [BOX], nowhere))["economy"]

    with pytest.raises(CarrierRefused) as refusal:
        await carrier.book("b", [BOX], HAMBURG, nowhere, rate)

    assert refusal.value.reason == "address_undeliverable"
    assert carrier.labels() == []


async def test_tracking_number_and_label_follow_from_the_key(carrier: FakeCarrier, clock: SimulatedClock) -> None:
    other = FakeCarrier(clock=clock)
    assert await booked(carrier, "b") == await booked(other, "b")
    other.close()

    rate = (await offered(carrier, [BOX, BOX], COLOGNE))["express"]
    label = await carrier.book("two", [BOX, BOX], HAMBURG, COLOGNE, rate)
    pages = label.document.decode().split("\f")
    assert len(pages) == 2
    assert all(label.tracking_number in page and "50667 Köln" in page for page in pages)


async def test_a_parcel_travels_with_the_clock_and_keeps_its_promise(
    carrier: FakeCarrier, clock: SimulatedClock
) -> None:
    number = await booked(carrier, "b", "express")
    assert await statuses(carrier, number) == ["label_created"]

    clock.advance(timedelta(hours=7))
    assert await statuses(carrier, number) == ["label_created", "in_transit"]
    clock.advance(timedelta(hours=11))
    assert await statuses(carrier, number) == ["label_created", "in_transit", "in_transit", "out_for_delivery"]
    clock.advance(timedelta(hours=6))
    scans = await carrier.scans(number)
    assert scans[-1].status == "delivered"
    assert scans[-1].at <= START + timedelta(days=1)
    assert [scan.at for scan in scans] == sorted(scan.at for scan in scans)

    clock.advance(timedelta(days=30))
    assert await carrier.scans(number) == scans


@pytest.mark.parametrize(
    ("fate", "ending"),
    [
        ("delivered", ["in_transit", "out_for_delivery", "delivered"]),
        ("late", ["in_transit", "in_transit", "out_for_delivery", "delivered"]),
        ("failed_attempt", ["out_for_delivery", "failed_attempt", "out_for_delivery", "delivered"]),
        ("returned_to_sender", ["out_for_delivery", "failed_attempt", "in_transit", "returned_to_sender"]),
        ("lost", ["in_transit", "in_transit", "lost"]),
        ("stuck", ["label_created", "in_transit", "in_transit"]),
    ],
)
async def test_every_fate_has_its_end(
    carrier: FakeCarrier, clock: SimulatedClock, fate: Fate, ending: list[str]
) -> None:
    number = await booked(carrier, "b")
    carrier.meet(number, fate)
    clock.advance(timedelta(days=60))

    scans = await carrier.scans(number)

    assert [scan.status for scan in scans][-len(ending) :] == ending
    assert [scan.at for scan in scans] == sorted(scan.at for scan in scans)
    assert carrier.labels()[0].fate == fate


async def test_fates_come_by_seeded_shares(carrier: FakeCarrier, clock: SimulatedClock) -> None:
    script = CarrierScript(seed="s", failed_attempt=0.2, returned_to_sender=0.1, lost=0.1, stuck=0.1, late_delivery=0.1)
    carrier.tell(script)
    for n in range(300):
        await booked(carrier, f"b{n}")
    fates = Counter(label.fate for label in carrier.labels())

    assert set(fates) == {"delivered", "failed_attempt", "returned_to_sender", "lost", "stuck", "late"}
    assert 90 <= fates["delivered"] <= 150
    assert 40 <= fates["failed_attempt"] <= 80


async def test_a_fate_that_turns_on_the_way_keeps_what_was_scanned(carrier: FakeCarrier, clock: SimulatedClock) -> None:
    number = await booked(carrier, "b", "express")
    clock.advance(timedelta(hours=18))
    before = await carrier.scans(number)
    sent, cursor = await carrier.due_events()

    carrier.meet(number, "lost")
    clock.advance(timedelta(days=60))
    scans = await carrier.scans(number)

    assert scans[: len(before)] == before == sent
    assert named(scans[len(before) :]) == [(5, "lost")]
    assert (await carrier.due_events(cursor)).events == scans[len(before) :]


async def test_the_feed_sends_every_scan_once_when_it_is_due(carrier: FakeCarrier, clock: SimulatedClock) -> None:
    first, second = await booked(carrier, "b", "express"), await booked(carrier, "c", "standard")
    events, cursor = await carrier.due_events()
    assert sorted(event.tracking_number for event in events) == sorted([first, second])
    assert await carrier.due_events(cursor) == ([], cursor)

    for _ in range(72):
        clock.advance(timedelta(hours=1))
        batch = await carrier.due_events(cursor)
        events += batch.events
        cursor = batch.cursor

    assert [event.at for event in events] == sorted(event.at for event in events)
    for number in (first, second):
        assert [event for event in events if event.tracking_number == number] == await carrier.scans(number)


async def test_a_leap_of_the_clock_sends_all_in_order(carrier: FakeCarrier, clock: SimulatedClock) -> None:
    number = await booked(carrier, "b")
    clock.advance(timedelta(days=9))

    assert (await carrier.due_events()).events == await carrier.scans(number)


async def test_events_come_twice(carrier: FakeCarrier, clock: SimulatedClock) -> None:
    carrier.tell(CarrierScript(events_twice=1.0))
    number = await booked(carrier, "b")
    clock.advance(timedelta(days=9))

    events, _ = await carrier.due_events()

    scans = await carrier.scans(number)
    assert Counter(event.event_id for event in events) == {scan.event_id: 2 for scan in scans}


async def test_events_come_out_of_order(carrier: FakeCarrier, clock: SimulatedClock) -> None:
    carrier.tell(CarrierScript(events_out_of_order=0.5, seed="x"))
    numbers = [await booked(carrier, f"b{n}") for n in range(20)]
    clock.advance(timedelta(days=9))

    events, _ = await carrier.due_events()

    assert [event.at for event in events] != sorted(event.at for event in events)
    for number in numbers:
        of_parcel = sorted((event for event in events if event.tracking_number == number), key=lambda e: e.sequence)
        assert of_parcel == await carrier.scans(number)


async def test_a_label_is_given_back_until_the_parcel_is_picked_up(carrier: FakeCarrier, clock: SimulatedClock) -> None:
    number = await booked(carrier, "b")
    clock.advance(timedelta(hours=30))
    pickup = (await carrier.scans(number))[1].at
    late = await booked(carrier, "c")
    clock.advance(pickup - clock.now())

    with pytest.raises(CarrierRefused) as refusal:
        await carrier.cancel(number)
    assert refusal.value.reason == "already_in_transit"

    clock.advance(-timedelta(microseconds=1))
    await carrier.cancel(number)
    clock.advance(timedelta(days=9))
    assert await statuses(carrier, number) == ["label_created"]
    assert named([event for event in (await carrier.due_events()).events if event.tracking_number == number]) == [
        (1, "label_created")
    ]
    assert {label.key: label.is_canceled for label in carrier.labels()} == {"b": True, "c": False}
    assert (await statuses(carrier, late))[-1] == "delivered"


async def test_a_booking_whose_answer_is_lost_bought_one_label(carrier: FakeCarrier) -> None:
    rate = (await offered(carrier, [BOX], COLOGNE))["economy"]
    carrier.tell(CarrierScript(timeout_after_calls=1))

    with pytest.raises(CarrierUnavailable):
        await carrier.book("b", [BOX], HAMBURG, COLOGNE, rate, about="order-1")
    label = await carrier.book("b", [BOX], HAMBURG, COLOGNE, rate, about="order-1")

    assert [(bought.tracking_number, bought.cost) for bought in carrier.labels("order-1")] == [
        (label.tracking_number, rate.cost)
    ]
    assert carrier.labels("order-2") == []


async def test_a_booking_that_never_arrived_bought_nothing(carrier: FakeCarrier) -> None:
    rate = (await offered(carrier, [BOX], COLOGNE))["economy"]
    carrier.tell(CarrierScript(timeout_before_calls=1))

    with pytest.raises(CarrierUnavailable):
        await carrier.book("b", [BOX], HAMBURG, COLOGNE, rate)

    assert carrier.labels() == []


async def test_an_outage_told_by_another_process_stops_everything(carrier: FakeCarrier, path: Path) -> None:
    number = await booked(carrier, "b")
    rate = (await offered(carrier, [BOX], COLOGNE))["economy"]
    control = FakeCarrier(path)
    control.tell(CarrierScript(unavailable=True))

    for call in (
        carrier.quote([BOX], HAMBURG, COLOGNE),
        carrier.book("c", [BOX], HAMBURG, COLOGNE, rate),
        carrier.cancel(number),
        carrier.scans(number),
    ):
        with pytest.raises(CarrierUnavailable):
            await call

    control.tell(CarrierScript())
    assert [(label.key, label.is_canceled) for label in control.labels()] == [("b", False)]
    control.close()
