"""What the order page reads beside the order's rows: what happened, and texts that are the customer's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.db.collation import by_name
from purveyor.db.reader import Reader


class Happened(msgspec.Struct, frozen=True):
    """One fact of the order's journal."""

    seq: int
    at: datetime
    kind: str
    actor: str
    data: dict[str, Any]


HAPPENED = """
    -- What a customer is told of, the newest first.
    SELECT seq, at, kind, actor, data
      FROM journal
     WHERE order_id = $1 AND kind = ANY($2::text[])
  ORDER BY seq DESC
     LIMIT $3
"""


async def what_happened(read: Reader, order_id: UUID, kinds: Iterable[str], limit: int = 100) -> list[Happened]:
    return await read.rows(Happened, HAPPENED, order_id, list(kinds), limit)


class Text(msgspec.Struct, frozen=True):
    id: UUID
    text: str
    erased: bool


TEXTS = "SELECT id, text, erased FROM private_text WHERE id = ANY($1::uuid[])"


async def texts_of(read: Reader, ids: Iterable[UUID | None]) -> dict[UUID, Text]:
    """Texts by their ids."""
    wanted = [id_ for id_ in ids if id_ is not None]
    return {text.id: text for text in await read.rows(Text, TEXTS, wanted)} if wanted else {}


class Slot(msgspec.Struct, frozen=True):
    """Time of some technician: the customer is not told whose."""

    id: UUID
    starts_at: datetime
    minutes: int


FREE_SLOTS = """
    -- One slot for every time at which somebody is free for long enough.
    SELECT DISTINCT ON (starts_at) id, starts_at, minutes
      FROM slot
     WHERE taken_by IS NULL AND minutes >= $1 AND starts_at > $2
  ORDER BY starts_at, minutes, id
     LIMIT $3
"""


async def free_slots(read: Reader, minutes: int, after: datetime, limit: int = 60) -> list[Slot]:
    return await read.rows(Slot, FREE_SLOTS, minutes, after, limit)


class Substitute(msgspec.Struct, frozen=True):
    """A product that could stand in for one that is missing."""

    sku: str
    name: str
    price_minor: int


SUBSTITUTES = """
    -- Goods of the same category and currency of which so many are on a shelf, the nearest in price first.
    SELECT p.sku, p.name, p.price_minor
      FROM product p, product missing
     WHERE missing.sku = $1 AND p.sku <> missing.sku AND p.category = missing.category AND p.active
           AND p.kind = 'goods' AND p.currency = missing.currency
           AND (SELECT coalesce(sum(on_hand - allocated - held), 0) FROM stock
                 WHERE sku = p.sku AND location <> 'backorder') >= $2
  ORDER BY abs(p.price_minor - missing.price_minor), p.sku
     LIMIT 12
"""


async def substitutes_for(read: Reader, sku: str, quantity: int) -> list[Substitute]:
    return await read.rows(Substitute, SUBSTITUTES, sku, quantity)


class Exchange(msgspec.Struct, frozen=True):
    """A product that another one may be exchanged for."""

    sku: str
    name: str


EXCHANGES = f"""
    -- The same product once more, and others of its category.
    SELECT p.sku, p.name
      FROM product p, product bought
     WHERE bought.sku = $1 AND p.category = bought.category AND p.kind = bought.kind AND p.active
           AND p.currency = bought.currency
  ORDER BY p.sku <> bought.sku, {by_name("p.name")}, p.sku
     LIMIT 30
"""


async def exchanges_for(read: Reader, sku: str) -> list[Exchange]:
    return await read.rows(Exchange, EXCHANGES, sku)
