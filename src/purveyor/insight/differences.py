"""What `verify` finds, and how one row of the journal's making is held against one of a table."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from purveyor.core.rows import Row
from purveyor.engine.tables import Table


class Difference(msgspec.Struct, frozen=True):
    """One place where a table says something else than the journal. No `column`: the whole row is there or is not."""

    table: str
    key: str
    column: str
    journal: Any
    found: Any

    def __str__(self) -> str:
        place = " ".join(part for part in (self.table, self.key, self.column) if part)
        return f"{place}: journal says {self.journal}, table says {self.found}"


Found = Callable[[Difference], None]

NO_ROW = "no row"
A_ROW = "a row"


def compare_rows(table: Table, expected: dict[Any, Row], records: Iterable[Any]) -> Iterator[Difference]:
    """Hold records (columns in the order of the fields) against the rows by key that the journal makes.

    Takes what it found out of `expected`; what stays in there is missing in the table, and is told as well.
    """
    indexes = [table.columns.index(column) for column in table.kind.key]
    only = indexes[0] if len(indexes) == 1 else None
    astuple = msgspec.structs.astuple
    for record in records:
        key = record[only] if only is not None else tuple(record[index] for index in indexes)
        row = expected.pop(key, None)
        if row is None:
            yield Difference(table.name, key_text(key), "", NO_ROW, A_ROW)
        elif table.documents:
            if _read(table, record) != row:
                yield from compare_columns(table, key, row, record)
        elif record != astuple(row):
            yield from compare_columns(table, key, row, record)
    for key in expected:
        yield Difference(table.name, key_text(key), "", A_ROW, NO_ROW)


def _read(table: Table, record: Any) -> Row | None:
    """The row of a record, or None where a document has another shape: whoever wrote it was none of us."""
    try:
        return table.read(record)
    except msgspec.ValidationError:
        return None


def compare_columns(table: Table, key: Any, row: Row, record: Any) -> Iterator[Difference]:
    documents = dict(table.documents)
    for index, column in enumerate(table.columns):
        says, found = getattr(row, column), record[index]
        if index in documents:  # a list or a tuple, a UUID or its text: what counts is what is stored
            says, found = msgspec.json.encode(says).decode(), _document(found, documents[index])
        if says != found:
            yield Difference(table.name, key_text(key), column, says, found)


def _document(value: Any, hint: Any) -> str:
    """A document as it is stored, in our order of fields; as it is there where it has another shape."""
    with contextlib.suppress(msgspec.ValidationError):
        value = msgspec.convert(value, hint)
    return msgspec.json.encode(value).decode()


def compare_sums(table: str, column: str, journal: Mapping[Any, int], found: Mapping[Any, int]) -> Iterator[Difference]:
    """Sums by key; what is not there is zero."""
    for key in sorted(journal.keys() | found.keys(), key=str):
        if journal.get(key, 0) != found.get(key, 0):
            yield Difference(table, key_text(key), column, journal.get(key, 0), found.get(key, 0))


def key_text(key: Any) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
