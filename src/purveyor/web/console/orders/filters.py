"""What the list of orders is asked for: filters and sorting in an address, and which columns are shown."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from purveyor.core.refusals import shortened
from purveyor.web.http.problem_details import Problem
from purveyor.web.http.request_bodies import read_parameters
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.translations import mark as _
from purveyor.web.reading.contact_access import by_contact
from purveyor.web.reading.order_lists import OrderFilter, neighbors

PLACE = "/console/orders"
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
    "tag",
    "late",
)
OTHERS = ("sku", "placed_from", "placed_to", "sort")
ALL = (*FILTERS, *OTHERS)
SORTS = {
    "-received": _("Newest first"),
    "received": _("Oldest first"),
    "-placed": _("Placed last"),
    "placed": _("Placed first"),
    "promised": _("Promised first"),
    "-promised": _("Promised last"),
    "-total": _("Highest total"),
    "total": _("Lowest total"),
}
#: Columns that may be left out, in their order; all but the last are shown where nobody has chosen.
COLUMNS = {
    "placed": _("Placed"),
    "stage": _("Stage"),
    "payment": _("Payment"),
    "fulfillment": _("Fulfillment"),
    "promised": _("Promised"),
    "units": _("Units"),
    "total": _("Total"),
    "tags": _("Tags"),
    "country": _("Country"),
    "receivable": _("Open amount"),
}
AT_FIRST = ("placed", "stage", "payment", "fulfillment", "promised", "units", "total", "tags")
CHOSEN = "order-columns"  # the cookie
LONGEST_LIST = 1_500  # characters of an address
WHOLE = "all"  # the list without any filter, in the address of an order
COME_FROM = "order-list"  # the cookie: which order was opened from which list


def asked_of(ctx: RequestContext, limit: int = PAGE_SIZE) -> OrderFilter:
    """The filters of the address. Raises `Problem` (422) for what cannot be."""
    return _asked(ctx, ctx.given, limit)


def _asked(ctx: RequestContext, given: Callable[[str], str], limit: int) -> OrderFilter:
    values: dict[str, Any] = {name: given(name) for name in (*FILTERS, "sku", "sort", "after") if given(name)}
    if values.pop("late", ""):  # a promise is a day, and today's may still be kept
        values["promised_to"] = ctx.today.isoformat()
    for name, days in (("placed_from", 0), ("placed_to", 1)):
        if day := given(name):
            values[name] = _start_of(ctx, day, days)
    return read_parameters(OrderFilter, {**values, "limit": limit})  # type: ignore[no-any-return]


def _start_of(ctx: RequestContext, day: str, days_later: int) -> str:
    try:
        date = datetime.fromisoformat(day).date() + timedelta(days=days_later)
        return datetime.combine(date, time.min, ctx.shop_zone).isoformat()
    except (ValueError, OverflowError):
        raise Problem(422, "invalid_parameter", f"{shortened(day)} is no date, such as 2026-03-02.") from None


def without_after(ctx: RequestContext, **changed: str) -> str:
    """The address of this list from its beginning, with some filters changed; an empty value takes one away."""
    kept = {name: ctx.given(name) for name in ALL if ctx.given(name)}
    values = {name: value for name, value in {**kept, **changed}.items() if value}
    return PLACE + (f"?{urlencode(values)}" if values else "")


def is_filtered(ctx: RequestContext) -> bool:
    return any(ctx.given(name) for name in ALL if name != "sort")


# columns


def columns_of(ctx: RequestContext) -> tuple[str, ...]:
    """Those that this browser shows."""
    chosen = ctx.cookie(CHOSEN)
    if not chosen:
        return AT_FIRST
    return tuple(name for name in COLUMNS if name in chosen.split("."))


def choose_columns(ctx: RequestContext, names: list[str]) -> None:
    """Remember which; all of them away is as it was at first."""
    chosen = [name for name in COLUMNS if name in names]
    ctx.remember(CHOSEN, ".".join(chosen))


# the orders before and after one


class Neighbors(msgspec.Struct, frozen=True):
    """Where an order stands in the list it was opened from; the addresses of those beside it, "" at an end."""

    back: str
    before: str
    after: str


async def neighbors_of(ctx: RequestContext, order: Any) -> Neighbors | None:
    """None where the order was opened from no list, or from one that cannot be."""
    query = _come_from(ctx, order.number)
    if query is None:
        return None
    filters = dict(parse_qsl(query))
    try:
        asked = _asked(ctx, lambda name: filters.get(name, "") if name in ALL else "", 1)
        found = await neighbors(ctx.house.read, asked, order, by_contact=by_contact(ctx.staff.scopes))
    except Problem:
        return None
    inside = urlencode({"in": query or WHOLE})
    before, after = (f"{PLACE}/{each.number}?{inside}" if each else "" for each in found)
    return Neighbors(PLACE + (f"?{query}" if query else ""), before, after)


def _come_from(ctx: RequestContext, number: int) -> str | None:
    """The list in the address, which is kept for this order, so that it is still known after something was done."""
    given = ctx.given("in")[:LONGEST_LIST]
    if given:
        query = urlencode([pair for pair in parse_qsl(given) if pair[0] in ALL])
        ctx.remember(COME_FROM, f"{number}.{urlsafe_b64encode(query.encode()).decode().rstrip('=')}", max_age=3600)
        return query
    of, _dot, kept = ctx.cookie(COME_FROM)[: 2 * LONGEST_LIST].partition(".")
    if of != str(number):
        return None
    try:
        return urlsafe_b64decode(kept + "=" * (-len(kept) % 4)).decode()
    except ValueError:
        return None
