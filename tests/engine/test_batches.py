"""Many commands, one transaction: neighbours are left alone, statements do not grow with load, the line is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from purveyor.core.messages import Command, Job
from purveyor.core.positions import Posting, StockMove, UnitMove
from purveyor.core.state import State
from purveyor.engine.answers import CommandResult
from purveyor.engine.committer import Overloaded
from tests.engine.conftest import Follows, Pool, a_committer, in_one_batch
from tests.engine.trial_commands import Count, Counted, Ring, Touch, Touched
from tests.pure import an_order_for

Rows = Callable[[], Awaitable[dict[str, Any]]]


@pytest.mark.parametrize("breaks", ["decide", "apply", "refuse_in_apply"])
async def test_a_bug_in_one_command_leaves_its_neighbours_alone(shop: Pool, breaks: str) -> None:
    asked = [(f"k{n}", Count(name=f"c{n}", breaks=breaks if n == 3 else "")) for n in range(6)]

    given = await in_one_batch(a_committer(shop), *asked)

    assert [isinstance(each, CommandResult) for each in given] == [True, True, True, False, True, True]
    assert not isinstance(given[3], asyncio.CancelledError)
    assert await shop.fetchval("SELECT array_agg(name ORDER BY name) FROM counter") == ["c0", "c1", "c2", "c4", "c5"]
    assert await shop.fetchval("SELECT count(*) FROM command_log WHERE key = 'k3'") == 0


TOO_LONG = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(3_000))  # for an index row, however it is packed


@pytest.mark.parametrize(
    "poison",
    [Count(name=TOO_LONG), Count(name="much", by=2**63)],
    ids=["text too long for its index", "number past 2^63"],
)
@pytest.mark.parametrize("place", [0, 3, 5])
async def test_what_the_database_cannot_hold_hurts_nobody_but_its_command(
    shop: Pool, poison: Command, place: int, counted_rows: Rows
) -> None:
    asked: list[tuple[str, Command]] = [(f"k{n}", Count(name=f"c{n}")) for n in range(6)]
    asked[place] = (f"k{place}", poison)

    given = await in_one_batch(a_committer(shop), *asked)

    assert [isinstance(each, CommandResult) for each in given] == [n != place for n in range(6)]
    assert isinstance(given[place], asyncpg.PostgresError | OverflowError)
    names = {f"c{n}" for n in range(6) if n != place}
    assert set(await shop.fetchval("SELECT array_agg(name) FROM counter")) == names
    assert await shop.fetchval("SELECT count(*) FROM journal") == 5
    assert await shop.fetchval("SELECT count(*) FROM command_log WHERE key = $1", f"k{place}") == 0


async def test_what_cannot_be_written_is_found_in_few_commits(shop: Pool) -> None:
    asked: list[tuple[str, Command]] = [(f"k{n}", Count(name=f"c{n}")) for n in range(64)]
    asked[40] = ("k40", Count(name=TOO_LONG))
    committer = a_committer(shop)

    given = await in_one_batch(committer, *asked)

    assert [n for n, each in enumerate(given) if not isinstance(each, CommandResult)] == [40]
    assert committer.batches == 6  # 32, 16, 8, 4, 2, 1 of those that are right


async def test_a_key_that_the_database_cannot_hold_hurts_nobody_else(shop: Pool) -> None:
    given = await in_one_batch(
        a_committer(shop), ("a", Count(name="a")), ("b\x00", Count(name="b")), ("c", Count(name="c"))
    )

    assert [isinstance(each, CommandResult) for each in given] == [True, False, True]
    assert await shop.fetchval("SELECT array_agg(name ORDER BY name) FROM counter") == ["a", "c"]


async def test_a_fact_that_does_not_add_up_is_a_bug_and_is_rolled_back(shop: Pool, counted_rows: Rows) -> None:
    async with a_committer(shop) as committer:
        order = (await committer.submit(an_order_for(("MUG", 1)), key="o", actor="channel:web")).answer
        assert order.order_id is not None
        before = await counted_rows()
        bad = Touch(order_id=order.order_id, postings=(Posting("receivable", 1),))
        with pytest.raises(AssertionError, match="do not add up to zero"):
            await committer.submit(bad, key="bad", actor="staff:test")
        too_much = Touch(order_id=order.order_id, stock=(StockMove("MUG", "main", on_hand=-1_001),))
        with pytest.raises(AssertionError, match="-1 on hand"):
            await committer.submit(too_much, key="much", actor="staff:test")

    assert await counted_rows() == before


async def test_a_refusal_in_a_batch_is_the_answer_to_its_command_alone(shop: Pool) -> None:
    given = await in_one_batch(
        a_committer(shop), ("a", Count(name="a")), ("b", Count(name="b", by=0)), ("c", Count(name="c"))
    )

    assert [each.accepted for each in given if isinstance(each, CommandResult)] == [True, False, True]
    assert await shop.fetchval("SELECT array_agg(name ORDER BY name) FROM counter") == ["a", "c"]


def refuse_tens(fact: Counted, _state: State) -> Iterator[Command | Job]:
    if not fact.name.endswith("after"):
        yield Count(name=f"{fact.name} after", by=10 - fact.by)
        yield Ring(name=fact.name)


@pytest.mark.parametrize("neighbours", [0, 4])
async def test_a_refused_follow_up_undoes_its_root_command(shop: Pool, follows: Follows, neighbours: int) -> None:
    follows[Counted].append(refuse_tens)
    asked = [("root", Count(name="root", by=10)), *((f"k{n}", Count(name=f"c{n}")) for n in range(neighbours))]

    given = await in_one_batch(a_committer(shop), *asked)

    root = given[0]
    assert isinstance(root, CommandResult)
    assert root.answer.refusal is not None
    assert root.answer.refusal.code == "count_too_low"
    assert all(isinstance(each, CommandResult) and each.accepted for each in given[1:])
    assert await shop.fetchval("SELECT count(*) FROM counter WHERE name LIKE 'root%'") == 0
    assert await shop.fetchval("SELECT count(*) FROM counter") == 2 * neighbours
    assert await shop.fetchval("SELECT count(*) FROM journal WHERE key = 'root'") == 0
    assert await shop.fetchval("SELECT count(*) FROM pgqueuer") == neighbours
    assert await shop.fetchval("SELECT accepted FROM command_log WHERE key = 'root'") is False


async def test_what_follows_is_recorded_under_the_key_of_the_root(shop: Pool, follows: Follows) -> None:
    follows[Counted].append(refuse_tens)
    async with a_committer(shop) as committer:
        given = await committer.submit(Count(name="root", by=3), key="root", actor="staff:test")

    assert given.answer.facts == ("trial.counted", "trial.counted")
    assert await shop.fetchval("SELECT array_agg(value ORDER BY name) FROM counter") == [3, 7]
    assert await shop.fetchval("SELECT count(*) FROM journal WHERE key = 'root' AND actor = 'staff:test'") == 2


async def test_past_the_bound_of_the_line_callers_are_sent_away_and_nothing_is_half_done(shop: Pool) -> None:
    committer = a_committer(shop, max_waiting=3)
    tasks = [
        asyncio.create_task(committer.submit(Count(name=f"c{n}"), key=f"k{n}", actor="staff:test")) for n in range(5)
    ]
    await asyncio.sleep(0)
    async with committer:
        given = await asyncio.gather(*tasks, return_exceptions=True)

    assert [isinstance(each, Overloaded) for each in given] == [False, False, False, True, True]
    assert Overloaded.retry_after_s == 1
    assert await shop.fetchval("SELECT array_agg(name ORDER BY name) FROM counter") == ["c0", "c1", "c2"]


async def test_a_closed_committer_takes_nothing_more_but_finishes_its_line(shop: Pool) -> None:
    committer = a_committer(shop)
    assert all(isinstance(each, CommandResult) for each in await in_one_batch(committer, ("a", Count(name="a"))))
    with pytest.raises(Overloaded):
        await committer.submit(Count(name="b"), key="b", actor="staff:test")


async def test_a_batch_is_bounded_by_commands_and_by_rows(shop: Pool) -> None:
    committer = a_committer(shop, batch_commands=4, runners=1)
    await in_one_batch(committer, *((f"k{n}", Count(name=f"c{n}")) for n in range(10)))
    assert committer.batches == 3

    by_rows = a_committer(shop, batch_rows=30, runners=1)
    await in_one_batch(by_rows, *((f"o{n}", an_order_for(*[("MUG", 1)] * 10)) for n in range(5)))
    assert by_rows.batches == 5
    assert by_rows.commands == 5


class Watched:
    """A pool whose connections tell what they are asked."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.statements: list[str] = []

    @asynccontextmanager
    async def acquire(self, **options: Any) -> AsyncIterator[Any]:
        async with self._pool.acquire(**options) as connection:
            with connection.query_logger(self._note):
                yield connection

    def _note(self, record: Any) -> None:
        self.statements.append(" ".join(record.query.split())[:80])


