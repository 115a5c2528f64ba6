"""Ctrl-K: orders, customers, products, places and commands by what is typed; as a part, and as a page."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, urlencode

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.web.console.lookups import matches, people
from purveyor.web.console.navigation import PLACES
from purveyor.web.contacts import orders_for
from purveyor.web.pages import formats
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.pages.texts import mark as _
from purveyor.web.pages.visit import Visit
from purveyor.web.queries import OrderFilter

SHOWN = 6  # of each kind
SHORTEST_WORD = 3  # letters of another word for a page
LONGEST = 200  # characters that are looked for
COMMANDS = (  # what is often done: name, where, icon, what one needs, other words for it
    (_("New order by phone"), "/console/new-order", "phone", "receipt:write", "phone call"),
    (
        _("Sell at the counter"),
        "/console/new-order?channel=in_person",
        "building-store",
        "receipt:write",
        "counter till",
    ),
    (_("Receive stock"), "/console/stock", "package-import", "stock:write", "goods in delivery"),
    (_("Held orders"), "/console/orders?hold=any", "hand-stop", "orders:read", "stuck blocked"),
    (_("Late orders"), "/console/orders?late=1", "clock", "orders:read", "overdue promised"),
    (_("Unpaid orders"), "/console/orders?payment_status=unpaid&status=placed", "credit-card", "orders:read", "owed"),
)


ALSO = {  # other words for a page
    "/console": "home dashboard overview start",
    "/console/orders": "sales list",
    "/console/figures": "reports analytics statistics kpi numbers",
    "/console/review": "holds fraud risk approve",
    "/console/messages": "mails e-mails sms notifications bounced",
    "/console/payments": "refunds money invoices reminders dunning chargebacks disputes captures",
    "/console/picking": "waves pick lists totes",
    "/console/packing": "bench parcels cartons slips",
    "/console/shipping": "labels carriers manifests couriers dispatch",
    "/console/delivery": "tracking parcels lost collection pickup counter",
    "/console/installations": "appointments technicians slots calendar",
    "/console/support": "cases tickets questions complaints claims inbox",
    "/console/returns": "rma refunds send back credit",
    "/console/feedback": "surveys reviews ratings nps csat stars",
    "/console/stock": "inventory count warehouse receive backorders shelf",
    "/console/products": "catalog items sku prices articles",
    "/console/customers": "people contacts buyers erase gdpr",
    "/console/policies": "settings setup configuration rules tax shipping rates locations seller currency",
    "/console/staff": "users logins roles permissions team",
    "/console/keys": "api tokens integration",
    "/console/security": "audit log history security sign-ins",
    "/console/webhooks": "integration events api",
    "/console/jobs": "errors failures queue needs attention",
}


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


async def _orders(visit: Visit, text: str) -> list[Hit]:
    if not text or not visit.may("orders:read"):
        return []
    found = await orders_for(visit.house.read, OrderFilter(text=text, limit=SHOWN), visit.staff.scopes)
    hits = []
    for order in found.items:
        total = formats.money(order.total_minor, order.currency, visit.locale)
        about = " · ".join(part for part in (order.name, visit.label(order.stage or order.status), total) if part)
        hits.append(Hit("list-details", str(order.number), f"/console/orders/{order.number}", about))
    return hits


async def _customers(visit: Visit, text: str) -> list[Hit]:
    if not visit.may("customers:read"):
        return []
    return [
        Hit("user", each.name or each.company, f"/console/customers/{each.customer_id}", f"{each.number} {each.email}")
        for each in await people(visit.house.read, text)
        if each.customer_id is not None
    ][:SHOWN]


async def _products(visit: Visit, text: str) -> list[Hit]:
    """Products, and the orders that have exactly this SKU."""
    if not text or not visit.may("catalog:read"):
        return []
    hits = []
    for each in await matches(visit.house.read, text, SHOWN):
        price = formats.money(each.price_minor, each.currency, visit.locale)
        hits.append(Hit("tags", each.name, f"/console/products/{quote(each.sku, safe='')}", f"{each.sku} · {price}"))
        if each.sku.lower() == text.lower():
            name = visit._("Orders with %(sku)s", sku=each.sku)
            hits.append(Hit("list-details", name, f"/console/orders?{urlencode({'sku': each.sku})}"))
    return hits


def _places(visit: Visit, text: str) -> list[Hit]:
    """Pages and commands of the role whose name has what was typed; all of them where nothing was."""
    text = text.lower()
    hits = [
        Hit(icon, visit._(name), href)
        for name, href, icon, scope, also in COMMANDS
        if visit.may(scope) and (text in visit._(name).lower() or (text and text in also))
    ]
    hits += [
        Hit(place.icon, visit._(place.name), place.href)
        for _group, places in PLACES
        for place in places
        if visit.may(place.scope)
        and (text in visit._(place.name).lower() or (len(text) >= SHORTEST_WORD and text in ALSO.get(place.href, "")))
    ]
    return hits


async def show(visit: Visit) -> ASGIResponse:
    """What was found, best first: a command that is meant, then orders, customers, products."""
    text = visit.given("q")[:LONGEST]
    orders, customers, products = await asyncio.gather(
        _orders(visit, text), _customers(visit, text), _products(visit, text)
    )
    groups = [
        Hits(visit._("Orders"), orders),
        Hits(visit._("Customers"), customers),
        Hits(visit._("Products"), products),
        Hits(visit._("Pages and commands"), _places(visit, text)),
    ]
    return visit.page(
        "console/find_hits.html" if visit.is_part else "console/find.html",
        groups=[group for group in groups if group.hits],
        text=text,
    )


ROUTES: tuple[PageRoute, ...] = (get("/console/find", show),)
