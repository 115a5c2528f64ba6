"""The journal told once more, from its first fact to its last, into rows that stand in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact, Stamp
from purveyor.core.policies import Policies
from purveyor.core.reason_texts import referred
from purveyor.core.state import Book, State
from purveyor.engine.cascade import apply_fact
from purveyor.engine.journal import LINE, JournalEntry, JournalRow
from purveyor.engine.ledger import stock_moves
from purveyor.insight.differences import Difference, Found
from purveyor.insight.replayed_orders import Replayed, ReplayedOrders
from purveyor.stages.delivery.facts import LicenseKeysAdded

JOURNAL = f"SELECT {LINE} FROM journal_row ORDER BY seq"
LAST_ROWS = """
    -- The last row of each order, from the index alone.
    SELECT id, (SELECT max(seq) FROM journal_row WHERE order_id = id) FROM unnest($1::uuid[]) AS wanted (id)
"""

# Which fields of facts are ids of rows that may be erased, and where these stand.
PERSONAL = {
    "contact_id": "contact",
    "source_id": "private_text",
    "text_id": "private_text",
    "record_id": "private_text",
    "photo_id": "private_text",
    "label_id": "private_text",
    "code_id": "private_text",
    "contacts": "contact",
    "texts": "private_text",
    "traces": "order_trace",
    "person_id": "staff_person",
    "words_id": "view_text",
    "password_id": "staff_secret",
    "factor_id": "staff_secret",
    "recovery_id": "staff_secret",
    "device_id": "staff_device",
    "place_id": "webhook_place",
    "secret_id": "webhook_secret",
}

Summarize = Callable[[Book, datetime], None]


@cache
def personal_fields(kind: type[Fact]) -> tuple[tuple[str, str], ...]:
    """Fields of a fact that are ids of erasable rows, with the tables of these."""
    return tuple((name, PERSONAL[name]) for name in kind.__struct_fields__ if name in PERSONAL)


def personal_ids(fact: Fact) -> Iterator[tuple[str, UUID]]:
    """Erasable rows that a fact refers to: the table and the id of each."""
    for name, table in personal_fields(type(fact)):
        value = getattr(fact, name)
        if isinstance(value, tuple):
            for each in value:
                yield table, each
        elif value is not None:
            yield table, value
    for text_id in _texts_of(fact):
        yield "private_text", text_id
    if isinstance(fact, LicenseKeysAdded):  # the text of a key stands under its id
        for key in fact.keys:
            yield "private_text", key.key_id


def _texts_of(said: msgspec.Struct) -> Iterator[UUID]:
    """Texts of somebody, in whose place references stand, in a fact and in the parts of it."""
    for name in said.__struct_fields__:
        value = getattr(said, name)
        if isinstance(value, str):
            text_id = referred(value)
            if text_id is not None:
                yield text_id
        elif isinstance(value, tuple):
            for each in value:
                if isinstance(each, msgspec.Struct):
                    yield from _texts_of(each)


class Replay:
    """Takes the journal in its order and keeps what it makes.

    Orders come off the shelf with their last fact and wait in `finished` to be compared. Shared rows and stock stay in
    `state` until the end; there are as many as there is master data. Everything that cannot be replayed is `found`.
    """

    def __init__(self, shelf_size: int, summarize: Summarize, found: Found) -> None:
        self.state = State(Policies(), complete=True)
        self.shelf = ReplayedOrders(self.state, shelf_size)
        self.finished: list[tuple[UUID, Replayed]] = []
        self.stock_sums: dict[tuple[str, str, str], list[int]] = {}  # sku, location, kind of fact -> sums of moves
        self.personal: defaultdict[str, dict[UUID, int]] = defaultdict(dict)  # table -> id -> seq that refers to it
        self.facts = 0
        self.orders = 0
        self._summarize = summarize
        self._found = found

    def unknown(self, lines: list[JournalRow]) -> set[UUID]:
        """Orders of these rows that have not been heard of; `begin` wants their last rows."""
        ids = {line.order_id for line in lines if line.order_id is not None}
        return {order_id for order_id in ids if self.shelf.get(order_id) is None}

    def begin(self, order_id: UUID, last_seq: int) -> None:
        self.shelf.put(order_id, Replayed(None, last_seq))
        self.orders += 1

    def take(self, line: JournalRow) -> None:
        """Apply the facts of a row, and finish its order if it was the last one."""
        try:
            entries = list(line.entries())
        except Exception as error:  # noqa: BLE001 (whatever a journal holds that cannot be read is a difference)
            self._broken(line.seq, "", error)
            entries = []
        order_id = line.order_id
        replayed = None if order_id is None else self.shelf.get(order_id)
        if replayed is not None:
            if replayed.recorded_at != line.recorded_at and replayed.at is not None and replayed.book is not None:
                self._sum_up(line, replayed.book, replayed.at)  # as at the end of the batch before
            replayed.recorded_at, replayed.at = line.recorded_at, line.at
        for entry in entries:
            self._take_fact(entry, replayed)
        if order_id is not None and replayed is not None and line.seq >= replayed.last_seq:
            self._finish(line, order_id, replayed)

    def _take_fact(self, entry: JournalEntry, replayed: Replayed | None) -> None:
        self.facts += 1
        try:
            fact = entry.fact
        except Exception as error:  # noqa: BLE001 (the same)
            self._broken(entry.seq, entry.kind, error)
            return
        if fact.order_id != entry.order_id:
            self._found(Difference("journal", str(entry.seq), "order_id", fact.order_id, entry.order_id))
        self._apply(entry, fact)
        if replayed is None or entry.order_id is None:
            return
        replayed.book = self.state.books.get(entry.order_id)
        replayed.tax_minor += sum(posting.minor for posting in fact.postings if posting.account == "tax")

    def end(self) -> Iterator[None]:
        """Finish what is left: orders whose last fact could not be read."""
        for order_id, replayed in self.shelf.rest():
            self.finished.append((order_id, replayed))
            yield

    def tidy(self) -> None:
        """After each chunk: keep memory bounded."""
        self.state.added.clear()
        self.shelf.tidy()

    def _apply(self, entry: JournalEntry, fact: Fact) -> None:
        try:
            version = apply_fact(self.state, fact, Stamp(entry.at, entry.actor))
        except Exception as error:  # noqa: BLE001 (whatever a rule says of a fact that does not fit is a difference)
            self._broken(entry.seq, entry.kind, error)
            version = entry.order_version
        if version != entry.order_version:
            self._found(Difference("journal", str(entry.seq), "order_version", version, entry.order_version))
        book = self.state.books.get(entry.order_id) if entry.order_id is not None else None
        if book is not None:
            book.order.version = entry.order_version  # so that a gap is told once
        if fact.moves or fact.stock:
            self._add_up(entry.kind, fact)
        for table, personal_id in personal_ids(fact):
            self.personal[table][personal_id] = entry.seq

    def _add_up(self, kind: str, fact: Fact) -> None:
        sums = self.stock_sums
        for change in stock_moves(fact):
            key = (change.sku, change.location, kind)
            row = sums.get(key)
            if row is None:
                row = sums[key] = [0, 0, 0]
            row[0] += change.on_hand
            row[1] += change.allocated
            row[2] += change.held

    def _sum_up(self, line: JournalRow, book: Book, at: datetime) -> None:
        try:
            self._summarize(book, at)
        except Exception as error:  # noqa: BLE001 (the same)
            self._broken(line.seq, line.kinds[0], error)

    def _finish(self, line: JournalRow, order_id: UUID, replayed: Replayed) -> None:
        if replayed.book is not None and replayed.at is not None:
            self._sum_up(line, replayed.book, replayed.at)
        self.shelf.pop(order_id)
        self.finished.append((order_id, replayed))

    def _broken(self, seq: int, kind: str, error: Exception) -> None:
        says = f"{type(error).__name__}: {error}"
        self._found(Difference("journal", str(seq), kind, "cannot be replayed", says))
