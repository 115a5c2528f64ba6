"""All pages there are, with addresses at which each has something to show. A new page is found by itself."""

from __future__ import annotations

import re
from typing import Any

from purveyor.web.server.page_routes import PAGES
from tests.browser.installation import Installation

# What a page has in its address, where that is not of an order page. `$` is never asked for: a page that needs another
# one says so by failing.
VALUES: dict[str, str] = {
    "/console/picking/{wave_id:uuid}": "SELECT id AS wave_id FROM wave WHERE status = 'walking' LIMIT 1",
    "/console/packing/{order_id:uuid}/{fulfillment_id:uuid}": (
        "SELECT order_id, id AS fulfillment_id FROM fulfillment WHERE status = 'picked' ORDER BY id LIMIT 1"
    ),
    "/console/packing/slips/{order_id:uuid}/{parcel_id:uuid}": (
        "SELECT order_id, id AS parcel_id FROM parcel WHERE status = 'gone' ORDER BY id LIMIT 1"
    ),
    "/console/packing/placements/{order_id:uuid}/{parcel_id:uuid}": (
        "SELECT order_id, id AS parcel_id FROM parcel WHERE carton <> 'as_is' ORDER BY id LIMIT 1"
    ),
    "/console/orders/{order_id:uuid}/texts/{text_id:uuid}": (
        "SELECT DISTINCT ON (what) order_id, id AS text_id FROM private_text"
        " WHERE what IN ('message', 'claim_photo', 'installation_record') AND text <> '' ORDER BY what, id LIMIT 3"
    ),
    "/console/shipping/labels/{order_id:uuid}/{shipment_id:uuid}": (
        "SELECT order_id, id AS shipment_id FROM shipment WHERE status = 'labeled' ORDER BY id LIMIT 1"
    ),
    "/console/returns/{order_id:uuid}/{rma_id:uuid}": (
        "SELECT order_id, id AS rma_id FROM rma ORDER BY received_at, id LIMIT 2"
    ),
    "/console/support/{order_id:uuid}/{case_id:uuid}": (
        "SELECT c.order_id, c.id AS case_id FROM support_case c WHERE c.status <> 'closed' ORDER BY (SELECT count(*)"
        " FROM support_case o WHERE o.order_id = c.order_id AND o.status <> 'closed') DESC, c.claim DESC, c.id LIMIT 4"
    ),
    "/console/orders/{number:int}/as-customer/documents/{document:str}": (
        "SELECT o.number, 'invoice-' || i.number AS document"
        "  FROM orders o JOIN invoice i ON i.order_id = o.id ORDER BY i.number LIMIT 1"
    ),
    "/console/orders/{number:int}/do/{action:str}": (
        "SELECT number, 'review.' || action AS action"
        "  FROM orders, unnest(ARRAY['hold_order', 'cancel_units', 'edit_order']) AS action WHERE id = $1"
    ),
    "/console/jobs/{number:int}": "SELECT id AS number FROM pgqueuer ORDER BY id LIMIT 1",
    "/console/webhooks/{webhook_id:uuid}/deliveries/{delivery_id:int}": (
        "SELECT webhook_id, id AS delivery_id FROM webhook_delivery WHERE tries > 0 ORDER BY id LIMIT 1"
    ),
    "number": "SELECT number FROM orders WHERE id = $1",
    "sku": "SELECT unnest(ARRAY['MUG-ENA-350', 'BOOK-ESP', 'FIT-HOME']) AS sku",
    "category": "SELECT 'cups' AS category",
    "seq": "SELECT 1 AS seq",
    "name": "SELECT unnest(ARRAY['shipping', 'risk', 'locations']) AS name",
    "customer_id": "SELECT id AS customer_id FROM customer ORDER BY number LIMIT 1",
    "webhook_id": "SELECT id AS webhook_id FROM webhook ORDER BY id LIMIT 1",
    "staff_id": "SELECT id AS staff_id FROM staff ORDER BY id LIMIT 1",
}
ORDERS = ("mixed", "declined", "held", "returned", "claimed")
SOME_ORDERS = ("mixed", "returned")
# Pages of an order with one of its parts: the order, and the part.
PARTS: dict[str, tuple[str, str]] = {
    "payment_id": ("", "SELECT id FROM payment WHERE order_id = $1"),
    "appointment_id": ("mixed", "SELECT id FROM appointment WHERE order_id = $1"),
    "rma_id": ("returned", "SELECT id FROM rma WHERE order_id = $1"),
    "document": ("returned", "SELECT 'invoice-' || number FROM invoice WHERE order_id = $1"),
}
OF_AN_ORDER = {
    "pay": ("declined",),
    "bank": ("bank",),
    "choose": ("paid",),
    "help": ("asked",),
    "problem": ("claimed",),
    "feedback": ("praised",),
    "return": ("praised",),
    "address": ("paid",),
    "cancel": ("paid",),
}
# Pages that are told in the query of their address what to show.
ASKED = {
    "/search": ("?q=mug", "?q=nothing-like-this"),
    "/console/stock/item": ("?sku=MUG-ENA-350&location=main",),
    "/console/products/edit": ("?sku=MUG-ENA-350", "?sku=FIT-HOME"),
    "/console/find": ("?q=ann",),
}
SEEN_ELSEWHERE = (
    "/account/enter/{token:str}",  # its link is sent by mail: see the journey of an account
    "/legal/{name:str}",  # this shop has written none: see the tests of the storefront
)
# Streams, files and parts of a page: nothing to look at by itself.
NO_PAGE = re.compile(
    r"^/sitemap/|(/live|/new-order/people|/new-order/products|\.csv|\.json|\.svg|\.png|\.webp|\.ico|\.txt|\.xml)$|/static/|/pictures?/|/pictures?$|/photos/|/export"
)


