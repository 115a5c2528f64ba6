"""Picking: what waits, waves, and the walk itself with a phone in the hand."""

from __future__ import annotations

from uuid import UUID

from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid
from purveyor.stages.picking.commands import (
    ConfirmPick,
    FinishWave,
    FulfillmentRef,
    PlanWave,
    RecordCount,
    ShortPick,
    ShortReason,
    StartPickList,
)
from purveyor.stages.picking.queries import (
    PickListLine,
    WaveView,
    counts_to_do,
    open_waves,
    pick_list,
    picked_of_wave,
    queues,
    shorted_picks,
    waiting_fulfillments,
)
from purveyor.web.console.frame.location_lists import current_location, paged_list
from purveyor.web.http.paging import FIRST, LAST
from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post

READ = "picking:read"
WRITE = "picking:write"
WAVE_SIZE = 20
LARGEST_WAVE = 500
SHOWN = 20


async def show(ctx: RequestContext) -> ASGIResponse:
    """The queue of a location, its waves, and what was missing."""
    location, locations = await current_location(ctx)
    code = location.code if location else ""
    read = ctx.house.read
    waiting = await paged_list(ctx, waiting_fulfillments, lambda row: (row.due_at, row.id), code)
    return ctx.page(
        "console/fulfillment/picking.html",
        location=location,
        locations=locations,
        queues={queue.location: queue for queue in await queues(read)},
        waiting=waiting.items,
        next=waiting.next,
        waves=await open_waves(read, code, FIRST),
        counts=await counts_to_do(read, code, (FIRST[0], ""), SHOWN),
        shorted=await shorted_picks(read, code, (*LAST, LAST[1]), SHOWN),
        wave_size=WAVE_SIZE,
    )


async def plan(ctx: RequestContext) -> ASGIResponse:
    """A wave of the chosen fulfillment orders, or of those that were promised first."""
    form = await ctx.form()
    location, _locations = await current_location(ctx)
    code = location.code if location else ""
    chosen = [_reference(text) for text in form.all("fulfillment")]
    if not chosen:
        rows = await waiting_fulfillments(
            ctx.house.read, code, FIRST, form.integer("count", WAVE_SIZE, least=1, most=LARGEST_WAVE)
        )
        chosen = [FulfillmentRef(order_id=row.order_id, fulfillment_id=row.id) for row in rows if not row.holds]
    answer = await ctx.do(PlanWave(location=code, fulfillments=tuple(chosen)))
    return ctx.see_other(f"/console/picking/{answer.reply['wave_id']}", ctx._("The wave is planned."))


def _reference(text: str) -> FulfillmentRef:
    order, _, fulfillment = text.partition(" ")
    order_id, fulfillment_id = id_of(order), id_of(fulfillment)
    if order_id is None or fulfillment_id is None:
        raise Invalid(field="fulfillment", found=text, expected="an order and its work")
    return FulfillmentRef(order_id=order_id, fulfillment_id=fulfillment_id)


async def walk(ctx: RequestContext) -> ASGIResponse:
    """The pick list of a wave in walking order: the next stop large, the others below."""
    wave_id: UUID = ctx.in_path("wave_id")
    stops = await pick_list(ctx.house.read, wave_id)
    wave = await _wave(ctx, wave_id)
    form = await ctx.form() if ctx.request.method == "POST" else Form({})
    reasons = ShortReason.__args__  # type: ignore[attr-defined]
    return ctx.page(
        "console/fulfillment/pick_list.html",
        wave_id=wave_id,
        wave=wave,
        stops=stops,
        picked=[] if stops or wave is None else await picked_of_wave(ctx.house.read, wave_id),
        reasons=reasons,
        form=form,
        scanned=_scanned(form, stops),
    )


def _scanned(form: Form, stops: list[PickListLine]) -> str:
    """The right item of the stop that is shown again: it need not be scanned once more, only the tote."""
    found = form.text("scanned")
    return found if stops and form.text("stop") == stop_name(stops[0]) and found == stops[0].sku else ""


def stop_name(stop: PickListLine) -> str:
    return f"{stop.fulfillment_id}.{stop.line_id}"


ONE_WAVE = """
    SELECT w.id, w.location, w.status, w.picker, w.planned_at, w.started_at,
           jsonb_array_length(w.fulfillments) AS fulfillments,
           (SELECT count(*) FROM fulfillment f
             WHERE f.wave_id = w.id AND f.status IN ('in_wave', 'picking')) AS open_fulfillments
      FROM wave w WHERE w.id = $1
"""


