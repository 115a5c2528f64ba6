"""What may be asked of the catalog."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Grams, Line, LongText, Millimeters, Minutes, Reference, Sku, Word
from purveyor.core.messages import Command, Job
from purveyor.core.money import Money
from purveyor.core.vocabulary import ProductKind


class ProductData(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product as it shall be: what is not said has its default."""

    sku: Sku
    name: Line
    kind: ProductKind = "goods"
    price: Money
    tax_class: Word = "standard"
    category: Line = ""
    weight_g: Grams = 0
    length_mm: Millimeters = 0
    width_mm: Millimeters = 0
    height_mm: Millimeters = 0
    hs_code: Word = ""
    origin: Word = ""
    dangerous: bool = False
    fragile: bool = False
    returnable: bool = True
    active: bool = True
    asset: Reference = ""
    duration_min: Minutes = 0
    description: LongText = ""


class SaveProducts(Command, frozen=True, kw_only=True, tag="catalog.save_products"):
    """Put products into the catalog, or in the place of those with the same SKU. At most 1,000 at a time."""

    products: Annotated[tuple[ProductData, ...], Meta(max_length=1_000)]


class SeenAsset(msgspec.Struct, frozen=True):
    """Whether an asset has a file."""

    asset: Reference
    missing: bool


class NoteFiles(Command, frozen=True, kw_only=True, tag="catalog.note_files"):
    """What somebody saw who looked for files of downloads."""

    seen: Annotated[tuple[SeenAsset, ...], Meta(max_length=1_000)]


class LookForFiles(Job, frozen=True, kw_only=True, tag="catalog.look_for_files"):
    """Look whether these assets have a file."""

    assets: tuple[str, ...]
