"""The list of orders: search, filters that combine, bulk actions, export."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar.response.base import ASGIResponse

from purveyor.core.stage_clocks import Stage
from purveyor.records.policies.queries import load_policies
from purveyor.records.staff.commands import NoteExport
from purveyor.stages.review.commands import ApproveOrder, HoldOrder
from purveyor.web.bodies import read_parameters
from purveyor.web.console.order_export import order_table
from purveyor.web.console.saved import tabs
from purveyor.web.contacts import orders_for
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.texts import mark as _
from purveyor.web.pages.visit import Visit, id_of
from purveyor.web.problems import Problem
from purveyor.web.queries import (
    FulfillmentStatus,
    OrderFilter,
    OrderSeen,
    PaymentStatus,
    ReturnStatus,
    Status,
)
from purveyor.web.reads import Page
from purveyor.web.roles import EXPORT

SCOPE = "orders:read"
PAGE_SIZE = 50
FILTERS = (
    "text",
    "stage",
    "status",
    "payment_status",
    "fulfillment_status",
    "return_status",
    "hold",
    "channel",
    "country",
    "late",
)
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


def asked_of(visit: Visit, limit: int = PAGE_SIZE) -> OrderFilter:
    """The filters of the address. Raises `Problem` (422) for what cannot be."""
    values: dict[str, Any] = {name: visit.given(name) for name in (*FILTERS, "sku", "after") if visit.given(name)}
    if values.pop("late", ""):  # a promise is a day, and today's may still be kept
        values["promised_to"] = visit.today.isoformat()
    for name, days in (("placed_from", 0), ("placed_to", 1)):
        if day := visit.given(name):
            values[name] = _start_of(visit, day, days)
    return read_parameters(OrderFilter, {**values, "limit": limit})  # type: ignore[no-any-return]


def _start_of(visit: Visit, day: str, days_later: int) -> str:
    try:
        date = datetime.fromisoformat(day).date()
    except ValueError:
        raise Problem(422, "invalid_parameter", f"{day} is no date, such as 2026-03-02.") from None
    return datetime.combine(date + timedelta(days=days_later), time.min, visit.zone).isoformat()


def without_after(visit: Visit, **changed: str) -> str:
    """The address of this list from its beginning, with some filters changed; an empty value takes one away."""
    kept = {name: visit.given(name) for name in (*FILTERS, "sku", "placed_from", "placed_to") if visit.given(name)}
    values = {name: value for name, value in {**kept, **changed}.items() if value}
    return "/console/orders" + (f"?{urlencode(values)}" if values else "")


async def show(visit: Visit) -> ASGIResponse:
    """The list. A filter that cannot be is told, and nothing is listed then."""
    found: Page[OrderSeen]
    try:
        found = await orders_for(visit.house.read, asked_of(visit), visit.staff.scopes)
    except Problem as problem:
        visit.tell(str(problem), "danger")
        visit.status = problem.status
        found = Page([], None)
    return visit.page(
        "console/orders_rows.html" if visit.is_part else "console/orders.html",
        orders=found.items,
        next=found.next,
        here=without_after(visit),
        tabs=[] if visit.is_part else await tabs(visit, without_after(visit)),
        link=without_after,
        choices={name: words.__args__ for name, words in CHOICES.items()},
        names=NAMES,
        hold_types=(await load_policies(visit.house.read)).holds.types(),
        filtered=any(visit.given(name) for name in (*FILTERS, "sku", "placed_from", "placed_to")),
    )


async def export(visit: Visit) -> ASGIResponse:
    """The same list as CSV, whole. It is written down who took it along."""
    names = (*FILTERS, "sku", "placed_from", "placed_to")
    filters = {name: visit.given(name) for name in names if visit.given(name)}

    async def read(asked: OrderFilter) -> Page[OrderSeen]:
        return await orders_for(visit.house.read, asked, visit.staff.scopes)

    async def note(rows: int) -> None:
        await visit.do(NoteExport(staff_id=visit.staff.id, filters=filters, rows=rows), key=visit.new_key)

    return order_table(read, note, asked_of(visit, 200), visit.zone)


async def act_on_many(visit: Visit) -> ASGIResponse:
    """One command for each order that was ticked; what was refused is told, the others are done."""
    form = await visit.form()
    ids = [order_id for text in form.all("order") if (order_id := id_of(text)) is not None]
    done = 0
    for order_id in ids:
        match form.text("action"):
            case "approve":
                command: Any = ApproveOrder(order_id=order_id)
            case "hold":
                command = HoldOrder(order_id=order_id, type="customer", why=form.text("why") or "bulk")
            case _:
                visit.tell(visit._("Choose what to do with the orders."), "warning")
                return await show(visit)
        answer = await visit.ask(command, key=f"{form.text('key')}:{order_id}")
        done += answer.accepted
    if done:
        visit.tell(visit.translations.ngettext("%(num)s order done.", "%(num)s orders done.", done) % {"num": done})
    elif not ids:
        visit.tell(visit._("No order was chosen."), "warning")
    return await show(visit)


ROUTES: tuple[PageRoute, ...] = (
    get("/console/orders", show, scope=SCOPE),
    get("/console/orders.csv", export, scope=EXPORT),
    post("/console/orders", act_on_many, scope="review:write", again=show),
)
