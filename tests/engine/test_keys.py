"""One key, one effect, one answer: in a batch, in two batches, in two processes, fifty times at once."""

from __future__ import annotations

import asyncio

import pytest

from purveyor.engine.answers import CommandResult
from tests.engine.conftest import Pool, a_committer, in_one_batch
from tests.engine.trial_commands import Count
from tests.pure import an_order_for

ORDER = an_order_for(("MUG", 2), ("TEE", 1))


async def orders(pool: Pool) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM orders")
    return count


async def test_the_same_key_in_one_batch_places_one_order_and_is_answered_twice(shop: Pool) -> None:
    first, second = await in_one_batch(committer := a_committer(shop), ("k", ORDER), ("k", ORDER))

    assert isinstance(first, CommandResult)
    assert isinstance(second, CommandResult)
    assert first.accepted
    assert first.body == second.body
    assert (first.repeated, second.repeated) == (False, True)
    assert await orders(shop) == 1
    assert committer.commands == 1


async def test_the_same_key_later_gets_the_first_answer_to_the_letter(shop: Pool) -> None:
    async with a_committer(shop) as committer:
        first = await committer.submit(ORDER, key="k", actor="channel:web")
        second = await committer.submit(ORDER, key="k", actor="channel:web")

    assert first.body == second.body
    assert second.repeated
    assert await orders(shop) == 1


async def test_the_same_key_in_two_processes_at_once_places_one_order(shop: Pool, elsewhere: Pool) -> None:
    async with a_committer(shop) as here, a_committer(elsewhere) as there:
        for round_ in range(10):
            first, second = await asyncio.gather(
                here.submit(ORDER, key=f"k{round_}", actor="channel:web"),
                there.submit(ORDER, key=f"k{round_}", actor="channel:web"),
            )
            assert first.body == second.body
            assert await orders(shop) == round_ + 1


async def test_fifty_copies_at_once_place_one_order_and_get_fifty_equal_answers(shop: Pool, elsewhere: Pool) -> None:
    async with a_committer(shop) as here, a_committer(elsewhere) as there:
        given = await asyncio.gather(
            *((here if n % 2 else there).submit(ORDER, key="k", actor="channel:web") for n in range(50))
        )

    assert len({each.body for each in given}) == 1
    assert given[0].accepted
    assert await orders(shop) == 1
    assert await shop.fetchval("SELECT count(*) FROM journal") == 1
    assert await shop.fetchval("SELECT count(*) FROM command_log") == 1


async def test_a_refusal_is_kept_as_well_even_when_it_would_be_accepted_by_now(shop: Pool, elsewhere: Pool) -> None:
    too_many = an_order_for(("MUG", 1_001))
    async with a_committer(shop) as here, a_committer(elsewhere) as there:
        given = await asyncio.gather(
            *((here if n % 2 else there).submit(too_many, key="k", actor="channel:web") for n in range(50))
        )
        await shop.execute("UPDATE stock SET on_hand = 2000")
        given.append(await here.submit(too_many, key="k", actor="channel:web"))

    assert len({each.body for each in given}) == 1
    answer = given[0].answer
    assert answer.refusal is not None
    assert answer.refusal.code == "out_of_stock"
    assert answer.refusal.data["available"] == 1_000
    assert await orders(shop) == 0


@pytest.mark.parametrize("at_once", [True, False])
async def test_the_same_key_with_another_body_is_refused_and_changes_nothing(shop: Pool, at_once: bool) -> None:
    other = an_order_for(("MUG", 3))
    if at_once:
        first, second = await in_one_batch(a_committer(shop), ("k", ORDER), ("k", other))
    else:
        async with a_committer(shop) as committer:
            first = await committer.submit(ORDER, key="k", actor="channel:web")
            second = await committer.submit(other, key="k", actor="channel:web")

    assert isinstance(first, CommandResult)
    assert isinstance(second, CommandResult)
    assert first.accepted
    assert second.answer.refusal is not None
    assert second.answer.refusal.code == "key_reused"
    assert second.answer.refusal.status == 422
    assert await orders(shop) == 1
    assert await shop.fetchval("SELECT count(*) FROM command_log") == 1


async def test_another_process_with_another_body_is_refused_too(shop: Pool, elsewhere: Pool) -> None:
    other = an_order_for(("MUG", 3))
    async with a_committer(shop) as here, a_committer(elsewhere) as there:
        given = await asyncio.gather(
            here.submit(ORDER, key="k", actor="channel:web"), there.submit(other, key="k", actor="channel:web")
        )

    assert sorted(each.accepted for each in given) == [False, True]
    assert await orders(shop) == 1


async def test_a_copy_is_answered_although_the_first_asker_went_away(shop: Pool) -> None:
    committer = a_committer(shop)
    first = asyncio.create_task(committer.submit(ORDER, key="k", actor="channel:web"))
    second = asyncio.create_task(committer.submit(ORDER, key="k", actor="channel:web"))
    held = await shop.acquire()
    lock = held.transaction()
    await lock.start()
    await held.execute("LOCK TABLE command_log")
    async with committer:
        await asyncio.sleep(0.05)  # both are in the batch by now, and it waits for the lock
        first.cancel()
        await asyncio.sleep(0)
        await lock.rollback()
        await shop.release(held)
        given = await asyncio.wait_for(second, 5)

    assert given.accepted
    assert await orders(shop) == 1


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_has_1_to_255_characters(shop: Pool, key: str) -> None:
    async with a_committer(shop) as committer:
        with pytest.raises(ValueError, match="1 to 255"):
            await committer.submit(Count(name="x"), key=key, actor="staff:test")
        await committer.submit(Count(name="x"), key="k" * 255, actor="staff:test")

    assert await shop.fetchval("SELECT value FROM counter") == 1
