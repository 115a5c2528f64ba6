"""How the catalog's facts change products."""

from __future__ import annotations

import msgspec

from purveyor.core.messages import Stamp
from purveyor.core.rows import Product
from purveyor.core.rules import applies
from purveyor.core.state import State
from purveyor.records.catalog.commands import ProductData
from purveyor.records.catalog.facts import ProductsSaved


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


def _row(data: ProductData) -> Product:
    values = {name: getattr(data, name) for name in data.__struct_fields__ if name != "price"}
    return msgspec.convert({**values, "price_minor": data.price.minor, "currency": data.price.currency}, Product)
