"""The places of the console, in groups, and who may go there."""

from __future__ import annotations

from typing import NamedTuple

from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.translations import mark as _

MENU = "menu"  # the cookie of the groups that stay open


class Place(NamedTuple):
    """A page in the navigation. `scope`: what one needs to see it."""

    href: str
    name: str
    icon: str
    scope: str


PLACES: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place("/console", _("Board"), "layout-board", "orders:read"),
            Place("/console/orders", _("Orders"), "list-details", "orders:read"),
            Place("/console/new-order", _("New order"), "circle-plus", "receipt:write"),
            Place("/console/figures", _("Figures"), "chart-bar", "figures:read"),
        ),
    ),
    (
        _("Work"),
        (
            Place("/console/review", _("Review"), "eye-check", "review:read"),
            Place("/console/messages", _("Messages"), "mail", "confirmation:read"),
            Place("/console/payments", _("Payments"), "credit-card", "payment:read"),
            Place("/console/picking", _("Picking"), "shopping-cart", "picking:read"),
            Place("/console/packing", _("Packing"), "package", "packing:read"),
            Place("/console/shipping", _("Shipping"), "truck", "shipping:read"),
            Place("/console/delivery", _("Deliveries"), "map-pin", "delivery:read"),
            Place("/console/installations", _("Installations"), "calendar", "delivery:read"),
            Place("/console/support", _("Support"), "message-circle", "support:read"),
            Place("/console/returns", _("Returns"), "arrow-back-up", "returns:read"),
            Place("/console/feedback", _("Feedback"), "star", "feedback:read"),
        ),
    ),
    (
        _("Records"),
        (
            Place("/console/stock", _("Stock"), "building-warehouse", "stock:read"),
            Place("/console/products", _("Products"), "tags", "catalog:read"),
            Place("/console/customers", _("Customers"), "users", "customers:read"),
        ),
    ),
    (
        _("Settings"),
        (
            Place("/console/policies", _("Policies"), "scale", "policies:read"),
            Place("/console/staff", _("Staff"), "id-badge", "staff:read"),
            Place("/console/keys", _("API keys"), "key", "staff:read"),
            Place("/console/security", _("What admins did"), "shield-check", "staff:read"),
            Place("/console/webhooks", _("Webhooks"), "webhook", "webhooks:read"),
            Place("/console/jobs", _("Jobs"), "activity", "jobs:read"),
        ),
    ),
)


class Shown(NamedTuple):
    href: str
    name: str
    icon: str
    here: bool


class Group(NamedTuple):
    """Places under a name, which fold away. `is_kept`: somebody has chosen that the group is open on every page."""

    key: str
    name: str
    places: list[Shown]
    is_open: bool
    is_kept: bool


def navigation(ctx: RequestContext) -> list[Group]:
    """What this member of staff may see. The place is marked whose address is the longest beginning of this one.

    Its group is open, and so are those that were left open in this browser; who has chosen nothing yet, and is
    in no group, sees the first one open. So all of it is in sight on a small screen.
    """
    groups = [(name, [place for place in places if ctx.may(place.scope)]) for name, places in PLACES]
    groups = [(name, places) for name, places in groups if places]
    within = [place.href for _name, places in groups for place in places if is_within(ctx.path, place.href)]
    here = max(within, key=len, default="")
    kept = kept_open(ctx)
    if kept is None:
        is_inside = any(name and place.href == here for name, places in groups for place in places)
        kept = [] if is_inside else [name.lower() for name, _places in groups if name][:1]
    return [
        Group(
            name.lower(),
            ctx.translations.gettext(name) if name else "",
            [
                Shown(place.href, ctx.translations.gettext(place.name), place.icon, place.href == here)
                for place in places
            ],
            any(place.href == here for place in places) or name.lower() in kept,
            name.lower() in kept,
        )
        for name, places in groups
    ]


def kept_open(ctx: RequestContext) -> list[str] | None:
    """The groups that are to be open on every page, as a script has noted it; None where nobody has chosen."""
    chosen = ctx.request.cookies.get(MENU)
    return None if chosen is None else chosen.split(".")


def is_within(path: str, href: str) -> bool:
    return path == href or path.startswith(f"{href}/")
