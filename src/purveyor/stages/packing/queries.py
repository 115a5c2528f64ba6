"""What the packing bench and its papers read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader


class BenchView(msgspec.Struct, frozen=True):
    fulfillment_id: UUID
    order_id: UUID
    number: int
    location: str
    tote: str
    method: str
    holds: str
    promised_at: datetime | None
    since: datetime
    units: int


class BenchItem(msgspec.Struct, frozen=True):
    """Units of one line that are to be packed, with what the packer must know of them."""

    line_id: UUID
    line_no: int
    sku: str
    name: str
    quantity: int
    packed: int
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    dangerous: bool
    fragile: bool


class ParcelView(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    number: int
    fulfillment_id: UUID
    location: str
    status: str
    carton: str
    weight_g: int
    weighed: bool
    length_mm: int
    width_mm: int
    height_mm: int
    sscc: str
    notes: list[str]
    packed_at: datetime
    packer: str


class SlipLine(msgspec.Struct, frozen=True):
    line_no: int
    sku: str
    name: str
    quantity: int
    ordered: int


class SlipHead(msgspec.Struct, frozen=True):
    parcel_id: UUID
    order_id: UUID
    number: int
    reference: str
    language: str
    location: str
    carton: str
    weight_g: int
    sscc: str
    notes: list[str]
    packed_at: datetime
    placed_at: datetime
    name: str
    company: str
    street: str
    postal_code: str
    city: str
    region: str
    country: str


class PackingSlip(msgspec.Struct, frozen=True):
    """What is printed and put into the parcel."""

    head: SlipHead
    lines: list[SlipLine]


_BENCH = """
    SELECT b.fulfillment_id, b.order_id, o.number, b.location, b.tote, o.method, o.holds, o.promised_at, b.since,
           (SELECT sum((u ->> 'quantity')::bigint)::bigint FROM jsonb_array_elements(b.units) u) AS units
      FROM bench b JOIN orders o ON o.id = b.order_id
"""

WAITING = f"""
    -- Picked, and waiting at the bench of one location: longest waiting first.
    {_BENCH}
     WHERE b.status = 'waiting' AND b.location = $1 AND (b.since, b.fulfillment_id) > ($2, $3)
  ORDER BY b.since, b.fulfillment_id
     LIMIT $4
"""


async def waiting_at_bench(
    read: Reader, location: str, after: tuple[datetime, UUID], limit: int = 100
) -> list[BenchView]:
    return await read.rows(BenchView, WAITING, location, *after, limit)


BY_TOTE = f"""
    -- What a scanned tote holds: one or a few orders.
    {_BENCH}
     WHERE b.status = 'waiting' AND b.tote = $1 AND b.tote <> '' AND b.location = $2
  ORDER BY b.since, b.fulfillment_id
     LIMIT 50
"""

BY_NUMBER = f"""
    -- What waits of a scanned order, at one location.
    {_BENCH}
     WHERE b.status = 'waiting' AND b.location = $2
       AND b.order_id = (SELECT id FROM orders WHERE orders.number = $1)
  ORDER BY b.since, b.fulfillment_id
     LIMIT 50
"""


async def bench_by_scan(read: Reader, scanned: str, location: str) -> list[BenchView]:
    """What the packer has in hands: a tote, or an order by its number."""
    found = await read.rows(BenchView, BY_TOTE, scanned, location)
    if found or not (scanned.isascii() and scanned.isdecimal() and len(scanned) < len(str(2**63))):
        return found
    return await read.rows(BenchView, BY_NUMBER, int(scanned), location)


ITEMS = """
    -- What was picked of one fulfillment order, and how much of it is in parcels.
    WITH inside AS (
        SELECT (u ->> 'line_id')::uuid AS line_id, sum((u ->> 'quantity')::bigint)::bigint AS quantity
          FROM parcel p, jsonb_array_elements(p.contents) u
         WHERE p.order_id = $1 AND p.fulfillment_id = $2 AND p.status <> 'unpacked'
      GROUP BY 1
    )
    SELECT l.id AS line_id, l.line_no, l.sku, l.name, (u ->> 'quantity')::bigint AS quantity,
           coalesce(inside.quantity, 0) AS packed, l.weight_g, coalesce(p.length_mm, 0) AS length_mm,
           coalesce(p.width_mm, 0) AS width_mm, coalesce(p.height_mm, 0) AS height_mm,
           coalesce(p.dangerous, false) AS dangerous, coalesce(p.fragile, false) AS fragile
      FROM bench b
     CROSS JOIN jsonb_array_elements(b.units) u
      JOIN line l ON l.id = (u ->> 'line_id')::uuid
 LEFT JOIN inside ON inside.line_id = l.id
 LEFT JOIN product p ON p.sku = l.sku
     WHERE b.order_id = $1 AND b.fulfillment_id = $2
  ORDER BY l.line_no, l.id
