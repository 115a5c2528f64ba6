"""Installations: slots, appointments, records."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
import pytest

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import PrivateText
from purveyor.core.state import Book, State
from purveyor.stages.delivery.commands import (
    AddSlots,
    BookAppointment,
    CompleteInstallation,
    MoveAppointment,
    PlanInstallation,
    SlotItem,
    WithdrawDeliveries,
)
from purveyor.stages.delivery.decide.installation import (
    AppointmentNotOpen,
    NothingToInstall,
    SlotOverlaps,
    SlotPassed,
    SlotTaken,
    SlotTooShort,
)
from purveyor.stages.delivery.facts import SlotsAdded
from purveyor.stages.delivery.state import Appointment, Slot
from tests.pure import NOON, a_call, a_shop, do, later, order_id
from tests.stages.delivery.goods import all_of, allocated

TOMORROW = later(hours=24)


def a_slot(shop: State, starts_at: datetime = TOMORROW, minutes: int = 120, technician: str = "tom") -> Slot:
    item = SlotItem(technician=technician, starts_at=starts_at, minutes=minutes)
    [fact] = do(shop, AddSlots(slots=(item,)))
    assert isinstance(fact, SlotsAdded)
    return shop.row(Slot, fact.slots[0].slot_id)


def planned(shop: State, quantity: int = 1) -> tuple[Book, Appointment]:
    book = allocated(shop, ("FIT", quantity))
    plan = PlanInstallation(order_id=order_id(book), fulfillment_id=UUID(int=7), units=all_of(book))
    do(shop, plan)
    assert do(shop, plan) == []
    return book, next(iter(book.rows(Appointment).values()))


def at(appointment: Appointment, slot: Slot) -> BookAppointment:
    return BookAppointment(order_id=appointment.order_id, appointment_id=appointment.id, slot_id=slot.id)


def done(appointment: Appointment, record: str = "Mounted and tested.", signed_by: str = "Ann") -> CompleteInstallation:
    return CompleteInstallation(
        order_id=appointment.order_id, appointment_id=appointment.id, record=record, signed_by=signed_by
    )


def test_an_installation_goes_from_plan_to_slot_to_signed_record() -> None:
    shop = a_shop()
    book, appointment = planned(shop)
    slot = a_slot(shop)
    do(shop, at(appointment, slot))
    assert (appointment.status, appointment.technician, slot.taken_by) == ("booked", "tom", appointment.id)
    [fact] = do(shop, done(appointment))

    assert (appointment.status, book.units("delivered")) == ("done", 1)
    assert b"Ann" not in msgspec.json.encode(fact)
    assert b"Mounted" not in msgspec.json.encode(fact)
    assert appointment.record_id is not None
    text = shop.shared[PrivateText][appointment.record_id].text
    assert msgspec.json.decode(text) == {"record": "Mounted and tested.", "signed_by": "Ann"}


def test_a_slot_is_taken_once() -> None:
    shop = a_shop()
    (_, first), (_, second) = planned(shop), planned(shop)
    slot = a_slot(shop)
    do(shop, at(first, slot))

    with pytest.raises(SlotTaken):
        do(shop, at(second, slot))
    assert (slot.taken_by, second.status) == (first.id, "planned")


@pytest.mark.parametrize(("minutes", "fits"), [(180, True), (179, False)])
def test_a_slot_must_be_as_long_as_the_work(minutes: int, fits: bool) -> None:
    shop = a_shop()
    _, appointment = planned(shop, 2)
    slot = a_slot(shop, minutes=minutes)
    assert appointment.minutes == 180

    if fits:
        do(shop, at(appointment, slot))
        assert slot.taken_by == appointment.id
    else:
        with pytest.raises(SlotTooShort):
            do(shop, at(appointment, slot))
        assert slot.taken_by is None


def test_a_slot_that_has_begun_cannot_be_booked() -> None:
    shop = a_shop()
    _, appointment = planned(shop)
    slot = a_slot(shop)

    with pytest.raises(SlotPassed):
        do(shop, at(appointment, slot), a_call(TOMORROW))
    assert slot.taken_by is None
    do(shop, at(appointment, slot), a_call(later(hours=24, seconds=-1)))
    assert slot.taken_by == appointment.id


def test_a_moved_appointment_frees_its_slot() -> None:
    shop = a_shop()
    _, appointment = planned(shop)
    first, second = a_slot(shop), a_slot(shop, later(hours=48), technician="tina")
    move = MoveAppointment(order_id=appointment.order_id, appointment_id=appointment.id, slot_id=second.id)
    with pytest.raises(AppointmentNotOpen):
        do(shop, move)
    do(shop, at(appointment, first))
    do(shop, move)

    assert (first.taken_by, second.taken_by) == (None, appointment.id)
    assert (appointment.technician, appointment.starts_at) == ("tina", later(hours=48))
    with pytest.raises(SlotTaken):
        do(shop, move)
    do(shop, MoveAppointment(order_id=appointment.order_id, appointment_id=appointment.id, why="tina is ill"))
    assert (second.taken_by, appointment.status, appointment.starts_at) == (None, "planned", None)


def test_nothing_is_done_before_it_is_booked_nor_twice_nor_without_signature() -> None:
    shop = a_shop()
    book, appointment = planned(shop)
    with pytest.raises(AppointmentNotOpen, match="planned"):
        do(shop, done(appointment))
    do(shop, at(appointment, a_slot(shop)))
    for bad in (done(appointment, signed_by=" "), done(appointment, record=""), done(appointment, "x" * 10_001)):
        with pytest.raises(Invalid):
            do(shop, bad)
    assert book.units("delivered") == 0
    do(shop, done(appointment))
    with pytest.raises(AppointmentNotOpen, match="done"):
        do(shop, done(appointment))
    assert book.units("delivered") == 1


def test_a_canceled_installation_frees_its_slot() -> None:
    shop = a_shop()
    book, appointment = planned(shop)
    slot = a_slot(shop)
    do(shop, at(appointment, slot))
    line = next(iter(book.lines.values()))
    line.allocated, line.canceled = 0, 1
    with pytest.raises(NothingToInstall):
        do(shop, done(appointment))
    do(shop, WithdrawDeliveries(order_id=order_id(book)))

    assert (appointment.status, slot.taken_by) == ("canceled", None)
    assert do(shop, WithdrawDeliveries(order_id=order_id(book))) == []


def test_slots_of_one_technician_may_touch_but_not_overlap() -> None:
    shop = a_shop()
    a_slot(shop, minutes=60)
    a_slot(shop, later(hours=25), minutes=60)
    a_slot(shop, minutes=60, technician="tina")

    with pytest.raises(SlotOverlaps):
        a_slot(shop, later(hours=24, minutes=59), minutes=1)
    twice = SlotItem(technician="tom", starts_at=later(hours=72), minutes=30)
    with pytest.raises(SlotOverlaps):
        do(shop, AddSlots(slots=(twice, twice)))
    assert len(shop.shared[Slot]) == 3


@pytest.mark.parametrize(
    "slot",
    [
        SlotItem(technician="", starts_at=TOMORROW, minutes=60),
        SlotItem(technician="tom", starts_at=NOON.replace(tzinfo=None), minutes=60),
        SlotItem(technician="tom", starts_at=TOMORROW, minutes=0),
        SlotItem(technician="tom", starts_at=TOMORROW, minutes=1_441),
    ],
)
def test_what_is_no_slot_is_refused(slot: SlotItem) -> None:
    shop = a_shop()

    with pytest.raises(Invalid, match=r"slots\[1\]"):
        do(shop, AddSlots(slots=(slot,)))
    with pytest.raises(Invalid):
        do(shop, AddSlots(slots=()))
    assert not shop.shared[Slot]


def test_a_slot_that_is_not_there_cannot_be_booked() -> None:
    shop = a_shop()
    _, appointment = planned(shop)

    with pytest.raises(NotFound):
        do(
            shop,
            BookAppointment(order_id=appointment.order_id, appointment_id=appointment.id, slot_id=a_call().ids.new()),
        )
    assert appointment.status == "planned"
