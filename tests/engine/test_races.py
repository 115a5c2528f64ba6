"""Several processes on one database: nothing is sold twice, nobody waits for ever, nobody gets an error for it."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from purveyor.core.messages import Command, Job
from purveyor.core.positions import StockMove, UnitMove
from purveyor.core.state import State
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer
from purveyor.stages.receipt.commands import ReserveCart, ReserveItem
from purveyor.stages.receipt.facts import OrderPlaced
from tests.engine.conftest import Follows, Pool, a_committer
from tests.engine.trial_commands import Count, Reprice, Touch
from tests.pure import an_order_for


async def the_row(pool: Pool, query: str) -> tuple[Any, ...]:
    record = await pool.fetchrow(query)
    assert record is not None
    return tuple(record)


def allocate(fact: OrderPlaced, state: State) -> Iterator[Command | Job]:
    """What review does, in short: promise the stock at `main` to the order."""
    assert fact.order_id is not None
    moves = tuple(UnitMove(line.id, line.sku, "placed", "allocated", line.quantity, "main") for line in fact.lines)
    yield Touch(order_id=fact.order_id, moves=moves)


async def test_500_buyers_of_10_units_get_10_orders_and_490_refusals(
    shop: Pool, elsewhere: Pool, follows: Follows
) -> None:
    follows[OrderPlaced].append(allocate)
    await shop.execute("UPDATE stock SET on_hand = 10 WHERE sku = 'MUG'")
    async with a_committer(shop) as here, a_committer(elsewhere) as there:
        given = await asyncio.gather(
            *(
                (here if n % 2 else there).submit(an_order_for(("MUG", 1)), key=f"k{n}", actor="channel:web")
                for n in range(500)
            )
        )

    answers = Tally(each.answer.refusal.code if each.answer.refusal else "placed" for each in given)
    assert answers == {"placed": 10, "out_of_stock": 490}
    assert await shop.fetchval("SELECT count(*) FROM orders") == 10
    assert await the_row(shop, "SELECT on_hand, allocated, held FROM stock WHERE sku = 'MUG'") == (10, 10, 0)
    assert await shop.fetchval("SELECT count(*) FROM command_log WHERE NOT accepted") == 490


async def test_buyers_of_two_hot_products_in_either_order_never_lock_each_other_out(
    shop: Pool, elsewhere: Pool, follows: Follows
) -> None:
    follows[OrderPlaced].append(allocate)
    orders = [an_order_for(("MUG", 1), ("TEE", 1)), an_order_for(("TEE", 1), ("MUG", 1))]
    async with a_committer(shop, batch_commands=3) as here, a_committer(elsewhere, batch_commands=3) as there:
        given = await asyncio.gather(
            *(
                (here if n % 2 else there).submit(orders[n % 3 % 2], key=f"k{n}", actor="channel:web")
                for n in range(200)
            )
        )

    assert all(each.accepted for each in given)
    assert await the_row(shop, "SELECT min(allocated), max(allocated) FROM stock") == (200, 200)


async def test_carts_never_hold_more_than_there_is(shop: Pool, elsewhere: Pool) -> None:
    await shop.execute("UPDATE stock SET on_hand = 10 WHERE sku = 'MUG'")
    async with a_committer(shop, batch_commands=5) as here, a_committer(elsewhere, batch_commands=5) as there:
        given = await asyncio.gather(
            *(
                (here if n % 2 else there).submit(
                    ReserveCart(cart_id=UUID(int=n), items=(ReserveItem(sku="MUG", quantity=1),)),
                    key=f"k{n}",
                    actor="customer:web",
                )
                for n in range(60)
            )
        )

    assert sum(each.accepted for each in given) == 10
    assert await shop.fetchval("SELECT held FROM stock WHERE sku = 'MUG'") == 10


async def test_two_processes_take_turns_on_one_order(shop: Pool, elsewhere: Pool) -> None:
    async with a_committer(shop, batch_commands=2) as here, a_committer(elsewhere, batch_commands=2) as there:
        placed = await here.submit(an_order_for(("MUG", 60)), key="o", actor="channel:web")
        order_id = placed.answer.order_id
        assert order_id is not None
        line_id = await shop.fetchval("SELECT id FROM line")
        one = (UnitMove(line_id, "MUG", "placed", "allocated", 1, "main"),)
        given = await asyncio.gather(
            *(
                (here if n % 2 else there).submit(Touch(order_id=order_id, moves=one), key=f"k{n}", actor="staff:test")
                for n in range(60)
            )
        )

    assert sorted(each.answer.order_version for each in given) == list(range(2, 62))
    assert await the_row(shop, "SELECT placed, allocated FROM line") == (0, 60)
    assert await shop.fetchval("SELECT quantity FROM allocation") == 60
    assert await the_row(shop, "SELECT on_hand, allocated FROM stock WHERE sku = 'MUG'") == (1_000, 60)
    versions = await shop.fetch("SELECT order_version FROM journal WHERE order_id = $1 ORDER BY seq", order_id)
    assert [version for (version,) in versions] == list(range(1, 62))


async def test_a_number_without_gaps_is_given_out_once_by_two_processes(shop: Pool, elsewhere: Pool) -> None:
    async with a_committer(shop, batch_commands=2) as here, a_committer(elsewhere, batch_commands=2) as there:
        given = await asyncio.gather(
            *((here if n % 2 else there).submit(Count(name="n"), key=f"k{n}", actor="staff:test") for n in range(80))
        )

    assert all(each.accepted for each in given)
    assert await shop.fetchval("SELECT value FROM counter") == 80


async def test_stock_that_comes_in_is_added_to_what_others_took(shop: Pool, elsewhere: Pool) -> None:
    async with a_committer(shop, batch_commands=2) as here, a_committer(elsewhere, batch_commands=2) as there:
        placed = await here.submit(an_order_for(("MUG", 50)), key="o", actor="channel:web")
        order_id = placed.answer.order_id
        assert order_id is not None
        line_id = await shop.fetchval("SELECT id FROM line")
        more = Touch(order_id=order_id, stock=(StockMove("MUG", "main", on_hand=10),))
        claim = Touch(order_id=order_id, moves=(UnitMove(line_id, "MUG", "placed", "allocated", 1, "main"),))
        await asyncio.gather(
            *(
                (here if n % 2 else there).submit(more if n % 2 else claim, key=f"k{n}", actor="staff:test")
                for n in range(40)
            )
        )

    assert await the_row(shop, "SELECT on_hand, allocated FROM stock WHERE sku = 'MUG'") == (1_200, 20)
    assert await the_row(shop, "SELECT sum(on_hand), sum(allocated) FROM stock_move") == (200, 20)


async def test_a_row_that_is_read_without_a_lock_loses_no_change(shop: Pool, elsewhere: Pool) -> None:
    async with a_committer(shop, batch_commands=2) as here, a_committer(elsewhere, batch_commands=2) as there:
        given = await asyncio.gather(
            *(
                (here if n % 2 else there).submit(Reprice(sku="MUG", by_minor=1), key=f"k{n}", actor="staff:test")
                for n in range(60)
            )
        )

    assert all(each.accepted for each in given)
    assert await shop.fetchval("SELECT price_minor FROM product WHERE sku = 'MUG'") == 1_190 + 60


@pytest.mark.parametrize("other", ["C{n}", "c{n}"], ids=["the same", "in small letters"])
async def test_a_customer_number_is_given_to_one_and_the_other_is_told(shop: Pool, elsewhere: Pool, other: str) -> None:
    ann, ben = CustomerAddress(name="Ann", country="DE"), CustomerAddress(name="Ben", country="DE")
    async with a_committer(shop, batch_commands=2) as here, a_committer(elsewhere, batch_commands=2) as there:
        given = await asyncio.gather(
            *(
                each
                for n in range(40)
                for each in (
                    here.submit(RegisterCustomer(number=f"C{n}", address=ann), key=f"a{n}", actor="staff:ann"),
                    there.submit(
                        RegisterCustomer(number=other.format(n=n), address=ben), key=f"b{n}", actor="staff:ben"
                    ),
                )
            )
        )

    pairs = list(zip(given[::2], given[1::2], strict=True))
    assert all(one.accepted != two.accepted for one, two in pairs)
    refused = [each.answer.refusal for each in given if each.answer.refusal]
    assert {each.code for each in refused} == {"number_taken"}
    assert await the_row(shop, "SELECT count(*), count(DISTINCT lower(number)) FROM customer") == (40, 40)
    assert await shop.fetchval("SELECT count(*) FROM contact") == 40
