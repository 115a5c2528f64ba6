"""What the shop reads: products with what is there of them, categories, and what a customer has bought."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from purveyor.core.rows import Contact, Customer
from purveyor.db.collation import by_name
from purveyor.db.reader import Reader
from purveyor.db.search import Values, has_words, plain

LONGEST_SEARCH = 100  # characters
MOST_WORDS = 8
_NAMES = "product_folded(sku, name)"
_WORD = re.compile(r"[^\W_]+")
_CONTACT = ", ".join(f"p.{name}" for name in Contact.__struct_fields__)
_CUSTOMER = ", ".join(f'c."{name}"' for name in Customer.__struct_fields__)

_READY = """
    CASE p.kind
         WHEN 'license' THEN EXISTS (SELECT FROM license_key k WHERE k.sku = p.sku AND k.order_id IS NULL)
         WHEN 'download' THEN NOT EXISTS (SELECT FROM asset_file f WHERE f.asset = p.asset AND f.missing)
         ELSE true
    END
"""
_CARD = f"""
    p.sku, p.name, p.kind, p.category, p.price_minor, p.currency, p.description, p.duration_min, p.returnable,
    p.dangerous, s.available, s.waiting,
    {_READY} AS is_ready
"""
# `backorder` is the location whose rows say how many may wait; no row: the policy says it.
_STOCK = """
    LEFT JOIN LATERAL (
        SELECT coalesce(sum(on_hand - allocated - held) FILTER (WHERE location <> 'backorder'), 0)::bigint AS available,
               (sum(on_hand - allocated - held) FILTER (WHERE location = 'backorder'))::bigint AS waiting
          FROM stock WHERE stock.sku = p.sku) s ON true
"""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A product as lists and its page show it. `waiting`: how many more may be ordered without being there."""

    sku: str
    name: str
    kind: str
    category: str
    price_minor: int
    currency: str
    description: str
    duration_min: int
    returnable: bool
    dangerous: bool
    available: int
    waiting: int | None
    is_ready: bool  # a license has a free key, a download its file
    rank: int = 0  # in a search


class Category(msgspec.Struct, frozen=True):
    category: str
    products: int
    kinds: list[str]


class Choice(msgspec.Struct, frozen=True):
    """What is shown of a category, and in which order. Prices are minor units, from and to inclusive."""

    sort: Literal["name", "price", "price_down"] = "name"
    kind: str = ""
    from_minor: int = 0
    to_minor: int = 2**62
    in_stock: bool = False

    @property
    def narrows(self) -> bool:
        return self != Choice(sort=self.sort)


class BoughtOrder(msgspec.Struct, frozen=True):
    id: UUID
    number: int
    placed_at: datetime
    currency: str
    total_minor: int
    status: str
    payment_status: str
    fulfillment_status: str
    return_status: str
    link_version: int
    is_own: bool  # placed by whoever reads this mail, and not only with the address
    names: list[str]


class PaymentState(msgspec.Struct, frozen=True):
    id: UUID
    status: str
    method: str


