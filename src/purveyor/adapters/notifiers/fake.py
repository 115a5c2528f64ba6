"""A mail and SMS provider that is simulated: it keeps what it sent, and misbehaves as it is told."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from purveyor.adapters.clocks import SystemClock
from purveyor.adapters.fake_state import EPOCH, Script, Store, digest, draw, microseconds
from purveyor.core.field_types import BIGGEST
from purveyor.ports.clock import Clock
from purveyor.ports.errors import KeyReused, NotifierUnavailable
from purveyor.ports.notifier import Delivery, Message

TABLES = """
    CREATE TABLE IF NOT EXISTS notifier_message (
        seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, provider_id TEXT, reason TEXT, sent_at INTEGER, about TEXT,
        body BLOB, recipient TEXT
    );
    CREATE INDEX IF NOT EXISTS notifier_recipient ON notifier_message (recipient, seq)
"""
REJECTED = "rejected"  # a recipient that starts so has no mailbox: rejected@example.com, rejected-by-phone


class NotifierScript(Script, frozen=True, kw_only=True, omit_defaults=True):
    """Adds the share of messages that are rejected, drawn by key."""

    rejects: float = 0.0


class SentMessage(msgspec.Struct, frozen=True):
    """One message that the provider took on, once however often it was handed over."""

    key: str
    provider_id: str
    sent_at: datetime
    message: Message


class StoredMessage(msgspec.Struct, frozen=True):
    """A message with its place in the order of sending."""

    seq: int
    key: str
    sent_at: datetime
    message: Message


class FakeNotifier:
    """A `Notifier` whose state stands in an SQLite file, shared by all processes that name it."""

    def __init__(self, path: str | Path = ":memory:", clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Message).decode
        self._store = Store(
            "notifier", path, TABLES, NotifierScript(), unavailable=NotifierUnavailable, timeout=NotifierUnavailable
        )

    async def send(self, key: str, message: Message) -> Delivery:
        body = self._encode(message)

        def work(db: sqlite3.Connection, script: NotifierScript) -> Delivery:
            taken_on = self._take_on(db, script, key, message, body)
            if taken_on is not None:
                return taken_on
            row = db.execute("SELECT provider_id, reason, body FROM notifier_message WHERE key = ?", (key,)).fetchone()
            if row[2] != body:
                raise KeyReused(f"{key} was sent with another message")
            return _delivery(key, row[0], row[1])

        return await self._store.perform(key, work)

    async def sent(self, key: str) -> Delivery | None:
        def read(db: sqlite3.Connection) -> Delivery | None:
            row = db.execute("SELECT provider_id, reason FROM notifier_message WHERE key = ?", (key,)).fetchone()
            return _delivery(key, *row) if row else None

        return await self._store.ask(read)

    def tell(self, script: NotifierScript) -> None:
        """Replace the script of misbehavior, for all processes; `NotifierScript()` is good again."""
        self._store.tell(script)

    def script(self) -> NotifierScript:
        """Read the script as it stands, counted down so far."""
        return self._store.script()

    def messages(self, about: str | None = None) -> list[SentMessage]:
        """Give every message that was sent, oldest first, or those of one purpose."""
        statement = """
            SELECT key, provider_id, sent_at, body
              FROM notifier_message
             WHERE reason = '' AND (:about IS NULL OR about = :about)
          ORDER BY seq
        """
        with self._store.transaction() as db:
            rows = db.execute(statement, {"about": about}).fetchall()
        return [
            SentMessage(key, provider_id, EPOCH + timedelta(microseconds=sent_at), self._decode(body))
            for key, provider_id, sent_at, body in rows
        ]

    def newest(self, to: str = "", *, before: int = 2**62, limit: int = 50) -> list[StoredMessage]:
        """Give messages to everybody or to one recipient, newest first, before the place `before` in the order."""
        statement = """
            SELECT seq, key, sent_at, body
              FROM notifier_message
             WHERE reason = '' AND seq < :before AND (:to = '' OR recipient = :to)
          ORDER BY seq DESC
             LIMIT :limit
        """
        with self._store.transaction() as db:
            rows = db.execute(statement, {"to": to.lower(), "before": before, "limit": limit}).fetchall()
        return [self._kept(row) for row in rows]

    def message(self, seq: int) -> StoredMessage | None:
        """Give the message at a place in the order; None where there is none."""
        if not 0 < seq <= BIGGEST:
            return None
        statement = "SELECT seq, key, sent_at, body FROM notifier_message WHERE reason = '' AND seq = ?"
        with self._store.transaction() as db:
            row = db.execute(statement, (seq,)).fetchone()
        return self._kept(row) if row else None

    def _kept(self, row: tuple[int, str, int, bytes]) -> StoredMessage:
        seq, key, sent_at, body = row
        return StoredMessage(seq, key, EPOCH + timedelta(microseconds=sent_at), self._decode(body))

    def close(self) -> None:
        self._store.close()

    def _take_on(
        self, db: sqlite3.Connection, script: NotifierScript, key: str, message: Message, body: bytes
    ) -> Delivery | None:
        """The first answer to a key; None when it was sent before."""
        by_chance = script.rejects and draw(script.seed, "reject", key) < script.rejects
        is_rejected = by_chance or message.to.startswith(REJECTED)
        reason = "no_such_recipient" if is_rejected else ""
        provider_id = f"msg_{digest(key)}"
        sent_at = microseconds(self._clock.now())
        done = db.execute(
            "INSERT INTO notifier_message VALUES (NULL, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
            (key, provider_id, reason, sent_at, message.about, body, message.to.lower()),
        )
        return _delivery(key, provider_id, reason) if done.rowcount else None


def _delivery(key: str, provider_id: str, reason: str) -> Delivery:
    return Delivery(key, "rejected" if reason else "sent", provider_id, reason)
