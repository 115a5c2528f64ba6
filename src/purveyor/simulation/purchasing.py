"""Who fills the shelves: goods, license keys and the technicians' calendar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec

from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.simulation.command_batches import Act, CommandBatcher
from purveyor.simulation.shop import KEYS_AT_FIRST, MAIN, SCARCE, SPREAD, Shop
from purveyor.stages.delivery.commands import AddLicenseKeys, AddSlots

BUYER = "staff:bo"
STOCK = """
    SELECT sku, location, on_hand - allocated - held AS available
      FROM stock
     WHERE location = ANY($1::text[])
"""
WAITING = """
    -- What somebody waits for.
    SELECT sku, 'backorder' AS location, sum(backordered)::bigint AS available
      FROM line
     WHERE backordered > 0
  GROUP BY sku
  ORDER BY sku
"""
POOLS = """
    SELECT sku, 'free' AS location, count(*) AS available FROM license_key WHERE order_id IS NULL GROUP BY sku
    UNION ALL
    SELECT sku, 'wait', sum(quantity)::bigint FROM license_wait WHERE quantity > 0 GROUP BY sku
"""
REORDER_BELOW = 0.5  # of what a shelf likes to have
SCARCE_EVERY_DAYS = 5
DELIVERY_HOUR = 6  # when the truck comes
CALENDAR_DAYS = 28


class _Shelf(msgspec.Struct, frozen=True):
    sku: str
    location: str
    available: int


class Purchasing:
    """Orders once a day what is short. A `shop` that is not simulated gets exactly what is waited for."""

    def __init__(self, desk: CommandBatcher, shop: Shop | None, location: str = MAIN) -> None:
        self._desk = desk
        self._shop = shop
        self._location = location
        self._last: datetime | None = None

    async def work(self) -> None:
        now = self._desk.now
        if self._shop is not None:
            if self._last is not None and (self._last.date() == now.date() or now.hour < DELIVERY_HOUR):
                return
            await self._desk.hand_in([act async for act in self._goods(self._shop, now)])
            await self._desk.hand_in([act async for act in self._keys(self._shop, now)])
            slots = self._shop.slots(now + timedelta(days=CALENDAR_DAYS))
            if slots:
                await self._desk.hand_in([Act(AddSlots(slots=slots), f"slots:{now:%F}", BUYER)])
        self._last = now
        await self._desk.hand_in([act async for act in self._waited_for(now)])

    async def _goods(self, shop: Shop, now: datetime) -> AsyncIterator[Act]:
        """What a shelf is short of comes in; rare things come when they come."""
        shelves = await self._desk.house.read.rows(_Shelf, STOCK, list(SPREAD))
        there = {(shelf.sku, shelf.location): shelf.available for shelf in shelves}
        rare = now.toordinal() % SCARCE_EVERY_DAYS == 0
        items = []
        for offer in shop.offers:
            if offer.product.kind != "goods" or (offer.product.sku in SCARCE and not rare):
                continue
            for location in SPREAD:
                wanted = shop.wanted_stock(offer, location)
                available = there.get((offer.product.sku, location), 0)
                if available < REORDER_BELOW * wanted:
                    items.append(ReceivedItem(sku=offer.product.sku, location=location, quantity=wanted - available))
        if items:
            yield Act(ReceiveStock(items=tuple(items), reference=f"truck {now:%F}"), f"truck:{now:%F}", BUYER)

    async def _waited_for(self, now: datetime) -> AsyncIterator[Act]:
        rare = self._shop is None or now.toordinal() % SCARCE_EVERY_DAYS == 0
        items = tuple(
            ReceivedItem(sku=each.sku, location=self._location, quantity=each.available)
            for each in await self._desk.house.read.rows(_Shelf, WAITING)
            if rare or each.sku not in SCARCE
        )
        for start in range(0, len(items), 1_000):
            part = items[start : start + 1_000]
            key = f"backorders:{now.isoformat()}:{start}"
            yield Act(ReceiveStock(items=part, reference=f"backorders {now:%F}"), key, BUYER)

    async def _keys(self, shop: Shop, now: datetime) -> AsyncIterator[Act]:
        pools = await self._desk.house.read.rows(_Shelf, POOLS)
        free = {pool.sku: pool.available for pool in pools if pool.location == "free"}
        waited = {pool.sku: pool.available for pool in pools if pool.location == "wait"}
        for offer in shop.offers:
            sku = offer.product.sku
            if offer.product.kind == "license" and free.get(sku, 0) < KEYS_AT_FIRST // 3 + waited.get(sku, 0):
                keys = shop.keys(sku, now.toordinal(), KEYS_AT_FIRST + waited.get(sku, 0))
                yield Act(AddLicenseKeys(sku=sku, keys=keys), f"keys:{sku}:{now:%F}", BUYER)