CATEGORIES = f"""
    SELECT category, count(*) AS products, array_agg(DISTINCT kind ORDER BY kind) AS kinds
      FROM product WHERE active GROUP BY category
  ORDER BY {by_name("category")}, category
"""
FIRST_OF_EACH = f"""
    -- Some of every category, so that the first page shows all that there is.
    SELECT {_CARD}
      FROM unnest($1::text[]) AS wanted (category)
           CROSS JOIN LATERAL (
               SELECT * FROM product WHERE active AND product.category = wanted.category
             ORDER BY {by_name("name")}, sku LIMIT $2) p
           {_STOCK}
  ORDER BY {by_name("p.category")}, p.category, {by_name("p.name")}, p.sku
"""
# How a category can be sorted: what comes after the last one seen, and the order. Each follows an index.
_SORTS: dict[str, tuple[str, str]] = {
    "name": (f"({by_name('p.name')}, p.sku) > ({by_name('$2')}, $3)", f"{by_name('p.name')}, p.sku"),
    "price": ("(p.price_minor, p.sku) > ($2::bigint, $3)", "p.price_minor, p.sku"),
    "price_down": ("(p.price_minor, p.sku) < ($2::bigint, $3)", "p.price_minor DESC, p.sku DESC"),
}
IN_CATEGORY = {
    sort: f"""
    -- In the order that was chosen, after the last one seen. Of what is no goods, keys or files may be missing.
    SELECT {_CARD}
      FROM product p {_STOCK}
     WHERE p.active AND p.category = $1 AND {after}
       AND ($4 = '' OR p.kind = $4) AND p.price_minor BETWEEN $5 AND $6
       AND (NOT $7::boolean OR p.kind <> 'goods' AND {_READY} OR EXISTS (
               SELECT FROM stock
                WHERE stock.sku = p.sku AND location <> 'backorder' AND on_hand - allocated - held > 0))
  ORDER BY {order}
     LIMIT $8
"""
    for sort, (after, order) in _SORTS.items()
}
FOUND = f"""
    -- The best first; words of the name count most. Ranks are whole numbers, so that a page begins where one ended.
    SELECT {_CARD}, p.rank
      FROM (SELECT *, (ts_rank(product_words(name, sku, category, description), to_tsquery('simple', $1))
                       * 1000000)::bigint AS rank
              FROM product
             WHERE active AND product_words(name, sku, category, description) @@ to_tsquery('simple', $1)) p
           {_STOCK}
     WHERE (-p.rank, p.sku) > ($2, $3)
  ORDER BY -p.rank, p.sku
     LIMIT $4
"""
ALIKE = f"""
    -- Where nothing begins so: words that are part of a name, or much like one of its words (a letter too many).
    SELECT {_CARD}, 0 AS rank
      FROM (SELECT * FROM product WHERE active AND {{found}}) p
           {_STOCK}
  ORDER BY {by_name("p.name")}, p.sku
     LIMIT $1
"""
BY_SKU = f"SELECT {_CARD} FROM product p {_STOCK} WHERE p.sku = ANY($1::text[]) AND p.active"
CUSTOMER = f"""
    SELECT {_CUSTOMER} FROM contact p JOIN customer c ON c.contact_id = p.id
     WHERE lower(p.email) = lower($1) AND p.email <> '' AND c.erased_at IS NULL
  ORDER BY c.credit_limit_minor DESC, c.id
     LIMIT 1
"""
USUAL_ADDRESS = f"""
    -- Of the newest order that was placed while the address was proved, or what we know of the customer. What anybody
    -- else has typed beside this address is not theirs.
    SELECT {_CONTACT} FROM contact p LEFT JOIN signed_in_order s ON s.contact_id = p.id
           LEFT JOIN customer c ON c.contact_id = p.id
     WHERE lower(p.email) = lower($1) AND p.email <> '' AND NOT p.erased
       AND (s.order_id IS NOT NULL OR c.id IS NOT NULL)
  ORDER BY p.id DESC
     LIMIT 1
"""
BOUGHT = """
    -- Newest first: orders with this e-mail, and those of the customer who has it.
    WITH mine AS (
        SELECT o.id FROM contact p JOIN orders o ON o.contact_id = p.id
         WHERE lower(p.email) = lower($1) AND p.email <> ''
         UNION
        SELECT id FROM orders WHERE customer_id = $2)
    SELECT o.id, o.number, o.placed_at, o.currency, o.total_minor, o.status, o.payment_status, o.fulfillment_status,
           o.return_status, coalesce(l.version, 0) AS link_version,
           o.customer_id IS NOT DISTINCT FROM $2 AND $2 IS NOT NULL OR s.order_id IS NOT NULL AS is_own,
           (SELECT coalesce(array_agg(n.name), '{}')
              FROM (SELECT name FROM line WHERE order_id = o.id ORDER BY line_no LIMIT 3) n) AS names
      FROM mine JOIN orders o USING (id) LEFT JOIN order_link l ON l.order_id = o.id
           LEFT JOIN signed_in_order s ON s.order_id = o.id
     WHERE o.number < $3
  ORDER BY o.number DESC
     LIMIT $4
"""
PAYMENTS = "SELECT id, status, method FROM payment WHERE order_id = $1 ORDER BY id"
NUMBER = "SELECT number FROM orders WHERE id = $1"


FIRST: dict[str, tuple[str | int, str]] = {"name": ("", ""), "price": (-1, ""), "price_down": (2**62, "")}


