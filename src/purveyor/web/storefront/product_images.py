"""The picture of every product: a file of the merchant where there is one, else a drawing. There is no broken image.

Files stand in the folder `pictures` of the data folder, named by SKU: `MUG-WHT-300.webp`, `.jpg` or `.png`.
"""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from litestar.response.base import ASGIResponse

from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.rendering import environment
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.storefront.product_drawings import VERSION, draw
from purveyor.web.storefront.queries import Card, cards_of

FOREVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=300"
FILES = {".webp": "image/webp", ".jpg": "image/jpeg", ".png": "image/png"}


def version_of(sku: str, name: str, category: str, kind: str) -> str:
    """What stands in the address, so that browsers may keep a picture for ever."""
    text = f"{VERSION}\0{sku}\0{name}\0{category}\0{kind}"
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


async def show(ctx: RequestContext) -> ASGIResponse:
    """For every SKU, even for one that is not sold any more."""
    sku = str(ctx.in_path("sku")).removeprefix("/").removesuffix(".svg")
    file = await asyncio.to_thread(_file_of, ctx.house.settings.data_dir / "pictures", sku)
    if file is not None:
        body, media_type = file
        return _answer(body, media_type, SHORTLY)
    card = (await cards_of(ctx.house.read, [sku])).get(sku)
    name, category, kind = (card.name, card.category, card.kind) if card else (sku, "", "goods")
    is_current = ctx.given("v") == version_of(sku, name, category, kind)
    return _answer(draw(sku, name, category, kind).encode(), "image/svg+xml", FOREVER if is_current else SHORTLY)


def _answer(body: bytes, media_type: str, cached: str) -> ASGIResponse:
    return ASGIResponse(body=body, media_type=media_type, headers={"Cache-Control": cached}, encoding="utf-8")


def _file_of(folder: Path, sku: str) -> tuple[bytes, str] | None:
    """The merchant's picture. A SKU is no path: nothing outside the folder is read."""
    if not folder.is_dir() or Path(sku).name != sku:
        return None
    for suffix, media_type in FILES.items():
        path = folder / f"{sku}{suffix}"
        if path.is_file():
            return path.read_bytes(), media_type
    return None


def picture_version(card: Card) -> str:
    """For templates."""
    return version_of(card.sku, card.name, card.category, card.kind)


environment().filters["picture_version"] = picture_version
ROUTES: tuple[PageRoute, ...] = (get("/pictures/{sku:path}", show),)
