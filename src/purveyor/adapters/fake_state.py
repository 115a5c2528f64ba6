"""What the fake providers share: a state of their own that outlives our process, and a script of misbehavior.

A fake is a provider with its own memory. It stands in an SQLite file that several processes share, so that killing
one of ours does not undo what "the provider" did. Durability against a power cut is not wanted and not paid for.
Chance is a hash of seed and key: the same run misbehaves in the same places.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Literal, NamedTuple, TypeVar

import msgspec

from purveyor.ports.errors import TemporaryFailure
from purveyor.ports.webhooks import Webhook, signed

BUSY_TIMEOUT_S = 30.0
BUSY_PAUSE_S = 0.0002
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

InjectedFault = Literal["unavailable", "before", "after"]


class Script(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a fake misbehaves. Shares are from 0 to 1 of all calls, picked by `seed` and key.

    `timeouts_before` time out without having done anything, `timeouts_after` time out although it was done. A call
    that is made again with its key draws again. The `..._calls` count down, whatever the key. A share `late` of the
    answers comes after `late_s` seconds of real time. Events hit by `events_twice` come a second time, and those hit
    by `events_out_of_order` come only, `event_lag_s` seconds (by the fake's clock) after their time.
    """

    seed: str = ""
    unavailable: bool = False
    unavailable_calls: int = 0
    timeout_before_calls: int = 0
    timeout_after_calls: int = 0
    timeouts_before: float = 0.0
    timeouts_after: float = 0.0
    late: float = 1.0
    late_s: float = 0.0
    events_twice: float = 0.0
    events_out_of_order: float = 0.0
    event_lag_s: float = 60.0


#: What SQLite says of a file that is none of its, or not any more: waiting or writing again does not help.
BROKEN = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_SCHEMA})


class StoreUnusable(Exception):  # noqa: N818 (a state of the world, told to a person)
    """The file of a simulated provider cannot be used. The message names it and says what helps."""


S = TypeVar("S", bound=Script)
T = TypeVar("T")
E = TypeVar("E", bound=msgspec.Struct)


def digest(text: str, size: int = 12) -> str:
    """Hash a text to `size` bytes, as hex."""
    return blake2b(text.encode(), digest_size=size).hexdigest()


def draw(*parts: object) -> float:
    """Give a number from 0 up to 1 that depends on the parts alone."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big") / (1 << 56)


def microseconds(at: datetime) -> int:
    """Give a time as whole microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


