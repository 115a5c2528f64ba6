"""The one way in: takes waiting commands in batches, and makes each batch one transaction.

    look up keys -> load -> decide, apply, follow (again while something is missing) -> write -> COMMIT -> answer

A quiet system commits one command at a time; a busy one gets cheaper per command as load grows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import structlog

from purveyor.core.ids import uuid7
from purveyor.core.messages import Command
from purveyor.core.policies import Policies
from purveyor.core.state import State
from purveyor.core.validation import check
from purveyor.db.outages import is_gone
from purveyor.engine.answers import CommandResult, Preview
from purveyor.engine.batch import Alone, Decided, Summarize, decide, look_up, write
from purveyor.engine.job_queue import QueuedPayload
from purveyor.engine.order_cache import OrderCache
from purveyor.engine.preview import preview_command
from purveyor.engine.sensitive_fields import is_ours
from purveyor.engine.submission_queue import LONGEST_KEY, Overloaded, Submission, SubmissionQueue, Undecided
from purveyor.engine.unit_of_work import Connection, RowChanged, StockTaken, UnitOfWork
from purveyor.ports.clock import Clock

__all__ = ["LONGEST_KEY", "Committer", "Overloaded", "QueuedPayload", "Undecided"]

log = structlog.get_logger()

NUMBERS_AT_ONCE = 100  # the increment of the sequence `order_number`
MOST_ATTEMPTS = 8
WORTH_SHARING = 64  # commands: a shorter line makes one batch, because each statement costs more than some commands
# What may pass if the batch is run again: somebody else was quicker.
AGAIN = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
    asyncpg.CheckViolationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    RowChanged,
    StockTaken,
)


class Committer:
    """Group commit for one process.

    `runners` batches may be under way at once: while one waits for the database, the next is decided.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        clock: Clock,
        *,
        load_policies: Callable[[Connection], Any],
        summarize: Summarize,
        runners: int = 2,
        batch_commands: int = 256,
        batch_rows: int = 20_000,
        max_waiting: int = 10_000,
        kept_rows: int = 20_000,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._load_policies = load_policies
        self._summarize = summarize
        self._runners = runners
        self._batch_commands = batch_commands
        self._batch_rows = batch_rows
        self._line = SubmissionQueue(max_waiting)
        self._kept = OrderCache(kept_rows)
        self._tasks: list[asyncio.Task[None]] = []
        self._numbers: list[int] = []
        self._idle = runners
        self._policies: Policies | None = None
        self._policies_at = 0.0
        self.batches = 0
        self.commands = 0
        # Bits for the ids of a call by its key, 54 of them, where they must be the same in every run (simulation).
        self.entropy: Callable[[str], int] | None = None

    async def __aenter__(self) -> Committer:
        self._tasks = [asyncio.create_task(self._run(), name=f"committer-{n}") for n in range(self._runners)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._line.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def waiting(self) -> int:
        return len(self._line)

    # asking

    async def submit(self, command: Command, *, key: str, actor: str, at: datetime | None = None) -> CommandResult:
        """Carry out a command, once for its key, and answer.

        Raises `Invalid` for a value out of its bounds, `Overloaded` when the line is full, and `Undecided` when the
        database cannot be reached; all of them leave nothing half done. Any other exception is a bug, and the command
        has changed nothing.
        """
        return await self.join(command, key=key, actor=actor, at=at)

    def join(
        self, command: Command, *, key: str, actor: str, at: datetime | None = None
    ) -> asyncio.Future[CommandResult]:
        """The same for who has several commands, and waits for their answers afterwards. It is in the line at once."""
        body = check(command, may_refer=is_ours(actor))
        if not 0 < len(key) <= LONGEST_KEY:
            message = f"an idempotency key has 1 to {LONGEST_KEY} characters, this one {len(key)}"
            raise ValueError(message)
        if self._line.is_full:
            raise Overloaded("too many commands are waiting")
        waiting = Submission(command, key, actor, at or self._clock.now(), body)
        if self.entropy is not None:
            waiting.seed = uuid7(int(waiting.at.timestamp() * 1000), self.entropy(key) << 20)
        self._line.join(waiting)
        return waiting.future

    async def preview(self, command: Command, *, actor: str, at: datetime | None = None) -> Preview:
        """Decide a command and all that follows, answer what would happen, and do nothing of it."""
        check(command, may_refer=is_ours(actor))
        waiting = Submission(command, "preview", actor, at or self._clock.now())
        async with self._pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
            return await preview_command(db, await self._current_policies(db, fresh=True), command, waiting.call)

    # the line

    async def _run(self) -> None:
        while batch := await self._line.batch(self._share, self._batch_rows):
            self._idle -= 1
            try:
                await self._settle(batch)
            except Exception as error:  # noqa: BLE001 (whatever it is, nobody may be left waiting)
                for waiting in batch:
                    waiting.fail(error)
            finally:
                self._idle += 1
                self._line.done(batch)
            await asyncio.sleep(0)  # those who were answered may have more to ask, and share the next batch

    def _share(self, waiting: int) -> int:
        """How many commands one batch takes: a long line is shared with the runners that are idle.

        So one of them decides while the other's database works.
        """
        return min(self._batch_commands, max(-(-waiting // self._idle), WORTH_SHARING))

    async def _settle(self, batch: list[Submission]) -> None:
        """Commit a batch, again where that can help; in halves where a command spoils it, until that one is alone.

        So one of 256 costs its neighbors some sixteen commits instead of 256.
        """
        try:
            await self._commit_again(batch)
        except Alone as alone:
            if len(batch) == 1:
                cause = alone.__cause__ or alone
                log.error("bug", command=batch[0].command.kind(), key=batch[0].key, exc_info=cause)  # noqa: TRY400
                batch[0].fail(cause)
                return
            middle = len(batch) // 2
            await self._settle(batch[:middle])
            await self._settle(batch[middle:])

    async def _commit_again(self, batch: list[Submission]) -> None:
        careful = False
        for attempt in range(MOST_ATTEMPTS):
            last = attempt == MOST_ATTEMPTS - 1
            try:
                async with self._pool.acquire(timeout=10) as db:
                    answers = await self._commit(db, batch, careful=careful)
            except AGAIN as again:
                if last:
                    raise Alone from again
                careful = True
            except Exception as error:  # noqa: BLE001 (what is no outage is raised again)
                await self._lost(error)
                if last:
                    for waiting in batch:
                        waiting.fail(Undecided(str(error)))
                    return
                await asyncio.sleep(min(0.05 * 2**attempt, 2))
            else:
                for waiting, given in zip(batch, answers, strict=True):
                    waiting.answer(given)
                return

    async def _lost(self, error: Exception) -> None:
        """The database is away. The commit may or may not have happened: the keys tell when the batch is run again.

        Raises `Alone` for anything else, such as a value that cannot be written.
        """
        if isinstance(error, Alone):
            raise error
        if not is_gone(error):
            raise Alone from error
        self._kept.clear()
        if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
            # What was the primary when the connections were opened only reads by now: all of them are opened anew.
            await self._pool.expire_connections()

    async def _commit(self, db: Connection, batch: Sequence[Submission], *, careful: bool) -> list[CommandResult]:
        """One transaction for a batch. Its books are kept only when all of it has been committed."""
        await self._draw_numbers(db, batch)
        unit = UnitOfWork(db, State(await self._current_policies(db)), careful=careful, kept=self._kept)
        decided = Decided()
        try:
            async with db.transaction():
                answers = await look_up(db, batch)
                fresh = [waiting for waiting in batch if waiting.key not in answers]
                if fresh:
                    decided = await decide(unit, fresh)
                    answers |= await write(db, unit, fresh, decided, self._summarize)
            unit.keep()
        finally:
            unit.close()
        if decided.changes_policies:
            self._policies = None
        self.batches += 1
        self.commands += len(fresh)
        return [answers[waiting.key] for waiting in batch]

    async def _draw_numbers(self, db: Connection, batch: Sequence[Submission]) -> None:
        """Short order numbers, in blocks, outside of any transaction: they may have gaps."""
        wanting = [each for each in batch if not each.number and getattr(each.command, "draws_number", False)]
        while len(self._numbers) < len(wanting):
            first = await db.fetchval("SELECT nextval('order_number')")
            self._numbers.extend(range(first, first + NUMBERS_AT_ONCE))
        for waiting in wanting:
            waiting.number = self._numbers.pop(0)

    async def _current_policies(self, db: Connection, *, fresh: bool = False) -> Policies:
        """The merchant's rules, at most a second old (at once when this process changed them)."""
        now = asyncio.get_running_loop().time()
        if self._policies is None or fresh or now - self._policies_at > 1:
            self._policies = await self._load_policies(db)
            self._policies_at = now
        return self._policies
