"""Actions on orders by what is typed: those of the order that is open, else the orders on which one is taken."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import msgspec

from purveyor.core.messages import Command
from purveyor.stages.confirmation.commands import ResendNotice
from purveyor.stages.payment.commands import CreditAmount
from purveyor.stages.review.commands import ApproveOrder, CancelUnits, EditOrder, HoldOrder, ReleaseHold
from purveyor.web.console.order.actions import ENDPOINTS
from purveyor.web.console.order.primary_actions import WANTED
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.translations import mark as _

HELD: Final = "/console/orders?hold=any"
OPEN: Final = "/console/orders?status=placed"
# Where the orders are, and other words by which people look for the action; each language has its own.
ORDERS_AND_WORDS: Final[dict[type[Command], tuple[str, str]]] = {
    ApproveOrder: (HELD, _("accept, confirm, clear, let through, approval, release")),
    ReleaseHold: (HELD, _("unblock, continue, resume, clear, let go, release a hold")),
    CreditAmount: (
        "/console/orders?payment_status=paid",
        _("refund, money back, reimburse, repay, credit, credit note, goodwill"),
    ),
    EditOrder: (OPEN, _("change, modify, correct, amend, add, remove, quantity, address")),
    CancelUnits: (OPEN, _("cancel, cancellation, call off, void, annul, withdraw, stop")),
    HoldOrder: (OPEN, _("hold, stop, block, pause, suspend")),
    ResendNotice: ("/console/orders", _("send again, repeat, mail again, confirmation, another copy")),
}
_OPEN_ORDER = re.compile(r"/console/orders/(\d{1,18})(?:/|$)")


class FoundAction(msgspec.Struct, frozen=True):
    """An action by the words of its button, with its other words, and where it is taken."""

    icon: str
    name: str
    href: str
    about: str
    others: str


def actions_by_name(ctx: RequestContext) -> list[FoundAction]:
    """All that the role may take; where an order is open, also those that have no button of their own."""
    number = _open_order(ctx)
    found = [
        FoundAction(
            icon,
            ctx._(word),
            f"/console/orders/{number}/do/{command.kind()}" if number else ORDERS_AND_WORDS[command][0],
            _about(ctx, number),
            ORDERS_AND_WORDS[command][1],
        )
        for command, word, icon, _tone in WANTED
        if _may(ctx, command.kind())
    ]
    if number:
        shown = {command.kind() for command, *_rest in WANTED}
        found += [
            FoundAction("bolt", ctx._(endpoint.summary), f"/console/orders/{number}/do/{name}", _about(ctx, number), "")
            for name, (_stage, endpoint) in ENDPOINTS.items()
            if name not in shown and ctx.may(endpoint.scope)
        ]
    return found


def _may(ctx: RequestContext, name: str) -> bool:
    return ctx.may("orders:read") and ctx.may(ENDPOINTS[name][1].scope)


def _about(ctx: RequestContext, number: str) -> str:
    return ctx._("Order %(number)s", number=number) if number else ctx._("in an order: choose it first")


def _open_order(ctx: RequestContext) -> str:
    """The number of the order whose page is open beneath the search, or ""."""
    found = _OPEN_ORDER.match(urlsplit(ctx.request.headers.get("hx-current-url", "")).path)
    return found[1] if found else ""
