"""Order numbers for lists whose rows only know the order's id."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from purveyor.web.pages.context import RequestContext

NUMBERS = "SELECT id, number, currency FROM orders WHERE id = ANY($1::uuid[])"


class Short:
    """An order in few words."""

    __slots__ = ("currency", "number")

    def __init__(self, number: int, currency: str) -> None:
        self.number = number
        self.currency = currency


async def numbers_of(ctx: RequestContext, orders: Iterable[UUID]) -> dict[UUID, Short]:
    """Number and currency by id, in one query."""
    rows = await ctx.house.pool.fetch(NUMBERS, list(set(orders)))
    return {row["id"]: Short(row["number"], row["currency"]) for row in rows}
