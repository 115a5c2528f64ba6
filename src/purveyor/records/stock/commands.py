"""What may be asked of stock."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from purveyor.core.field_types import Quantity, Reason, Reference, Sku, StockCount, Word
from purveyor.core.messages import Command


class ReceivedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku: Sku
    location: Word
    quantity: Quantity


class ReceiveStock(Command, frozen=True, kw_only=True, tag="stock.receive"):
    """Goods have come in, at most 1,000 positions at a time. Who waits for them is served soon after."""

    items: Annotated[tuple[ReceivedItem, ...], Meta(max_length=1_000)]
    reference: Reference = ""


class CountStock(Command, frozen=True, kw_only=True, tag="stock.count"):
    """Somebody has counted: this many are on the shelf."""

    sku: Sku
    location: Word
    counted: StockCount
    reason: Reason = "count"


class SetBackorderCap(Command, frozen=True, kw_only=True, tag="stock.set_backorder_cap"):
    """So many units of a SKU may wait at most. Those who wait already keep their place."""

    sku: Sku
    cap: StockCount
