"""A serial number is one unit, and one unit is sold once."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from purveyor.stages.picking.commands import ConfirmPick
from purveyor.stages.picking.decide.picks import SERIALS_SOLD
from purveyor.stages.picking.queries import orders_with_lot
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


@pytest.mark.parametrize("again", ["S9", " S9", "S9 ", "s9", "\u2003s9"])
async def test_a_serial_number_is_the_same_with_blanks_around_it_and_in_any_case(shop: Shop, again: str) -> None:
    await shop.receive("MUG", 10)
    first, second = await shop.order(MUG=2), await shop.order(MUG=1)
    await shop.ask(await picking(shop, first, "S9 "))
    here = await shop.refusal(await picking(shop, first, again))
    elsewhere = await shop.refusal(await picking(shop, second, again))

    assert (here.code, here.data["field"]) == ("invalid", "serials")
    assert elsewhere.code == "serial_sold"
    assert await shop.units(second) == {"allocated": 1}
    assert (await shop.one(first, "fulfillment_item", "line_id"))["serials"] == ["S9"]


@pytest.mark.parametrize(("serials", "field"), [(("",), "serials[1]"), (("S1", "  "), "serials[2]")])
async def test_a_serial_number_that_is_blank_is_refused_by_its_place(
    shop: Shop, serials: tuple[str, ...], field: str
) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=2)
    refused = await shop.refusal(await picking(shop, order, *serials))

    assert (refused.code, refused.data["field"]) == ("invalid", field)
    assert await shop.units(order) == {"allocated": 2}


async def test_the_same_serial_twice_in_one_scan_is_refused_however_it_is_typed(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=2)
    refused = await shop.refusal(await picking(shop, order, "ab1", "AB1 "))
    assert (refused.code, refused.data["field"]) == ("invalid", "serials")


async def test_a_lot_is_kept_once_and_recalled_however_it_is_typed(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=2)
    for lot in ("L-7", " l-7 "):
        pick = msgspec.structs.replace(await picking(shop, order, "x"), serials=(), lot=lot, bin=" A1 ")
        await shop.ask(pick)

    item = await shop.one(order, "fulfillment_item", "line_id")
    assert (item["lots"], item["bin"]) == (["L-7"], "A1")
    for lot in ("L-7", "l-7", " L-7"):
        found = await orders_with_lot(shop.house.read, "MUG", lot)
        assert [(each.order_id, each.picked) for each in found] == [(order.id, 2)]


async def test_a_serial_number_is_found_by_its_index(shop: Shop) -> None:
    async with shop.house.pool.acquire() as db:
        await db.execute("SET enable_seqscan = off")
        plan = await db.fetch(f"EXPLAIN {SERIALS_SOLD.sql}", "MUG", ["s9"], UUID(int=1))
    assert any("fulfillment_item_serials_any_case" in row[0] for row in plan), plan
