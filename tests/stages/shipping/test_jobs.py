"""What is asked of carriers: against the simulated one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import pytest

from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.carriers.fake_journey import CarrierScript
from purveyor.db.reader import Reader
from purveyor.engine.jobs import Ports
from purveyor.ports.errors import CarrierUnavailable
from purveyor.stages.shipping.commands import (
    Box,
    BuyLabel,
    CancelLabel,
    Origin,
    RecordLabel,
    RecordLabelFailure,
    RecordVoid,
)
from purveyor.stages.shipping.jobs import buy_label, cancel_label
from tests.pure import NOON, later

ADDRESS: dict[str, Any] = {
    "id": UUID(int=3),
    "name": "Ann Example",
    "company": "",
    "street": "Teststr. 1",
    "city": "Berlin",
    "postal_code": "10115",
    "region": "",
    "country": "DE",
    "erased": False,
}
JOB = BuyLabel(
    order_id=UUID(int=1),
    shipment_id=UUID(int=2),
    attempt=1,
    contact_id=UUID(int=3),
    origin=Origin("Main warehouse", "Invalidenstr. 1", "Berlin", "10115", "DE"),
    box=Box(820, 250, 180, 100),
    promised_at=later(days=2),
    requested_at=NOON,
    about="100001",
)


class Contacts:
    """One address, whoever asks."""

    def __init__(self, address: dict[str, Any] | None) -> None:
        self.address = address

    async def fetch(self, _query: str, *_args: object) -> list[dict[str, Any]]:
        return [] if self.address is None else [self.address]


def outside(carrier: FakeCarrier, address: dict[str, Any] | None = ADDRESS) -> Ports:
    nobody: Any = None
    return Ports(
        gateway=nobody,
        carrier=carrier,
        notifier=nobody,
        access=nobody,
        files=nobody,
        clock=nobody,
        read=Reader(Contacts(address)),
    )


async def test_the_label_of_the_cheapest_service_in_time_is_bought_once_for_one_attempt() -> None:
    carrier = FakeCarrier()
    first = await buy_label(JOB, "job-1", outside(carrier))
    again = await buy_label(JOB, "job-2", outside(carrier))

    assert isinstance(first, RecordLabel)
    assert first == again
    assert first.service == "standard"
    assert "cheapest of 2" in first.why
    assert first.document.startswith("data:text/plain;charset=utf-8;base64,")
    assert len(carrier.labels()) == 1
    assert carrier.labels()[0].about == "100001"


async def test_a_carrier_that_does_not_answer_is_trouble_and_nothing_is_recorded() -> None:
    carrier = FakeCarrier()
    carrier.tell(CarrierScript(unavailable=True))

    with pytest.raises(CarrierUnavailable):
        await buy_label(JOB, "job-1", outside(carrier))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ({**ADDRESS, "postal_code": "00000"}, "address_undeliverable"),
        ({**ADDRESS, "erased": True}, "address_erased"),
        (None, "address_erased"),
    ],
)
async def test_an_address_that_cannot_be_served_is_a_failure_with_its_code(
    address: dict[str, Any] | None, reason: str
) -> None:
    carrier = FakeCarrier()
    answer = await buy_label(JOB, "job-1", outside(carrier, address))

    assert isinstance(answer, RecordLabelFailure)
    assert (answer.reason, answer.attempt) == (reason, 1)
    assert not carrier.labels()


async def test_a_parcel_that_nobody_takes_has_no_rate() -> None:
    heavy = msgspec.structs.replace(JOB, box=Box(99_000, 250, 180, 100))
    answer = await buy_label(heavy, "job-1", outside(FakeCarrier()))

    assert isinstance(answer, RecordLabelFailure)
    assert answer.reason == "no_rate"


async def test_a_label_is_given_back_and_an_unknown_one_is_refused() -> None:
    carrier = FakeCarrier()
    label = await buy_label(JOB, "job-1", outside(carrier))
    assert isinstance(label, RecordLabel)
    job = CancelLabel(order_id=JOB.order_id, shipment_id=JOB.shipment_id, tracking_number=label.tracking_number)
    unknown = CancelLabel(order_id=JOB.order_id, shipment_id=JOB.shipment_id, tracking_number="NOBODY")

    taken = await cancel_label(job, "job-2", outside(carrier))
    refused = await cancel_label(unknown, "job-3", outside(carrier))

    assert isinstance(taken, RecordVoid)
    assert taken.refused == ""
    assert carrier.labels()[0].is_canceled
    assert isinstance(refused, RecordVoid)
    assert refused.refused == "unknown_tracking_number"
