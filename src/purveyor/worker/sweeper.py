"""Finds what is due (expired carts, hold deadlines, requests without an answer ...) and submits its commands."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

import asyncpg
import structlog

from purveyor.engine.committer import Committer
from purveyor.engine.work import SWEEPS, Outside, Sweep
from purveyor.ports.trouble import Trouble

log = structlog.get_logger()

AT_ONCE = 500
EXTEND_JOURNAL = "SELECT journal_partition((SELECT last_value FROM journal_seq) + 10000000)"


class Sweeper:
    """Runs every sweep in its time. Several sweepers do no harm: a due command has one key."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], committer: Committer, outside: Outside) -> None:
        self._pool = pool
        self._committer = committer
        self._outside = outside
        self._last: dict[str, datetime] = {}

    async def run(self, stopping: asyncio.Event, *, every_s: float = 1.0) -> None:
        """Sweep until told to stop."""
        while not stopping.is_set():
            try:
                await self.sweep_due()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, Trouble) as error:
                log.warning("sweep.failed", error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), every_s)

    async def sweep_due(self) -> int:
        """Run the sweeps whose time has come, by the clock. Answers how many commands they led to."""
        now = self._outside.clock.now()
        done = 0
        for sweep in SWEEPS:
            last = self._last.get(sweep.name)
            if last is None or (now - last).total_seconds() >= sweep.every_s:
                self._last[sweep.name] = now
                done += await self._sweep(sweep, now)
        if "journal" not in self._last or (now - self._last["journal"]).total_seconds() >= 3600:  # noqa: PLR2004
            self._last["journal"] = now
            await self._pool.execute(EXTEND_JOURNAL)
        return done

    async def _sweep(self, sweep: Sweep, now: datetime) -> int:
        done = 0
        while True:
            due = await sweep.find(self._outside.read, now, AT_ONCE)
            given = await asyncio.gather(
                *(
                    self._committer.submit(each.command, key=each.key, actor=f"system:{sweep.name}", at=now)
                    for each in due
                )
            )
            done += len(due)
            if len(due) < AT_ONCE or not any(each.accepted and not each.repeated for each in given):
                return done
