"""The line in front of the committer: commands, who waits for their answers, and how a batch is taken from it."""

from __future__ import annotations

import asyncio
import hashlib
import random
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg.pgproto.pgproto import UUID as DriverUUID  # noqa: N811 (it is a class)

from purveyor.core.ids import Ids, uuid7
from purveyor.core.messages import Call, Command
from purveyor.engine.answers import CommandResult, KeyReused, refused
from purveyor.ports.errors import TemporaryFailure

LONGEST_KEY = 255
CHANCE = secrets.token_bytes(32)  # of this process, kept nowhere: ids are guessable, what comes from it is not
MOST_LEFT = 1_000  # commands that one look along the line may pass over


class Overloaded(TemporaryFailure):
    """The waiting line is full. Nothing was done; come back after `retry_after_s`."""

    retry_after_s = 1


class Undecided(TemporaryFailure):
    """The database did not answer in time. Ask again with the same key to learn what became of the command."""


class Submission:
    """A command in the line, and everybody who waits for its answer."""

    __slots__ = (
        "actor",
        "at",
        "body_hash",
        "command",
        "copies",
        "future",
        "key",
        "number",
        "order_id",
        "seed",
        "weight",
    )

    def __init__(self, command: Command, key: str, actor: str, at: datetime, body: bytes | None = None) -> None:
        """`body`: the command as JSON, where somebody has made it already."""
        self.command = command
        self.order_id: UUID | None = getattr(command, "order_id", None)
        self.key = key
        self.actor = actor
        self.at = at
        self.seed = uuid7(int(at.timestamp() * 1000), random.getrandbits(54) << 20)
        self.number = 0
        self.weight = 8 + 4 * len(getattr(command, "lines", ()))
        self.body_hash = hashlib.blake2b(body or msgspec.json.encode(command), digest_size=16).digest()
        self.future: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        self.copies: list[Submission] = []  # with the same key in the same batch

    @property
    def call(self) -> Call:
        return Call(
            key=self.key, actor=self.actor, at=self.at, ids=Ids(self.seed, DriverUUID, CHANCE), number=self.number
        )

    def answer(self, given: CommandResult) -> None:
        """Answer the caller, who may have gone away, and those who came with the same key."""
        if not self.future.done():
            self.future.set_result(given)
        for copy in self.copies:
            same = copy.body_hash == self.body_hash
            copy.answer(
                CommandResult(given.body, given.accepted, repeated=True) if same else refused(KeyReused(key=self.key))
            )

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)
        for copy in self.copies:
            copy.fail(error)


class SubmissionQueue:
    """First come, first served; bounded.

    A command about an order that a batch under way is about is left in the line: its own batch would only wait for
    the lock on that order, and everybody in it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[Submission] = deque()
        self._under_way: set[UUID] = set()  # orders
        self._news = asyncio.Event()
        self._closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def is_full(self) -> bool:
        """Whether nobody may come in: too many wait already, or it is closed."""
        return self._closed or len(self._waiting) >= self._most

    def join(self, waiting: Submission) -> None:
        self._waiting.append(waiting)
        self._news.set()

    def close(self) -> None:
        """Let nobody in any more; those who wait are still served."""
        self._closed = True
        self._news.set()

    async def batch(self, share: Callable[[int], int], most_rows: int) -> list[Submission]:
        """The next batch, as soon as there is one: so many of those who wait, bounded by rows too.

        Copies of a key already in it wait for its answer. Empty when the line is closed and everybody was served. Say
        `done` when its transaction is over.
        """
        while True:
            batch = self._take(share(len(self._waiting)), most_rows)
            if batch or (self._closed and not self._waiting):
                return batch
            self._news.clear()
            await self._news.wait()

    def done(self, batch: Iterable[Submission]) -> None:
        """The orders of a batch may be taken again."""
        self._under_way.difference_update(_orders(batch))
        self._news.set()

    def _take(self, most: int, most_rows: int) -> list[Submission]:
        batch: list[Submission] = []
        keys: dict[str, Submission] = {}
        left: list[Submission] = []
        rows = 0
        while self._waiting and len(batch) < most and (rows < most_rows or not batch) and len(left) < MOST_LEFT:
            waiting = self._waiting.popleft()
            first = keys.get(waiting.key)
            if first is not None:
                first.copies.append(waiting)
            elif waiting.order_id in self._under_way:
                left.append(waiting)
            else:
                keys[waiting.key] = waiting
                batch.append(waiting)
                rows += waiting.weight
        self._waiting.extendleft(reversed(left))
        self._under_way.update(_orders(batch))
        return batch


def _orders(batch: Iterable[Submission]) -> set[UUID]:
    return {waiting.order_id for waiting in batch if waiting.order_id is not None}
