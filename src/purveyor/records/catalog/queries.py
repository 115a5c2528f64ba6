"""What is read of the catalog."""

from __future__ import annotations

from purveyor.core.rows import Product
from purveyor.db.reader import Reader

COLUMNS = ", ".join(Product.__struct_fields__)
PRODUCTS = f"""
    -- In order of SKU, after the last one seen.
    SELECT {COLUMNS} FROM product
     WHERE sku > $1 AND ($2 = '' OR category = $2) AND ($3 = '' OR name ILIKE '%' || $3 || '%' OR sku ILIKE $3 || '%')
  ORDER BY sku
     LIMIT $4
"""


async def products(
    read: Reader, *, after: str = "", category: str = "", text: str = "", limit: int = 100
) -> list[Product]:
    return await read.rows(Product, PRODUCTS, after, category, text, limit)


BY_SKU = f"SELECT {COLUMNS} FROM product WHERE sku = $1"
CATEGORIES = "SELECT DISTINCT category FROM product WHERE category <> '' ORDER BY category LIMIT 500"
LIKE = f"""
    -- In order of SKU; the text is looked for in SKU and name.
    SELECT {COLUMNS} FROM product
     WHERE ($1 = '' OR strpos(lower(sku || ' ' || name), lower($1)) > 0)
       AND ($2 = '' OR category = $2) AND ($3 = '' OR kind = $3) AND ($4::boolean IS NULL OR active = $4)
       AND sku > $5
  ORDER BY sku
     LIMIT $6
"""


async def product_by_sku(read: Reader, sku: str) -> Product | None:
    return await read.row(Product, BY_SKU, sku)


async def categories(read: Reader) -> list[str]:
    """All categories that a product has."""
    return await read.values(CATEGORIES)


async def products_like(
    read: Reader,
    text: str,
    category: str,
    kind: str,
    active: bool | None,  # noqa: FBT001 (a filter like the others)
    after: str,
    limit: int,
) -> list[Product]:
    """For the console: those that are not for sale too. Whatever filter is empty counts for all."""
    return await read.rows(Product, LIKE, text, category, kind, active, after, limit)