def routes() -> list[str]:
    """The paths of all pages that a browser opens."""
    paths = {route.path for route in PAGES if route.method == "GET" and not NO_PAGE.search(route.path)}
    return sorted(paths - {*SEEN_ELSEWHERE})


def is_console(path: str) -> bool:
    return path.startswith("/console")


async def addresses(shop: Installation, path: str) -> list[str]:
    """Where a page can be seen. Raises `LookupError` where this module does not know it: say it here."""
    names = re.findall(r"\{(\w+):\w+\}", path)
    if not names:
        return [f"{path}{query}" for query in ASKED.get(path, ("",))]
    if names[0] == "token":
        return await _of_orders(shop, path, names[1:])
    if names == ["number"] and path not in VALUES:
        orders = ORDERS if path.endswith("}") else SOME_ORDERS
        found = [str(await shop.value(VALUES["number"], shop.known[name])) for name in orders]
        return [_filled(path, {"number": number}) for number in found]
    sql = VALUES.get(path) or (VALUES.get(names[0]) if len(names) == 1 else None)
    if sql is None:
        message = f"where can {path} be seen? Say it in tests/browser/page_addresses.py"
        raise LookupError(message)
    rows = await shop.house.pool.fetch(sql, *([shop.known["held"]] if "$1" in sql else []))
    if not rows:
        message = f"the shop has nothing to show at {path}"
        raise LookupError(message)
    return [_filled(path, dict(row)) for row in rows]


async def _of_orders(shop: Installation, path: str, names: list[str]) -> list[str]:
    part = path.split("}", 1)[1].strip("/").split("/")[0]
    if not names:
        return [path.replace("{token:str}", await _token(shop, name)) for name in OF_AN_ORDER.get(part, ORDERS)]
    (name,) = names
    order, sql = PARTS[name]
    order = order or OF_AN_ORDER[part][0]
    value = await shop.value(sql, shop.known[order])
    assert value is not None, f"the order '{order}' has no {name}"
    return [_filled(path, {"token": await _token(shop, order), name: value})]


async def _token(shop: Installation, order: str) -> str:
    return (await shop.order_page(order)).removeprefix("/o/")


def _filled(path: str, values: dict[str, Any]) -> str:
    return re.sub(r"\{(\w+):\w+\}", lambda found: str(values[found[1]]), path)
