"""The one way in: takes waiting commands in batches, and makes each batch one transaction.

    look up keys -> load -> decide, apply, follow (again while something is missing) -> write -> COMMIT -> answer

A quiet system commits one command at a time; a busy one gets cheaper per command as load grows.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import asyncpg
import msgspec
import structlog
from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 (it is a class)
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.queries import Queries

from purveyor.core.ids import Ids, uuid7
from purveyor.core.messages import Call, Command, Job
from purveyor.core.policies import Policies
from purveyor.core.refusals import Refusal
from purveyor.core.state import Book, Needs, State
from purveyor.engine.answers import Answer, Given, KeyReused, Preview, Refused
from purveyor.engine.cascade import Cascade, FollowUpRefused, Outcome, carry_out, first_needs
from purveyor.engine.journal import Recorded, write_facts
from purveyor.engine.unit_of_work import Connection, RowChanged, StockTaken, UnitOfWork
from purveyor.ports.clock import Clock
from purveyor.ports.trouble import Trouble

log = structlog.get_logger()

LOOK_UP_KEYS = "SELECT key, body_hash, accepted, answer FROM command_log WHERE key = ANY($1::text[])"
COMMANDS = ("key", "body_hash", "kind", "actor", "at", "accepted", "answer")
NUMBERS_AT_ONCE = 100  # the increment of the sequence `order_number`
MOST_ATTEMPTS = 8
WORTH_SHARING = 24  # commands: a line that is shorter makes one batch
LONGEST_KEY = 255
# What may pass if the batch is run again: somebody else was quicker, or the connection went away.
AGAIN = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
    asyncpg.CheckViolationError,
    RowChanged,
    StockTaken,
)
GONE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg may say of a connection that was cut in the middle of a statement
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)


class Overloaded(Trouble):
    """The waiting line is full. Nothing was done; come back after `retry_after_s`."""

    retry_after_s = 1


class Undecided(Trouble):
    """The database did not answer in time. Ask again with the same key to learn what became of the command."""


class Waiting:
    """A command in the line, and everybody who waits for its answer."""

    __slots__ = ("actor", "at", "body_hash", "command", "copies", "future", "key", "number", "seed", "weight")

    def __init__(self, command: Command, key: str, actor: str, at: datetime) -> None:
        self.command = command
        self.key = key
        self.actor = actor
        self.at = at
        self.seed = uuid7(int(at.timestamp() * 1000), random.getrandbits(54) << 20)
        self.number = 0
        self.weight = 8 + 4 * len(getattr(command, "lines", ()))
        body = msgspec.json.encode(command)
        self.body_hash = hashlib.blake2b(body, digest_size=16).digest()
        self.future: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self.copies: list[Waiting] = []  # with the same key in the same batch

    @property
    def call(self) -> Call:
        return Call(key=self.key, actor=self.actor, at=self.at, ids=Ids(self.seed, DriverUUID), number=self.number)

    def answer(self, given: Given) -> None:
        """Answer the caller, who may have gone away, and those who came with the same key."""
        if not self.future.done():
            self.future.set_result(given)
        for copy in self.copies:
            same = copy.body_hash == self.body_hash
            copy.answer(Given(given.body, given.accepted, repeated=True) if same else _refused(KeyReused(key=self.key)))

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)
        for copy in self.copies:
            copy.fail(error)


class _Alone(Exception):  # noqa: N818 (the batch is split)
    """Something in the batch went wrong for a reason of its own: decide its commands one at a time."""


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
        summarize: Callable[[Book, datetime], None],
        runners: int = 2,
        batch_commands: int = 256,
        batch_rows: int = 20_000,
        max_waiting: int = 10_000,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._load_policies = load_policies
        self._summarize = summarize
        self._runners = runners
        self._batch_commands = batch_commands
        self._batch_rows = batch_rows
        self._max_waiting = max_waiting
        self._line: deque[Waiting] = deque()
        self._work = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._numbers: list[int] = []
        self._idle = runners
        self._policies: Policies | None = None
        self._policies_at = 0.0
        self._closing = False
        self.batches = 0
        self.commands = 0
        # Bits for the ids of a call by its key, 54 of them, where they must be the same in every run (simulation).
        self.entropy: Callable[[str], int] | None = None

    async def __aenter__(self) -> Committer:
        self._tasks = [asyncio.create_task(self._run(), name=f"committer-{n}") for n in range(self._runners)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        self._work.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def waiting(self) -> int:
        return len(self._line)

    # asking

    async def submit(self, command: Command, *, key: str, actor: str, at: datetime | None = None) -> Given:
        """Carry out a command, once for its key, and answer.

        Raises `Overloaded` when the line is full and `Undecided` when the database cannot be reached; both leave
        nothing half done. Any other exception is a bug, and the command has changed nothing.
        """
        if not 0 < len(key) <= LONGEST_KEY:
            message = f"an idempotency key has 1 to {LONGEST_KEY} characters, this one {len(key)}"
            raise ValueError(message)
        if len(self._line) >= self._max_waiting or self._closing:
            raise Overloaded("too many commands are waiting")
        waiting = Waiting(command, key, actor, at or self._clock.now())
        if self.entropy is not None:
            waiting.seed = uuid7(int(waiting.at.timestamp() * 1000), self.entropy(key) << 20)
        self._line.append(waiting)
        self._work.set()
        return await waiting.future

    async def preview(self, command: Command, *, actor: str, at: datetime | None = None) -> Preview:
        """Decide a command and all that follows, answer what would happen, and do nothing of it."""
        waiting = Waiting(command, "preview", actor, at or self._clock.now())
        async with self._pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
            state = State(await self._current_policies(db, fresh=True))
            unit = UnitOfWork(db, state, lock=False)
            try:
                work = carry_out(state, command, waiting.call)
                await unit.load(first_needs(command))
                before = None
                while True:
                    if before is None:
                        before = _money(state, command)
                    try:
                        needs = next(work)
                    except StopIteration as done:
                        outcome: Outcome = done.value
                        break
                    await unit.load(needs)
            except Refusal as refusal:
                return Preview(accepted=False, refusal=Refused.of(refusal))
            except FollowUpRefused as follow:
                return Preview(accepted=False, refusal=Refused.of(follow.refusal))
        return _preview(state, outcome, before or (0, 0))

    # the line

    async def _run(self) -> None:
        while True:
            while not self._line:
                if self._closing:
                    return
                self._work.clear()
                await self._work.wait()
            batch = self._take()
            self._idle -= 1
            try:
                await self._settle(batch)
            except Exception as error:  # noqa: BLE001 (whatever it is, nobody may be left waiting)
                for waiting in batch:
                    waiting.fail(error)
            finally:
                self._idle += 1

    def _take(self) -> list[Waiting]:
        """The next batch, bounded by commands and by rows. Copies of a key already in it wait for its answer.

        A long line is shared with the runners that are idle, so that one decides while another's database works.
        """
        share = max(-(-len(self._line) // self._idle), WORTH_SHARING)
        most = min(self._batch_commands, share)
        batch: list[Waiting] = []
        keys: dict[str, Waiting] = {}
        rows = 0
        while self._line and len(batch) < most and (rows < self._batch_rows or not batch):
            waiting = self._line.popleft()
            first = keys.get(waiting.key)
            if first is None:
                keys[waiting.key] = waiting
                batch.append(waiting)
                rows += waiting.weight
            else:
                first.copies.append(waiting)
        return batch

    async def _settle(self, batch: list[Waiting]) -> None:
        """Commit a batch, again where that can help; one command at a time where one of them spoils it."""
        try:
            await self._commit_again(batch)
        except _Alone as alone:
            if len(batch) == 1:
                cause = alone.__cause__ or alone
                log.error("bug", command=batch[0].command.kind(), key=batch[0].key, exc_info=cause)  # noqa: TRY400
                batch[0].fail(cause)
                return
            for waiting in batch:
                await self._settle([waiting])

    async def _commit_again(self, batch: list[Waiting]) -> None:
        careful = False
        for attempt in range(MOST_ATTEMPTS):
            last = attempt == MOST_ATTEMPTS - 1
            try:
                async with self._pool.acquire(timeout=10) as db:
                    answers = await self._commit(db, batch, careful=careful)
            except AGAIN as again:
                if last:
                    raise _Alone from again
                careful = True
            except (*GONE, TimeoutError) as gone:
                # The commit may or may not have happened: the keys tell when the batch is run again.
                if last:
                    for waiting in batch:
                        waiting.fail(Undecided(str(gone)))
                    return
                await asyncio.sleep(min(0.05 * 2**attempt, 2))
            except FollowUpRefused as error:
                raise _Alone from error
            else:
                for waiting, given in zip(batch, answers, strict=True):
                    waiting.answer(given)
                return

    # one batch

    async def _commit(self, db: Connection, batch: Sequence[Waiting], *, careful: bool) -> list[Given]:
        await self._draw_numbers(db, batch)
        async with db.transaction():
            known = await self._look_up(db, batch)
            fresh = [waiting for waiting in batch if waiting.key not in known]
            answered: dict[str, Given] = dict(known)
            if fresh:
                policies = await self._current_policies(db)
                answered |= await self._decide_and_write(db, fresh, policies, careful=careful)
        self.batches += 1
        self.commands += len(fresh)
        return [answered[waiting.key] for waiting in batch]

    async def _look_up(self, db: Connection, batch: Sequence[Waiting]) -> dict[str, Given]:
        hashes = {waiting.key: waiting.body_hash for waiting in batch}
        known: dict[str, Given] = {}
        for key, body_hash, accepted, answer in await db.fetch(LOOK_UP_KEYS, list(hashes)):
            if body_hash == hashes[key]:
                known[key] = Given(answer, accepted, repeated=True)
            else:
                known[key] = _refused(KeyReused(key=key))
        return known

    async def _decide_and_write(
        self, db: Connection, batch: Sequence[Waiting], policies: Policies, *, careful: bool
    ) -> dict[str, Given]:
        state = State(policies)
        unit = UnitOfWork(db, state, careful=careful)
        outcomes, refusals = await self._decide(unit, state, batch)
        answers: dict[str, Given] = {}
        placed: list[tuple[int, Recorded]] = []
        jobs: list[tuple[str, Job]] = []
        for waiting, outcome in outcomes:
            placed.extend(
                (place, Recorded(fact, version, waiting.at, waiting.actor, waiting.key))
                for place, fact, version in zip(outcome.places, outcome.facts, outcome.versions, strict=True)
            )
            jobs.extend((f"{waiting.seed.hex}.{number}", job) for number, job in enumerate(outcome.jobs))
            answers[waiting.key] = _accepted(state, outcome)
        for waiting, refusal in refusals:
            answers[waiting.key] = _refused(refusal)
        # As they were applied: a command that had to wait for rows was overtaken by its neighbors.
        recorded = [each for _, each in sorted(placed, key=lambda pair: pair[0])]
        if recorded:
            last = {each.fact.order_id: each.at for each in recorded}
            await write_facts(db, recorded, state)
            await unit.write(lambda book: self._summarize(book, last[book.order.id]))
            await _enqueue(db, jobs)
        await _log_commands(db, batch, answers)
        await unit.write_stock()
        if any(each.fact.kind().startswith("policies.") for each in recorded):
            self._policies = None
        return answers

    async def _decide(
        self, unit: UnitOfWork, state: State, batch: Sequence[Waiting]
    ) -> tuple[list[tuple[Waiting, Outcome]], list[tuple[Waiting, Refusal]]]:
        """All commands of a batch in rounds: each goes as far as it can, then what all of them miss is loaded.

        Commands about one order take their turns, each with all that follows from it, as they were asked.
        """
        outcomes: list[tuple[Waiting, Outcome]] = []
        refusals: list[tuple[Waiting, Refusal]] = []
        under_way = [(waiting, carry_out(state, waiting.command, waiting.call)) for waiting in batch]
        needs = Needs()
        for waiting in batch:
            needs |= first_needs(waiting.command)
        while under_way:
            await unit.load(needs)
            needs = Needs()
            paused = []
            busy: set[UUID | None] = set()
            for waiting, work in under_way:
                order_id = getattr(waiting.command, "order_id", None)
                if order_id is not None and order_id in busy:
                    paused.append((waiting, work))
                    continue
                match _went_on(work):
                    case Outcome() as outcome:
                        outcomes.append((waiting, outcome))
                    case Refusal() as refusal:
                        refusals.append((waiting, refusal))
                    case FollowUpRefused() as follow:
                        if len(batch) > 1:
                            raise follow
                        # Alone, it is the answer; what it did is dropped with the state.
                        unit.forget()
                        return [], [(waiting, follow.refusal)]
                    case missing:
                        needs |= missing
                        paused.append((waiting, work))
                        busy.add(order_id)
            under_way = paused
        return outcomes, refusals

    async def _draw_numbers(self, db: Connection, batch: Sequence[Waiting]) -> None:
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


def _went_on(work: Cascade) -> Needs | Outcome | Refusal | FollowUpRefused:
    """A command as far as it gets: to its end, or to what it misses."""
    try:
        return next(work)
    except StopIteration as done:
        outcome: Outcome = done.value
        return outcome
    except (Refusal, FollowUpRefused) as no:
        return no
    except Exception as error:
        raise _Alone from error


def _accepted(state: State, outcome: Outcome) -> Given:
    own = outcome.facts[: outcome.own]
    reply: dict[str, Any] = {}
    order_id = None
    for fact in own:
        reply.update(fact.reply())
        order_id = order_id or fact.order_id
    # The version that this command left behind: others of the batch may have gone on from there.
    versions = [v for fact, v in zip(outcome.facts, outcome.versions, strict=True) if fact.order_id == order_id]
    answer = Answer(
        accepted=True,
        order_id=order_id,
        number=state.books[order_id].order.number if order_id is not None else 0,
        order_version=versions[-1] if order_id is not None else 0,
        facts=tuple(fact.kind() for fact in outcome.facts),
        reply=reply,
    )
    return Given(msgspec.json.encode(answer), accepted=True)


def _refused(refusal: Refusal) -> Given:
    return Given(msgspec.json.encode(Answer(accepted=False, refusal=Refused.of(refusal))), accepted=False)


async def _log_commands(db: Connection, batch: Sequence[Waiting], answers: dict[str, Given]) -> None:
    """Keys in order, so that two batches that share some never wait for each other in a circle."""
    rows = [
        (
            waiting.key,
            waiting.body_hash,
            waiting.command.kind(),
            waiting.actor,
            waiting.at,
            answers[waiting.key].accepted,
            answers[waiting.key].body,
        )
        for waiting in sorted(batch, key=lambda waiting: waiting.key)
    ]
    await db.copy_records_to_table("command_log", records=rows, columns=COMMANDS)


class Errand(msgspec.Struct):
    """A job in the queue: its key towards the outside, and what is to be done."""

    key: str
    job: msgspec.Raw


async def _enqueue(db: Connection, jobs: Sequence[tuple[str, Job]]) -> None:
    if not jobs:
        return
    encode = msgspec.json.encode
    driver = AsyncpgDriver(cast("asyncpg.Connection[asyncpg.Record]", db))
    await Queries(driver).enqueue(
        [job.kind() for _, job in jobs],
        [encode(Errand(key, msgspec.Raw(encode(job)))) for key, job in jobs],
        [0] * len(jobs),
    )


def _money(state: State, command: Command) -> tuple[int, int] | None:
    order_id = getattr(command, "order_id", None)
    book = state.books.get(order_id) if order_id is not None else None
    return (book.order.total_minor, book.order.receivable_minor) if book else None


def _preview(state: State, outcome: Outcome, before: tuple[int, int]) -> Preview:
    order_id = next((fact.order_id for fact in outcome.facts if fact.order_id is not None), None)
    order = state.books[order_id].order if order_id is not None else None
    return Preview(
        accepted=True,
        facts=[msgspec.to_builtins(fact) for fact in outcome.facts],
        jobs=[job.kind() for job in outcome.jobs],
        total_before_minor=before[0],
        total_after_minor=order.total_minor if order else 0,
        receivable_before_minor=before[1],
        receivable_after_minor=order.receivable_minor if order else 0,
        currency=order.currency if order else "",
    )
