"""What may have happened to the catalog."""

from __future__ import annotations

from typing import Any

from purveyor.core.messages import Fact
from purveyor.records.catalog.commands import ProductData, SeenAsset


class ProductsSaved(Fact, frozen=True, kw_only=True, tag="catalog.products_saved"):
    """Products are as they are said here."""

    products: tuple[ProductData, ...]

    def reply(self) -> dict[str, Any]:
        return {"saved": len(self.products)}


class FilesNoted(Fact, frozen=True, kw_only=True, tag="catalog.files_noted"):
    """Files of downloads have come, or are missing, or were looked for the first time."""

    seen: tuple[SeenAsset, ...]
