"""Books are kept between batches, and never believed against the database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from purveyor.core.messages import Command, Job
from purveyor.core.positions import UnitMove
from purveyor.core.registry import APPLIES
from purveyor.core.rows import Line, Order
from purveyor.core.state import State
from purveyor.engine import batch as batch_module
from purveyor.engine.answers import CommandResult
from purveyor.engine.committer import Committer
from purveyor.engine.order_cache import OrderCache
from purveyor.engine.tables import table_of
from tests.engine.conftest import Follows, Pool, a_committer
from tests.engine.test_batches import Watched
from tests.engine.trial_commands import Count, Touch, Touched
from tests.pure import an_order_for

LINES = "SELECT id FROM line WHERE order_id = $1"
READ_LINES = table_of(Line).select[:80]
READ_ORDERS = table_of(Order).select[:80]


async def placed(committer: Committer, key: str, quantity: int = 60) -> UUID:
    order_id = (await committer.submit(an_order_for(("MUG", quantity)), key=key, actor="channel:web")).answer.order_id
    assert order_id is not None
    return order_id


async def the_move(pool: Pool, order_id: UUID, quantity: int = 1) -> Touch:
    """Units of the only line of an order to the shelf."""
    line_id = await pool.fetchval(LINES, order_id)
    return Touch(order_id=order_id, moves=(UnitMove(line_id, "MUG", "placed", "allocated", quantity, "main"),))


async def ask(committer: Committer, command: Command, key: str) -> CommandResult:
    return await committer.submit(command, key=key, actor="staff:test")


def books_read(watched: Watched) -> int:
    """How often the lines of orders were read."""
    return sum(statement.startswith(READ_LINES) for statement in watched.statements)


async def test_the_rows_of_an_order_are_read_once_and_the_order_itself_each_time(shop: Pool) -> None:
    async with a_committer(shop) as elsewhere:
        order_id = await placed(elsewhere, "o")
    move = await the_move(shop, order_id)
    watched = Watched(shop)
    async with a_committer(watched) as committer:  # type: ignore[arg-type]
        for number in range(5):
            await ask(committer, move, f"k{number}")

    assert books_read(watched) == 1
    assert sum(statement.startswith(READ_ORDERS) for statement in watched.statements) == 5
    assert await shop.fetchval("SELECT allocated FROM line") == 5
    assert await shop.fetchval("SELECT version FROM orders") == 6


async def test_an_order_that_another_process_changed_is_read_anew(shop: Pool, elsewhere: Pool) -> None:
    watched = Watched(shop)
    async with a_committer(watched) as here, a_committer(elsewhere) as there:  # type: ignore[arg-type]
        order_id = await placed(here, "o")
        move = await the_move(shop, order_id)
        for number in range(10):
            await ask(here, move, f"here{number}")
            await ask(there, move, f"there{number}")

    assert books_read(watched) == 9  # all but the first, whose book was kept when the order was placed
    assert await shop.fetchval("SELECT allocated FROM line") == 20
    assert await shop.fetchval("SELECT quantity FROM allocation") == 20


async def test_two_processes_and_their_runners_never_use_stale_rows(shop: Pool, elsewhere: Pool) -> None:
    """Every command moves one unit, so a line, an allocation or a version that was out of date would not add up."""
    orders, moves = 12, 40
    async with a_committer(shop, batch_commands=5) as here, a_committer(elsewhere, batch_commands=7) as there:
        ids = [await placed(here if n % 2 else there, f"o{n}") for n in range(orders)]
        commands = [await the_move(shop, order_id) for order_id in ids]
        given = await asyncio.gather(
            *(
                ask((here, there)[(n * 7 + m * m) % 3 % 2], command, f"k{n}-{m}")
                for m in range(moves)
                for n, command in enumerate(commands)
            )
        )

    assert all(each.accepted for each in given)
    assert [tuple(row) for row in await shop.fetch("SELECT DISTINCT placed, allocated FROM line")] == [(20, 40)]
    assert await shop.fetchval("SELECT array_agg(DISTINCT quantity) FROM allocation") == [moves]
    versions = await shop.fetch("SELECT array_agg(order_version ORDER BY seq) FROM journal GROUP BY order_id")
    assert [row[0] for row in versions] == [list(range(1, moves + 2))] * orders


async def test_a_row_that_was_changed_behind_our_back_with_its_order_is_seen(shop: Pool) -> None:
    async with a_committer(shop) as committer:
        order_id = await placed(committer, "o")
        move = await the_move(shop, order_id, 60)
        async with shop.acquire() as db, db.transaction():
            await db.execute("UPDATE line SET quantity = 70, placed = 70")
            await db.execute("UPDATE orders SET reference = 'corrected by hand'")
        await ask(committer, move, "k")

    assert await shop.fetchval("SELECT placed FROM line") == 10


async def test_what_a_failed_batch_touched_is_forgotten(shop: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(state: State, fact: Touched, _stamp: Any) -> None:
        assert fact.order_id is not None
        for line in state.books[fact.order_id].lines.values():
            line.name = "spoiled"
        raise ZeroDivisionError("the row has a bug")

    async with a_committer(shop) as committer:
        order_id = await placed(committer, "o")
        move = await the_move(shop, order_id)
        with monkeypatch.context() as patch:
            patch.setitem(APPLIES, Touched, spoil)  # type: ignore[misc]
            with pytest.raises(ZeroDivisionError):
                await ask(committer, move, "bad")
        await ask(committer, move, "good")

    assert await shop.fetchval("SELECT name FROM line") == "MUG"
    assert await shop.fetchval("SELECT allocated FROM line") == 1


async def test_what_a_refused_follow_up_undid_is_forgotten(shop: Pool, follows: Follows) -> None:
    def refuse(fact: Touched, _state: State) -> Iterator[Command | Job]:
        if fact.why == "" and fact.moves[0].quantity > 1:
            yield Count(name="n", by=0)

    follows[Touched].append(refuse)
    async with a_committer(shop) as committer:
        order_id = await placed(committer, "o")
        refused = await ask(committer, await the_move(shop, order_id, 2), "two")
        await ask(committer, await the_move(shop, order_id, 1), "one")

    assert not refused.accepted
    assert await shop.fetchval("SELECT allocated FROM line") == 1
    assert await shop.fetchval("SELECT version FROM orders") == 2


async def test_a_batch_whose_transaction_is_rolled_back_leaves_nothing_behind(
    shop: Pool, elsewhere: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process takes the stock after this one has written its rows: it is rolled back and run again."""
    written = batch_module.write
    first = True

    async def write_late(*args: Any) -> dict[str, CommandResult]:
        nonlocal first
        if first:
            first = False
            await elsewhere.execute("UPDATE stock SET on_hand = 0 WHERE sku = 'MUG'")
        return await written(*args)

    async with a_committer(shop) as committer:
        order_id = await placed(committer, "o")
        move = await the_move(shop, order_id)
        monkeypatch.setattr("purveyor.engine.committer.write", write_late)
        with pytest.raises(AssertionError, match="0 on hand"):
            await ask(committer, move, "late")
        await elsewhere.execute("UPDATE stock SET on_hand = 60 WHERE sku = 'MUG'")
        await ask(committer, move, "again")

    assert await shop.fetchval("SELECT allocated FROM line") == 1
    assert await shop.fetchval("SELECT version FROM orders") == 2


