"""What is stuck, who must act, and whose time has come: on the real database."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import TypeAlias

import asyncpg

from purveyor.core.positions import BACKORDER
from purveyor.core.rows import Contact, Stock
from purveyor.core.state import Book, State
from purveyor.db.reader import Reader
from purveyor.engine.tables import table_of
from purveyor.stages.review.commands import (
    AllocateBackorders,
    ApplyDefaultChoice,
    ApplyHoldDeadline,
    HoldOrder,
    ReviewOrder,
)
from purveyor.stages.review.queries import (
    backorders_of_sku,
    choice_of_order,
    choices_past_deadline,
    holds_of_order,
    holds_past_deadline,
    open_holds,
    risk_of_order,
    servable_backorders,
)
from tests.pure import a_call, a_shop, do, later, order_id, placed

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
MOVE = (
    "INSERT INTO stock_move (sku, location, on_hand, allocated, held, reason, at) VALUES ($1, $2, $3, 0, 0, '', now())"
)
_minutes = itertools.count()


async def keep(pool: Pool, state: State) -> Reader:
    """Write down whatever is new in a shop in memory, and all of its stock."""
    for kind, rows in state.added.items():
        if kind is not Stock and kind is not Contact and rows:
            table = table_of(kind)
            await pool.copy_records_to_table(table.name, records=table.records(rows), columns=table.columns)
    state.added.clear()
    await pool.execute("TRUNCATE stock")
    table = table_of(Stock)
    stock = [row for rows in state.stock.values() for row in rows.values()]
    await pool.copy_records_to_table(table.name, records=table.records(stock), columns=table.columns)
    return Reader(pool)


def in_turn() -> datetime:
    """A time after the last one, so that ids are made in this order."""
    return later(seconds=next(_minutes))


def waiting(shop: State, quantity: int, **changes: object) -> Book:
    book = placed(shop, ("MUG", quantity), **changes)
    do(shop, ReviewOrder(order_id=order_id(book)), a_call(in_turn()))
    return book


def a_shop_without_mugs() -> State:
    shop = a_shop(MUG=0)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=50)
    return shop


async def served(read: Reader) -> list[AllocateBackorders]:
    return [due.command for due in await servable_backorders(read, later(), 100)]  # type: ignore[misc]


async def test_only_as_many_who_wait_are_served_as_the_stock_will_serve(pool: Pool) -> None:
    shop = a_shop_without_mugs()
    first, second, third = (waiting(shop, quantity) for quantity in (2, 2, 2))
    assert await served(await keep(pool, shop)) == []

    await pool.execute("UPDATE stock SET on_hand = 3 WHERE location = 'main'")
    await pool.execute(MOVE, "MUG", "main", 3)

    assert await served(Reader(pool)) == [AllocateBackorders(order_id=order_id(book)) for book in (first, second)]
    assert [line.order_id for line in await backorders_of_sku(Reader(pool), "MUG")] == [
        order_id(book) for book in (first, second, third)
    ]


async def test_every_movement_of_the_stock_is_a_reason_to_look_again(pool: Pool) -> None:
    shop = a_shop_without_mugs()
    waiting(shop, 1)
    read = await keep(pool, shop)
    await pool.execute("UPDATE stock SET on_hand = 1 WHERE location = 'main'")
    keys = set()
    for _ in range(2):
        await pool.execute(MOVE, "MUG", "main", 0)
        keys |= {due.key for due in await servable_backorders(read, later(), 100)}
        keys |= {due.key for due in await servable_backorders(read, later(minutes=1), 100)}

    assert len(keys) == 2


async def test_who_collects_waits_for_his_own_location_and_for_nobody_else(pool: Pool) -> None:
    shop = a_shop_without_mugs()
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 0)
    collects = waiting(shop, 1, method="collect", collect_at="shop")
    ships = waiting(shop, 1)
    read = await keep(pool, shop)

    await pool.execute("UPDATE stock SET on_hand = 1 WHERE location = 'main'")
    assert await served(read) == [AllocateBackorders(order_id=order_id(ships))]
    await pool.execute("UPDATE stock SET on_hand = 1 WHERE location = 'shop'")
    assert AllocateBackorders(order_id=order_id(collects)) in await served(read)


async def test_orders_that_are_held_for_want_of_stock_are_looked_at_again(pool: Pool) -> None:
    shop = a_shop(MUG=1)
    book = placed(shop, ("MUG", 1))
    shop.stock["MUG"]["main"].on_hand = 0
    do(shop, ReviewOrder(order_id=order_id(book)))
    read = await keep(pool, shop)
    assert await served(read) == []

    await pool.execute("UPDATE stock SET on_hand = 1 WHERE location = 'main'")
    assert await served(read) == [AllocateBackorders(order_id=order_id(book))]


async def test_what_is_stuck_is_listed_by_who_must_act(pool: Pool) -> None:
    shop = a_shop()
    books = []
    for each in ("address", "fraud", "address"):
        books.append(book := placed(shop, ("MUG", 1)))
        do(shop, HoldOrder(order_id=order_id(book), type=each, why="asked"), a_call(in_turn()))
    read = await keep(pool, shop)

    everything = await open_holds(read)
    assert [hold.order_id for hold in everything] == [order_id(book) for book in books]
    assert [hold.type for hold in await open_holds(read, owner="support")] == ["address", "address"]
    assert [hold.type for hold in await open_holds(read, type="fraud")] == ["fraud"]
    page = await open_holds(read, limit=2)
    rest = await open_holds(read, after=(page[-1].opened_at, page[-1].id))
    assert [*page, *rest] == everything
    assert [hold.type for hold in await holds_of_order(read, order_id(books[1]))] == ["fraud"]


async def test_deadlines_are_found_when_they_have_come(pool: Pool) -> None:
    shop = a_shop_without_mugs()
    book = placed(shop, ("MUG", 1))
    do(shop, HoldOrder(order_id=order_id(book), type="address", deadline_at=later(hours=72)))
    do(shop, ReviewOrder(order_id=order_id(book)))
    read = await keep(pool, shop)

    assert await holds_past_deadline(read, later(hours=71.9), 10) == []
    (due,) = await holds_past_deadline(read, later(hours=72), 10)
    assert isinstance(due.command, ApplyHoldDeadline)
    assert due.command.deadline_at == later(hours=72)
    assert await choices_past_deadline(read, later(hours=167), 10) == []
    (choice,) = await choices_past_deadline(read, later(hours=168), 10)
    assert choice.command == ApplyDefaultChoice(order_id=order_id(book), deadline_at=later(hours=168))
    seen = await choice_of_order(read, order_id(book))
    assert seen is not None
    assert (seen.default, seen.choice) == ("ship_available", "")


async def test_risk_is_shown_where_a_rule_spoke(pool: Pool) -> None:
    shop = a_shop(MUG=1_000)
    book = waiting(shop, 600)  # more than a usual shop sells of one
    read = await keep(pool, shop)

    seen = await risk_of_order(read, order_id(book))
    assert seen is not None
    assert (seen.score, seen.reasons) == (50, ["large order", "many of one"])
    assert await risk_of_order(read, a_call().ids.new()) is None
