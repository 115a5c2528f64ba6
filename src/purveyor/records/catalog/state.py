"""How the catalog's facts change products."""

from __future__ import annotations

import msgspec

from purveyor.core.messages import Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import AssetFile, Product
from purveyor.core.state import State
from purveyor.records.catalog.commands import ProductData
from purveyor.records.catalog.facts import FilesNoted, ProductsSaved


@applies(ProductsSaved)
def save(state: State, fact: ProductsSaved, stamp: Stamp) -> None:
    for data in fact.products:
        saved = _row(data)
        there = state.get(Product, data.sku)
        if there is None:
            state.add(saved)
        else:
            for name in Product.__struct_fields__:
                setattr(there, name, getattr(saved, name))


@applies(FilesNoted)
def note_files(state: State, fact: FilesNoted, stamp: Stamp) -> None:
    for seen in fact.seen:
        there = state.get(AssetFile, seen.asset)
        if there is None:
            state.add(AssetFile(seen.asset, seen.missing, stamp.at))
        else:
            there.missing = seen.missing
            there.seen_at = stamp.at


def _row(data: ProductData) -> Product:
    values = {name: getattr(data, name) for name in data.__struct_fields__ if name != "price"}
    return msgspec.convert({**values, "price_minor": data.price.minor, "currency": data.price.currency}, Product)
