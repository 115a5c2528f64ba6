"""Deliveries: parcels that are late, the counter where customers collect, access that could not be switched on."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.stages.delivery.commands import AskCarrier, DeclareLost, HandOver, RenewCollectCode, RetryAccess
from purveyor.stages.delivery.queries import access_failed, at_counter, late_parcels
from purveyor.web.console.frame.location_lists import current_location, paged_list
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.http.paging import FIRST
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get, post

READ = "delivery:read"
WRITE = "delivery:write"
PLACE = "/console/delivery"
SHOWN = 50


async def show(ctx: RequestContext) -> ASGIResponse:
    location, locations = await current_location(ctx)
    read = ctx.house.read
    late = await paged_list(ctx, late_parcels, lambda row: (row.promised_at, row.shipment_id), ctx.now)
    counter = await at_counter(read, location.code if location else "", FIRST, SHOWN)
    failed = await access_failed(read, FIRST, SHOWN)
    orders = [
        *(row.order_id for row in late.items),
        *(row.order_id for row in counter),
        *(row.order_id for row in failed),
    ]
    return ctx.page(
        "console/fulfillment/deliveries.html",
        location=location,
        locations=locations,
        late=late.items,
        next=late.next,
        counter=counter,
        failed=failed,
        numbers=await numbers_of(ctx, orders),
    )


async def hand_over(ctx: RequestContext) -> ASGIResponse:
    """The customer tells the code, and gets the parcel."""
    form = await ctx.form()
    command = HandOver(order_id=form.id("order"), parcel_id=form.id("parcel"), code=form.required("code"))
    await ctx.do(command)
    return ctx.see_other(PLACE, ctx._("Handed over."))


async def renew_code(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(RenewCollectCode(order_id=form.id("order"), parcel_id=form.id("parcel")))
    return ctx.see_other(PLACE, ctx._("The customer is sent a new code."), "info")


async def ask_carrier(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(AskCarrier(order_id=form.id("order"), shipment_id=form.id("shipment")))
    return ctx.see_other(PLACE, ctx._("The carrier is asked where the parcel is."), "info")


async def declare_lost(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(DeclareLost(order_id=form.id("order"), shipment_id=form.id("shipment")))
    return ctx.see_other(PLACE, ctx._("The parcel counts as lost, and a claim is open."), "warning")


async def retry_access(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(RetryAccess(order_id=form.id("order"), grant_id=form.id("grant")))
    return ctx.see_other(PLACE, ctx._("The other system is asked again."), "info")


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(f"{PLACE}/hand-over", hand_over, scope=WRITE, again=show),
    post(f"{PLACE}/code", renew_code, scope=WRITE, again=show),
    post(f"{PLACE}/ask", ask_carrier, scope=WRITE, again=show),
    post(f"{PLACE}/lost", declare_lost, scope=WRITE, again=show),
    post(f"{PLACE}/access", retry_access, scope=WRITE, again=show),
)
