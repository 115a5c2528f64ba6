"""Ctrl-K: orders, customers, products, places and commands by what is typed; as a part, and as a page."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.web.console.frame.navigation import PLACES
from purveyor.web.console.orders.lookup import matches, people
from purveyor.web.console.search.actions import actions_by_name
from purveyor.web.console.search.terms import PLACES_ALSO, POLICIES_ALSO, words_of
from purveyor.web.console.settings.policy_texts import ABOUT
from purveyor.web.pages import formats
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.pages.translations import mark as _
from purveyor.web.reading.contact_access import orders_for
from purveyor.web.reading.order_lists import OrderFilter

SHOWN = 6  # of each kind
SHORTEST_WORD = 3  # letters of another word for a page
LONGEST = 200  # characters that are looked for
COMMANDS = (  # what is often done: name, where, icon, what one needs, other words for it
    (
        _("New order by phone"),
        "/console/new-order",
        "phone",
        "receipt:write",
        _("phone call, take an order, create, add, sell"),
    ),
    (
        _("Sell at the counter"),
        "/console/new-order?channel=in_person",
        "building-store",
        "receipt:write",
        _("counter, till, cash desk, point of sale, pos, walk-in"),
    ),
    (
        _("Receive stock"),
        "/console/stock",
        "package-import",
        "stock:write",
        _("goods in, delivery of a supplier, replenish, purchase"),
    ),
    (
        _("Held orders"),
        "/console/orders?hold=any",
        "hand-stop",
        "orders:read",
        _("stuck, blocked, on hold, stopped, waiting"),
    ),
    (_("Late orders"), "/console/orders?late=1", "clock", "orders:read", _("overdue, promised, delayed, behind")),
    (
        _("Unpaid orders"),
        "/console/orders?payment_status=unpaid&status=placed",
        "credit-card",
        "orders:read",
        _("owed, outstanding, open invoices, debts, not paid"),
    ),
)


class Hit(msgspec.Struct, frozen=True):
    """Something that was found, and where it is."""

    icon: str
    name: str
    href: str
    about: str = ""


class Hits(msgspec.Struct, frozen=True):
    """What was found of one kind."""

    name: str
    hits: list[Hit]


async def _orders(ctx: RequestContext, text: str) -> list[Hit]:
    if not text or not ctx.may("orders:read"):
        return []
    found = await orders_for(ctx.house.read, OrderFilter(text=text, limit=SHOWN), ctx.staff.scopes)
    hits = []
    for order in found.items:
        total = formats.money(order.total_minor, order.currency, ctx.locale)
        about = " · ".join(part for part in (order.name, ctx.label(order.stage or order.status), total) if part)
        hits.append(Hit("list-details", str(order.number), f"/console/orders/{order.number}", about))
    return hits


async def _customers(ctx: RequestContext, text: str) -> list[Hit]:
    if not ctx.may("customers:read"):
        return []
    return [
        Hit("user", each.name or each.company, f"/console/customers/{each.customer_id}", f"{each.number} {each.email}")
        for each in await people(ctx.house.read, text)
        if each.customer_id is not None
    ][:SHOWN]


async def _products(ctx: RequestContext, text: str) -> list[Hit]:
    """Products, and the orders that have exactly this SKU."""
    if not text or not ctx.may("catalog:read"):
        return []
    hits = []
    for each in await matches(ctx.house.read, text, SHOWN):
        price = formats.money(each.price_minor, each.currency, ctx.locale)
        edit = f"/console/products/edit?{urlencode({'sku': each.sku})}"
        hits.append(Hit("tags", each.name, edit, f"{each.sku} · {price}"))
        if each.sku.lower() == text.lower():
            name = ctx._("Orders with %(sku)s", sku=each.sku)
            hits.append(Hit("list-details", name, f"/console/orders?{urlencode({'sku': each.sku})}"))
    return hits


def _places(ctx: RequestContext, text: str) -> list[Hit]:
    """Pages, rules and commands of the role that are called so, or so by others; all pages where nothing was typed."""
    typed = words_of(text)
    named: list[tuple[Hit, str, str]] = [
        (Hit(icon, ctx._(name), href), name, also) for name, href, icon, scope, also in COMMANDS if ctx.may(scope)
    ]
    named += [
        (Hit(place.icon, ctx._(place.name), place.href), place.name, PLACES_ALSO.get(place.href, ""))
        for _group, places in PLACES
        for place in places
        if ctx.may(place.scope)
    ]
    if text:
        named += [
            (Hit(each.icon, each.name, each.href, each.about), each.name, each.others) for each in actions_by_name(ctx)
        ]
    if text and ctx.may("policies:read"):
        named += [
            (Hit("scale", f"{ctx._('Policies')}: {ctx._(title)}", f"/console/policies/{name}"), title, also)
            for name, (title, _about) in ABOUT.items()
            if (also := POLICIES_ALSO.get(name)) is not None
        ]
    return [hit for hit, name, also in named if _is_called(ctx, hit, name, also, text, typed)]


def _is_called(ctx: RequestContext, hit: Hit, name: str, also: str, text: str, typed: list[str]) -> bool:
    if text.lower() in hit.name.lower():
        return True
    if not typed or len(max(typed, key=len)) < SHORTEST_WORD:
        return False
    others = ctx._(also) if also else ""
    words = words_of(f"{hit.name} {name} {also} {others}")
    return all(any(word.startswith(each) for word in words) for each in typed)


async def show(ctx: RequestContext) -> ASGIResponse:
    """What was found, best first: a command that is meant, then orders, customers, products."""
    text = ctx.given("q")[:LONGEST]
    orders, customers, products = await asyncio.gather(_orders(ctx, text), _customers(ctx, text), _products(ctx, text))
    groups = [
        Hits(ctx._("Orders"), orders),
        Hits(ctx._("Customers"), customers),
        Hits(ctx._("Products"), products),
        Hits(ctx._("Pages and commands"), _places(ctx, text)),
    ]
    return ctx.page(
        "console/search/results.html" if ctx.is_part else "console/search/page.html",
        groups=[group for group in groups if group.hits],
        text=text,
    )


ROUTES: tuple[PageRoute, ...] = (get("/console/find", show),)
