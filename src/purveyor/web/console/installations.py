"""The calendar of installations: a week of every technician, what waits for a time, and the record afterwards."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.bounds import EARLIEST, LATEST
from purveyor.db.reader import Reader
from purveyor.stages.delivery.commands import (
    AddSlots,
    BookAppointment,
    CompleteInstallation,
    MoveAppointment,
    SlotItem,
)
from purveyor.stages.delivery.queries import open_slots, to_be_booked
from purveyor.web.console.actors import names_of_technicians
from purveyor.web.console.numbers import numbers_of
from purveyor.web.contacts import shown_of_contacts
from purveyor.web.lists import FIRST, FIRST_ID
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.visit import Visit

READ = "delivery:read"
WRITE = "delivery:write"
PLACE = "/console/installations"
DAYS = 7
SHOWN = 50
LONGEST_MINUTES = 527_040  # as the command has it
MOST_DAYS = 366
MOST_A_DAY = 100


class Booked(msgspec.Struct, frozen=True):
    """An appointment with its time."""

    id: UUID
    order_id: UUID
    sku: str
    minutes: int
    status: str
    technician: str
    starts_at: datetime
    city: str
    name: str
    company: str
    street: str
    postal_code: str
    phone: str


class Free(msgspec.Struct, frozen=True):
    technician: str
    starts_at: datetime
    minutes: int


BOOKED = """
    SELECT a.id, a.order_id, a.sku, a.minutes, a.status, a.technician, a.starts_at, coalesce(c.city, '') AS city,
           coalesce(c.name, '') AS name, coalesce(c.company, '') AS company, coalesce(c.street, '') AS street,
           coalesce(c.postal_code, '') AS postal_code, coalesce(c.phone, '') AS phone
      FROM appointment a JOIN orders o ON o.id = a.order_id LEFT JOIN contact c ON c.id = o.contact_id
     WHERE a.status IN ('booked', 'done') AND a.starts_at >= $1 AND a.starts_at < $2
  ORDER BY a.starts_at, a.id
     LIMIT 2000
"""
FREE = """
    SELECT technician, starts_at, minutes FROM slot
     WHERE taken_by IS NULL AND starts_at >= $1 AND starts_at < $2
  ORDER BY starts_at, technician
     LIMIT 2000
"""


async def booked_between(read: Reader, since: datetime, until: datetime) -> list[Booked]:
    return await read.rows(Booked, BOOKED, since, until)


async def free_between(read: Reader, since: datetime, until: datetime) -> list[Free]:
    return await read.rows(Free, FREE, since, until)


# Who can be given free time: those whose role it is, and those who had some lately.
TECHNICIANS = """
    SELECT name FROM (SELECT p.name FROM staff s JOIN staff_person p ON p.id = s.person_id
                       WHERE s.roles @> '["technician"]' AND s.disabled_at IS NULL AND s.erased_at IS NULL
                       UNION
                      SELECT technician FROM (SELECT technician FROM slot ORDER BY id DESC LIMIT 500) AS few) AS known
     WHERE name <> '' ORDER BY name