async def test_a_preview_leaves_the_kept_book_as_it_is(shop: Pool) -> None:
    watched = Watched(shop)
    async with a_committer(watched) as committer:  # type: ignore[arg-type]
        order_id = await placed(committer, "o")
        move = await the_move(shop, order_id, 5)
        preview = await committer.preview(move, actor="staff:test")
        before = books_read(watched)
        await ask(committer, move, "k")

    assert preview.accepted
    assert books_read(watched) == before  # the preview read for itself
    assert await shop.fetchval("SELECT allocated FROM line") == 5


async def test_rows_of_an_order_cannot_change_without_a_fact(shop: Pool, follows: Follows) -> None:
    """A rule that changed the rows of another order than its fact is about would leave kept books stale."""
    async with a_committer(shop) as committer:
        one, other = await placed(committer, "a"), await placed(committer, "b")

        def meddle(_fact: Touched, state: State) -> Iterator[Command | Job]:
            for line in state.book(other).lines.values():
                line.name = "meddled"
            yield from ()

        follows[Touched].append(meddle)
        with pytest.raises(AssertionError, match=r"line of .* would change without a fact"):
            await ask(committer, Touch(order_id=one), "k")

    assert await shop.fetchval("SELECT array_agg(DISTINCT name) FROM line") == ["MUG"]
    assert await shop.fetchval("SELECT count(*) FROM journal") == 2


def a_book(number: int, lines: int) -> Any:
    state = State(complete=True)
    fields = dict.fromkeys(Order.__struct_fields__) | {"id": UUID(int=number), "parts": 0, "version": 1}
    book = state.open_book(Order(**fields))  # type: ignore[arg-type]
    for index in range(lines):
        values = dict.fromkeys(Line.__struct_fields__, 0) | {"id": UUID(int=index), "order_id": book.order.id}
        book.add(Line(**values))  # type: ignore[arg-type]
    return book, msgspec.structs.astuple(book.order)


def test_no_more_rows_are_kept_than_may_be_and_the_latest_stay() -> None:
    kept = OrderCache(10)
    books = [a_book(number, lines=2) for number in range(5)]
    for book, order in books:
        kept.put(book, order)

    assert kept.rows == 9
    found = [kept.take(book.order.id, order, State()) is not None for book, order in books]
    assert found == [False, False, True, True, True]
    assert kept.rows == 0


def test_a_book_is_taken_once_and_only_as_the_database_has_it() -> None:
    kept = OrderCache(10)
    book, order = a_book(1, lines=1)
    kept.put(book, order)
    later = (*order[:-2], 2, order[-1])
    assert kept.take(book.order.id, later, State()) is None
    assert kept.take(book.order.id, order, State()) is None  # dropped: it was out of date

    kept.put(book, order)
    assert kept.take(order[0], order, State()) is book
    assert kept.take(order[0], order, State()) is None  # in use


def test_a_book_larger_than_all_that_may_be_kept_is_not() -> None:
    kept = OrderCache(10)
    kept.put(*a_book(1, lines=20))
    assert kept.rows == 0
