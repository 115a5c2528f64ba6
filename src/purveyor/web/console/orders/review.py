"""The review queue: what is stuck, since when, and who must act; and who waits for stock."""

from __future__ import annotations

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.db.reader import Reader
from purveyor.records.policies.queries import load_policies
from purveyor.stages.review.commands import ApproveOrder, RejectOrder, ReleaseHold
from purveyor.stages.review.queries import open_holds
from purveyor.web.console.frame.order_summary import order_summary
from purveyor.web.http.paging import FIRST, Place, page, place_after
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.reading.order_lists import board

READ = "review:read"
WRITE = "review:write"
PAGE_SIZE = 50
SHORTEST = """
    -- Stock that is promised to somebody and is not there: the most wanted first.
    SELECT sku, sum(backordered)::bigint AS units, count(*) AS lines
      FROM line WHERE backordered > 0
  GROUP BY sku ORDER BY units DESC, sku LIMIT $1
"""
RISKS = """
    SELECT order_id, score, reasons FROM risk_assessment WHERE order_id = ANY($1::uuid[])
"""


class Backorder(msgspec.Struct, frozen=True):
    """A SKU that customers wait for."""

    sku: str
    units: int
    lines: int


async def show(ctx: RequestContext) -> ASGIResponse:
    """Open holds, oldest first, by type and owner."""
    read = ctx.house.read
    after: Place = place_after(ctx.given("after") or None, Place, FIRST)
    kind, owner = ctx.given("type"), ctx.given("owner")
    rows = await open_holds(read, owner=owner, type=kind, after=after, limit=PAGE_SIZE + 1)
    holds = page(rows, PAGE_SIZE, lambda hold: (hold.opened_at, hold.id))
    risks = await ctx.house.pool.fetch(RISKS, [hold.order_id for hold in holds.items])
    return ctx.page(
        "console/orders/review.html",
        holds=holds.items,
        next=holds.next,
        counts=(await board(read)).holds,
        kind=kind,
        owner=owner,
        rules=(await load_policies(read)).holds,
        orders=await order_summary(ctx, (hold.order_id for hold in holds.items)),
        risks={row["order_id"]: row for row in risks},
        missing=await _missing(read),
    )


async def _missing(read: Reader) -> list[Backorder]:
    return await read.rows(Backorder, SHORTEST, 10)


async def release(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(ReleaseHold(order_id=form.id("order"), hold_id=form.id("hold")))
    return ctx.see_other("/console/review", ctx._("Released."))


async def approve(ctx: RequestContext) -> ASGIResponse:
    """Approve the order, with all that holds it."""
    form = await ctx.form()
    answer = await ctx.do(ApproveOrder(order_id=form.id("order")))
    return ctx.see_other("/console/review", ctx._("Order %(number)s is approved.", number=answer.number))


async def reject(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    answer = await ctx.do(RejectOrder(order_id=form.id("order"), why=form.text("why") or "rejected"))
    return ctx.see_other("/console/review", ctx._("Order %(number)s is turned down.", number=answer.number), "info")


ROUTES: tuple[PageRoute, ...] = (
    get("/console/review", show, scope=READ),
    post("/console/review/release", release, scope=WRITE, again=show),
    post("/console/review/approve", approve, scope=WRITE, again=show),
    post("/console/review/reject", reject, scope=WRITE, again=show),
)
