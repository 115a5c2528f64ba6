"""The line: first come, first served, but nobody waits in a batch for the lock of another batch."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from purveyor.core.messages import Command
from purveyor.engine.submission_queue import Submission, SubmissionQueue
from tests.engine.conftest import Pool, a_committer
from tests.engine.trial_commands import Count, Touch
from tests.pure import an_order_for

ONE, TWO = UUID(int=1), UUID(int=2)


def waiting(key: str, order_id: UUID | None = None) -> Submission:
    command: Command = Touch(order_id=order_id) if order_id else Count(name=key)
    return Submission(command, key, "staff:test", datetime.now(UTC))


def keys(batch: list[Submission]) -> list[str]:
    return [each.key for each in batch]


async def test_commands_about_an_order_that_is_under_way_keep_their_place_in_the_line() -> None:
    line = SubmissionQueue(100)
    for key, order_id in (("a", ONE), ("b", ONE), ("c", TWO), ("d", None)):
        line.join(waiting(key, order_id))

    first = await line.batch(lambda _: 1, 1_000)
    second = await line.batch(lambda _: 10, 1_000)
    line.join(waiting("e", ONE))
    third = asyncio.create_task(line.batch(lambda _: 10, 1_000))
    await asyncio.sleep(0.01)

    assert (keys(first), keys(second)) == (["a"], ["c", "d"])
    assert not third.done()
    line.done(first)
    assert keys(await third) == ["b", "e"]


async def test_a_closed_line_serves_those_who_wait_for_an_order_before_it_ends() -> None:
    line = SubmissionQueue(100)
    line.join(waiting("a", ONE))
    line.join(waiting("b", ONE))
    first = await line.batch(lambda _: 1, 1_000)
    line.close()
    second = asyncio.create_task(line.batch(lambda _: 1, 1_000))
    await asyncio.sleep(0.01)
    assert not second.done()

    line.done(first)
    assert keys(await second) == ["b"]
    line.done(second.result())
    assert await line.batch(lambda _: 1, 1_000) == []


async def test_an_order_that_is_locked_elsewhere_holds_up_nobody_else(shop: Pool, elsewhere: Pool) -> None:
    async with a_committer(shop, runners=2) as committer:
        order_id = (await committer.submit(an_order_for(("MUG", 1)), key="o", actor="channel:web")).answer.order_id
        assert order_id is not None
        async with elsewhere.acquire() as holder, holder.transaction():
            await holder.execute("SELECT FROM orders FOR UPDATE")
            stuck = asyncio.create_task(committer.submit(Touch(order_id=order_id), key="t1", actor="staff:test"))
            await asyncio.sleep(0.05)
            after = asyncio.create_task(committer.submit(Touch(order_id=order_id), key="t2", actor="staff:test"))
            await asyncio.sleep(0.05)
            given = await asyncio.wait_for(committer.submit(Count(name="n"), key="n", actor="staff:test"), 5)
            assert given.accepted
            assert not stuck.done()
            assert not after.done()
        versions = [(await each).answer.order_version for each in (stuck, after)]

    assert versions == [2, 3]