async def _wave(ctx: RequestContext, wave_id: UUID) -> WaveView | None:
    return await ctx.house.read.row(WaveView, ONE_WAVE, wave_id)


async def start(ctx: RequestContext) -> ASGIResponse:
    wave_id: UUID = ctx.in_path("wave_id")
    await ctx.do(StartPickList(wave_id=wave_id))
    return ctx.see_other(f"/console/picking/{wave_id}")


async def pick(ctx: RequestContext) -> ASGIResponse:
    """One stop: what was scanned must be what the list says. A scan is one unit, unless all were said to be taken."""
    form = await ctx.form()
    wave_id: UUID = ctx.in_path("wave_id")
    stop = await _stop(ctx, wave_id, form.text("stop"))
    await ctx.do(
        ConfirmPick(
            order_id=stop.order_id,
            fulfillment_id=stop.fulfillment_id,
            line_id=stop.line_id,
            quantity=stop.quantity - stop.picked if form.text("all") else form.integer("quantity", 1),
            scanned=form.text("scanned"),
            bin=stop.bin,
            tote=_tote(form, stop),
            lot=form.text("lot"),
        )
    )
    return ctx.see_other(f"/console/picking/{wave_id}", ctx._("Picked: %(name)s", name=stop.name))


def _tote(form: Form, stop: PickListLine) -> str:
    """At every stop it is seen that the goods go into the order's tote: it is scanned, or confirmed by a press."""
    tote = form.text("tote") or (stop.tote if form.text("tote_seen") == stop.tote else "")
    if stop.tote and not tote:
        raise Invalid(field="tote", found="nothing", expected=f"the tote of this order: {stop.tote}")
    return tote


async def short(ctx: RequestContext) -> ASGIResponse:
    """Not there, damaged, or miscounted: the order is served from elsewhere or waits, and the shelf is counted."""
    form = await ctx.form()
    wave_id: UUID = ctx.in_path("wave_id")
    stop = await _stop(ctx, wave_id, form.text("stop"))
    reasons = ShortReason.__args__  # type: ignore[attr-defined]
    reason = form.text("reason")
    if reason not in reasons:
        raise Invalid(field="reason", found=reason or "nothing", expected=f"one of {', '.join(reasons)}")
    await ctx.do(
        ShortPick(
            order_id=stop.order_id,
            fulfillment_id=stop.fulfillment_id,
            line_id=stop.line_id,
            missing=form.integer("missing", stop.quantity - stop.picked),
            reason=reason,  # type: ignore[arg-type]
        )
    )
    return ctx.see_other(f"/console/picking/{wave_id}", ctx._("Noted. The shelf will be counted."), "warning")


async def _stop(ctx: RequestContext, wave_id: UUID, line: str) -> PickListLine:
    """The stop that a form is about, as it stands now."""
    for stop in await pick_list(ctx.house.read, wave_id):
        if stop_name(stop) == line:
            return stop
    gone = ctx._("a stop that is done or was taken away")
    raise Invalid(field="stop", found=gone, expected=ctx._("the next one"))


async def finish(ctx: RequestContext) -> ASGIResponse:
    wave_id: UUID = ctx.in_path("wave_id")
    await ctx.do(FinishWave(wave_id=wave_id))
    return ctx.see_other("/console/picking", ctx._("The walk is over. What is left goes back into the queue."))


async def count(ctx: RequestContext) -> ASGIResponse:
    """What lies on a shelf, as somebody counted it."""
    form = await ctx.form()
    await ctx.do(
        RecordCount(
            sku=form.required("sku"),
            location=form.required("location"),
            counted=form.integer("counted"),
            aside=form.integer("aside", 0),
        )
    )
    return ctx.see_other("/console/picking", ctx._("Counted: %(sku)s", sku=form.text("sku")))


ROUTES: tuple[PageRoute, ...] = (
    get("/console/picking", show, scope=READ),
    post("/console/picking/waves", plan, scope=WRITE, again=show),
    get("/console/picking/{wave_id:uuid}", walk, scope=READ),
    post("/console/picking/{wave_id:uuid}/start", start, scope=WRITE, again=walk),
    post("/console/picking/{wave_id:uuid}/pick", pick, scope=WRITE, again=walk),
    post("/console/picking/{wave_id:uuid}/short", short, scope=WRITE, again=walk),
    post("/console/picking/{wave_id:uuid}/finish", finish, scope=WRITE, again=walk),
    post("/console/picking/counts", count, scope=WRITE, again=show),
)
