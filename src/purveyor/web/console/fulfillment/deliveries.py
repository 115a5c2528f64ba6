"""Deliveries: parcels that are late, the counter where customers collect, access that could not be switched on."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.stages.delivery.commands import AskCarrier, DeclareLost, HandOver, RenewCollectCode, RetryAccess
from purveyor.stages.delivery.queries import access_failed, at_counter, late_parcels
from purveyor.web.console.frame.location_lists import here, listed
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.http.paging import FIRST
from purveyor.web.pages.context import Visit
from purveyor.web.pages.routes import PageRoute, get, post

READ = "delivery:read"
WRITE = "delivery:write"
PLACE = "/console/delivery"
SHOWN = 50


async def show(visit: Visit) -> ASGIResponse:
    location, locations = await here(visit)
    read = visit.house.read
    late = await listed(visit, late_parcels, lambda row: (row.promised_at, row.shipment_id), visit.now)
    counter = await at_counter(read, location.code if location else "", FIRST, SHOWN)
    failed = await access_failed(read, FIRST, SHOWN)
    orders = [
        *(row.order_id for row in late.items),
        *(row.order_id for row in counter),
        *(row.order_id for row in failed),
    ]
    return visit.page(
        "console/fulfillment/deliveries.html",
        location=location,
        locations=locations,
        late=late.items,
        next=late.next,
        counter=counter,
        failed=failed,
        numbers=await numbers_of(visit, orders),
    )


async def hand_over(visit: Visit) -> ASGIResponse:
    """The customer tells the code, and gets the parcel."""
    form = await visit.form()
    command = HandOver(order_id=form.id("order"), parcel_id=form.id("parcel"), code=form.required("code"))
    await visit.do(command)
    return visit.see_other(PLACE, visit._("Handed over."))


async def renew_code(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    await visit.do(RenewCollectCode(order_id=form.id("order"), parcel_id=form.id("parcel")))
    return visit.see_other(PLACE, visit._("The customer is sent a new code."), "info")


async def ask_carrier(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    await visit.do(AskCarrier(order_id=form.id("order"), shipment_id=form.id("shipment")))
    return visit.see_other(PLACE, visit._("The carrier is asked where the parcel is."), "info")


async def declare_lost(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    await visit.do(DeclareLost(order_id=form.id("order"), shipment_id=form.id("shipment")))
    return visit.see_other(PLACE, visit._("The parcel counts as lost, and a claim is open."), "warning")


async def retry_access(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    await visit.do(RetryAccess(order_id=form.id("order"), grant_id=form.id("grant")))
    return visit.see_other(PLACE, visit._("The other system is asked again."), "info")


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(f"{PLACE}/hand-over", hand_over, scope=WRITE, again=show),
    post(f"{PLACE}/code", renew_code, scope=WRITE, again=show),
    post(f"{PLACE}/ask", ask_carrier, scope=WRITE, again=show),
    post(f"{PLACE}/lost", declare_lost, scope=WRITE, again=show),
    post(f"{PLACE}/access", retry_access, scope=WRITE, again=show),
)
