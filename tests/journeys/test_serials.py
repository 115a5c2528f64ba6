"""A serial number is one unit, and one unit is sold once."""

from __future__ import annotations

from uuid import UUID

from purveyor.stages.picking.commands import ConfirmPick
from tests.journeys.shop import Placed, Shop


async def picking(shop: Shop, order: Placed, *serials: str) -> ConfirmPick:
    fulfillment = await shop.one(order, "fulfillment")
    return ConfirmPick(
        order_id=order.id,
        fulfillment_id=UUID(str(fulfillment["id"])),
        line_id=order.lines["MUG"],
        quantity=len(serials),
        scanned="MUG",
        serials=serials,
    )


async def test_a_serial_number_is_sold_once(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    first, second = await shop.order(MUG=2), await shop.order(MUG=2)
    await shop.ask(await picking(shop, first, "S9", "S8"))
    refused = await shop.refusal(await picking(shop, second, "S7", "S9"))

    assert refused.code == "serial_sold"
    assert "S9" in refused.sentence
    assert await shop.units(second) == {"allocated": 2}
    await shop.ask(await picking(shop, second, "S7", "S6"))
