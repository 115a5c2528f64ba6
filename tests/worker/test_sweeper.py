"""What is due is done, whatever fails beside it; what fails waits for a person, also after a restart."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.models import Job as QueuedJob
from pgqueuer.queries import Queries
from structlog.testing import LogCapture

from purveyor.adapters.clocks import SimulatedClock
from purveyor.cli.operations import work_until
from purveyor.core.messages import Call
from purveyor.core.registry import DECIDES, Decision
from purveyor.core.state import State
from purveyor.db import outages
from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, Sweep
from purveyor.ports.errors import TemporaryFailure
from purveyor.wiring import House
from purveyor.worker import sweeper as sweeper_module
from purveyor.worker.job_runner import JobRunner
from purveyor.worker.sweeper import Sweeper, SweepsFailed
from tests.engine.trial_commands import Count

COUNTED = "SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM counter"


def a_sweep(name: str, *due: Count, every_s: int = 10) -> Sweep:
    """Everything of it is always due."""

    async def find(_read: Reader, _now: datetime, limit: int) -> list[DueCommand]:
        return [DueCommand(f"{name}:{command.name}", command) for command in due][:limit]

    return Sweep(name, every_s, find)


def a_broken_sweep(name: str, error: Exception) -> Sweep:
    async def find(_read: Reader, _now: datetime, _limit: int) -> list[DueCommand]:
        raise error

    return Sweep(name, 10, find)


def a_sweeper(house: House) -> Sweeper:
    """As after a restart: it knows nothing."""
    return Sweeper(house.pool, house.committer, house.outside)


async def perform_all(house: House) -> None:
    """All jobs to their end, without waiting between attempts."""
    await house.pool.execute("UPDATE pgqueuer SET execute_after = now()")
    await JobRunner(house.pool, house.committer, house.outside, first_delay=timedelta(0)).drain()


async def needs_attention(house: House) -> list[QueuedJob]:
    return await Queries(AsyncpgPoolDriver(house.pool)).list_failed_jobs(limit=10)


BROKEN = Count(name="broken", breaks="decide")


async def test_one_due_command_with_a_bug_holds_nobody_back(house: House, sweeps: list[Sweep]) -> None:
    sweeps += [a_sweep("a.first", Count(name="a"), BROKEN, Count(name="b")), a_sweep("b.second", Count(name="c"))]

    with pytest.raises(SweepsFailed) as failed:
        await a_sweeper(house).sweep_due()

    assert [type(each) for each in failed.value.exceptions] == [ZeroDivisionError]
    assert await house.pool.fetchval(COUNTED) == ["a", "b", "c"]


async def test_what_fails_again_and_again_needs_attention_and_is_left_alone_until_somebody_retries_it(
    house: House, sweeps: list[Sweep], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def decide_and_note(state: State, command: Count, call: Call) -> Decision:
        asked.append(call.key)
        return decide(state, command, call)

    decide = DECIDES[Count]
    monkeypatch.setitem(DECIDES, Count, decide_and_note)  # type: ignore[misc]
    sweeps.append(a_sweep("a.first", BROKEN))
    with pytest.raises(SweepsFailed):
        await a_sweeper(house).sweep_due()
    await perform_all(house)
    (job,) = await needs_attention(house)
    assert job.entrypoint == "sweeps.carry_out"
    tries = len(asked)
    assert set(asked) == {"a.first:broken"}

    await a_sweeper(house).sweep_due()
    assert len(asked) == tries
    assert len(await needs_attention(house)) == 1

    mended: Any = lambda state, command, call: decide(state, Count(name=command.name), call)  # noqa: E731
    monkeypatch.setitem(DECIDES, Count, mended)  # type: ignore[misc]
    await Queries(AsyncpgPoolDriver(house.pool)).requeue_jobs([job.id])
    await perform_all(house)
    assert await needs_attention(house) == []
    assert await house.pool.fetchval(COUNTED) == ["broken"]
    assert await house.pool.fetchval("SELECT accepted FROM command_log WHERE key = 'a.first:broken'")


async def test_two_workers_put_one_command_aside_once(house: House, sweeps: list[Sweep]) -> None:
    sweeps.append(a_sweep("a.first", BROKEN))
    one, other = a_sweeper(house), a_sweeper(house)
    await other._aside.refresh()
    other._last["aside"] = house.outside.clock.now()
    for each in (one, other):
        with pytest.raises(SweepsFailed):
            await each.sweep_due()

    assert await house.pool.fetchval("SELECT count(*) FROM pgqueuer") == 1


@pytest.mark.parametrize("error", [OverflowError("date value out of range"), TypeError("no"), AssertionError()])
async def test_a_sweep_that_cannot_find_what_is_due_holds_no_other_back(
    house: House, sweeps: list[Sweep], clock: SimulatedClock, error: Exception
) -> None:
    sweeps += [a_broken_sweep("a.broken", error), a_sweep("b.whole", Count(name="b"))]
    sweeper = a_sweeper(house)
    for _ in range(3):
        with pytest.raises(SweepsFailed):
            await sweeper.sweep_due()
        clock.advance(timedelta(hours=2))
    assert await house.pool.fetchval(COUNTED) == ["b"]
    await perform_all(house)
    (job,) = await needs_attention(house)
    assert job.entrypoint == "sweeps.find_due"

    sweeps[0] = a_sweep("a.broken", Count(name="a"))
    clock.advance(timedelta(hours=2))
    await sweeper.sweep_due()
    assert await house.pool.fetchval(COUNTED) == ["a", "b"]


async def test_a_whole_page_that_leads_to_nothing_does_not_hide_what_stands_behind_it(
    house: House, sweeps: list[Sweep], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper_module, "AT_ONCE", 2)
    broken = [Count(name=f"broken{n}", breaks="decide") for n in range(3)]
    refused = [Count(name=f"refused{n}", by=0) for n in range(3)]
    sweeps.append(a_sweep("a.first", *broken, *refused, Count(name="behind")))
    sweeper = a_sweeper(house)
    with pytest.raises(SweepsFailed):
        await sweeper.sweep_due()

    assert await house.pool.fetchval(COUNTED) == ["behind"]


async def test_a_full_line_is_no_bug_and_the_others_have_their_turn(house: House, sweeps: list[Sweep]) -> None:
    sweeps += [a_broken_sweep("a.busy", TemporaryFailure("the line is full")), a_sweep("b.whole", Count(name="b"))]
    sweeper = a_sweeper(house)
    for _ in range(2):
        with pytest.raises(TemporaryFailure):
            await sweeper.sweep_due()

    assert await house.pool.fetchval(COUNTED) == ["b"]
    assert await house.pool.fetchval("SELECT count(*) FROM pgqueuer") == 0


async def test_a_clock_that_is_set_back_stops_no_sweep(
    house: House, sweeps: list[Sweep], clock: SimulatedClock
) -> None:
    rounds: list[datetime] = []

    async def find(_read: Reader, now: datetime, _limit: int) -> list[DueCommand]:
        rounds.append(now)
        return []

    sweeps.append(Sweep("a.counted", 60, find))
    sweeper = a_sweeper(house)
    for step in (0, 59, 1, -7_200, 59, 1):
        clock.advance(timedelta(seconds=step))
        await sweeper.sweep_due()

    assert len(rounds) == 4  # at the start, after a minute, when it was set back, and a minute later


async def _read_only(house: House, *, on: bool) -> None:
    """As a primary that became a replica, for every connection from now on."""
    async with house.pool.acquire() as db:
        name = await db.fetchval("SELECT current_database()")
        await db.execute("SET default_transaction_read_only = off")
        await db.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {"on" if on else "off"}')
    await house.pool.expire_connections()


async def test_a_database_that_only_reads_works_again_when_something_was_written(
    house: House, sweeps: list[Sweep], monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeps.append(a_sweep("a.first", Count(name="a")))
    monkeypatch.setattr(outages, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(outages, "LONGEST_PAUSE_S", 0.05)
    written = LogCapture()
    monkeypatch.setattr(outages, "log", structlog.wrap_logger(None, processors=[written]))
    rounds = [0]
    sweep_due = Sweeper.sweep_due

    async def counted(sweeper: Sweeper) -> int:
        rounds[0] += 1
        return await sweep_due(sweeper)

    monkeypatch.setattr(Sweeper, "sweep_due", counted)

    def said() -> list[str]:
        return [entry["event"] for entry in written.entries if entry.get("loop", "sweep.failed") == "sweep.failed"]

    await _read_only(house, on=True)
    stopping = asyncio.Event()
    working = asyncio.create_task(a_sweeper(house).run(stopping, every_s=0.01))
    async with asyncio.timeout(120):
        while rounds[0] < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert said() == ["sweep.failed"], "nothing was written, so nothing works again"
        await _read_only(house, on=False)
        while "works_again" not in said():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stopping.set()
    await working

    assert said() == ["sweep.failed", "works_again"]
    assert await house.pool.fetchval(COUNTED) == ["a"], "and what was due is done as soon as it does"


async def test_what_is_kept_by_the_hour_is_made_up_for_once_the_database_writes_again(
    house: House, sweeps: list[Sweep]
) -> None:
    assert sweeps == []
    old = "INSERT INTO command_log VALUES ('old', '', 'test', 'staff:test', $1, false, '{}')"
    await house.pool.execute(old, house.outside.clock.now() - timedelta(days=31))
    sweeper = a_sweeper(house)
    await _read_only(house, on=True)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await sweeper.sweep_due()
    await _read_only(house, on=False)

    await sweeper.sweep_due()
    assert await house.pool.fetchval("SELECT count(*) FROM command_log WHERE key = 'old'") == 0


async def test_a_loop_that_had_nothing_to_write_waits_ever_longer_while_nothing_can_be(house: House) -> None:
    outage = outages.Outage("queue.unreachable")
    assert await outage.end_if_writable(house.pool) == 0, "no outage, and no question"
    await _read_only(house, on=True)
    outage.begin(TimeoutError())
    waits = [await outage.end_if_writable(house.pool) for _ in range(6)]
    assert min(waits) > 0
    assert waits[-1] > waits[0]

    await _read_only(house, on=False)
    assert await outage.end_if_writable(house.pool) == 0


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.TargetServerAttributeNotMatched("no host is a primary"),
        asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is in progress"),
        asyncpg.ReadOnlySQLTransactionError("cannot execute INSERT in a read-only transaction"),
        asyncpg.InsufficientPrivilegeError("permission denied"),
        ConnectionRefusedError(),
        TimeoutError(),
        AssertionError("a bug"),
        RecursionError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_nothing_that_goes_wrong_ends_a_loop(
    house: House, sweeps: list[Sweep], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    sweeps.append(a_sweep("a.first", Count(name="a")))
    stopping = asyncio.Event()
    failures: list[str] = []

    def failing_first(kind: type, method: str) -> None:
        whole = getattr(kind, method)

        async def fail_then_work(*args: object) -> object:
            if failures.count(method) < 2:
                failures.append(method)
                raise error
            return await whole(*args)

        monkeypatch.setattr(kind, method, fail_then_work)

    failing_first(Sweeper, "sweep_due")
    failing_first(JobRunner, "run_batch")
    failing_first(type(house.webhook_dispatcher), "fill")
    failing_first(type(house.webhook_dispatcher), "_take")
    working = asyncio.create_task(work_until(house, stopping))
    async with asyncio.timeout(30):
        while await house.pool.fetchval(COUNTED) != ["a"] or len(failures) < 8:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    stopping.set()
    await working
