"""The shipping desk: labels to print, parcels for the courier, labels that no carrier sold."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.senders import sender_of
from purveyor.records.policies.queries import load_policies
from purveyor.stages.shipping.commands import DispatchShipments, RetryLabel, ShipmentRef, VoidLabel
from purveyor.stages.shipping.label_files import is_picture
from purveyor.stages.shipping.queries import (
    label_document,
    label_sheet,
    labels_refused,
    manifests,
    waiting_for_courier,
)
from purveyor.web.auth.roles import KNOWING_ADDRESSES
from purveyor.web.console.frame.location_lists import current_location, paged_list
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.http.paging import FIRST, LAST
from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.routes import PageRoute, get, post

READ = "shipping:read"
WRITE = "shipping:write"
SHOWN = 20


async def show(ctx: RequestContext) -> ASGIResponse:
    location, locations = await current_location(ctx)
    code = location.code if location else ""
    read = ctx.house.read
    waiting = await paged_list(ctx, waiting_for_courier, lambda row: (row.asked_at, row.id), code, limit=100)
    refused = await labels_refused(read, FIRST, SHOWN)
    return ctx.page(
        "console/fulfillment/shipping.html",
        location=location,
        locations=locations,
        waiting=waiting.items,
        next=waiting.next,
        refused=refused,
        manifests=await manifests(read, code, LAST, SHOWN),
        sender=sender_of(await load_policies(read), code),
        numbers=await numbers_of(ctx, (each.order_id for each in (*waiting.items, *refused))),
    )


async def dispatch(ctx: RequestContext) -> ASGIResponse:
    """The courier took the chosen parcels, against one manifest."""
    form = await ctx.form()
    location, _locations = await current_location(ctx)
    refs = tuple(_reference(text) for text in form.all("shipment"))
    if not refs:
        raise Invalid(field="shipment", found=ctx._("nothing"), expected=ctx._("at least one parcel"))
    await ctx.do(DispatchShipments(location=location.code if location else "", shipments=refs))
    said = ctx.translations.ngettext("%(num)s parcel handed over.", "%(num)s parcels handed over.", len(refs))
    return ctx.see_other("/console/shipping", said % {"num": len(refs)})


def _reference(text: str) -> ShipmentRef:
    order, _, shipment = text.partition(" ")
    order_id, shipment_id = id_of(order), id_of(shipment)
    if order_id is None or shipment_id is None:
        raise Invalid(field="shipment", found=text, expected="an order and its parcel")
    return ShipmentRef(order_id=order_id, shipment_id=shipment_id)


async def retry(ctx: RequestContext) -> ASGIResponse:
    ref = _reference((await ctx.form()).text("shipment"))
    await ctx.do(RetryLabel(order_id=ref.order_id, shipment_id=ref.shipment_id))
    return ctx.see_other("/console/shipping", ctx._("The carrier is asked again."), "info")


async def void(ctx: RequestContext) -> ASGIResponse:
    ref = _reference((await ctx.form()).text("shipment"))
    await ctx.do(VoidLabel(order_id=ref.order_id, shipment_id=ref.shipment_id))
    return ctx.see_other("/console/shipping", ctx._("The label is being given back."), "info")


async def label(ctx: RequestContext) -> ASGIResponse:
    """The label to print, 100 by 150 mm: the carrier's picture, or a sheet of our own beside the carrier's file."""
    ctx.check_scope(*KNOWING_ADDRESSES)
    read = ctx.house.read
    order_id, shipment_id = ctx.in_path("order_id"), ctx.in_path("shipment_id")
    document = await label_document(read, order_id, shipment_id)
    sheet = await label_sheet(read, order_id, shipment_id)
    if document is None or sheet is None:
        raise NotFound(what="label", id=shipment_id)
    policies = await load_policies(read)
    return ctx.page(
        "console/fulfillment/label.html",
        document=document,
        is_picture=is_picture(document),
        sheet=sheet,
        sender=sender_of(policies, sheet.location),
    )


ROUTES: tuple[PageRoute, ...] = (
    get("/console/shipping", show, scope=READ),
    post("/console/shipping/dispatch", dispatch, scope=WRITE, again=show),
    post("/console/shipping/retry", retry, scope=WRITE, again=show),
    post("/console/shipping/void", void, scope=WRITE, again=show),
    get("/console/shipping/labels/{order_id:uuid}/{shipment_id:uuid}", label, scope=READ),
)
