"""The pack bench: scan a tote or an order, scan each item, close the parcel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, get_args
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse
from markupsafe import Markup

from purveyor.core.policies import Carton
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.senders import sender_of
from purveyor.db.reader import Reader
from purveyor.records.policies.queries import load_policies
from purveyor.stages.packing.commands import PackParcel, ScannedItem, UnpackParcel, UnpackReason, WeightExcuse
from purveyor.stages.packing.decide import NeedsSeveralCartons
from purveyor.stages.packing.queries import (
    BenchItem,
    bench_by_scan,
    bench_items,
    packing_slip,
    parcels_here,
    parcels_of,
    waiting_at_bench,
)
from purveyor.stages.shipping.queries import shipments_of
from purveyor.web.auth.roles import KNOWING_ADDRESSES
from purveyor.web.console.frame.location_lists import current_location, paged_list
from purveyor.web.console.fulfillment.carton_drawing import filled, show as show_placement, sizes_of
from purveyor.web.http.paging import FIRST
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get, post

READ = "packing:read"
WRITE = "packing:write"
SHOWN = 20


async def show(ctx: RequestContext) -> ASGIResponse:
    """What waits at the bench. Something scanned goes straight to its order."""
    location, locations = await current_location(ctx)
    code = location.code if location else ""
    scanned = ctx.given("scan")
    if scanned:
        found = await bench_by_scan(ctx.house.read, scanned, code)
        if len(found) == 1:
            return ctx.see_other(_bench(found[0].order_id, found[0].fulfillment_id))
        if not found:
            ctx.tell(ctx._("Nothing on this bench has the tote or order number %(scan)s.", scan=scanned), "warning")
        waiting, following = found, None
    else:
        page = await paged_list(ctx, waiting_at_bench, lambda row: (row.since, row.fulfillment_id), code)
        waiting, following = list(page.items), page.next
    return ctx.page(
        "console/fulfillment/packing.html",
        location=location,
        locations=locations,
        waiting=waiting,
        next=following,
        parcels=await parcels_here(ctx.house.read, code, FIRST, SHOWN),
    )


def _bench(order_id: UUID, fulfillment_id: UUID) -> str:
    return f"/console/packing/{order_id}/{fulfillment_id}"


async def bench(ctx: RequestContext) -> ASGIResponse:
    """One fulfillment order on the bench: what lies there, what the scale should show, the carton that fits."""
    order_id, fulfillment_id = ctx.in_path("order_id"), ctx.in_path("fulfillment_id")
    read = ctx.house.read
    items = await bench_items(read, order_id, fulfillment_id)
    if not items:
        raise NotFound(what=ctx._("work at the bench"), id=fulfillment_id)
    form = await ctx.form() if ctx.request.method == "POST" else None
    suggestion = None
    if any(item.quantity > item.packed for item in items):
        suggestion = await _suggested(ctx, order_id, fulfillment_id, is_weighed=not _unweighed(items))
    policies = await load_policies(read)
    policy, work = policies.packing, await _work(read, order_id, fulfillment_id)
    return ctx.page(
        "console/fulfillment/packing_order.html",
        order_id=order_id,
        fulfillment_id=fulfillment_id,
        number=work.number,
        sender=sender_of(policies, work.location) if work.method == "ship" else None,
        items=items,
        left=sum(item.quantity - item.packed for item in items),
        unweighed=_unweighed(items) if work.method != "collect" else [],
        weight_g=sum((item.quantity - item.packed) * item.weight_g for item in items),
        parcels=[each for each in await parcels_of(read, order_id) if each.fulfillment_id == fulfillment_id],
        shipments={each.parcel_id: each for each in await shipments_of(read, order_id)},
        suggestion=suggestion,
        drawings=await _drawings(read, order_id, suggestion or [], policy.cartons),
        cartons=policy.cartons,
        excuses=[word for word in get_args(WeightExcuse) if word],
        reasons=get_args(UnpackReason),
        form=form,
    )


async def _suggested(
    ctx: RequestContext, order_id: UUID, fulfillment_id: UUID, *, is_weighed: bool
) -> list[dict[str, Any]]:
    """The cartons that would hold what lies there. What nobody has weighed yet is taken for weighed, and right."""
    command = PackParcel(order_id=order_id, fulfillment_id=fulfillment_id)
    if not is_weighed:
        command = msgspec.structs.replace(command, weight_g=1, override="scale_out_of_order")
    answer = await ctx.house.committer.preview(command, actor=ctx.actor)
    if answer.refusal is not None and answer.refusal.code == NeedsSeveralCartons.code:
        return [{"carton": code} for code in answer.refusal.data["cartons"]]
    return [fact for fact in answer.facts if fact.get("carton")]


def _unweighed(items: Sequence[BenchItem]) -> list[str]:
    """Names of what is to be packed, and of which nobody knows what it weighs."""
    return [item.name for item in items if item.quantity > item.packed and not item.weight_g]


async def _drawings(
    read: Reader, order_id: UUID, suggestion: Sequence[dict[str, Any]], cartons: Sequence[Carton]
) -> list[Markup]:
    """How each suggested carton is filled."""
    sizes = await sizes_of(read, order_id) if suggestion else {}
    found: list[Markup] = []
    for fact in suggestion:
        contents = msgspec.convert(fact.get("contents", ()), tuple[UnitsOf, ...], strict=False)
        found.append(filled(contents, fact["carton"], sizes, cartons))
    return found


class Work(msgspec.Struct, frozen=True):
    number: int
    location: str
    method: str


WORK = """
    SELECT o.number, f.location, f.method
      FROM fulfillment f JOIN orders o ON o.id = f.order_id WHERE f.order_id = $1 AND f.id = $2
