"""The list of orders: search, filters that combine, sorting, columns, export."""

from __future__ import annotations

from typing import Any

from litestar.response.base import ASGIResponse

from purveyor.core.service_levels import Stage
from purveyor.records.policies.queries import load_policies
from purveyor.records.staff.commands import NoteExport
from purveyor.web.auth.roles import EXPORT
from purveyor.web.console.orders import filters as lists
from purveyor.web.console.orders.bulk_actions import BULK_ACTIONS, Done, bulk_actions_of, do_to_many
from purveyor.web.console.orders.export import order_table
from purveyor.web.console.orders.printing import show_prints
from purveyor.web.console.orders.saved_views import tabs
from purveyor.web.http.paging import Page
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.refusal_texts import problem_in_words
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import mark as _
from purveyor.web.reading.contact_access import orders_for
from purveyor.web.reading.order_lists import (
    ChosenOrders,
    FulfillmentStatus,
    OrderFilter,
    OrderSeen,
    PaymentStatus,
    ReturnStatus,
    Status,
)

SCOPE = "orders:read"
CHOICES: dict[str, Any] = {
    "stage": Stage,
    "status": Status,
    "payment_status": PaymentStatus,
    "fulfillment_status": FulfillmentStatus,
    "return_status": ReturnStatus,
}
NAMES = {
    "stage": _("Stage"),
    "status": _("Status"),
    "payment_status": _("Payment"),
    "fulfillment_status": _("Fulfillment"),
    "return_status": _("Return"),
}
TAGS = """
    -- Tags of the orders that were tagged last.
    SELECT tag FROM (SELECT tags FROM order_tags ORDER BY order_id DESC LIMIT 500) AS few,
           jsonb_array_elements_text(tags) AS tag
  GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 50
"""


async def show(ctx: RequestContext) -> ASGIResponse:
    """The list. A filter that cannot be is told, and nothing is listed then."""
    return await _show(ctx, [])


async def _show(ctx: RequestContext, done: list[Done]) -> ASGIResponse:
    found: Page[OrderSeen]
    try:
        found = await orders_for(ctx.house.read, lists.asked_of(ctx), ctx.staff.scopes)
    except Problem as problem:
        ctx.tell(problem_in_words(problem.details, ctx.language, ctx.zone), "danger")
        ctx.status = problem.status
        found = Page([], None)
    here = lists.without_after(ctx)
    return ctx.page(
        "console/orders/rows.html" if ctx.is_part else "console/orders/page.html",
        orders=found.items,
        next=found.next,
        here=here,
        inside=here.partition("?")[2] or lists.WHOLE,
        tabs=[] if ctx.is_part else await tabs(ctx, here),
        tags=[] if ctx.is_part else await ctx.house.read.values(TAGS),
        link=lists.without_after,
        choices={name: words.__args__ for name, words in CHOICES.items()},
        names=NAMES,
        sorts=lists.SORTS,
        columns=lists.columns_of(ctx),
        all_columns=lists.COLUMNS,
        bulk_actions=bulk_actions_of(ctx),
        done=done,
        hold_types=(await load_policies(ctx.house.read)).holds.types(),
        filtered=lists.is_filtered(ctx),
    )


async def export(ctx: RequestContext) -> ASGIResponse:
    """The same list as CSV, whole. It is written down who took it along."""
    filters = {name: ctx.given(name) for name in lists.ALL if ctx.given(name)}
    return await _table(ctx, lists.asked_of(ctx, 200), filters)


async def _table(ctx: RequestContext, asked: OrderFilter, filters: dict[str, str]) -> ASGIResponse:
    async def read(asked: OrderFilter) -> Page[OrderSeen]:
        return await orders_for(ctx.house.read, asked, ctx.staff.scopes)

    async def note(rows: int) -> None:
        await ctx.do(NoteExport(staff_id=ctx.staff.id, filters=filters, rows=rows), key=ctx.new_key)

    return order_table(read, note, asked, ctx.shop_zone)


async def act_on_many(ctx: RequestContext) -> ASGIResponse:
    """Something for each order that was ticked: printed, taken along, or done, with the result of each."""
    form = await ctx.form()
    ids = form.ids("order")
    action = BULK_ACTIONS.get(form.text("action"))
    if not ids:
        ctx.tell(ctx._("No order was chosen."), "warning")
    elif action is None:
        ctx.tell(ctx._("Choose what to do with the orders."), "warning")
    else:
        ctx.check_scope(action.scope)
        match action.name:
            case "export":
                return await _table(ctx, ChosenOrders(ids=tuple(ids), limit=200), {"chosen": str(len(ids))})
            case "picks" | "slips" | "labels":
                return await show_prints(ctx, action.name, ids)
            case _:
                return await _show(ctx, await do_to_many(ctx, action.name, ids))
    return await show(ctx)


async def choose_columns(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    lists.choose_columns(ctx, form.all("column"))
    return ctx.see_other(lists.without_after(ctx))


ROUTES: tuple[PageRoute, ...] = (
    get(lists.PLACE, show, scope=SCOPE),
    get(f"{lists.PLACE}.csv", export, scope=EXPORT),
    post(lists.PLACE, act_on_many, scope=SCOPE, again=show),
    post(f"{lists.PLACE}/columns", choose_columns, scope=SCOPE, again=show),
)
