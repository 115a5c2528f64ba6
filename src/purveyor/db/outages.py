"""When the database is away: what that looks like, how long a loop waits before it asks again, and who is told."""

from __future__ import annotations

import asyncio
import contextlib
from random import uniform
from time import monotonic

import asyncpg
import structlog

from purveyor.ports.errors import TemporaryFailure

log = structlog.get_logger()

#: What the driver and the server say when nothing is wrong with what was asked: the connection is cut or refused, the
#: server starts, ends, is full, or is a replica at this moment. Ask by `is_gone`, which knows the exceptions.
GONE = (
    OSError,  # and TimeoutError, which is one
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg may say of a connection that was cut in the middle of a statement, and when no host is a primary.
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
)
#: Writes a row as it is, and waits for nobody: a replica and a full disk refuse it.
WRITE = """
    UPDATE alembic_version SET version_num = version_num
     WHERE version_num IN (SELECT version_num FROM alembic_version FOR UPDATE SKIP LOCKED)
"""
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 5.0


def is_gone(error: BaseException) -> bool:
    """Whether the database is away, so that the same may succeed later. A wrong value or address is none of that."""
    return isinstance(error, GONE) and not isinstance(error, ValueError)


def may_pass(error: BaseException) -> bool:
    """Whether the same may succeed later: the database is away, or an outside system, or a line was full."""
    return is_gone(error) or isinstance(error, TemporaryFailure)


class Outage:
    """What a loop knows of its failures: one warning when they begin, one line when they are over.

    The pauses grow, and differ from process to process, so that a database that comes back is not met by all at once.
    """

    def __init__(self, event: str) -> None:
        """`event`: what cannot be done meanwhile, such as `queue.unreachable`."""
        self._event = event
        self._since: float | None = None
        self._said = ""
        self._failures = 0

    def begin(self, error: BaseException) -> float:
        """Take note of a failure; answers how many seconds to wait. A bug is logged whole, each kind of it once."""
        if self._since is None:
            self._since = monotonic()
        kind = type(error).__name__
        passes = may_pass(error)
        if passes and not self._said:
            self._said = kind
            log.warning(self._event, error=str(error) or kind, kind=kind)
        elif not passes and self._said != (said := f"{kind}: {error}"):
            self._said = said
            log.error("bug", loop=self._event, exc_info=error)
        self._failures += 1
        longest = min(FIRST_PAUSE_S * 2 ** min(self._failures - 1, 10), LONGEST_PAUSE_S)
        return uniform(longest / 2, longest)  # noqa: S311 (nothing secret)

    async def end_if_writable(self, pool: asyncpg.Pool[asyncpg.Record]) -> float:
        """Nothing has failed this time, maybe because nothing was to be done: it works once something can be written.

        Answers how many seconds to wait where it does not.
        """
        if self._since is not None:
            try:
                await pool.execute(WRITE)
            except Exception as error:  # noqa: BLE001 (it goes on as it began)
                return self.begin(error)
        self.end()
        return 0.0

    def end(self) -> None:
        """It works: say so if it did not."""
        if self._since is not None:
            after_s = round(monotonic() - self._since, 1)
            log.info("works_again", loop=self._event, after_s=after_s, failures=self._failures)
        self._since, self._said, self._failures = None, "", 0


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until it is told to stop."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
