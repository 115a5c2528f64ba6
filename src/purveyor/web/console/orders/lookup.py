"""What is found while somebody types: people by phone, mail or name, products by SKU or name with their stock."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.db.search import Values, has_words, words_of
from purveyor.records.customers.search import contacts_meant, meant, numbered

SHORTEST = 2  # characters that are looked for


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
    -- Whoever is meant, each once with the newest address; whoever came last is first.
    SELECT p.id, p.customer_id, coalesce(k.number, '') AS number, p.name, p.company, p.email, p.phone, p.street, p.city,
           p.postal_code, p.region, p.country, coalesce(k.blocked, false) AS blocked,
           coalesce(k.credit_limit_minor, 0) AS credit_limit_minor,
           coalesce(o.numbers, '') AS orders
      FROM (SELECT DISTINCT ON (coalesce(customer_id::text, lower(email) || phone || lower(name))) *
              FROM contact WHERE id IN ({found}) AND NOT erased
          ORDER BY coalesce(customer_id::text, lower(email) || phone || lower(name)), id DESC) AS p
 LEFT JOIN customer k ON k.id = p.customer_id
 LEFT JOIN LATERAL (SELECT string_agg(number::text, ' ' ORDER BY number DESC) AS numbers
                      FROM (SELECT number FROM orders
                             WHERE contact_id = p.id OR (p.customer_id IS NOT NULL AND customer_id = p.customer_id)
                          ORDER BY id DESC LIMIT 3) AS last) AS o ON true
  ORDER BY p.id DESC
     LIMIT $1
"""
FOUND_AT_MOST = 300  # addresses that are looked through for a handful of people


async def people(read: Reader, text: str, limit: int = 8) -> list[Person]:
    """Who is meant: by a customer's number, any words of a name or company, a part of an e-mail, or a phone."""
    text = text.strip()
    if len(text) < SHORTEST:
        return []
    values = Values(limit)
    ways = [f"SELECT contact_id FROM customer WHERE {numbered(text, values.put)}"]
    if who := meant(text):
        ways.append(f"SELECT id FROM {contacts_meant(who, values.put, FOUND_AT_MOST)} AS meant")
    return await read.rows(Person, PEOPLE.format(found=" UNION ".join(ways)), *values.all)


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
    -- Words of SKU and name; the SKU itself is first, then whatever begins like it.
    SELECT p.sku, p.name, p.kind, p.price_minor, p.currency,
           coalesce((SELECT jsonb_agg(jsonb_build_object('location', s.location,
                                                         'available', s.on_hand - s.allocated - s.held)
                                      ORDER BY s.location)
                       FROM stock s WHERE s.sku = p.sku AND s.location <> 'backorder'), '[]')::text AS shelves
      FROM product p
     WHERE p.active AND {found}
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
    words = words_of(text)
    if not words:
        return []
    values = Values(text.strip().lower(), limit)
    query = MATCHES.format(found=has_words("product_folded(p.sku, p.name)", words, values.put))
    return [
        Match(
            sku=row.sku,
            name=row.name,
            kind=row.kind,
            price_minor=row.price_minor,
            currency=row.currency,
            shelves=msgspec.json.decode(row.shelves, type=list[Shelf]),
        )
        for row in await read.rows(_Row, query, *values.all)
    ]
