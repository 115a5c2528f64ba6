"""A time for the installation: chosen, moved, or given up."""

from __future__ import annotations

from itertools import groupby

from litestar.response.base import ASGIResponse

from purveyor.stages.delivery.commands import BookAppointment, MoveAppointment
from purveyor.stages.delivery.state import Appointment
from purveyor.web.order_page.loading import load_order
from purveyor.web.order_page.queries import free_slots
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get, post

PATH = "/o/{token:str}/appointment/{appointment_id:uuid}"


async def show(ctx: RequestContext) -> ASGIResponse:
    """Free times by day, the soonest first."""
    async with load_order(ctx) as order:
        row = order.book.row(Appointment, ctx.in_path("appointment_id"))
        slots = await free_slots(order.read, row.minutes, ctx.now)
        days = groupby(slots, key=lambda slot: slot.starts_at.astimezone(ctx.zone).date())
        return ctx.page(
            "order_page/appointment.html",
            opened=order,
            seller=order.state.policies.seller,
            row=row,
            line=order.book.line(row.line_id),
            days=[list(of_day) for _, of_day in days],
        )


async def choose(ctx: RequestContext) -> ASGIResponse:
    """Take a slot, or another one; none is the wish to give the time up."""
    form = await ctx.form()
    async with load_order(ctx) as order:
        row = order.book.row(Appointment, ctx.in_path("appointment_id"))
    back = f"/o/{ctx.in_path('token')}"
    if form.text("step") == "release":
        await ctx.do(MoveAppointment(order_id=row.order_id, appointment_id=row.id, why="customer"))
        return ctx.see_other(back, ctx._("The time was given up. You can choose another one whenever you like."))
    slot_id = form.id("slot")
    if row.status == "booked":
        await ctx.do(MoveAppointment(order_id=row.order_id, appointment_id=row.id, slot_id=slot_id, why="customer"))
    else:
        await ctx.do(BookAppointment(order_id=row.order_id, appointment_id=row.id, slot_id=slot_id))
    return ctx.see_other(back, ctx._("The time is booked. We are looking forward to it."))


ROUTES: tuple[PageRoute, ...] = (get(PATH, show), post(PATH, choose, again=show))