"""


async def bench_items(read: Reader, order_id: UUID, fulfillment_id: UUID) -> list[BenchItem]:
    return await read.rows(BenchItem, ITEMS, order_id, fulfillment_id)


_PARCEL = """
    SELECT p.id, p.order_id, o.number, p.fulfillment_id, p.location, p.status, p.carton, p.weight_g, p.weighed,
           p.length_mm, p.width_mm, p.height_mm, p.sscc, p.notes, p.packed_at, p.packer
      FROM parcel p JOIN orders o ON o.id = p.order_id
"""

OF_ORDER = f"""
    {_PARCEL}
     WHERE p.order_id = $1
  ORDER BY p.id
"""  # bounded by the rules: an order has at most a thousand


async def parcels_of(read: Reader, order_id: UUID) -> list[ParcelView]:
    return await read.rows(ParcelView, OF_ORDER, order_id)


HERE = f"""
    -- Packed, and still at a location: oldest first.
    {_PARCEL}
     WHERE p.status = 'packed' AND p.location = $1 AND (p.packed_at, p.id) > ($2, $3)
  ORDER BY p.packed_at, p.id
     LIMIT $4
"""


async def parcels_here(read: Reader, location: str, after: tuple[datetime, UUID], limit: int = 100) -> list[ParcelView]:
    return await read.rows(ParcelView, HERE, location, *after, limit)


BY_SSCC = f"""
    -- A scanned parcel: the youngest, should a number have come round again.
    {_PARCEL}
     WHERE p.sscc = $1 AND p.sscc <> ''
  ORDER BY p.id DESC
     LIMIT 1
"""


async def parcel_by_sscc(read: Reader, sscc: str) -> ParcelView | None:
    """By the 18 digits, or as a GS1-128 scanner reads them, with the application identifier 00 in front."""
    digits = sscc.strip().removeprefix("(00)")
    return await read.row(ParcelView, BY_SSCC, digits[2:] if len(digits) == len("00") + 18 else digits)


SLIP_HEAD = """
    SELECT p.id AS parcel_id, p.order_id, o.number, o.reference, o.language, p.location, p.carton, p.weight_g, p.sscc,
           p.notes, p.packed_at, o.placed_at, c.name, c.company, c.street, c.postal_code, c.city, c.region, c.country
      FROM parcel p
      JOIN orders o ON o.id = p.order_id
      JOIN contact c ON c.id = o.contact_id
     WHERE p.order_id = $1 AND p.id = $2
"""

SLIP_LINES = """
    SELECT l.line_no, l.sku, l.name, (u ->> 'quantity')::bigint AS quantity, l.quantity AS ordered
      FROM parcel p
     CROSS JOIN jsonb_array_elements(p.contents) u
      JOIN line l ON l.id = (u ->> 'line_id')::uuid
     WHERE p.order_id = $1 AND p.id = $2
  ORDER BY l.line_no, l.id
"""


async def packing_slip(read: Reader, order_id: UUID, parcel_id: UUID) -> PackingSlip | None:
    head = await read.row(SlipHead, SLIP_HEAD, order_id, parcel_id)
    if head is None:
        return None
    return PackingSlip(head, await read.rows(SlipLine, SLIP_LINES, order_id, parcel_id))