"""


async def show(visit: Visit) -> ASGIResponse:
    """A week, from the Monday that holds the day of the address."""
    read = visit.house.read
    monday = _monday(visit)
    since = datetime.combine(monday, time.min, visit.zone)
    until = since + timedelta(days=DAYS)
    appointments = await booked_between(read, since, until)
    appointments = [_shown(each, visit.staff.scopes) for each in appointments]
    free = await free_between(read, since, until)
    waiting = await to_be_booked(read, FIRST, SHOWN)
    slots = await open_slots(read, min((row.minutes for row in waiting), default=0), (visit.now, FIRST_ID), SHOWN)
    cells: defaultdict[tuple[str, date], list[Booked | Free]] = defaultdict(list)
    entries: list[Booked | Free] = [*appointments, *free]
    for each in sorted(entries, key=lambda entry: entry.starts_at):
        cells[each.technician, each.starts_at.astimezone(visit.zone).date()].append(each)
    technicians = sorted({technician for technician, _day in cells})
    today, others = _by_day(visit, appointments)
    return visit.page(
        "console/installations.html",
        monday=monday,
        days=[monday + timedelta(days=number) for number in range(DAYS)],
        before=monday - timedelta(days=DAYS),
        after=monday + timedelta(days=DAYS),
        known=await visit.house.read.values(TECHNICIANS),
        technicians=technicians,
        people=await names_of_technicians(read, {*technicians, *(slot.technician for slot in slots)}),
        today=today,
        others=others,
        cells=cells,
        waiting=waiting,
        slots=slots,
        numbers=await numbers_of(visit, [*(a.order_id for a in appointments), *(w.order_id for w in waiting)]),
    )


def _shown(booked: Booked, scopes: frozenset[str]) -> Booked:
    """With as much of the customer as the reader may know: all of it, the city, or nothing."""
    match shown_of_contacts(scopes):
        case "all":
            return booked
        case "address":
            city = booked.city
        case "nothing":
            city = ""
    return msgspec.structs.replace(booked, city=city, name="", company="", street="", postal_code="", phone="")


def _by_day(visit: Visit, appointments: list[Booked]) -> tuple[list[Booked], list[Booked]]:
    """Visits of today with those that should be over and are not; and the others of the week that are still to come."""
    day = visit.now.astimezone(visit.zone).date()
    days = [(each.starts_at.astimezone(visit.zone).date(), each) for each in appointments]
    today = [each for on, each in days if on == day or (on < day and each.status == "booked")]
    return today, [each for on, each in days if on > day and each.status == "booked"]


def _monday(visit: Visit) -> date:
    try:
        day = date.fromisoformat(visit.given("week"))
    except ValueError:
        day = EARLIEST.date()
    if not EARLIEST.date() < day < LATEST.date():
        day = visit.now.astimezone(visit.zone).date()
    return day - timedelta(days=day.weekday())


async def add_slots(visit: Visit) -> ASGIResponse:
    """Free time of a technician: from an hour on, so many visits of the same length, day by day.

    It keeps the hour of the shop when the clocks change there, whatever zone whoever adds it reads times in.
    """
    form = await visit.form()
    start = form.moment("starts_at", visit.zone).astimezone(visit.shop_zone)
    minutes = form.integer("minutes", 120, least=1, most=LONGEST_MINUTES)
    slots = tuple(
        SlotItem(
            technician=form.required("technician"),
            starts_at=start + timedelta(days=day, minutes=minutes * number),
            minutes=minutes,
        )
        for day in range(form.integer("days", 1, least=1, most=MOST_DAYS))
        for number in range(form.integer("count", 1, least=1, most=MOST_A_DAY))
    )
    await visit.do(AddSlots(slots=slots))
    return visit.see_other(PLACE, visit._("The time is free to be booked."))


async def book(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    await visit.do(
        BookAppointment(order_id=form.id("order"), appointment_id=form.id("appointment"), slot_id=form.id("slot"))
    )
    return visit.see_other(PLACE, visit._("Booked. The customer is told."))


async def move(visit: Visit) -> ASGIResponse:
    """Take its time away; it waits for a new one."""
    form = await visit.form()
    await visit.do(
        MoveAppointment(order_id=form.id("order"), appointment_id=form.id("appointment"), why=form.text("why"))
    )
    return visit.see_other(PLACE, visit._("The appointment waits for a new time."), "info")


async def complete(visit: Visit) -> ASGIResponse:
    """Done, with what was done and who signed."""
    form = await visit.form()
    await visit.do(
        CompleteInstallation(
            order_id=form.id("order"),
            appointment_id=form.id("appointment"),
            record=form.required("record"),
            signed_by=form.required("signed_by"),
        )
    )
    return visit.see_other(PLACE, visit._("Done and recorded."))


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(f"{PLACE}/slots", add_slots, scope=WRITE, again=show),
    post(f"{PLACE}/book", book, scope=WRITE, again=show),
    post(f"{PLACE}/move", move, scope=WRITE, again=show),
    post(f"{PLACE}/complete", complete, scope=WRITE, again=show),
)