async def statements_of(pool: Pool, orders: int) -> list[str]:
    """The statements of one batch of so many orders of three lines."""
    watched = Watched(pool)
    committer = a_committer(watched, runners=1)  # type: ignore[arg-type]
    committer._numbers = list(range(10_000 * orders, 10_000 * orders + 1_000))  # drawn before
    asked = [(f"b{orders}-{n}", an_order_for(("MUG", 1), ("TEE", 2), ("MUG", 1))) for n in range(orders)]
    given = await in_one_batch(committer, *asked)
    assert all(isinstance(each, CommandResult) and each.accepted for each in given)
    assert committer.batches == 1
    return watched.statements


async def test_a_batch_of_a_hundred_orders_takes_as_many_statements_as_one_order(shop: Pool, follows: Follows) -> None:
    from purveyor.stages.receipt.facts import OrderPlaced

    def ring(fact: OrderPlaced, _state: State) -> Iterator[Command | Job]:
        yield Count(name="orders")
        yield Ring(name=str(fact.number))

    follows[OrderPlaced].append(ring)
    for warming_up in (2, 3):  # the counter is made, types are looked up
        await statements_of(shop, warming_up)

    one = await statements_of(shop, 1)
    hundred = await statements_of(shop, 100)

    assert hundred == one
    assert len(one) < 25
    assert await shop.fetchval("SELECT value FROM counter") == 106
    assert await shop.fetchval("SELECT count(*) FROM pgqueuer") == 106


