"""What may have happened to stock. The ledger moves what the facts say."""

from __future__ import annotations

from purveyor.core.messages import Fact


class StockReceived(Fact, frozen=True, kw_only=True, tag="stock.received"):
    """Goods came in."""

    reference: str


class StockCounted(Fact, frozen=True, kw_only=True, tag="stock.counted"):
    """A shelf was counted, and the books follow it."""

    sku: str
    location: str
    counted: int
    short: int = 0  # units that were promised and are not there: carts and orders lose them at once


class BackorderCapSet(Fact, frozen=True, kw_only=True, tag="stock.backorder_cap_set"):
    """So many units of a SKU may wait."""

    sku: str
    cap: int
