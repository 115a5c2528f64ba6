"""What facts change about installations and the technicians' days."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.registry import applies
from purveyor.core.state import State
from purveyor.stages.delivery.facts import (
    AppointmentBooked,
    AppointmentReleased,
    InstallationCompleted,
    InstallationPlanned,
    SlotsAdded,
)
from purveyor.stages.delivery.state.rows import Appointment, Slot


def day_of(technician: str, starts_at: datetime) -> str:
    """Under what slots of one technician and day (UTC) are found."""
    return f"{technician} {starts_at.date()}"


@applies(SlotsAdded)
def add_slots(state: State, fact: SlotsAdded, _stamp: Stamp) -> None:
    for slot in fact.slots:
        day = day_of(slot.technician, slot.starts_at)
        state.add(Slot(slot.slot_id, slot.technician, day, slot.starts_at, slot.minutes, None))


@applies(InstallationPlanned)
def plan(state: State, fact: InstallationPlanned, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    for planned in fact.appointments:
        book.add(
            Appointment(
                id=planned.appointment_id,
                order_id=fact.order_id,
                fulfillment_id=fact.fulfillment_id,
                line_id=planned.line_id,
                sku=planned.sku,
                quantity=planned.quantity,
                minutes=planned.minutes,
                status="planned",
                slot_id=None,
                technician="",
                starts_at=None,
                planned_at=stamp.at,
                done_at=None,
                record_id=None,
            )
        )


@applies(AppointmentBooked)
def book_slot(state: State, fact: AppointmentBooked, _stamp: Stamp) -> None:
    _free(state, fact.slot_before)
    state.row(Slot, fact.slot_id).taken_by = fact.appointment_id
    appointment = _appointment(state, fact, fact.appointment_id)
    appointment.status = "booked"
    appointment.slot_id = fact.slot_id
    appointment.technician = fact.technician
    appointment.starts_at = fact.starts_at


@applies(AppointmentReleased)
def release_slot(state: State, fact: AppointmentReleased, _stamp: Stamp) -> None:
    _free(state, fact.slot_before)
    appointment = _appointment(state, fact, fact.appointment_id)
    appointment.status = "planned" if fact.is_open else "canceled"
    appointment.slot_id = None
    appointment.technician = ""
    appointment.starts_at = None


@applies(InstallationCompleted)
def complete(state: State, fact: InstallationCompleted, stamp: Stamp) -> None:
    appointment = _appointment(state, fact, fact.appointment_id)
    appointment.status = "done"
    appointment.done_at = stamp.at
    appointment.record_id = fact.record_id


def _free(state: State, slot_id: UUID | None) -> None:
    if slot_id is not None:
        state.row(Slot, slot_id).taken_by = None


def _appointment(state: State, fact: Fact, appointment_id: UUID) -> Appointment:
    assert fact.order_id is not None
    return state.book(fact.order_id).row(Appointment, appointment_id)
