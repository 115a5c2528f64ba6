"""What may be asked of the catalog."""

from __future__ import annotations

from typing import Literal

import msgspec

from purveyor.core.messages import Command
from purveyor.core.money import Money


class ProductData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product as it shall be: what is not said has its default."""

    sku: str
    name: str
    kind: Literal["goods", "download", "license", "access", "service"] = "goods"
    price: Money
    tax_class: str = "standard"
    category: str = ""
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    hs_code: str = ""
    origin: str = ""
    dangerous: bool = False
    fragile: bool = False
    returnable: bool = True
    active: bool = True
    asset: str = ""
    duration_min: int = 0
    description: str = ""


class SaveProducts(Command, frozen=True, kw_only=True, tag="catalog.save_products"):
    """Put products into the catalog, or in the place of those with the same SKU. At most 1,000 at a time."""

    products: tuple[ProductData, ...]