"""


async def _work(read: Reader, order_id: UUID, fulfillment_id: UUID) -> Work:
    found = await read.row(Work, WORK, order_id, fulfillment_id)
    if found is None:
        raise NotFound(what="fulfillment", id=fulfillment_id)
    return found


async def pack(ctx: RequestContext) -> ASGIResponse:
    """Close a parcel with what was scanned; nothing scanned means all that lies there."""
    form = await ctx.form()
    order_id, fulfillment_id = ctx.in_path("order_id"), ctx.in_path("fulfillment_id")
    scans = Counter(sku for sku in form.text("scanned").split() if sku)
    override = form.text("override")
    if override not in get_args(WeightExcuse):
        raise Invalid(field="override", found=override, expected=", ".join(filter(None, get_args(WeightExcuse))))
    await ctx.do(
        PackParcel(
            order_id=order_id,
            fulfillment_id=fulfillment_id,
            scanned=tuple(ScannedItem(sku=sku, quantity=count) for sku, count in scans.items()),
            carton=form.text("carton"),
            weight_g=form.integer("weight_g", 0),
            override=override,  # type: ignore[arg-type]
        )
    )
    return ctx.see_other(_bench(order_id, fulfillment_id), ctx._("Packed. The label is being bought."))


async def unpack(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    order_id, fulfillment_id = ctx.in_path("order_id"), ctx.in_path("fulfillment_id")
    reason = form.text("reason")
    if reason not in get_args(UnpackReason):
        raise Invalid(field="reason", found=reason or "nothing", expected=", ".join(get_args(UnpackReason)))
    await ctx.do(UnpackParcel(order_id=order_id, parcel_id=form.id("parcel"), reason=reason))  # type: ignore[arg-type]
    return ctx.see_other(_bench(order_id, fulfillment_id), ctx._("Unpacked. Its label is given back."), "info")


async def slip(ctx: RequestContext) -> ASGIResponse:
    """The packing slip, to be printed: in the language of the customer who will read it."""
    ctx.check_scope(*KNOWING_ADDRESSES)
    found = await packing_slip(ctx.house.read, ctx.in_path("order_id"), ctx.in_path("parcel_id"))
    if found is None:
        raise NotFound(what="parcel", id=ctx.in_path("parcel_id"))
    seller = (await load_policies(ctx.house.read)).seller
    document = ctx.document(
        "console/fulfillment/packing_slip_document.html",
        found.head.language,
        head=found.head,
        lines=found.lines,
        seller=seller,
    )
    return ctx.page("console/fulfillment/packing_slip.html", number=found.head.number, document=document)


ROUTES: tuple[PageRoute, ...] = (
    get("/console/packing", show, scope=READ),
    get("/console/packing/{order_id:uuid}/{fulfillment_id:uuid}", bench, scope=READ),
    post("/console/packing/{order_id:uuid}/{fulfillment_id:uuid}", pack, scope=WRITE, again=bench),
    post("/console/packing/{order_id:uuid}/{fulfillment_id:uuid}/unpack", unpack, scope=WRITE, again=bench),
    get("/console/packing/slips/{order_id:uuid}/{parcel_id:uuid}", slip, scope=READ),
    get("/console/packing/placements/{order_id:uuid}/{parcel_id:uuid}", show_placement, scope=READ),
)
