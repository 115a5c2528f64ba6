"""What staff write on an order for one another, and its tags."""

from __future__ import annotations

from typing import Any

from litestar.response.base import ASGIResponse

from purveyor.core.refusals import NotFound
from purveyor.stages.review.commands import TagOrder, WriteNote
from purveyor.web.console.order.page import show
from purveyor.web.console.orders import filters as lists
from purveyor.web.console.orders.bulk_actions import tags_in
from purveyor.web.pages.context import Visit
from purveyor.web.pages.routes import PageRoute, post
from purveyor.web.reading.order_lists import order_id_of

WRITE = "review:write"


async def _order_id(visit: Visit) -> Any:
    number = str(visit.in_path("number"))
    order_id = await order_id_of(visit.house.read, number)
    if order_id is None:
        raise NotFound(what="order", id=number)
    return order_id


def _back(visit: Visit, said: str) -> ASGIResponse:
    return visit.see_other(f"{lists.PLACE}/{visit.in_path('number')}", said)


async def write(visit: Visit) -> ASGIResponse:
    """Keep a note; it is there for whoever opens the order next."""
    form = await visit.form()
    await visit.do(WriteNote(order_id=await _order_id(visit), text=form.required("note")))
    return _back(visit, visit._("The note is kept."))


async def tag(visit: Visit) -> ASGIResponse:
    """Add tags, or take one away."""
    form = await visit.form()
    add, remove = tags_in(form.text("add")), tuple(form.all("remove"))
    await visit.do(TagOrder(order_id=await _order_id(visit), add=add, remove=remove))
    return _back(visit, visit._("The tags are changed."))


ROUTES: tuple[PageRoute, ...] = (
    post(f"{lists.PLACE}/{{number:int}}/notes", write, scope=WRITE, again=show),
    post(f"{lists.PLACE}/{{number:int}}/tags", tag, scope=WRITE, again=show),
)
