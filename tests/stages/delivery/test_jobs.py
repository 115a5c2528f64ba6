"""What is asked of carriers and of systems with accounts: against the simulated ones."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from purveyor.adapters.access.fake import FakeAccessSystem
from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.db.reader import Reader
from purveyor.engine.jobs import Ports
from purveyor.ports.carrier import Destination, ParcelSpec
from purveyor.stages.delivery.commands import (
    PollCarrier,
    RecordAccess,
    RecordTrackingEvents,
    SwitchOff,
    SwitchOn,
)
from purveyor.stages.delivery.jobs import poll_carrier, switch_off, switch_on

ORDER, THING, CONTACT = UUID(int=1), UUID(int=2), UUID(int=3)
BERLIN = Destination("Ann", "Teststr. 1", "Berlin", "10115", "DE")


class Contacts:
    """One account, whoever asks."""

    def __init__(self, email: str, customer: str | None, *, erased: bool) -> None:
        self.row: dict[str, Any] = {"email": email, "customer": customer, "erased": erased}

    async def fetch(self, _query: str, *_args: object) -> list[dict[str, Any]]:
        return [self.row]


def outside(
    *,
    carrier: Any = None,
    access: Any = None,
    email: str = "Ann@Example.com",
    customer: str | None = None,
    erased: bool = False,
) -> Ports:
    nobody: Any = None
    read = Reader(Contacts(email, customer, erased=erased))
    return Ports(gateway=nobody, carrier=carrier, notifier=nobody, access=access, files=nobody, clock=nobody, read=read)


async def test_a_carrier_that_is_asked_tells_all_its_scans() -> None:
    carrier = FakeCarrier()
    box = [ParcelSpec(500, 100, 100, 100)]
    rate = (await carrier.quote(box, BERLIN, BERLIN))[0]
    label = await carrier.book("k", box, BERLIN, BERLIN, rate)
    job = PollCarrier(order_id=ORDER, shipment_id=THING, tracking_number=label.tracking_number)
    answer = await poll_carrier(job, "job-1", outside(carrier=carrier))

    assert isinstance(answer, RecordTrackingEvents)
    assert [(scan.status, scan.sequence) for scan in answer.events] == [("label_created", 1)]


async def test_a_number_that_the_carrier_does_not_know_is_no_news() -> None:
    job = PollCarrier(order_id=ORDER, shipment_id=THING, tracking_number="NOBODY")

    assert await poll_carrier(job, "job-1", outside(carrier=FakeCarrier())) is None


async def test_access_goes_on_and_off_once_however_often_the_job_runs() -> None:
    access = FakeAccessSystem()
    on = SwitchOn(order_id=ORDER, grant_id=THING, turn=1, contact_id=CONTACT, system="members")
    off = SwitchOff(order_id=ORDER, grant_id=THING, turn=2, contact_id=CONTACT, system="members")
    for key in ("job-1", "job-2"):
        answer = await switch_on(on, key, outside(access=access))
        assert answer == RecordAccess(order_id=ORDER, grant_id=THING, turn=1)
    assert await access.active("ann@example.com", "members")
    await switch_off(off, "job-3", outside(access=access))
    await switch_on(on, "job-4", outside(access=access))  # a late repetition

    assert not await access.active("ann@example.com", "members")
    assert [(right.granted, right.revoked) for right in access.rights()] == [(1, 1)]


async def test_a_customer_without_mail_is_known_by_the_account() -> None:
    access = FakeAccessSystem()
    on = SwitchOn(order_id=ORDER, grant_id=THING, turn=1, contact_id=CONTACT, system="members")
    await switch_on(on, "job-1", outside(access=access, email="", customer="c-1"))

    assert await access.active("customer:c-1", "members")


@pytest.mark.parametrize(("email", "erased"), [("", False), ("ann@example.com", True)])
async def test_nobody_gets_no_access(email: str, erased: bool) -> None:
    access = FakeAccessSystem()
    on = SwitchOn(order_id=ORDER, grant_id=THING, turn=1, contact_id=CONTACT, system="members")
    answer = await switch_on(on, "job-1", outside(access=access, email=email, erased=erased))

    assert isinstance(answer, RecordAccess)
    assert answer.refused
    assert not access.rights()
