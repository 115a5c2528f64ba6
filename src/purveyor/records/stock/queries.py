"""What is read of stock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.positions import BACKORDER
from purveyor.core.rows import Stock
from purveyor.db.reader import Reader
from purveyor.db.search import Values, has_text

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


class Shelf(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU at a location, as lists show it. `backordered` counts units of all orders that wait for the SKU."""

    sku: str
    name: str
    location: str
    on_hand: int
    allocated: int
    held: int
    available: int
    backordered: int
    bin: str


_SHELF = f"""
    SELECT s.sku, p.name, s.location, s.on_hand, s.allocated, s.held, s.on_hand - s.allocated - s.held AS available,
           coalesce(w.allocated, 0) AS backordered, coalesce(b.bin, '') AS bin
      FROM stock s JOIN product p ON p.sku = s.sku
           LEFT JOIN stock w ON w.sku = s.sku AND w.location = '{BACKORDER}'
           LEFT JOIN bin b ON b.sku = s.sku AND b.location = s.location
     WHERE s.location <> '{BACKORDER}'
"""
_LIKE = "($1 = '' OR s.location = $1) AND {found}"
SHELVES = f"""
    -- In order of SKU and location.
    {_SHELF} AND {_LIKE} AND (s.sku, s.location) > ($2, $3)
  ORDER BY s.sku, s.location
     LIMIT $4
"""
SCARCE = f"""
    -- Least available first. Stock has no index for this: one would make every sale slower, and it is no long table.
    {_SHELF} AND {_LIKE} AND (s.on_hand - s.allocated - s.held, s.sku, s.location) > ($2, $3, $4)
  ORDER BY s.on_hand - s.allocated - s.held, s.sku, s.location
     LIMIT $5
"""
SHELVES_OF = f"{_SHELF} AND s.sku = $1 ORDER BY s.location"


async def shelves(read: Reader, location: str, text: str, after: tuple[str, str], limit: int) -> list[Shelf]:
    """By SKU, of one location ("": of all), whose SKU and name have every word of the text."""
    return await _found(read, SHELVES, text, location, *after, limit)


async def scarce(read: Reader, location: str, text: str, after: tuple[int, str, str], limit: int) -> list[Shelf]:
    """As `shelves`, least available first."""
    return await _found(read, SCARCE, text, location, *after, limit)


async def _found(read: Reader, statement: str, text: str, *given: Any) -> list[Shelf]:
    values = Values(*given)
    found = has_text("product_folded(p.sku, p.name)", text, values.put)
    return await read.rows(Shelf, statement.format(found=found), *values.all)


async def shelves_of(read: Reader, sku: str) -> list[Shelf]:
    """All places of a SKU."""
    return await read.rows(Shelf, SHELVES_OF, sku)


AVAILABLE_OF = f"""
    SELECT sku, sum(on_hand - allocated - held)::bigint AS available
      FROM stock
     WHERE sku = ANY($1::text[]) AND location <> '{BACKORDER}'
  GROUP BY sku
"""


class Available(msgspec.Struct, frozen=True):
    """What can be promised of a SKU at once, at all locations together."""

    sku: str
    available: int


async def available_of(read: Reader, skus: Sequence[str]) -> dict[str, int]:
    """By SKU; none for what was never in stock."""
    return {each.sku: each.available for each in await read.rows(Available, AVAILABLE_OF, list(skus))}


class Why(msgspec.Struct, frozen=True):
    """What somebody wrote beside goods that came in, or a count."""

    at: datetime
    kind: str
    why: str


WHYS = """
    -- Of one SKU, at these moments: movements name the kind of fact that moved them, the journal has its reason.
    SELECT DISTINCT j.at, j.kind, j.data->>'why' AS why
      FROM journal_row j, jsonb_array_elements(j.data->'stock') AS moved
     WHERE j.kind IN ('stock.received', 'stock.counted') AND j.at = ANY($2::timestamptz[]) AND j.data ? 'why'
       AND $1 IN (moved->>0, moved->>'sku')
"""


async def whys_of(read: Reader, sku: str, moves: list[Movement]) -> dict[tuple[datetime, str], str]:
    """The reason that was written, by moment and kind of fact."""
    moments = [move.at for move in moves if move.order_id is None]
    if not moments:
        return {}
    return {(row.at, row.kind): row.why for row in await read.rows(Why, WHYS, sku, moments)}
