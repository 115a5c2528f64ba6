"""Installations: technicians' slots, appointments, and the record of what was done."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from purveyor.core.field_types import to_come
from purveyor.core.messages import Call
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides, needs
from purveyor.core.rows import PrivateText
from purveyor.core.state import Needs, State
from purveyor.stages.delivery.commands import (
    AddSlots,
    BookAppointment,
    CompleteInstallation,
    MoveAppointment,
    PlanInstallation,
)
from purveyor.stages.delivery.decide.units import move_all, still_in
from purveyor.stages.delivery.facts import (
    AddedSlot,
    AppointmentBooked,
    AppointmentReleased,
    InstallationCompleted,
    InstallationPlanned,
    PlannedAppointment,
    SlotsAdded,
)
from purveyor.stages.delivery.state import Appointment, Slot
from purveyor.stages.delivery.state.installation import day_of

MOST_SLOTS: Final = 1_000  # in one command
AHEAD: Final = timedelta(days=732)  # nobody plans technicians for longer than two years
LONGEST_SLOT: Final = 24 * 60
LONGEST_RECORD: Final = 10_000


class SlotOverlaps(Refusal):
    """Two slots of one technician at the same time."""

    technician: str
    starts_at: datetime
    sentence = "{technician} has another slot at {starts_at} already."


class SlotTaken(Refusal):
    """Somebody was faster."""

    slot_id: UUID
    sentence = "This slot is taken."
    instead = ("choose another slot",)


class SlotPassed(Refusal):
    """A time that is over."""

    starts_at: datetime
    sentence = "{starts_at} is past."
    instead = ("choose another slot",)


class SlotTooShort(Refusal):
    """The work takes longer than the technician has."""

    minutes: int
    wanted: int
    sentence = "The slot has {minutes} minutes, the installation takes {wanted}."
    instead = ("choose a longer slot",)


class AppointmentNotOpen(Refusal):
    """An appointment that is not in a state for this."""

    appointment_id: UUID
    appointment_status: str
    sentence = "This appointment is {appointment_status}."


class NothingToInstall(Refusal):
    """Units that were canceled, or are not there yet."""

    appointment_id: UUID
    sentence = "Nothing of this appointment is left to be installed."


@needs(AddSlots)
def what_slots_need(command: AddSlots) -> Needs:
    days = {day_of(slot.technician, slot.starts_at) for slot in command.slots}
    return Needs(found={(Slot, "day"): days})


@decides(AddSlots)
def decide_add_slots(state: State, command: AddSlots, call: Call) -> Decision:
    """Open technicians' time for booking, all slots or none. Refuses with `Invalid` and `SlotOverlaps`."""
    if not 1 <= len(command.slots) <= MOST_SLOTS:
        raise Invalid(field="slots", found=f"{len(command.slots)} of them", expected=f"1 to {MOST_SLOTS}")
    taken: defaultdict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for number, slot in enumerate(command.slots, 1):
        where = f"slots[{number}]"
        if not slot.technician:
            raise Invalid(field=f"{where}.technician", found="nothing", expected="a staff code")
        to_come(slot.starts_at, call.at, f"{where}.starts_at", AHEAD)
        if not 1 <= slot.minutes <= LONGEST_SLOT:
            raise Invalid(field=f"{where}.minutes", found=slot.minutes, expected=f"1 to {LONGEST_SLOT}")
        day = day_of(slot.technician, slot.starts_at)
        if day not in taken:
            taken[day] = [_span(each.starts_at, each.minutes) for each in state.find(Slot, "day", day)]
        start, end = _span(slot.starts_at, slot.minutes)
        if any(start < other_end and other_start < end for other_start, other_end in taken[day]):
            raise SlotOverlaps(technician=slot.technician, starts_at=slot.starts_at.astimezone(state.policies.zone))
        taken[day].append((start, end))
    yield SlotsAdded(
        slots=tuple(AddedSlot(call.ids.new(), slot.technician, slot.starts_at, slot.minutes) for slot in command.slots)
    )


