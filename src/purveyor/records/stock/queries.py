"""What is read of stock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.rows import Stock
from purveyor.db.reader import Reader

STOCK = """
    -- In order of SKU and location, after the last one seen.
    SELECT sku, location, on_hand, allocated, held FROM stock
     WHERE (sku, location) > ($1, $2) AND ($3 = '' OR sku = $3)
  ORDER BY sku, location
     LIMIT $4
"""
MOVES = """
    -- Newest first: every change of a SKU at a location, with its reason.
    SELECT id, on_hand, allocated, held, reason, order_id, at FROM stock_move
     WHERE sku = $1 AND location = $2 AND id < $3
  ORDER BY id DESC
     LIMIT $4
"""


class Movement(msgspec.Struct):
    id: int
    on_hand: int
    allocated: int
    held: int
    reason: str
    order_id: UUID | None
    at: datetime


async def stock(read: Reader, *, sku: str = "", after: tuple[str, str] = ("", ""), limit: int = 100) -> list[Stock]:
    return await read.rows(Stock, STOCK, *after, sku, limit)


async def movements(read: Reader, sku: str, location: str, before: int = 2**62, limit: int = 100) -> list[Movement]:
    return await read.rows(Movement, MOVES, sku, location, before, limit)
