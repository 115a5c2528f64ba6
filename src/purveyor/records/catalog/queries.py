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