async def categories_of(read: Reader) -> list[Category]:
    return await read.rows(Category, CATEGORIES)


SKUS_AFTER = "SELECT sku FROM product WHERE active AND sku > $1 ORDER BY sku LIMIT $2"
ENDS_OF_PARTS = """
    -- Every so many products the last one of a full part, but for one that nothing comes after.
    SELECT sku FROM (SELECT sku, row_number() OVER (ORDER BY sku) AS number, count(*) OVER () AS all_of_them
                       FROM product WHERE active) p
     WHERE number % $1 = 0 AND number < all_of_them
  ORDER BY sku
"""


async def skus_after(read: Reader, after: str, limit: int) -> list[str]:
    """What is for sale, in order of SKU."""
    return await read.values(SKUS_AFTER, after, limit)


async def ends_of_parts(read: Reader, size: int) -> list[str]:
    """Where the products are cut, so that no part has more than so many; nothing where one is enough."""
    return await read.values(ENDS_OF_PARTS, size)


async def first_of_each(read: Reader, categories: list[str], each: int) -> list[Card]:
    return await read.rows(Card, FIRST_OF_EACH, categories, each)


async def in_category(
    read: Reader,
    category: str,
    after: tuple[str | int, str] | None = None,
    limit: int = 24,
    choice: Choice = Choice(),  # noqa: B008 (frozen)
) -> list[Card]:
    """Products of a category. `after` is the name (or price) and the SKU of the last one seen."""
    return await read.rows(
        Card,
        IN_CATEGORY[choice.sort],
        category,
        *(after or FIRST[choice.sort]),
        choice.kind,
        choice.from_minor,
        choice.to_minor,
        choice.in_stock,
        limit,
    )


async def found(read: Reader, text: str, after: tuple[int, str] | None = None, limit: int = 24) -> list[Card]:
    """Products in which every word of a text begins a word, or else those that are much like it.

    None for a text without words.
    """
    words = words_of(text)
    if not words:
        return []
    first = after or (-(2**62), "")
    cards = await read.rows(Card, FOUND, " & ".join(f"'{word}':*" for word in words), *first, limit)
    return cards if cards or after else await _alike(read, words_of(plain(text).replace("'", "")), limit)


async def _alike(read: Reader, words: list[str], limit: int) -> list[Card]:
    """At most one page."""
    values = Values(limit - 1)
    conditions = []
    for word in words:
        part = has_words(_NAMES, [word], values.put)
        conditions.append(f"({part} OR folded({values.put(word)}) <% {_NAMES})")
    return await read.rows(Card, ALIKE.format(found=" AND ".join(conditions)), *values.all)


def words_of(text: str) -> list[str]:
    """Letters and digits alone: nothing that a query language could take for its own."""
    return _WORD.findall(text)[:MOST_WORDS]


async def cards_of(read: Reader, skus: list[str]) -> dict[str, Card]:
    """Products for sale, by SKU."""
    return {card.sku: card for card in await read.rows(Card, BY_SKU, skus)}


async def customer_of(read: Reader, email: str) -> Customer | None:
    """The customer with this address; of several, the one with the best terms."""
    return await read.row(Customer, CUSTOMER, email)


async def usual_address(read: Reader, email: str) -> Contact | None:
    return await read.row(Contact, USUAL_ADDRESS, email)


NOTE_SIGNED_IN = """
    -- Whoever is signed in may have typed the address of somebody else, which proves nothing about that one.
    INSERT INTO signed_in_order (order_id, contact_id)
        SELECT o.id, o.contact_id FROM orders o JOIN contact p ON p.id = o.contact_id
         WHERE o.id = $1 AND lower(p.email) = lower($2)
        ON CONFLICT DO NOTHING
"""


async def bought(
    read: Reader, email: str, customer_id: UUID | None, before: int = 2**62, limit: int = 20
) -> list[BoughtOrder]:
    return await read.rows(BoughtOrder, BOUGHT, email, customer_id, before, limit)


async def payments_of(read: Reader, order_id: UUID) -> list[PaymentState]:
    return await read.rows(PaymentState, PAYMENTS, order_id)


async def number_of(read: Reader, order_id: UUID) -> int:
    (number,) = await read.values(NUMBER, order_id)
    return int(number)