class Store(Generic[S]):
    """One fake's file, its script, and the one way in which a call is carried out. Make one in every process.

    Several fakes may share a path; `name` keeps their tables apart. ":memory:" is private to this object.
    """

    def __init__(
        self,
        name: str,
        path: str | Path,
        tables: str,
        script: S,
        *,
        unavailable: type[TemporaryFailure],
        timeout: type[TemporaryFailure],
    ) -> None:
        self.name = name
        self._good = script
        self._unavailable = unavailable
        self._timeout = timeout
        self._lock = threading.Lock()
        self._body = b""
        self._script = script
        self._decoder = msgspec.json.Decoder(type(script))
        self._path = path
        try:
            self.db = _open(path)
            weakref.finalize(self, self.db.close)  # whoever forgets it leaves no file open
            self._prepare(tables)
        except (sqlite3.Error, OSError, msgspec.DecodeError) as error:
            raise StoreUnusable(self._why_not(error)) from error

    def _prepare(self, tables: str) -> None:
        shared = f"""
            CREATE TABLE IF NOT EXISTS script (fake TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS {self.name}_attempt (key TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID
        """
        with self.transaction() as db:
            for statement in f"{shared};{tables}".split(";"):
                db.execute(statement)
            db.execute(
                "INSERT INTO script VALUES (?, ?) ON CONFLICT DO NOTHING", (self.name, msgspec.json.encode(self._good))
            )
            self.script_now()  # one that cannot be read is found now

    def _why_not(self, error: Exception) -> str:
        """A sentence for whoever runs the shop."""
        code = getattr(error, "sqlite_errorcode", None)
        is_broken = isinstance(error, msgspec.DecodeError) or (code is not None and code & 0xFF in BROKEN)
        helps = (
            f"Move it away, with {Path(self._path).name}-wal and -shm beside it: a new one is made, and does not know "
            "what was simulated before."
            if is_broken
            else "See that it can be read and written, and that the disk is not full."
        )
        return f"The file of the simulated {self.name} cannot be used: {self._path}: {error}. {helps}"

    def close(self) -> None:
        with self._lock:
            self.db.close()

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """Hold the write lock of the file, and commit at the end; an exception rolls back."""
        return _Transaction(self.db, self._lock)

    def tell(self, script: S) -> None:
        """Replace the script, for all processes and from now on."""
        with self.transaction():
            self._write(script)

    def script(self) -> S:
        """Read the script as it stands, counted down so far."""
        with self.transaction():
            return self.script_now()

    def script_now(self) -> S:
        """Read the script within a transaction."""
        (body,) = self.db.execute("SELECT body FROM script WHERE fake = ?", (self.name,)).fetchone()
        if body != self._body:
            self._script = self._decoder.decode(body)
            self._body = body
        return self._script

    async def perform(
        self, key: str, work: Callable[[sqlite3.Connection, S], T], first: InjectedFault | None = None
    ) -> T:
        """Carry out one call in one transaction, as the script has it; `first` upsets the key's first attempt only.

        What the work did stays done when the answer is late or lost.
        """
        answers: list[T] = []
        with self.transaction() as db:
            script = self.script_now()
            upset = self._upset(script, key, first)
            if upset is None or upset == "after":
                answers.append(work(db, script))
        if script.late_s and draw(script.seed, "late", key) < script.late:
            await asyncio.sleep(script.late_s)
        if upset is not None:
            raise self._trouble(upset)
        return answers[0]

    async def ask(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Carry out a reading call: it finds the provider out of order, but never loses its answer."""
        with self.transaction() as db:
            script = self.script_now()
            upset = self._outage(script)
            if upset is None:
                return work(db)
        raise self._trouble(upset)

    def _trouble(self, upset: InjectedFault) -> TemporaryFailure:
        if upset == "unavailable":
            return self._unavailable(f"the {self.name} is out of order")
        return self._timeout(f"the {self.name} did not answer in time")

    def _write(self, script: S) -> None:
        self.db.execute("UPDATE script SET body = ? WHERE fake = ?", (msgspec.json.encode(script), self.name))

    def _outage(self, script: S) -> InjectedFault | None:
        if script.unavailable:
            return "unavailable"
        if script.unavailable_calls:
            self._write(msgspec.structs.replace(script, unavailable_calls=script.unavailable_calls - 1))
            return "unavailable"
        return None

    def _upset(self, script: S, key: str, first: InjectedFault | None) -> InjectedFault | None:
        outage = self._outage(script)
        if outage is not None:
            return outage
        if script.timeout_before_calls:
            self._write(msgspec.structs.replace(script, timeout_before_calls=script.timeout_before_calls - 1))
            return "before"
        if script.timeout_after_calls:
            self._write(msgspec.structs.replace(script, timeout_after_calls=script.timeout_after_calls - 1))
            return "after"
        if first is None and not script.timeouts_before and not script.timeouts_after:
            return None
        return self._chance(script, key, first)

    def _chance(self, script: S, key: str, first: InjectedFault | None) -> InjectedFault | None:
        row = self.db.execute(f"SELECT count FROM {self.name}_attempt WHERE key = ?", (key,)).fetchone()
        attempt: int = row[0] if row else 0
        upset: InjectedFault | None = first if attempt == 0 else None
        if upset is None and draw(script.seed, "before", key, attempt) < script.timeouts_before:
            upset = "before"
        if upset is None and draw(script.seed, "after", key, attempt) < script.timeouts_after:
            upset = "after"
        if upset is not None:
            self.db.execute(f"INSERT OR REPLACE INTO {self.name}_attempt VALUES (?, ?)", (key, attempt + 1))
        return upset


class Batch(NamedTuple, Generic[E]):
    """Events of a feed, and the cursor from which the next ones are read."""

    events: list[E]
    cursor: int


class Feed(Generic[E]):
    """The events that a provider has sent, numbered in the order of sending; those due later wait beside them."""

    def __init__(self, name: str, kind: type[E]) -> None:
        self._append = f"INSERT INTO {name}_feed (body) VALUES (?)"
        self._postpone = f"INSERT INTO {name}_later (due_at, body) VALUES (?, ?)"
        self._release = (
            f"INSERT INTO {name}_feed (body) SELECT body FROM {name}_later WHERE due_at <= ? ORDER BY due_at"
        )
        self._forget = f"DELETE FROM {name}_later WHERE due_at <= ?"
        self._select = f"SELECT seq, body FROM {name}_feed WHERE seq > ? ORDER BY seq LIMIT ?"
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self.tables = f"""
            CREATE TABLE IF NOT EXISTS {name}_feed (seq INTEGER PRIMARY KEY, body BLOB NOT NULL);
            CREATE TABLE IF NOT EXISTS {name}_later (due_at INTEGER NOT NULL, body BLOB NOT NULL);
            CREATE INDEX IF NOT EXISTS {name}_later_due ON {name}_later (due_at)
        """

    def put(self, db: sqlite3.Connection, event: E, due_at: datetime, now: datetime) -> None:
        body = self._encode(event)
        if due_at <= now:
            db.execute(self._append, (body,))
        else:
            db.execute(self._postpone, (microseconds(due_at), body))

    def read(self, db: sqlite3.Connection, since: int, limit: int, now: datetime) -> Batch[E]:
        due = microseconds(now)
        db.execute(self._release, (due,))
        db.execute(self._forget, (due,))
        rows = db.execute(self._select, (since, limit)).fetchall()
        return Batch([self._decode(body) for _, body in rows], rows[-1][0] if rows else since)


def sendings(script: Script, event_id: str, at: datetime) -> list[datetime]:
    """When an event of that time is sent: once, at once, unless the script has it late, twice or both."""
    lag = timedelta(seconds=script.event_lag_s)
    is_late = script.events_out_of_order and draw(script.seed, "order", event_id) < script.events_out_of_order
    is_twice = script.events_twice and draw(script.seed, "twice", event_id) < script.events_twice
    first = at + lag if is_late else at
    return [first, first + lag] if is_twice else [first]


def webhook(secret: str, event: Any, at: datetime) -> Webhook:
    """An event of a feed as the provider sends it to `/webhooks/...`, signed at that time."""
    return signed(secret, f"msg_{event.event_id}", type(event).__name__, event, at)


class _Transaction(AbstractContextManager[sqlite3.Connection]):
    __slots__ = ("_db", "_lock")

    def __init__(self, db: sqlite3.Connection, lock: threading.Lock) -> None:
        self._db = db
        self._lock = lock

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        try:
            _begin(self._db)
        except BaseException:
            self._lock.release()
            raise
        return self._db

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._db.execute("COMMIT" if kind is None else "ROLLBACK")
        finally:
            self._lock.release()


def _begin(db: sqlite3.Connection) -> None:
    # SQLite's own waiting sleeps a whole millisecond where the neighbor needs 50 microseconds.
    deadline = 0.0
    while True:
        try:
            db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            deadline = deadline or time.monotonic() + BUSY_TIMEOUT_S
            if time.monotonic() > deadline:
                raise
            time.sleep(BUSY_PAUSE_S)
        else:
            return


PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = OFF",
    "cache_size = -32768",
    "mmap_size = 268435456",
    "wal_autocheckpoint = 4000",
    "busy_timeout = 0",
)


def _open(path: str | Path) -> sqlite3.Connection:
    if str(path) != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        for pragma in PRAGMAS:
            db.execute(f"PRAGMA {pragma}")
    except BaseException:
        db.close()
        raise
    return db
