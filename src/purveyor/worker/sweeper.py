"""Finds what is due (expired carts, hold deadlines, requests without an answer ...) and submits its commands."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

import asyncpg
import structlog

from purveyor.db.outages import Outage, is_gone, may_pass, pause
from purveyor.engine.answers import CommandResult
from purveyor.engine.committer import Committer
from purveyor.engine.jobs import SWEEPS, DueCommand, Ports, Sweep
from purveyor.insight.journal_seals import seal_journal
from purveyor.ports.errors import TemporaryFailure
from purveyor.worker.download_files import compare_files
from purveyor.worker.sweeps import FailedCommands

log = structlog.get_logger()
R = TypeVar("R")

AT_ONCE = 500
MOST_AT_ONCE = 64_000
LONGEST_BETWEEN_S = 3_600  # tries of a sweep that fails
EXTEND_JOURNAL = "SELECT journal_partition((SELECT last_value FROM journal_seq) + 320000000)"
EXTEND_EVERY_S = 3_600
# A refusal changes nothing, so nobody needs its first answer for ever; what was found in it may name somebody.
FORGET_REFUSALS = """
    DELETE FROM command_log WHERE key IN (
        SELECT key FROM command_log WHERE at < $1 AND NOT accepted ORDER BY at LIMIT 5000)
"""
REFUSALS_KEPT = timedelta(days=30)
FORGET_ENDED_JOBS = """
    -- Of a job that still waits for somebody, the log says what went wrong.
    DELETE FROM pgqueuer_log WHERE id IN (
        SELECT id FROM pgqueuer_log AS ended
         WHERE created < now() - interval '30 days'
           AND NOT EXISTS (SELECT FROM pgqueuer WHERE pgqueuer.id = ended.job_id)
      ORDER BY created LIMIT 50000)
"""
LEARN_EVERY_S = 60
SEAL_EVERY_S = 60
FILES_EVERY_S = 60


class SweepsFailed(ExceptionGroup[Exception]):
    """Bugs of a round. What failed is put aside, and the others were carried out."""


class Sweeper:
    """Runs every sweep in its time. Several sweepers do no harm: a due command has one key."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], committer: Committer, outside: Ports) -> None:
        self._pool = pool
        self._committer = committer
        self._outside = outside
        self._aside = FailedCommands(pool)
        self._last: dict[str, datetime] = {}
        self._failures: dict[str, int] = {}  # in a row, of each sweep

    async def run(self, stopping: asyncio.Event, *, every_s: float = 1.0) -> None:
        """Sweep until told to stop, whatever happens."""
        outage = Outage("sweep.failed")
        while not stopping.is_set():
            wait_s = every_s
            try:
                await self.sweep_due()
            except SweepsFailed:  # each is logged and put aside
                wait_s = max(await outage.end_if_writable(self._pool), every_s)
            except Exception as error:  # noqa: BLE001 (whatever it is, what is due is due again)
                wait_s = max(outage.begin(error), every_s)
            else:
                wait_s = max(await outage.end_if_writable(self._pool), every_s)
            await pause(stopping, wait_s)

    async def sweep_due(self) -> int:
        """Run the sweeps whose time has come, by the clock. Answers how many commands they led to.

        What fails is put aside, the others go on, and `SweepsFailed` says so at the end; a database that is away ends
        the round at once.
        """
        now = self._outside.clock.now()
        done = 0
        bugs: list[Exception] = []
        trouble: list[TemporaryFailure] = []
        if self._is_due("aside", LEARN_EVERY_S, now):
            await self._aside.refresh()
            self._last["aside"] = now
        if self._is_due("files", FILES_EVERY_S, now):  # before the sweep that lets go of who waits for them
            done += await self._once("files", now, compare_files(self._committer, self._outside, now))
        for sweep in SWEEPS:
            if self._is_due(sweep.name, sweep.every_s, now):
                self._last[sweep.name] = now
                try:
                    done += await self._sweep_alone(sweep, now, bugs)
                except TemporaryFailure as error:
                    trouble.append(error)
        if self._is_due("journal", EXTEND_EVERY_S, now):
            await self._once("journal", now, self._keep_journal(now))
        if self._is_due("seal", SEAL_EVERY_S, now):
            await self._once("seal", now, seal_journal(self._pool))
        if bugs:
            raise SweepsFailed("sweeps failed", bugs)
        if trouble:
            raise trouble[0]
        return done

    def _is_due(self, name: str, every_s: int, now: datetime) -> bool:
        """Whether its time has come. Where the clock was set back, nobody knows, and it has."""
        last = self._last.get(name)
        if last is None or now < last:
            return True
        between_s = min(every_s * 2 ** min(self._failures.get(name, 0), 10), max(every_s, LONGEST_BETWEEN_S))
        return bool((now - last).total_seconds() >= between_s)

    async def _keep_journal(self, now: datetime) -> None:
        await self._pool.execute(EXTEND_JOURNAL)
        await self._pool.execute(FORGET_REFUSALS, now - REFUSALS_KEPT)
        await self._pool.execute(FORGET_ENDED_JOBS)

    async def _once(self, name: str, now: datetime, work: Coroutine[Any, Any, R]) -> R:
        """Something that has its time like a sweep: where the database is away, it is due as soon as that is back."""
        self._last[name] = now
        try:
            return await work
        except Exception as error:
            if is_gone(error):
                del self._last[name]
            raise

    async def _sweep_alone(self, sweep: Sweep, now: datetime, bugs: list[Exception]) -> int:
        """One sweep, whose failure is no business of the others."""
        try:
            done = await self._sweep(sweep, now, bugs)
        except Exception as error:
            if may_pass(error):
                del self._last[sweep.name]  # the line was full, or the database is away: in the next round
                raise
            bugs.append(error)
            self._failures[sweep.name] = self._failures.get(sweep.name, 0) + 1
            await self._aside.put_sweep(sweep.name, error)
            return 0
        self._failures.pop(sweep.name, None)
        return done

    async def _sweep(self, sweep: Sweep, now: datetime, bugs: list[Exception]) -> int:
        """Carry out what is due. Where a whole page led to nothing, a longer one shows what stands behind it."""
        done = 0
        asked: set[str] = set()
        limit = AT_ONCE
        while True:
            due = await sweep.find(self._outside.read, now, limit)
            new = [each for each in due if each.key not in asked and not self._aside.has(each.key)]
            asked.update(each.key for each in new)
            given = await self._carry_out(sweep, new, now, bugs)
            done += len(new)
            if len(due) < limit:
                return done
            moved = any(each.accepted and not each.repeated for each in given)
            limit = AT_ONCE if moved else limit * 2
            if limit > MOST_AT_ONCE:
                return done

    async def _carry_out(
        self, sweep: Sweep, due: list[DueCommand], now: datetime, bugs: list[Exception]
    ) -> list[CommandResult]:
        """Submit commands side by side; those that fail are put aside. Raises when nothing can be done now."""
        ends = await asyncio.gather(
            *(self._committer.submit(each.command, key=each.key, actor=f"system:{sweep.name}", at=now) for each in due),
            return_exceptions=True,
        )
        failed: list[tuple[DueCommand, Exception]] = []
        trouble: list[BaseException] = []
        for each, end in zip(due, ends, strict=True):
            if isinstance(end, Exception) and not may_pass(end):
                failed.append((each, end))
            elif isinstance(end, BaseException):
                trouble.append(end)
        if failed:
            bugs.extend(error for _, error in failed)
            await self._aside.put(sweep.name, failed)
        if trouble:
            raise trouble[0]
        return [end for end in ends if isinstance(end, CommandResult)]
