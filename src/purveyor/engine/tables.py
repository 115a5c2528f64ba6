"""The whole mapping between structs and tables: column types from annotations, one statement for many rows."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.field_types import EARLIEST, LATEST, kept
from purveyor.core.rows import OrderRow, Row

_PLAIN = {int: "bigint", str: "text", bool: "boolean", float: "double precision", bytes: "bytea"}
_PLAIN |= {UUID: "uuid", datetime: "timestamptz", date: "date"}


def column_type(annotation: Any) -> str:
    """The PostgreSQL type of a column by the annotation of its field."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        several = [each for each in typing.get_args(annotation) if each is not type(None)]
        annotation = several[0] if len(several) == 1 else object
    if typing.get_origin(annotation) is typing.Literal:
        return "text"
    return _PLAIN.get(annotation, "jsonb")


def document(value: Any) -> msgspec.Raw | None:
    """A value for a jsonb array: encoded, because a bare list would be taken for one more dimension of the array."""
    return None if value is None else msgspec.Raw(msgspec.json.encode(value))


def _names(columns: Iterable[str], prefix: str = "") -> str:
    """Column names for a statement, quoted: `group` and `returning` are words of SQL as well."""
    return ", ".join(f'{prefix}"{column}"' for column in columns)


def _is_frozen(hint: Any) -> bool:
    """Whether values of this type can never be changed in place."""
    if typing.get_origin(hint) is tuple:
        return all(each is ... or _is_frozen(each) for each in typing.get_args(hint))
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint.__struct_config__.frozen and all(map(_is_frozen, typing.get_type_hints(hint).values()))
    return hint in _PLAIN or typing.get_origin(hint) is typing.Literal


def _copy_of(hint: Any) -> Callable[[Any], Any] | None:
    """How to remember a document as it was, so that a change in place is seen. None: it cannot be changed."""
    if _is_frozen(hint):
        return None
    origin = typing.get_origin(hint)
    if origin in (list, dict) and all(map(_is_frozen, typing.get_args(hint))):
        return origin.copy  # type: ignore[no-any-return]
    return msgspec.json.encode


# Documents that need no conversion: JSON gives them as they are.
_AS_THEY_COME = (Any, dict[str, str], dict[str, Any], list[str], list[int], list[Any])


