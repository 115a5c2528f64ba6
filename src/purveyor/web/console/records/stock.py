"""Stock: what lies where, what is promised of it, every change with its reason; goods in, counts, places."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar.response.base import ASGIResponse

from purveyor.core.positions import BACKORDER
from purveyor.core.refusals import NotFound
from purveyor.core.rows import Stock
from purveyor.records.policies.queries import load_policies
from purveyor.records.stock.commands import CountStock, ReceivedItem, ReceiveStock, SetBackorderCap
from purveyor.records.stock.queries import Shelf, movements, scarce, shelves, shelves_of, stock, whys_of
from purveyor.stages.picking.commands import AssignBin
from purveyor.web.console.frame.location_lists import paged_list
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.console.records.products import product_of
from purveyor.web.http.paging import Page
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import mark as _

READ = "stock:read"
WRITE = "stock:write"
PLACE = "/console/stock"
NEWEST = 2**62
MOVES_SHOWN = 50
REASONS = {
    "count": _("Counted"),
    "damaged": _("Damaged, thrown away"),
    "lost": _("Lost"),
    "found": _("Found again"),
    "correction": _("A mistake is put right"),
}


async def show(ctx: RequestContext) -> ASGIResponse:
    """SKUs by location; with `order=low`, what runs out first."""
    location, text = ctx.given("location"), ctx.given("text")
    is_low = ctx.given("order") == "low"
    found: Page[Shelf]
    if is_low:
        first = (-NEWEST, "", "")
        found = await paged_list(
            ctx,
            scarce,
            lambda row: (row.available, row.sku, row.location),
            location,
            text,
            first=first,
            kind=tuple[int, str, str],
        )
    else:
        found = await paged_list(
            ctx,
            shelves,
            lambda row: (row.sku, row.location),
            location,
            text,
            first=("", ""),
            kind=tuple[str, str],
        )
    return ctx.page(
        "console/records/stock_rows.html" if ctx.is_part else "console/records/stock.html",
        rows=found.items,
        next=found.next,
        here=_address(ctx),
        link=_address,
        is_low=is_low,
        locations=(await load_policies(ctx.house.read)).locations,
        form=await ctx.form() if ctx.request.method == "POST" else Form({}),
    )


def _address(ctx: RequestContext, **changed: str) -> str:
    """This list from its beginning, with some filters changed."""
    values = {name: ctx.given(name) for name in ("text", "location", "order")} | changed
    kept = {name: value for name, value in values.items() if value}
    return PLACE + (f"?{urlencode(kept)}" if kept else "")


def address_of(sku: str, location: str = "") -> str:
    """The page of one SKU."""
    return f"{PLACE}/item?{urlencode({'sku': sku} | ({'location': location} if location else {}))}"


async def item(ctx: RequestContext) -> ASGIResponse:
    """One SKU: what is where, what happened to it at one location, and what can be done."""
    read = ctx.house.read
    form = await ctx.form() if ctx.request.method == "POST" else Form({})
    sku = ctx.given("sku") or form.text("sku")
    if not sku:
        return ctx.see_other("/console/stock")
    product = await product_of(ctx, sku)
    if product is None:
        raise NotFound(what="product", id=sku)
    places = await shelves_of(read, sku)
    policies = await load_policies(read)
    asked = ctx.given("location") or form.text("location")
    location = asked or (places[0].location if places else "")
    moves = await paged_list(ctx, _moves, lambda row: row.id, sku, location, first=NEWEST, kind=int, limit=MOVES_SHOWN)
    waiting = next((row for row in await stock(read, sku=sku) if row.location == BACKORDER), Stock(sku, BACKORDER))
    return ctx.page(
        "console/records/stock_item.html",
        product=product,
        places=places,
        location=location,
        choices=[(place.code, place.name) for place in policies.locations],
        waiting=waiting,
        moves=moves.items,
        next=moves.next,
        whys=await whys_of(read, sku, list(moves.items)),
        numbers=await numbers_of(ctx, (move.order_id for move in moves.items if move.order_id is not None)),
        reasons=[(reason, ctx._(text)) for reason, text in REASONS.items()],
        form=form,
        address_of=address_of,
    )


async def _moves(read: Any, sku: str, location: str, before: int, limit: int) -> list[Any]:
    return list(await movements(read, sku, location, before, limit))


async def receive(ctx: RequestContext) -> ASGIResponse:
    """Goods have come in. Who waits for them is served soon after."""
    form = await ctx.form()
    sku, location = form.required("sku"), form.required("location")
    arrived = ReceivedItem(sku=sku, location=location, quantity=form.integer("quantity"))
    await _ask(ctx, ReceiveStock(items=(arrived,), reference=form.text("reference")), {"items[1].": ""})
    said = ctx._("%(num)s of %(sku)s came in at %(location)s.", num=arrived.quantity, sku=sku, location=location)
    return ctx.see_other(address_of(sku, location), said)


async def count(ctx: RequestContext) -> ASGIResponse:
    """So many are there, and why that is another number than the books had."""
    form = await ctx.form()
    sku, location = form.required("sku"), form.required("location")
    reason = form.text("reason") or "count"
    note = form.text("note")
    command = CountStock(
        sku=sku,
        location=location,
        counted=form.integer("counted"),
        reason=f"{reason}: {note}" if note else reason,
    )
    await ctx.do(command)
    said = ctx._("%(sku)s at %(location)s: the books follow the count.", sku=sku, location=location)
    return ctx.see_other(address_of(sku, location), said)


async def cap(ctx: RequestContext) -> ASGIResponse:
    """How many units may be sold that are not there."""
    form = await ctx.form()
    sku = form.required("sku")
    await ctx.do(SetBackorderCap(sku=sku, cap=form.integer("cap")))
    return ctx.see_other(address_of(sku), ctx._("The limit for backorders is set."))


async def place(ctx: RequestContext) -> ASGIResponse:
    """In which bin a SKU lies, and where that is on the walk."""
    form = await ctx.form()
    sku, location = form.required("sku"), form.required("location")
    command = AssignBin(sku=sku, location=location, bin=form.required("bin"), sequence=form.integer("sequence", 0))
    await ctx.do(command)
    said = ctx._("%(sku)s lies in %(bin)s now.", sku=sku, bin=command.bin)
    return ctx.see_other(address_of(sku, location), said)


async def _ask(ctx: RequestContext, command: Any, renamed: dict[str, str]) -> None:
    """Errors of a command's list of one stand beside the fields of the form."""
    try:
        await ctx.do(command)
    finally:
        for before, after in renamed.items():
            for field in [name for name in ctx.errors if name.startswith(before)]:
                ctx.errors[after + field.removeprefix(before)] = ctx.errors.pop(field)


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    get(f"{PLACE}/item", item, scope=READ),
    post(f"{PLACE}/receive", receive, scope=WRITE, again=item),
    post(f"{PLACE}/count", count, scope=WRITE, again=item),
    post(f"{PLACE}/cap", cap, scope=WRITE, again=item),
    post(f"{PLACE}/bin", place, scope="picking:write", again=item),
)
