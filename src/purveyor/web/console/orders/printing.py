"""Papers of many orders at once, each on a page of its own: pick lists, packing slips, shipping labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar.response.base import ASGIResponse
from markupsafe import Markup

from purveyor.core.senders import sender_of
from purveyor.records.policies.queries import load_policies
from purveyor.stages.packing.queries import packing_slip
from purveyor.stages.picking.queries import pick_list_of
from purveyor.stages.shipping.label_files import is_picture
from purveyor.stages.shipping.queries import label_document, label_sheet
from purveyor.web.auth.roles import KNOWING_ADDRESSES
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.translations import mark as _

TITLES = {"picks": _("Pick lists"), "slips": _("Packing slips"), "labels": _("Shipping labels")}
LACKING = {
    "picks": _("Nothing to pick for these orders: %(numbers)s"),
    "slips": _("No parcel is packed for these orders: %(numbers)s"),
    "labels": _("No label was bought for these orders: %(numbers)s"),
}
# What of an order has such a paper, in the order of the orders that were chosen.
FOUND = {
    "picks": """
        SELECT f.order_id, f.id FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, place)
          JOIN fulfillment f ON f.order_id = w.id AND f.status IN ('released', 'in_wave', 'picking')
      ORDER BY w.place, f.id
    """,
    "slips": """
        SELECT p.order_id, p.id FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, place)
          JOIN parcel p ON p.order_id = w.id AND p.status <> 'unpacked'
      ORDER BY w.place, p.id
    """,
    "labels": """
        SELECT s.order_id, s.id FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, place)
          JOIN shipment s ON s.order_id = w.id AND s.label_id IS NOT NULL AND s.status IN ('labeled', 'dispatched')
      ORDER BY w.place, s.id
    """,
}


async def show_prints(ctx: RequestContext, what: str, orders: Sequence[UUID]) -> ASGIResponse:
    """The papers, ready to be printed, and which orders have none."""
    if what != "picks":
        ctx.check_scope(*KNOWING_ADDRESSES)
    numbers = await numbers_of(ctx, orders)
    policies = await load_policies(ctx.house.read)
    sheets: list[Markup] = []
    having = set()
    for row in await ctx.house.pool.fetch(FOUND[what], list(dict.fromkeys(orders))):
        sheet = await _sheet(ctx, what, row["order_id"], row["id"], policies)
        if sheet is not None:
            sheets.append(sheet)
            having.add(row["order_id"])
    lacking = sorted(numbers[order_id].number for order_id in set(orders) & set(numbers) if order_id not in having)
    if lacking:
        ctx.tell(ctx._(LACKING[what], numbers=", ".join(map(str, lacking))), "warning")
    return ctx.page("console/orders/printing.html", title=ctx._(TITLES[what]), what=what, sheets=sheets)


async def _sheet(ctx: RequestContext, what: str, order_id: UUID, row_id: UUID, policies: Any) -> Markup | None:
    """One paper; None where there is nothing on it (any more)."""
    read = ctx.house.read
    match what:
        case "picks":
            stops = await pick_list_of(read, row_id)
            return (
                ctx.document("console/fulfillment/pick_list_sheet.html", ctx.language, stops=stops) if stops else None
            )
        case "slips":
            slip = await packing_slip(read, order_id, row_id)
            if slip is None:
                return None
            return ctx.document(
                "console/fulfillment/packing_slip_document.html",
                slip.head.language,
                head=slip.head,
                lines=slip.lines,
                seller=policies.seller,
            )
        case _:
            document, sheet = await label_document(read, order_id, row_id), await label_sheet(read, order_id, row_id)
            if document is None or sheet is None:
                return None
            return ctx.document(
                "console/fulfillment/label_sheet.html",
                ctx.language,
                document=document,
                is_picture=is_picture(document),
                sheet=sheet,
                sender=sender_of(policies, sheet.location),
            )
