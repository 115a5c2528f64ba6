"""A count is a fact: whatever was promised beyond it is taken from carts, then from the newest orders."""

from __future__ import annotations

from uuid import UUID

import pytest

from purveyor.core.messages import Command
from purveyor.records.stock.commands import CountStock
from purveyor.stages.picking.commands import RecordCount
from purveyor.stages.receipt.commands import ReserveCart, ReserveItem
from tests.journeys.shop import Shop

CART = UUID(int=7)


async def held(shop: Shop) -> int:
    return int(await shop.house.pool.fetchval("SELECT held FROM stock WHERE sku = 'MUG' AND location = 'main'"))


@pytest.mark.parametrize("way", [CountStock, RecordCount])
async def test_carts_lose_first_and_then_the_newest_order(shop: Shop, way: type[Command]) -> None:
    await shop.receive("MUG", 10)
    older, newer = await shop.order(MUG=4), await shop.order(MUG=3)
    await shop.ask(ReserveCart(cart_id=CART, items=(ReserveItem(sku="MUG", quantity=3),)))
    assert await shop.stock("MUG") == (10, 7)

    await shop.ask(way(sku="MUG", location="main", counted=9))
    assert (await shop.stock("MUG"), await held(shop)) == ((9, 7), 2)
    assert await shop.units(newer) == {"allocated": 3}

    await shop.ask(way(sku="MUG", location="main", counted=5))

    assert (await shop.stock("MUG"), await held(shop)) == ((5, 5), 0)
    assert await shop.units(older) == {"allocated": 4}
    assert await shop.units(newer) == {"allocated": 1, "backordered": 2}
    assert (await shop.notices(newer)).count("choice_offered") == 1
    await shop.deliver()
    assert await shop.units(older) == {"delivered": 4}
    assert await shop.units(newer) == {"delivered": 1, "backordered": 2}


async def test_what_is_not_there_comes_from_another_shelf(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await shop.order(MUG=5)
    await shop.receive("MUG", 5, location="north")
    await shop.ask(CountStock(sku="MUG", location="main", counted=2))

    assert await shop.units(order) == {"allocated": 5}
    assert (await shop.stock("MUG"), await shop.stock("MUG", "north")) == ((2, 2), (5, 3))


async def test_an_order_whose_goods_are_nowhere_and_may_not_wait_is_held(shop: Shop) -> None:
    await shop.set_policy("routing", {"backorder_cap": 0})
    await shop.receive("MUG", 8)
    order = await shop.order(MUG=8)
    await shop.ask(CountStock(sku="MUG", location="main", counted=5))

    row = await shop.row(order)
    assert (row["holds"], row["stage"]) == ("stock", "review")
    assert await shop.units(order) == {"allocated": 5, "placed": 3}
    await shop.receive("MUG", 3)
    assert await shop.units(order) == {"allocated": 8}
    assert (await shop.row(order))["holds"] == ""


async def test_what_is_picked_is_there_and_cannot_be_counted_away(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await shop.order(MUG=2)
    await shop.staff.floor.work()
    units = await shop.units(order)
    assert units.keys() <= {"picked", "packed"}

    refused = await shop.refusal(CountStock(sku="MUG", location="main", counted=1))

    assert refused.code == "counted_below_picked"
    assert await shop.stock("MUG") == (5, 2)
    assert await shop.units(order) == units