@decides(PlanInstallation)
def decide_plan(state: State, command: PlanInstallation, call: Call) -> Decision:
    """Plan an appointment a line for what is allocated of these units and not planned yet; that may be nothing."""
    book = state.book(command.order_id)
    waiting = [each for each in book.rows(Appointment).values() if each.status in ("planned", "booked")]
    planned: list[PlannedAppointment] = []
    for units in still_in(book, command.units, "allocated"):
        line = book.line(units.line_id)
        quantity = min(units.quantity, line.allocated - sum(w.quantity for w in waiting if w.line_id == line.id))
        if quantity > 0:
            minutes = state.product(line.sku).duration_min * quantity
            planned.append(PlannedAppointment(call.ids.new(), line.id, line.sku, quantity, minutes))
    if planned:
        yield InstallationPlanned(
            order_id=command.order_id, fulfillment_id=command.fulfillment_id, appointments=tuple(planned)
        )


@decides(BookAppointment)
def decide_book(state: State, command: BookAppointment, call: Call) -> Decision:
    """Take a slot. Refuses with `AppointmentNotOpen`, `SlotTaken`, `SlotPassed`, `SlotTooShort`, `NotFound`."""
    appointment = state.book(command.order_id).row(Appointment, command.appointment_id)
    if appointment.status != "planned":
        raise AppointmentNotOpen(appointment_id=appointment.id, appointment_status=appointment.status)
    yield _booked(state, appointment, command.slot_id, call)


@decides(MoveAppointment)
def decide_move(state: State, command: MoveAppointment, call: Call) -> Decision:
    """Change the slot, or give it back. Refuses as booking does."""
    appointment = state.book(command.order_id).row(Appointment, command.appointment_id)
    if appointment.status != "booked":
        raise AppointmentNotOpen(appointment_id=appointment.id, appointment_status=appointment.status)
    if command.slot_id is None:
        yield released(state, appointment, is_open=True, why=command.why)
        return
    yield _booked(state, appointment, command.slot_id, call, command.why)


@decides(CompleteInstallation)
def decide_complete(state: State, command: CompleteInstallation, call: Call) -> Decision:
    """Take the signed record. Refuses with `AppointmentNotOpen`, `NothingToInstall`, `Invalid`."""
    book = state.book(command.order_id)
    appointment = book.row(Appointment, command.appointment_id)
    if appointment.status != "booked":
        raise AppointmentNotOpen(appointment_id=appointment.id, appointment_status=appointment.status)
    for field, text in (("record", command.record), ("signed_by", command.signed_by)):
        if not text.strip() or len(text) > LONGEST_RECORD or "\0" in text:
            raise Invalid(field=field, found=f"{len(text)} characters", expected=f"text of 1 to {LONGEST_RECORD}")
    units = still_in(book, [UnitsOf(appointment.line_id, appointment.quantity)], "allocated")
    if not units:
        raise NothingToInstall(appointment_id=appointment.id)
    text = msgspec.json.encode({"record": command.record, "signed_by": command.signed_by}).decode()
    record = PrivateText(call.ids.new(), book.order.customer_id, book.order.id, "installation_record", text)
    yield record
    yield InstallationCompleted(
        order_id=command.order_id,
        appointment_id=appointment.id,
        delivery_id=appointment.id,
        technician=appointment.technician,
        record_id=record.id,
        units=units,
        moves=move_all(book, units, "allocated", "delivered"),
    )


def released(state: State, appointment: Appointment, *, is_open: bool, why: str) -> AppointmentReleased:
    """The appointment's slot is free again."""
    if appointment.slot_id is not None:
        state.row(Slot, appointment.slot_id)
    return AppointmentReleased(
        order_id=appointment.order_id,
        appointment_id=appointment.id,
        slot_before=appointment.slot_id,
        is_open=is_open,
        why=why,
    )


def _booked(state: State, appointment: Appointment, slot_id: UUID, call: Call, why: str = "") -> AppointmentBooked:
    slot = state.row(Slot, slot_id)
    if slot.taken_by is not None:
        raise SlotTaken(slot_id=slot.id)
    if slot.starts_at <= call.at:
        raise SlotPassed(starts_at=slot.starts_at.astimezone(state.policies.zone))
    if slot.minutes < appointment.minutes:
        raise SlotTooShort(minutes=slot.minutes, wanted=appointment.minutes)
    if appointment.slot_id is not None:
        state.row(Slot, appointment.slot_id)
    return AppointmentBooked(
        order_id=appointment.order_id,
        appointment_id=appointment.id,
        slot_id=slot.id,
        technician=slot.technician,
        starts_at=slot.starts_at,
        slot_before=appointment.slot_id,
        why=why,
    )


def _span(starts_at: datetime, minutes: int) -> tuple[datetime, datetime]:
    return starts_at, starts_at + timedelta(minutes=minutes)
