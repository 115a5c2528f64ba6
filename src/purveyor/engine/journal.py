"""The journal: facts out to rows, rows back to facts; and the projection that is written straight from facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact, Stamp
from purveyor.engine.ledger import stock_moves
from purveyor.engine.unit_of_work import Connection

#: Facts of a row at most. A row has the number of its first fact, the others have the numbers after it.
FACTS_OF_A_ROW: Final = 32

ROWS = (
    "at",
    "order_id",
    "order_version",
    "kind",
    "kind_version",
    "data",
    "kinds",
    "facts",
    "actor",
    "key",
)
_json_of = msgspec.json.Encoder().encode

STOCK_MOVES = ("sku", "location", "on_hand", "allocated", "held", "reason", "order_id", "at")


class Recorded(msgspec.Struct, gc=False):
    """A fact on its way into the journal."""

    fact: Fact
    order_version: int
    at: datetime
    actor: str
    key: str


class JournalRow(msgspec.Struct, gc=False):
    """A row of the journal: a fact that belongs to no order, or what one command did to an order, as one document.

    Rows from before are one fact each. Read with `LINE`.
    """

    seq: int
    recorded_at: datetime
    at: datetime
    order_id: UUID | None
    order_version: int
    actor: str
    key: str
    kinds: list[str]
    kind_version: int | None
    data: str | None
    facts: bytes | None

    def entries(self) -> Iterator[JournalEntry]:
        """Its facts in their order, each with its own number and version of the order."""
        for place, (kind, (version, data)) in enumerate(zip(self.kinds, self._documents(), strict=True)):
            yield JournalEntry(
                self.seq + place,
                self.at,
                self.order_id,
                self.order_version + place,
                kind,
                version,
                self.actor,
                self.key,
                data,
            )

    def _documents(self) -> list[tuple[int, msgspec.Raw]]:
        if self.facts is not None:
            return _DOCUMENTS.decode(self.facts)
        assert self.data is not None
        assert self.kind_version is not None
        return [(self.kind_version, msgspec.Raw(self.data))]


#: The columns of a `JournalRow`, of the table `journal_row`.
LINE = """seq, recorded_at, at, order_id, order_version, actor, key, coalesce(kinds, ARRAY[kind]) AS kinds,
          kind_version, data::text AS data, facts"""

_DOCUMENTS = msgspec.json.Decoder(list[tuple[int, msgspec.Raw]])


class JournalEntry(msgspec.Struct, gc=False):
    """A fact as the journal has it, still as JSON."""

    seq: int
    at: datetime
    order_id: UUID | None
    order_version: int
    kind: str
    kind_version: int
    actor: str
    key: str
    data: msgspec.Raw

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.at, self.actor)

    @property
    def fact(self) -> Fact:
        """The fact, brought up to today's shape."""
        kind = fact_kinds()[self.kind]
        if self.kind_version == kind.version:
            return _decoder(kind).decode(self.data)
        data = kind.upcast(msgspec.json.decode(self.data), self.kind_version)
        return msgspec.convert(data, kind, strict=False)


@cache
def _decoder(kind: type[Fact]) -> msgspec.json.Decoder[Fact]:
    return msgspec.json.Decoder(kind, strict=False)


@cache
def fact_kinds() -> dict[str, type[Fact]]:
    """Every fact by its kind, once all stages are imported."""
    return {kind.kind(): kind for kind in _all_kinds(Fact)}


def _all_kinds(of: type[Fact]) -> Iterable[type[Fact]]:
    for kind in of.__subclasses__():
        if kind.__struct_config__.tag is not None:
            yield kind
        yield from _all_kinds(kind)


async def write_facts(db: Connection, recorded: list[Recorded]) -> None:
    """Append facts and stock moves: one statement each, whatever their number."""
    moves = [
        (
            change.sku,
            change.location,
            change.on_hand,
            change.allocated,
            change.held,
            each.fact.kind(),
            each.fact.order_id,
            each.at,
        )
        for each in recorded
        if each.fact.moves or each.fact.stock
        for change in stock_moves(each.fact)
    ]
    await db.copy_records_to_table("journal_row", records=_rows(recorded), columns=ROWS)
    if moves:
        await db.copy_records_to_table("stock_move", records=moves, columns=STOCK_MOVES)


def _rows(recorded: list[Recorded]) -> list[tuple[Any, ...]]:
    """Facts as rows of the journal: those that one command recorded of one order, one after the other, share a row."""
    rows: list[tuple[Any, ...]] = []
    for (order_id, _), group in groupby(recorded, lambda each: (each.fact.order_id, each.key)):
        alike = list(group)
        if order_id is None:
            rows += map(_row_of_one, alike)
        else:
            starts = range(0, len(alike), FACTS_OF_A_ROW)
            rows += [_row_of_many(alike[start : start + FACTS_OF_A_ROW]) for start in starts]
    return rows


def _row_of_one(each: Recorded) -> tuple[Any, ...]:
    fact = each.fact
    document = (fact.kind(), fact.version, fact, None, None)
    return (each.at, None, each.order_version, *document, each.actor, each.key)


def _row_of_many(alike: list[Recorded]) -> tuple[Any, ...]:
    first = alike[0]
    facts = [each.fact for each in alike]
    document = [fact.kind() for fact in facts], _json_of([(fact.version, fact) for fact in facts])
    return (first.at, first.fact.order_id, first.order_version, None, None, None, *document, first.actor, first.key)
