"""What every carrier must do. Add an adapter to `carrier` to hold it to the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.ports.carrier import Carrier, CarrierRefused, Destination, ParcelSpec
from purveyor.ports.errors import KeyReused

WAREHOUSE = Destination("Depot", "Hafenstr. 1", "Hamburg", "20457", "DE")
CUSTOMER = Destination("Zoë Ångström", "Straße 2", "Köln", "50667", "DE")
BOX = ParcelSpec(1_200, 300, 200, 100)


@pytest.fixture(params=["memory", "file"])
def carrier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Carrier]:
    fake = FakeCarrier(":memory:" if request.param == "memory" else tmp_path / "carrier.sqlite")
    yield fake
    fake.close()


async def test_offers_come_cheapest_first(carrier: Carrier) -> None:
    rates = await carrier.quote([BOX], WAREHOUSE, CUSTOMER)

    assert rates
    assert [rate.cost.minor for rate in rates] == sorted(rate.cost.minor for rate in rates)
    assert all(rate.cost.minor > 0 and rate.transit_days > 0 for rate in rates)


async def test_a_booking_buys_the_quoted_rate(carrier: Carrier) -> None:
    (rate, *_) = await carrier.quote([BOX], WAREHOUSE, CUSTOMER)

    label = await carrier.book("b", [BOX], WAREHOUSE, CUSTOMER, rate)

    assert (label.carrier, label.service, label.cost) == (rate.carrier, rate.service, rate.cost)
    assert label.tracking_number
    assert label.document
    assert label.media_type


async def test_booking_twice_buys_one_label(carrier: Carrier) -> None:
    (rate, *_) = await carrier.quote([BOX], WAREHOUSE, CUSTOMER)

    first = await carrier.book("b", [BOX], WAREHOUSE, CUSTOMER, rate)

    assert await carrier.book("b", [BOX], WAREHOUSE, CUSTOMER, rate) == first
    assert (await carrier.book("c", [BOX], WAREHOUSE, CUSTOMER, rate)).tracking_number != first.tracking_number


async def test_the_same_key_for_other_parcels_is_an_error(carrier: Carrier) -> None:
    (rate, *_) = await carrier.quote([BOX], WAREHOUSE, CUSTOMER)
    await carrier.book("b", [BOX], WAREHOUSE, CUSTOMER, rate)

    with pytest.raises(KeyReused):
        await carrier.book("b", [BOX, BOX], WAREHOUSE, CUSTOMER, rate)
    with pytest.raises(KeyReused):
        await carrier.book("b", [BOX], CUSTOMER, WAREHOUSE, rate)


async def test_scans_are_counted_from_one_in_order(carrier: Carrier) -> None:
    (rate, *_) = await carrier.quote([BOX], WAREHOUSE, CUSTOMER)
    number = (await carrier.book("b", [BOX], WAREHOUSE, CUSTOMER, rate)).tracking_number

    scans = await carrier.scans(number)

    assert [scan.sequence for scan in scans] == list(range(1, len(scans) + 1))
    assert all(scan.tracking_number == number and scan.at.utcoffset() is not None for scan in scans)


async def test_a_label_can_be_given_back_and_that_twice(carrier: Carrier) -> None:
    (rate, *_) = await carrier.quote([BOX], WAREHOUSE, CUSTOMER)
    label = await carrier.book("b", [BOX], WAREHOUSE, CUSTOMER, rate)

    await carrier.cancel(label.tracking_number)
    await carrier.cancel(label.tracking_number)

    assert await carrier.book("b", [BOX], WAREHOUSE, CUSTOMER, rate) == label


async def test_an_unknown_number_is_refused(carrier: Carrier) -> None:
    with pytest.raises(CarrierRefused, match="nowhere") as canceling:
        await carrier.cancel("nowhere")
    with pytest.raises(CarrierRefused) as scanning:
        await carrier.scans("nowhere")
    assert canceling.value.reason == scanning.value.reason == "unknown_tracking_number"
