"""What staff write on an order for one another, and its tags."""

from __future__ import annotations

from typing import Any

from litestar.response.base import ASGIResponse

from purveyor.core.refusals import NotFound
from purveyor.stages.review.commands import TagOrder, WriteNote
from purveyor.web.console.order.page import show
from purveyor.web.console.orders import filters as lists
from purveyor.web.console.orders.bulk_actions import tags_in
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, post
from purveyor.web.reading.order_lists import order_id_of

WRITE = "review:write"


async def _order_id(ctx: RequestContext) -> Any:
    number = str(ctx.in_path("number"))
    order_id = await order_id_of(ctx.house.read, number)
    if order_id is None:
        raise NotFound(what="order", id=number)
    return order_id


def _back(ctx: RequestContext, said: str) -> ASGIResponse:
    return ctx.see_other(f"{lists.PLACE}/{ctx.in_path('number')}", said)


async def write(ctx: RequestContext) -> ASGIResponse:
    """Keep a note; it is there for whoever opens the order next."""
    form = await ctx.form()
    await ctx.do(WriteNote(order_id=await _order_id(ctx), text=form.required("note")))
    return _back(ctx, ctx._("The note is kept."))


async def tag(ctx: RequestContext) -> ASGIResponse:
    """Add tags, or take one away."""
    form = await ctx.form()
    add, remove = tags_in(form.text("add")), tuple(form.all("remove"))
    await ctx.do(TagOrder(order_id=await _order_id(ctx), add=add, remove=remove))
    return _back(ctx, ctx._("The tags are changed."))


ROUTES: tuple[PageRoute, ...] = (
    post(f"{lists.PLACE}/{{number:int}}/notes", write, scope=WRITE, again=show),
    post(f"{lists.PLACE}/{{number:int}}/tags", tag, scope=WRITE, again=show),
)
