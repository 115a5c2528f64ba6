"""What may be for sale."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from purveyor.core.currencies import CURRENCIES
from purveyor.core.messages import Call
from purveyor.core.money import A_CURRENCY
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides, needs
from purveyor.core.rows import AssetFile, Product
from purveyor.core.state import Needs, State
from purveyor.records.catalog.commands import NoteFiles, ProductData, SaveProducts
from purveyor.records.catalog.facts import FilesNoted, ProductsSaved

MOST = 1_000
LONGEST_NAME = 500
LONGEST_DESCRIPTION = 20_000
_SKU = re.compile(r"\S(.{0,62}\S)?")


@needs(SaveProducts)
def what_saving_needs(command: SaveProducts) -> Needs:
    return Needs(rows={Product: [product.sku for product in command.products]})


@decides(SaveProducts)
def decide_save(state: State, command: SaveProducts, call: Call) -> Decision:
    """Refuses with `Invalid`, which says the field."""
    if not 1 <= len(command.products) <= MOST:
        raise Invalid(field="products", found=len(command.products), expected=f"1 to {MOST}")
    skus = [product.sku for product in command.products]
    if len(set(skus)) != len(skus):
        twice = next(sku for sku in skus if skus.count(sku) > 1)
        raise Invalid(field="products", found=f"{twice} twice", expected="a list that names each once")
    for number, product in enumerate(command.products, 1):
        _check(product, f"products[{number}]", state.policies.tax.classes)
        state.get(Product, product.sku)
    yield ProductsSaved(products=command.products)


@needs(NoteFiles)
def what_noting_files_needs(command: NoteFiles) -> Needs:
    return Needs(rows={AssetFile: [seen.asset for seen in command.seen]})


@decides(NoteFiles)
def decide_note_files(state: State, command: NoteFiles, _call: Call) -> Decision:
    """Only what is not known yet is a fact."""
    found = {seen.asset: seen for seen in command.seen}
    known = {asset: state.get(AssetFile, asset) for asset in found}
    new = [seen for asset, seen in found.items() if (row := known[asset]) is None or row.missing != seen.missing]
    if new:
        yield FilesNoted(seen=tuple(new))


def _check(product: ProductData, field: str, tax_classes: AbstractSet[str]) -> None:
    if not _SKU.fullmatch(product.sku):
        raise Invalid(field=f"{field}.sku", found=product.sku, expected="1 to 64 characters, no blank at either end")
    if product.price.currency not in CURRENCIES:
        raise Invalid(field=f"{field}.price.currency", found=product.price.currency, expected=A_CURRENCY)
    if product.tax_class not in tax_classes:
        expected = f"a class that has a rate: {', '.join(sorted(tax_classes))}"
        raise Invalid(field=f"{field}.tax_class", found=product.tax_class or "nothing", expected=expected)
    for name in ("weight_g", "length_mm", "width_mm", "height_mm", "duration_min"):
        if getattr(product, name) < 0:
            raise Invalid(field=f"{field}.{name}", found=getattr(product, name), expected="a whole number from 0")
    for name, longest in (("name", LONGEST_NAME), ("category", LONGEST_NAME), ("description", LONGEST_DESCRIPTION)):
        found = len(getattr(product, name))
        if found > longest:
            raise Invalid(
                field=f"{field}.{name}", found=f"{found} characters", expected=f"at most {longest} characters"
            )
    if product.price.minor < 0:
        raise Invalid(field=f"{field}.price", found=str(product.price), expected="an amount that is not negative")
