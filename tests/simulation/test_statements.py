"""With all that follows from an order, a batch of a hundred asks the database as often as a batch of one."""

from __future__ import annotations

from datetime import UTC, datetime

from purveyor.core.money import Money
from purveyor.engine.answers import CommandResult
from purveyor.engine.committer import Committer
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.summary import summarize
from tests.engine.conftest import Now, in_one_batch
from tests.engine.test_batches import Watched
from tests.pure import an_order_for
from tests.simulation.mirror import Pool, shop_policies

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_committer(pool: Pool, numbers: int = 0) -> Committer:
    committer = Committer(pool, Now(), load_policies=shop_policies, summarize=summarize, runners=1)
    committer._numbers = list(range(numbers, numbers + 1_000)) if numbers else []
    return committer


async def statements_of(pool: Pool, orders: int) -> list[str]:
    watched = Watched(pool)
    committer = a_committer(watched, numbers=10_000 * orders)  # type: ignore[arg-type]
    asked = [(f"b{orders}-{n}", an_order_for(("MUG", 1), ("BOOK", 1), terms="invoice")) for n in range(orders)]
    given = await in_one_batch(committer, *asked)
    assert all(isinstance(each, CommandResult) and each.accepted for each in given)
    assert committer.batches == 1
    return watched.statements


async def test_a_hundred_orders_with_all_that_follows_take_as_many_statements_as_one(pool: Pool) -> None:
    async with a_committer(pool) as committer:
        products = tuple(
            ProductData(sku=sku, name=sku, kind=kind, price=Money(1_190, "EUR"), asset="x")  # type: ignore[arg-type]
            for sku, kind in (("MUG", "goods"), ("BOOK", "download"))
        )
        await committer.submit(SaveProducts(products=products), key="p", actor="staff:test")
        stock = (ReceivedItem(sku="MUG", location="main", quantity=1_000),)
        await committer.submit(ReceiveStock(items=stock), key="s", actor="staff:test")
    for warming_up in (2, 3):  # counters are made, types are looked up
        await statements_of(pool, warming_up)

    one = await statements_of(pool, 1)
    hundred = await statements_of(pool, 100)

    assert hundred == one
    assert len(one) < 60
