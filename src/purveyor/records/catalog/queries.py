"""What is read of the catalog."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from purveyor.core.rows import Product
from purveyor.db.collation import by_name
from purveyor.db.reader import Reader
from purveyor.db.search import Values, has_text

COLUMNS = ", ".join(Product.__struct_fields__)
PRODUCTS = f"""
    -- In order of SKU, after the last one seen.
    SELECT {COLUMNS} FROM product
     WHERE sku > $1 AND ($2 = '' OR category = $2) AND {{found}}
  ORDER BY sku
     LIMIT $3
"""


async def products(
    read: Reader, *, after: str = "", category: str = "", text: str = "", limit: int = 100
) -> list[Product]:
    """Every word that was typed is part of the SKU or the name."""
    values = Values(after, category, limit)
    return await read.rows(Product, PRODUCTS.format(found=_has(text, values)), *values.all)


def _has(text: str, values: Values) -> str:
    return has_text("product_folded(sku, name)", text, values.put)


BY_SKU = f"SELECT {COLUMNS} FROM product WHERE sku = $1"
BY_SKUS = f"SELECT {COLUMNS} FROM product WHERE sku = ANY($1::text[]) ORDER BY sku"
NAMES = "SELECT sku, name FROM product WHERE sku = ANY($1::text[])"
CATEGORIES = f"""
    SELECT category FROM product WHERE category <> '' GROUP BY category
  ORDER BY {by_name("category")}, category LIMIT 500
"""
LIKE = f"""
    -- In order of SKU.
    SELECT {COLUMNS} FROM product
     WHERE ($1 = '' OR category = $1) AND ($2 = '' OR kind = $2) AND ($3::boolean IS NULL OR active = $3)
       AND sku > $4 AND {{found}}
  ORDER BY sku
     LIMIT $5
"""


class NamedProduct(msgspec.Struct, frozen=True):
    sku: str
    name: str


async def product_by_sku(read: Reader, sku: str) -> Product | None:
    return await read.row(Product, BY_SKU, sku)


async def products_by_sku(read: Reader, skus: list[str]) -> list[Product]:
    """The products of these SKUs that there are."""
    return await read.rows(Product, BY_SKUS, skus)


async def names_by_sku(read: Reader, skus: Iterable[str]) -> dict[str, str]:
    """Names of products, of those SKUs that there are."""
    wanted = sorted(set(skus))
    return {row.sku: row.name for row in await read.rows(NamedProduct, NAMES, wanted)} if wanted else {}


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
    values = Values(category, kind, active, after, limit)
    return await read.rows(Product, LIKE.format(found=_has(text, values)), *values.all)


class DownloadSeen(msgspec.Struct, frozen=True):
    """The asset of a download, and what is known of its file; `missing` is None where nobody has looked yet."""

    sku: str
    asset: str
    missing: bool | None


DOWNLOADS = """
    -- In order of SKU, after the last one seen; those that are not for sale too, as somebody may wait for them.
    SELECT p.sku, p.asset, f.missing FROM product p LEFT JOIN asset_file f ON f.asset = p.asset
     WHERE p.kind = 'download' AND p.sku > $1
  ORDER BY p.sku
     LIMIT $2
"""


async def downloads(read: Reader, after: str, limit: int) -> list[DownloadSeen]:
    return await read.rows(DownloadSeen, DOWNLOADS, after, limit)


IS_MISSING = "SELECT missing FROM asset_file WHERE asset = $1"


async def file_is_missing(read: Reader, asset: str) -> bool:
    """Somebody has looked for the file of an asset, and did not find it."""
    return any(await read.values(IS_MISSING, asset))
