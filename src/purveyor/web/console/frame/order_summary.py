"""An order in a line of a work list: who ordered, what, how much, and where it is."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from purveyor.web.auth.roles import CONTACTS
from purveyor.web.pages.context import RequestContext

ORDER_SUMMARIES = """
    SELECT o.id, o.number, o.currency, o.total_minor, o.language, o.status, o.stage, o.fulfillment_status,
           o.customer_id, c.name, c.company, c.email, c.phone,
           coalesce((SELECT string_agg(first.quantity || ' x ' || first.name, ', ' ORDER BY first.line_no)
                       FROM (SELECT line_no, quantity, name FROM line WHERE order_id = o.id
                           ORDER BY line_no LIMIT 3) AS first), '') AS items,
           (SELECT count(*) FROM line WHERE order_id = o.id) AS lines
      FROM orders o JOIN contact c ON c.id = o.contact_id
     WHERE o.id = ANY($1::uuid[])
"""
LINES_SHOWN = 3


class OrderSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One order. Who it is for is empty where the one who asks may not know."""

    id: UUID
    number: int
    currency: str
    total_minor: int
    language: str
    status: str
    stage: str
    fulfillment_status: str
    customer_id: UUID | None
    name: str
    company: str
    email: str
    phone: str
    items: str
    lines: int

    @property
    def who(self) -> str:
        return self.name or self.company

    @property
    def more(self) -> int:
        """Lines that `items` does not name."""
        return max(0, self.lines - LINES_SHOWN)


async def order_summary(ctx: RequestContext, orders: Iterable[UUID]) -> dict[UUID, OrderSummary]:
    """Orders by id, in one query."""
    rows = await ctx.house.read.rows(OrderSummary, ORDER_SUMMARIES, list(set(orders)))
    if not ctx.may(CONTACTS):
        nobody = {"customer_id": None, "name": "", "company": "", "email": "", "phone": ""}
        rows = [msgspec.structs.replace(row, **nobody) for row in rows]
    return {row.id: row for row in rows}
