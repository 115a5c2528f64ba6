"""Views of the list of orders: some for everybody, and what each member of staff keeps under a name."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.records.views.commands import DeleteView, SaveView
from purveyor.records.views.queries import views_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, post
from purveyor.web.pages.translations import mark as _

SCOPE = "orders:read"
PLACE = "/console/orders"
FOR_EVERYBODY = (
    (_("All"), ""),
    (_("Held"), "hold=any"),
    (_("Late"), "late=1"),
    (_("Unpaid"), "payment_status=unpaid&status=placed"),
    (_("Waiting for stock"), "fulfillment_status=backordered"),
    (_("To pick"), "stage=picking"),
    (_("To pack"), "stage=packing"),
    (_("To ship"), "stage=shipping"),
    (_("Coming back"), "return_status=returning"),
)


class Tab(msgspec.Struct, frozen=True):
    """A view above the list. `id` is that of one's own."""

    name: str
    href: str
    here: bool
    id: str = ""


async def tabs(ctx: RequestContext, here: str) -> list[Tab]:
    """The views with the one that is shown. `here`: the address of the list with its filters, without its page."""
    query = _sorted(here.partition("?")[2])
    own = await views_of(ctx.house.read, ctx.actor)
    found = [(ctx._(name), words, "") for name, words in FOR_EVERYBODY]
    found += [(view.name, view.query, str(view.id)) for view in own]
    return [
        Tab(name, f"{PLACE}?{words}" if words else PLACE, _sorted(words) == query, view_id)
        for name, words, view_id in found
    ]


def _sorted(query: str) -> list[tuple[str, str]]:
    return sorted(parse_qsl(query))


async def save(ctx: RequestContext) -> ASGIResponse:
    """Keep the present filters under a name."""
    form = await ctx.form()
    query = urlencode(parse_qsl(form.text("query").lstrip("?")))
    answer = await ctx.ask(SaveView(name=form.text("name"), query=query))
    if not answer.accepted:
        return ctx.see_other(f"{PLACE}?{query}", ctx.told[-1].text, "danger")
    return ctx.see_other(f"{PLACE}?{query}", ctx._("The view is saved."))


async def delete(ctx: RequestContext) -> ASGIResponse:
    """Forget a view of one's own."""
    form = await ctx.form()
    await ctx.do(DeleteView(view_id=form.id("view")))
    return ctx.see_other(PLACE, ctx._("The view is deleted."))


ROUTES: tuple[PageRoute, ...] = (
    post(f"{PLACE}/views", save, scope=SCOPE),
    post(f"{PLACE}/views/delete", delete, scope=SCOPE),
)
