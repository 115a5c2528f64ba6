"""What is taken from the queue, by whom, and when it is due again."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

from pgqueuer.models import Job as QueuedJob
from pgqueuer.types import QueueManagerId

from purveyor.engine.job_queue import enqueue
from purveyor.wiring import House
from purveyor.worker import queue
from purveyor.worker.sweeper import FORGET_ENDED_JOBS
from tests.engine.trial_commands import Ring
from tests.plans import steps_of

SILENT_FOR = timedelta(seconds=30)


async def put(house: House, *names: str) -> None:
    async with house.pool.acquire() as db, db.transaction():
        await enqueue(db, [(name, Ring(name=name)) for name in names])


async def taken(house: House, most: int = 10, kinds: tuple[str, ...] = (Ring.kind(),)) -> list[QueuedJob]:
    return await queue.take(house.pool, most, kinds, QueueManagerId(uuid4()), silent_for=SILENT_FOR)


async def test_a_job_is_taken_once_the_oldest_first(house: House) -> None:
    await put(house, "a", "b", "c")

    first, second = await taken(house, most=2), await taken(house, most=2)

    assert (len(first), len(second)) == (2, 1)
    assert [job.status for job in (*first, *second)] == ["picked"] * 3
    assert [job.id for job in (*first, *second)] == sorted({job.id for job in (*first, *second)})
    assert await taken(house) == []


async def test_what_is_more_urgent_comes_first(house: House) -> None:
    await put(house, "a", "b")
    await house.pool.execute("UPDATE pgqueuer SET priority = 1 WHERE id = (SELECT max(id) FROM pgqueuer)")

    (job,) = await taken(house, most=1)

    assert job.priority == 1


async def test_what_is_not_due_and_what_nobody_here_can_do_is_left_alone(house: House) -> None:
    await put(house, "a")

    assert await taken(house, kinds=("something.else",)) == []
    await house.pool.execute("UPDATE pgqueuer SET execute_after = now() + interval '1 minute'")
    assert await taken(house) == []


async def test_what_a_worker_has_left_behind_is_due_again_when_nothing_was_heard_of_it(house: House) -> None:
    await put(house, "a")
    (job,) = await taken(house)

    assert await taken(house) == []
    await house.pool.execute("UPDATE pgqueuer SET heartbeat = now() - $1::interval", SILENT_FOR + SILENT_FOR)
    (again,) = await taken(house)

    assert again.id == job.id
    assert again.queue_manager_id != job.queue_manager_id


async def test_what_is_done_leaves_the_queue_for_its_log(house: House) -> None:
    await put(house, "a", "b")
    jobs = await taken(house)

    await queue.done(house.pool, jobs)

    assert await house.pool.fetchval("SELECT count(*) FROM pgqueuer") == 0
    logged = await house.pool.fetch("SELECT job_id, status::text, entrypoint FROM pgqueuer_log ORDER BY job_id")
    assert [tuple(row) for row in logged] == [(job.id, "successful", Ring.kind()) for job in jobs]


async def test_the_next_jobs_of_a_long_line_are_found_by_an_index(house: House) -> None:
    async with house.pool.acquire() as db, db.transaction():
        # The line is empty here: reading and sorting all of it would be best.
        await db.execute("SET LOCAL enable_seqscan = off")
        await db.execute("SET LOCAL enable_sort = off")
        (plan,) = json.loads(
            await db.fetchval(
                f"EXPLAIN (FORMAT JSON) {queue.TAKE}", 250, [Ring.kind()], SILENT_FOR, QueueManagerId(uuid4())
            )
        )
    due = next(each for each in steps_of(plan["Plan"]) if each.get("Subplan Name") == "CTE due")

    assert [each["Node Type"] for each in steps_of(due)] == ["Limit", "LockRows", "Index Scan"]  # and nothing is sorted


async def test_the_log_of_what_has_ended_is_kept_a_month_and_longer_for_who_still_waits(house: House) -> None:
    await put(house, "a")
    (job,) = await taken(house)
    old = "now() - interval '31 days'"
    await house.pool.execute(
        f"""INSERT INTO pgqueuer_log (created, job_id, status, entrypoint, priority)
            VALUES ({old}, $1, 'exception', 'x', 0), ({old}, 900001, 'successful', 'x', 0),
                   (now(), 900002, 'successful', 'x', 0)""",
        job.id,
    )

    await house.pool.execute(FORGET_ENDED_JOBS)

    left = await house.pool.fetch("SELECT job_id FROM pgqueuer_log WHERE entrypoint = 'x' ORDER BY job_id")
    assert [number for (number,) in left] == [job.id, 900002]
