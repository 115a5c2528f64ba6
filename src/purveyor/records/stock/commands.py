"""What may be asked of stock."""

from __future__ import annotations

import msgspec

from purveyor.core.messages import Command


class ReceivedItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku: str
    location: str
    quantity: int


class ReceiveStock(Command, frozen=True, kw_only=True, tag="stock.receive"):
    """Goods have come in, at most 1,000 positions at a time. Who waits for them is served soon after."""

    items: tuple[ReceivedItem, ...]
    reference: str = ""


class CountStock(Command, frozen=True, kw_only=True, tag="stock.count"):
    """Somebody has counted: this many are on the shelf."""

    sku: str
    location: str
    counted: int
    reason: str = "count"


class SetBackorderCap(Command, frozen=True, kw_only=True, tag="stock.set_backorder_cap"):
    """So many units of a SKU may wait at most. Those who wait already keep their place."""

    sku: str
    cap: int