class Table:
    """SQL for one kind of row. Statements take one array a column, so they do not depend on how many rows there are."""

    def __init__(self, kind: type[Row]) -> None:
        self.kind = kind
        self.name = kind.table
        hints = typing.get_type_hints(kind)
        self.columns: tuple[str, ...] = kind.__struct_fields__
        self.key = _names(kind.key)
        self.types = {column: column_type(hints[column]) for column in self.columns}
        self.documents = tuple(
            (index, hints[column]) for index, column in enumerate(self.columns) if self.types[column] == "jsonb"
        )
        self.times = tuple(index for index, column in enumerate(self.columns) if self.types[column] == "timestamptz")
        takes = ((index, _copy_of(hint)) for index, hint in self.documents)
        self.mutable = tuple((index, take) for index, take in takes if take is not None)
        self.structured = tuple((index, hint) for index, hint in self.documents if hint not in _AS_THEY_COME)

    @cached_property
    def select(self) -> str:
        return f"SELECT {_names(self.columns)} FROM {self.name}"

    @cached_property
    def by_order(self) -> str:
        return f"{self.select} WHERE order_id = ANY($1::uuid[]) ORDER BY {self.key}"

    def by_key(self, *, lock: bool) -> str:
        """Rows by their keys, locked in the order of these where they must queue up."""
        key = self.kind.key
        arrays = ", ".join(f"${n}::{self.types[column]}[]" for n, column in enumerate(key, 1))
        where = f"{self.key} = ANY({arrays})" if len(key) == 1 else f"({self.key}) IN (SELECT * FROM unnest({arrays}))"
        return f"{self.select} WHERE {where} ORDER BY {self.key}{' FOR UPDATE' if lock else ''}"

    def by_column(self, column: str, *, lock: bool) -> str:
        where = f'"{column}" = ANY($1::{self.types[column]}[])'
        return f"{self.select} WHERE {where} ORDER BY {self.key}{' FOR UPDATE' if lock else ''}"

    def from_pool(self, *, lock: bool) -> str:
        """$1 pools, $2 how many of each, $3 keys that are loaded already."""
        assert self.kind.pool is not None
        column, free = self.kind.pool
        key = self.kind.key[0]
        columns = _names(self.columns, "picked.")
        return f"""
            SELECT {columns}
              FROM unnest($1::{self.types[column]}[], $2::bigint[]) AS want (pool, quantity),
                   LATERAL (SELECT * FROM {self.name}
                             WHERE {column} = want.pool AND {free} AND {key} <> ALL($3::{self.types[key]}[])
                          ORDER BY {key} LIMIT want.quantity
                        {"FOR UPDATE SKIP LOCKED" if lock else ""}) AS picked
        """

    def update(self, changed: Sequence[str]) -> str:
        """Sets the `changed` columns; takes the key columns first, then those."""
        key = self.kind.key
        arrays = ", ".join(f"${n}::{self.types[column]}[]" for n, column in enumerate((*key, *changed), 1))
        names = _names((*key, *changed))
        sets = ", ".join(f'"{column}" = new."{column}"' for column in changed)
        where = " AND ".join(f'old."{column}" = new."{column}"' for column in key)
        return f"UPDATE {self.name} AS old SET {sets} FROM unnest({arrays}) AS new ({names}) WHERE {where}"

    def values(self, record: Iterable[Any]) -> list[Any]:
        """The values of a record. Times are such that rules can reckon with them, whatever was stored."""
        values = list(record)
        for index in self.times:
            at = values[index]
            if at is not None and not EARLIEST.year <= at.year < LATEST.year:
                values[index] = kept(at)
        return values

    def read(self, record: Iterable[Any]) -> Row:
        """A row from a record whose columns stand in the order of the fields."""
        values = self.values(record)
        for index, hint in self.structured:
            values[index] = msgspec.convert(values[index], hint)
        return self.kind(*values)

    def picture(self, row: Row) -> tuple[Any, ...]:
        """The row's values at this moment, with copies of documents that may be changed in place."""
        values = msgspec.structs.astuple(row)
        if not self.mutable:
            return values
        changed = list(values)
        for index, take in self.mutable:
            changed[index] = take(changed[index])
        return tuple(changed)

    def pictures(self, rows: Iterable[Row]) -> Iterable[tuple[Any, ...]]:
        return map(self.picture if self.mutable else msgspec.structs.astuple, rows)

    def records(self, rows: Iterable[Row]) -> Iterable[tuple[Any, ...]]:
        """The rows as COPY takes them."""
        return map(msgspec.structs.astuple, rows)

    def arrays(self, rows: Iterable[Row]) -> list[Sequence[Any]]:
        """The rows as one array a column."""
        columns: list[Sequence[Any]] = list(zip(*map(msgspec.structs.astuple, rows), strict=True))
        for index, _ in self.documents:
            columns[index] = [document(value) for value in columns[index]]
        return columns


@cache
def table_of(kind: type[Row]) -> Table:
    return Table(kind)


def _all_kinds(of: type[Row]) -> Iterable[type[Row]]:
    for kind in of.__subclasses__():
        if kind.table:
            yield kind
        yield from _all_kinds(kind)


@cache
def row_kinds() -> dict[str, type[Row]]:
    """Every kind of row by its table, once all stages are imported."""
    kinds = {kind.table: kind for kind in _all_kinds(Row)}
    return dict(sorted(kinds.items()))


@cache
def parts() -> dict[int, type[OrderRow]]:
    """Kinds of rows of an order by their bit in `Order.parts`."""
    found: dict[int, type[OrderRow]] = {}
    for kind in row_kinds().values():
        if issubclass(kind, OrderRow):
            assert kind.part not in found, f"{kind.table} and {found[kind.part].table} share bit {kind.part}"
            assert 0 <= kind.part < 63, f"{kind.table} needs a bit from 0 to 62"  # noqa: PLR2004
            found[kind.part] = kind
    return found
