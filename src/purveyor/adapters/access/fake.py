"""A system with accounts and access rights that is simulated."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from purveyor.adapters.fake_state import Script, Store
from purveyor.ports.access import AccessChange
from purveyor.ports.errors import AccessUnavailable, KeyReused

TABLES = """
    CREATE TABLE IF NOT EXISTS access_request (
        key TEXT PRIMARY KEY, subject TEXT, product TEXT, active INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS access_right (
        subject TEXT, product TEXT, active INTEGER, granted INTEGER, revoked INTEGER, PRIMARY KEY (subject, product)
    ) WITHOUT ROWID
"""
CHANGE = """
    INSERT INTO access_right VALUES (:subject, :product, :active, :active, 1 - :active)
    ON CONFLICT DO UPDATE SET active = :active, granted = granted + :active, revoked = revoked + 1 - :active
"""


class AccessRight(msgspec.Struct, frozen=True):
    """What a subject may use, and how many requests (keys, not calls) granted and revoked it."""

    subject: str
    product: str
    active: bool
    granted: int
    revoked: int


class FakeAccessSystem:
    """An `AccessSystem` whose state stands in an SQLite file, shared by all processes that name it."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        self._store = Store("access", path, TABLES, Script(), unavailable=AccessUnavailable, timeout=AccessUnavailable)

    async def grant(self, key: str, subject: str, product: str) -> AccessChange:
        return await self._once(AccessChange(key, subject, product, active=True))

    async def revoke(self, key: str, subject: str, product: str) -> AccessChange:
        return await self._once(AccessChange(key, subject, product, active=False))

    async def active(self, subject: str, product: str) -> bool:
        def read(db: sqlite3.Connection) -> bool:
            statement = "SELECT active FROM access_right WHERE subject = ? AND product = ?"
            return bool(db.execute(statement, (subject, product)).fetchone() == (1,))

        return await self._store.ask(read)

    def tell(self, script: Script) -> None:
        """Replace the script of misbehavior, for all processes; `Script()` is good again."""
        self._store.tell(script)

    def script(self) -> Script:
        """Read the script as it stands, counted down so far."""
        return self._store.script()

    def rights(self) -> list[AccessRight]:
        """Give everything that was ever granted or revoked."""
        with self._store.transaction() as db:
            rows = db.execute("SELECT * FROM access_right ORDER BY subject, product").fetchall()
        return [
            AccessRight(subject, product, bool(active), granted, revoked)
            for subject, product, active, granted, revoked in rows
        ]

    def close(self) -> None:
        self._store.close()

    async def _once(self, change: AccessChange) -> AccessChange:
        def work(db: sqlite3.Connection, _: Script) -> AccessChange:
            row = db.execute("SELECT * FROM access_request WHERE key = ?", (change.key,)).fetchone()
            if row is None:
                db.execute("INSERT INTO access_request VALUES (?, ?, ?, ?)", msgspec.structs.astuple(change))
                db.execute(CHANGE, msgspec.structs.asdict(change))
            elif row != msgspec.structs.astuple(change):
                raise KeyReused(f"{change.key} was {row}, and is {change}")
            return change

        return await self._store.perform(change.key, work)
