"""A time for the installation: chosen, moved, or given up."""

from __future__ import annotations

from itertools import groupby

from litestar.response.base import ASGIResponse

from purveyor.stages.delivery.commands import BookAppointment, MoveAppointment
from purveyor.stages.delivery.state import Appointment
from purveyor.web.order_page.loading import opened
from purveyor.web.order_page.queries import free_slots
from purveyor.web.pages.context import Visit
from purveyor.web.pages.routes import PageRoute, get, post

PATH = "/o/{token:str}/appointment/{appointment_id:uuid}"


async def show(visit: Visit) -> ASGIResponse:
    """Free times by day, the soonest first."""
    async with opened(visit) as order:
        row = order.book.row(Appointment, visit.in_path("appointment_id"))
        slots = await free_slots(order.read, row.minutes, visit.now)
        days = groupby(slots, key=lambda slot: slot.starts_at.astimezone(visit.zone).date())
        return visit.page(
            "order_page/appointment.html",
            opened=order,
            seller=order.state.policies.seller,
            row=row,
            line=order.book.line(row.line_id),
            days=[list(of_day) for _, of_day in days],
        )


async def choose(visit: Visit) -> ASGIResponse:
    """Take a slot, or another one; none is the wish to give the time up."""
    form = await visit.form()
    async with opened(visit) as order:
        row = order.book.row(Appointment, visit.in_path("appointment_id"))
    back = f"/o/{visit.in_path('token')}"
    if form.text("step") == "release":
        await visit.do(MoveAppointment(order_id=row.order_id, appointment_id=row.id, why="customer"))
        return visit.see_other(back, visit._("The time was given up. You can choose another one whenever you like."))
    slot_id = form.id("slot")
    if row.status == "booked":
        await visit.do(MoveAppointment(order_id=row.order_id, appointment_id=row.id, slot_id=slot_id, why="customer"))
    else:
        await visit.do(BookAppointment(order_id=row.order_id, appointment_id=row.id, slot_id=slot_id))
    return visit.see_other(back, visit._("The time is booked. We are looking forward to it."))


ROUTES: tuple[PageRoute, ...] = (get(PATH, show), post(PATH, choose, again=show))