async def test_the_journal_has_facts_in_the_order_in_which_they_were_applied(shop: Pool, follows: Follows) -> None:
    """The first command waits for a row in the middle, and its neighbor, about the same order, for it."""

    def count(fact: Touched, _state: State) -> Iterator[Command | Job]:
        if fact.stock:
            yield Count(name="late")

    def touch_again(fact: Counted, state: State) -> Iterator[Command | Job]:
        (order_id,) = state.books
        yield Touch(order_id=order_id)

    follows[Touched].append(count)
    follows[Counted].append(touch_again)
    async with a_committer(shop) as committer:
        placed = (await committer.submit(an_order_for(("MUG", 5)), key="o", actor="channel:web")).answer
    assert placed.order_id is not None
    line_id = await shop.fetchval("SELECT id FROM line")
    one = (UnitMove(line_id, "MUG", "placed", "allocated", 1, "main"),)
    given = await in_one_batch(
        a_committer(shop, runners=1),
        ("slow", Touch(order_id=placed.order_id, moves=one, stock=(StockMove("MUG", "main", on_hand=1),))),
        ("quick", Touch(order_id=placed.order_id, moves=one)),
    )

    facts = await shop.fetch("SELECT order_version, key FROM journal WHERE order_id = $1 ORDER BY seq", placed.order_id)
    assert [tuple(fact) for fact in facts] == [(1, "o"), (2, "slow"), (3, "slow"), (4, "quick")]
    assert [each.answer.order_version for each in given if isinstance(each, CommandResult)] == [3, 4]
    assert await shop.fetchval("SELECT version FROM orders") == 4


async def test_a_command_that_waits_is_overtaken_and_the_journal_says_so(shop: Pool, follows: Follows) -> None:
    def count_both(fact: Counted, _state: State) -> Iterator[Command | Job]:
        if fact.name == "a":
            yield Count(name="late")
            yield Count(name="b")

    follows[Counted].append(count_both)
    await shop.execute("INSERT INTO counter VALUES ('a', 0), ('b', 0)")
    await in_one_batch(a_committer(shop, runners=1), ("slow", Count(name="a")), ("quick", Count(name="b")))

    facts = await shop.fetch("SELECT data ->> 'name', key FROM journal ORDER BY seq")
    assert [tuple(fact) for fact in facts] == [("a", "slow"), ("b", "quick"), ("late", "slow"), ("b", "slow")]
