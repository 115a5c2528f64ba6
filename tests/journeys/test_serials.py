"""A serial number is one unit, and one unit is sold once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

import asyncpg
import msgspec
import pytest

from purveyor.db.pool import connect_pool
from purveyor.engine.committer import Committer
from purveyor.stages.picking.commands import ConfirmPick, UndoPick
from purveyor.stages.picking.decide.picks import SERIALS_SOLD
from purveyor.stages.picking.queries import orders_with_lot
from purveyor.summary import summarize
from purveyor.wiring import current_policies
from tests.journeys.shop import Placed, Shop

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
WAITING_WRITERS: Final = "SELECT count(*) FROM pg_locks WHERE relation = 'command_log'::regclass AND NOT granted"


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


@asynccontextmanager
async def elsewhere(shop: Shop, database: str) -> AsyncIterator[tuple[Committer, Pool]]:
    """A second process of the same shop."""
    pool = await connect_pool(database, 3)
    policies = partial(current_policies, zone=shop.house.settings.timezone)
    async with pool, Committer(pool, shop.clock, load_policies=policies, summarize=summarize) as committer:
        yield committer, pool


async def wait_for_writers(pool: Pool, count: int) -> None:
    """Until so many batches have decided everything and stand before the log of commands."""
    async with asyncio.timeout(60):
        while await pool.fetchval(WAITING_WRITERS) < count:  # noqa: ASYNC110 (a lock tells nobody that it is waited for)
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("other", ["S9", "s9"])
async def test_one_unit_that_two_processes_pick_at_once_is_sold_once(shop: Shop, database: str, other: str) -> None:
    await shop.receive("MUG", 10)
    first, second = await shop.order(MUG=2), await shop.order(MUG=2)
    picks = [await picking(shop, first, "S7", "S9"), await picking(shop, second, other, "S8")]
    async with elsewhere(shop, database) as (there, pool):
        committers = (shop.house.committer, there)
        async with pool.acquire() as db, db.transaction():
            await db.execute("LOCK TABLE command_log IN SHARE MODE")  # nobody commits before both have decided
            asked = [
                asyncio.create_task(committer.submit(pick, key=f"pick:{pick.order_id}", actor="staff:test"))
                for committer, pick in zip(committers, picks, strict=True)
            ]
            await wait_for_writers(pool, 2)
        answers = [given.answer for given in await asyncio.gather(*asked)]

    won, lost = sorted(range(2), key=lambda index: not answers[index].accepted)
    refusal = answers[lost].refusal
    orders = (first, second)
    assert answers[won].accepted
    assert refusal is not None
    assert (refusal.code, refusal.data["sku"]) == ("serial_sold", "MUG")
    assert refusal.data["serial"].lower() == "s9"
    assert await shop.units(orders[won]) == {"picked": 2}
    assert await shop.units(orders[lost]) == {"allocated": 2}


async def test_other_units_that_two_processes_pick_at_once_are_both_sold(shop: Shop, database: str) -> None:
    await shop.receive("MUG", 10)
    first, second = await shop.order(MUG=2), await shop.order(MUG=2)
    async with elsewhere(shop, database) as (there, _pool):
        given = await asyncio.gather(
            shop.house.committer.submit(await picking(shop, first, "S1", "S2"), key="here", actor="staff:test"),
            there.submit(await picking(shop, second, "S3", "S4"), key="there", actor="staff:test"),
        )

    assert [each.accepted for each in given] == [True, True]


async def test_what_was_sold_twice_before_stops_nobody_who_picks_another_unit(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    first, second = await shop.order(MUG=1), await shop.order(MUG=3)
    await shop.ask(await picking(shop, first, "S9"))
    await shop.ask(await picking(shop, second, "S8"))
    write = "UPDATE fulfillment_item SET serials = $2 WHERE order_id = $1"
    async with shop.house.pool.acquire() as db:
        async with db.transaction():
            await db.execute("SET LOCAL session_replication_role = replica")  # as before there was a trigger
            await db.execute(write, second.id, ["S9"])
        await db.execute(write, second.id, ["S9", "S7"])
        assert (await shop.one(second, "fulfillment_item", "line_id"))["serials"] == ["S9", "S7"]
        await db.execute(write, second.id, ["S8"])
        with pytest.raises(asyncpg.UniqueViolationError):
            await db.execute(write, second.id, ["S8", "s9"])


async def test_a_unit_that_was_put_back_may_be_sold_with_another_order(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    first, second = await shop.order(MUG=1), await shop.order(MUG=1)
    picked = await picking(shop, first, "S9")
    await shop.ask(picked)
    await shop.ask(
        UndoPick(order_id=first.id, fulfillment_id=picked.fulfillment_id, line_id=first.lines["MUG"], quantity=1)
    )
    await shop.ask(await picking(shop, second, "s9"))

    assert await shop.units(second) == {"picked": 1}


async def test_a_serial_number_is_found_by_its_index(shop: Shop) -> None:
    async with shop.house.pool.acquire() as db:
        await db.execute("SET enable_seqscan = off")
        plan = await db.fetch(f"EXPLAIN {SERIALS_SOLD.sql}", "MUG", ["s9"], UUID(int=1))
    assert any("fulfillment_item_serials_any_case" in row[0] for row in plan), plan
