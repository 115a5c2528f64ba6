"""What is found while somebody types: people by phone, mail or name, products by SKU or name with their stock."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader

SHORTEST = 2  # characters that are looked for
LAST = "\U0010ffff"  # after every text with the same beginning


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who ordered before, or is registered, with the address that was used last."""

    id: UUID
    customer_id: UUID | None
    number: str
    name: str
    company: str
    email: str
    phone: str
    street: str
    city: str
    postal_code: str
    region: str
    country: str
    blocked: bool
    credit_limit_minor: int
    orders: str  # the last ones, joined by blanks


PEOPLE = """
    -- By the beginning of a phone number, an e-mail or a name, each by its index; whoever came last is first.
    SELECT p.id, p.customer_id, coalesce(k.number, '') AS number, p.name, p.company, p.email, p.phone, p.street, p.city,
           p.postal_code, p.region, p.country, coalesce(k.blocked, false) AS blocked,
           coalesce(k.credit_limit_minor, 0) AS credit_limit_minor,
           coalesce(o.numbers, '') AS orders
      FROM (SELECT DISTINCT ON (coalesce(customer_id::text, lower(email) || phone || lower(name))) *
              FROM (SELECT * FROM (SELECT * FROM contact WHERE $1 <> '' AND phone ~>=~ $1 AND phone ~<~ $2
                                          AND phone <> '' LIMIT 100) AS by_phone
              UNION SELECT * FROM (SELECT * FROM contact WHERE lower(email) ~>=~ $3 AND lower(email) ~<~ $4
                                          AND email <> '' LIMIT 100) AS by_email
              UNION SELECT * FROM (SELECT * FROM contact WHERE lower(name) ~>=~ $3 AND lower(name) ~<~ $4
                                          AND name <> '' LIMIT 100) AS by_name) AS found
          ORDER BY coalesce(customer_id::text, lower(email) || phone || lower(name)), id DESC) AS p
 LEFT JOIN customer k ON k.id = p.customer_id
 LEFT JOIN LATERAL (SELECT string_agg(number::text, ' ' ORDER BY number DESC) AS numbers
                      FROM (SELECT number FROM orders
                             WHERE contact_id = p.id OR (p.customer_id IS NOT NULL AND customer_id = p.customer_id)
                          ORDER BY id DESC LIMIT 3) AS last) AS o ON true
  ORDER BY p.id DESC
     LIMIT $5
"""


async def people(read: Reader, text: str, phone: str = "", limit: int = 8) -> list[Person]:
    """Who is meant. `phone`: the beginning of a number in E.164, where the text is one."""
    text = text.lower()
    if len(text) < SHORTEST:
        return []
    return await read.rows(Person, PEOPLE, phone, phone + LAST, text, text + LAST, limit)


class Shelf(msgspec.Struct, frozen=True):
    """What a location can promise of a SKU."""

    location: str
    available: int


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """A product that may be meant."""

    sku: str
    name: str
    kind: str
    price_minor: int
    currency: str
    shelves: list[Shelf]


MATCHES = """
    -- By SKU or the beginning of it, or words of the name; the SKU itself is first.
    SELECT p.sku, p.name, p.kind, p.price_minor, p.currency,
           coalesce((SELECT jsonb_agg(jsonb_build_object('location', s.location,
                                                         'available', s.on_hand - s.allocated - s.held)
                                      ORDER BY s.location)
                       FROM stock s WHERE s.sku = p.sku AND s.location <> 'backorder'), '[]')::text AS shelves
      FROM product p
     WHERE p.active AND (starts_with(lower(p.sku), $1) OR strpos(lower(p.name), $1) > 0)
  ORDER BY lower(p.sku) <> $1, NOT starts_with(lower(p.sku), $1), p.sku
     LIMIT $2
"""


class _Row(msgspec.Struct):
    sku: str
    name: str
    kind: str
    price_minor: int
    currency: str
    shelves: str


async def matches(read: Reader, text: str, limit: int = 8) -> Sequence[Match]:
    """Products for sale that may be meant, with their stock by location."""
    text = text.lower()
    if not text:
        return []
    return [
        Match(
            sku=row.sku,
            name=row.name,
            kind=row.kind,
            price_minor=row.price_minor,
            currency=row.currency,
            shelves=msgspec.json.decode(row.shelves, type=list[Shelf]),
        )
        for row in await read.rows(_Row, MATCHES, text, limit)
    ]
