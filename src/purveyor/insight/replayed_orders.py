"""Orders that are being replayed: as many as fit in memory, the others in a file, so that memory stays bounded."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.rows import Order, OrderRow
from purveyor.core.state import Book, State
from purveyor.engine.tables import parts, row_kinds


class Replayed:
    """An order as far as the journal has told of it."""

    __slots__ = ("at", "book", "last_seq", "recorded_at", "tax_minor")

    def __init__(self, book: Book | None, last_seq: int) -> None:
        self.book = book  # None before its first fact
        self.last_seq = last_seq  # of its last fact in the journal
        self.tax_minor: int = 0  # of its postings
        self.recorded_at: datetime | None = None  # of the batch that its last fact came with
        self.at: datetime | None = None  # of the last fact


class _Stored(msgspec.Struct, array_like=True):
    order: Order | None
    rows: dict[str, msgspec.Raw]
    last_seq: int
    tax_minor: int
    recorded_at: datetime | None
    at: datetime | None


class ReplayedOrders:
    """Replayed orders by id. Those not asked for in a long time go into a file and come back when they are."""

    def __init__(self, state: State, in_memory: int) -> None:
        self._state = state
        self._in_memory = in_memory
        self._orders: dict[UUID, Replayed] = {}  # the least recently used first
        self._folder = tempfile.TemporaryDirectory(prefix="purveyor-verify-")
        self._file = sqlite3.connect(Path(self._folder.name, "orders"), isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE stored (id BLOB PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID")
        self._stored: int = 0

    def __enter__(self) -> ReplayedOrders:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._folder.cleanup()

    def get(self, order_id: UUID) -> Replayed | None:
        """The order, in memory from now on, its book in the state; None if it is new."""
        replayed = self._orders.pop(order_id, None)
        if replayed is None and self._stored:
            replayed = self._fetch(order_id)
        if replayed is None:
            return None
        self._orders[order_id] = replayed
        return replayed

    def put(self, order_id: UUID, replayed: Replayed) -> None:
        self._orders[order_id] = replayed

    def pop(self, order_id: UUID) -> None:
        """Nothing more is to come for this order."""
        del self._orders[order_id]
        self._state.books.pop(order_id, None)

    def tidy(self) -> None:
        """Store what is too much, the least recently used first."""
        while len(self._orders) > self._in_memory:
            order_id = next(iter(self._orders))
            self._store(order_id, self._orders.pop(order_id))

    def rest(self) -> Iterator[tuple[UUID, Replayed]]:
        """All orders that are still here."""
        while self._orders:
            order_id = next(iter(self._orders))
            yield order_id, self._orders[order_id]
            self.pop(order_id)
        for (key,) in self._file.execute("SELECT id FROM stored").fetchall():
            order_id = UUID(bytes=key)
            replayed = self._fetch(order_id)
            assert replayed is not None
            self._orders[order_id] = replayed
            yield order_id, replayed
            self.pop(order_id)

    def _store(self, order_id: UUID, replayed: Replayed) -> None:
        book = self._state.books.pop(order_id, None)
        encode = msgspec.msgpack.encode
        stored = _Stored(
            book.order if book else None,
            {kind.table: msgspec.Raw(encode(list(rows.values()))) for kind, rows in rows_of(book)} if book else {},
            replayed.last_seq,
            replayed.tax_minor,
            replayed.recorded_at,
            replayed.at,
        )
        self._file.execute("INSERT INTO stored VALUES (?, ?)", (order_id.bytes, encode(stored)))
        self._stored += 1

    def _fetch(self, order_id: UUID) -> Replayed | None:
        found = self._file.execute("DELETE FROM stored WHERE id = ? RETURNING body", (order_id.bytes,)).fetchone()
        if found is None:
            return None
        self._stored -= 1
        stored = _STORED.decode(found[0])
        replayed = Replayed(None, stored.last_seq)
        replayed.tax_minor, replayed.recorded_at, replayed.at = stored.tax_minor, stored.recorded_at, stored.at
        if stored.order is not None:
            book = self._state.books[order_id] = replayed.book = Book(stored.order, self._state)
            for table, rows in stored.rows.items():
                for row in _rows_decoder(table).decode(rows):
                    book.put(row)
        return replayed


_STORED = msgspec.msgpack.Decoder(_Stored)


@cache
def _rows_decoder(table: str) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(list[row_kinds()[table]])  # type: ignore[misc]


def rows_of(book: Book) -> Iterator[tuple[type[OrderRow], dict[Any, OrderRow]]]:
    """All rows of an order but the order itself, by kind."""
    mask = book.order.parts
    for bit, kind in parts().items():
        if mask >> bit & 1:
            yield kind, book.rows(kind)
