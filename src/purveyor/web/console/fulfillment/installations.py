"""The calendar of installations: a week of every technician, what waits for a time, and the record afterwards."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.calendars import local_day, start_of
from purveyor.core.field_types import EARLIEST, LATEST
from purveyor.db.reader import Reader
from purveyor.stages.delivery.commands import (
    AddSlots,
    BookAppointment,
    CompleteInstallation,
    MoveAppointment,
    SlotItem,
)
from purveyor.stages.delivery.queries import open_slots, to_be_booked
from purveyor.web.console.frame.actor_names import names_of_technicians
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.http.paging import FIRST, FIRST_ID
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.reading.contact_access import shown_of_contacts

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


_VISITS = """
    SELECT a.id, a.order_id, a.sku, a.minutes, a.status, a.technician, a.starts_at, coalesce(c.city, '') AS city,
           coalesce(c.name, '') AS name, coalesce(c.company, '') AS company, coalesce(c.street, '') AS street,
           coalesce(c.postal_code, '') AS postal_code, coalesce(c.phone, '') AS phone
      FROM appointment a JOIN orders o ON o.id = a.order_id LEFT JOIN contact c ON c.id = o.contact_id
"""
BOOKED = f"""
    {_VISITS}
     WHERE a.status IN ('booked', 'done') AND a.starts_at >= $1 AND a.starts_at < $2
  ORDER BY a.starts_at, a.id
     LIMIT 2000
"""
OVERDUE = f"""
    -- What should be over and has no record, however long ago: the latest first.
    {_VISITS}
     WHERE a.status = 'booked' AND a.starts_at < $1
  ORDER BY a.starts_at DESC, a.id DESC
     LIMIT $2
"""
FREE = """
    SELECT technician, starts_at, minutes FROM slot
     WHERE taken_by IS NULL AND starts_at >= $1 AND starts_at < $2
  ORDER BY starts_at, technician
     LIMIT 2000
"""


async def booked_between(read: Reader, since: datetime, until: datetime) -> list[Booked]:
    return await read.rows(Booked, BOOKED, since, until)


async def overdue(read: Reader, before: datetime, limit: int = SHOWN) -> list[Booked]:
    """Oldest first, and of many the latest."""
    return (await read.rows(Booked, OVERDUE, before, limit))[::-1]


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


async def show(ctx: RequestContext) -> ASGIResponse:
    """A week, from the Monday that holds the day of the address. Days are those of whoever reads, as the hours are."""
    read = ctx.house.read
    today, monday = local_day(ctx.now, ctx.zone), _monday(ctx)
    is_this_week = monday == _monday_of(today)
    since, until = (start_of(day, ctx.zone) for day in (monday, monday + timedelta(days=DAYS)))
    planned = [_shown(each, ctx.staff.scopes) for each in await booked_between(read, since, until)]
    due = await _due(ctx, planned, today) if is_this_week else []
    listed = {each.id for each in due}
    others = [each for each in planned if each.status == "booked" and each.id not in listed]
    free = await free_between(read, since, until)
    waiting = await to_be_booked(read, FIRST, SHOWN)
    slots = await open_slots(read, min((row.minutes for row in waiting), default=0), (ctx.now, FIRST_ID), SHOWN)
    cells = _cells(ctx, planned, free)
    technicians = {technician for technician, _day in cells}
    named = {*technicians, *(each.technician for each in due), *(slot.technician for slot in slots)}
    orders = {*(each.order_id for each in (*planned, *due)), *(row.order_id for row in waiting)}
    return ctx.page(
        "console/fulfillment/installations.html",
        days=[monday + timedelta(days=number) for number in range(DAYS)],
        before=_week(monday - timedelta(days=DAYS)),
        after=_week(monday + timedelta(days=DAYS)),
        week="" if is_this_week else _week(monday),
        known=await read.values(TECHNICIANS),
        technicians=sorted(technicians),
        people=await names_of_technicians(read, named),
        today=today,
        due=due,
        others=others,
        listed=listed | {each.id for each in others},
        cells=cells,
        waiting=waiting,
        slots=slots,
        numbers=await numbers_of(ctx, orders),
        form=await ctx.form() if ctx.request.method == "POST" else Form({}),
    )


async def _due(ctx: RequestContext, planned: list[Booked], today: date) -> list[Booked]:
    """Visits that should be over and have no record, and all of today."""
    late = await overdue(ctx.house.read, start_of(today, ctx.zone))
    of_today = [each for each in planned if local_day(each.starts_at, ctx.zone) == today]
    return [*(_shown(each, ctx.staff.scopes) for each in late), *of_today]


def _cells(ctx: RequestContext, planned: list[Booked], free: list[Free]) -> dict[tuple[str, date], list[Booked | Free]]:
    """What each technician has on each day."""
    cells: defaultdict[tuple[str, date], list[Booked | Free]] = defaultdict(list)
    entries: list[Booked | Free] = [*planned, *free]
    for each in sorted(entries, key=lambda entry: entry.starts_at):
        cells[each.technician, local_day(each.starts_at, ctx.zone)].append(each)
    return cells


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


def _monday(ctx: RequestContext) -> date:
    try:
        day = date.fromisoformat(ctx.given("week"))
    except ValueError:
        day = EARLIEST.date()
    if not EARLIEST.date() < day < LATEST.date():
        day = local_day(ctx.now, ctx.zone)
    return _monday_of(day)


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _week(monday: date) -> str:
    return f"?week={monday.isoformat()}"


def _back(ctx: RequestContext) -> str:
    """To the week in which a form was sent."""
    return PLACE + (_week(_monday(ctx)) if ctx.given("week") else "")


async def add_slots(ctx: RequestContext) -> ASGIResponse:
    """Free time of a technician: from an hour on, so many visits of the same length, day by day.

    It keeps the hour of the shop when the clocks change there, whatever zone whoever adds it reads times in.
    """
    form = await ctx.form()
    start = form.moment("starts_at", ctx.zone).astimezone(ctx.shop_zone)
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
    await ctx.do(AddSlots(slots=slots))
    return ctx.see_other(_back(ctx), ctx._("The time is free to be booked."))


async def book(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(
        BookAppointment(order_id=form.id("order"), appointment_id=form.id("appointment"), slot_id=form.id("slot"))
    )
    return ctx.see_other(_back(ctx), ctx._("Booked. The customer is told."))


async def move(ctx: RequestContext) -> ASGIResponse:
    """Take its time away; it waits for a new one."""
    form = await ctx.form()
    await ctx.do(
        MoveAppointment(order_id=form.id("order"), appointment_id=form.id("appointment"), why=form.text("why"))
    )
    return ctx.see_other(_back(ctx), ctx._("The appointment waits for a new time."), "info")


async def complete(ctx: RequestContext) -> ASGIResponse:
    """Done, with what was done and who signed."""
    form = await ctx.form()
    await ctx.do(
        CompleteInstallation(
            order_id=form.id("order"),
            appointment_id=form.id("appointment"),
            record=form.required("record"),
            signed_by=form.required("signed_by"),
        )
    )
    return ctx.see_other(_back(ctx), ctx._("Done and recorded."))


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(f"{PLACE}/slots", add_slots, scope=WRITE, again=show),
    post(f"{PLACE}/book", book, scope=WRITE, again=show),
    post(f"{PLACE}/move", move, scope=WRITE, again=show),
    post(f"{PLACE}/complete", complete, scope=WRITE, again=show),
)
