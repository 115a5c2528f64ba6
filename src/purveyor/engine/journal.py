"""The journal: facts out to rows, rows back to facts; and the two projections that are written straight from facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact, Stamp
from purveyor.core.state import State
from purveyor.engine.ledger import stock_moves
from purveyor.engine.unit_of_work import Connection

FACTS = ("at", "order_id", "order_version", "kind", "kind_version", "actor", "key", "data")
POSTINGS = ("order_id", "order_version", "side", "account", "minor", "currency", "at")
STOCK_MOVES = ("sku", "location", "on_hand", "allocated", "held", "reason", "order_id", "at")


class Recorded(msgspec.Struct, gc=False):
    """A fact on its way into the journal."""

    fact: Fact
    order_version: int
    at: datetime
    actor: str
    key: str


class Entry(msgspec.Struct):
    """A fact as the journal has it."""

    seq: int
    at: datetime
    order_id: UUID | None
    order_version: int
    kind: str
    kind_version: int
    actor: str
    key: str
    data: dict[str, Any]

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.at, self.actor)

    @property
    def fact(self) -> Fact:
        """The fact, brought up to today's shape."""
        kind = fact_kinds()[self.kind]
        data = self.data if self.kind_version == kind.version else kind.upcast(self.data, self.kind_version)
        return msgspec.convert(data, kind, strict=False)


@cache
def fact_kinds() -> dict[str, type[Fact]]:
    """Every fact by its kind, once all rooms are imported."""
    return {kind.kind(): kind for kind in _all_kinds(Fact)}


def _all_kinds(of: type[Fact]) -> Iterable[type[Fact]]:
    for kind in of.__subclasses__():
        if kind.__struct_config__.tag is not None:
            yield kind
        yield from _all_kinds(kind)


async def write_facts(db: Connection, recorded: list[Recorded], state: State) -> None:
    """Append facts, postings and stock moves: one statement each, whatever their number."""
    facts = [
        (
            each.at,
            each.fact.order_id,
            each.order_version,
            each.fact.kind(),
            each.fact.version,
            each.actor,
            each.key,
            each.fact,
        )
        for each in recorded
    ]
    postings = [
        (
            each.fact.order_id,
            each.order_version,
            side,
            posting.account,
            posting.minor,
            state.books[each.fact.order_id].order.currency,
            each.at,
        )
        for each in recorded
        if each.fact.order_id is not None
        for side, posting in enumerate(each.fact.postings)
    ]
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
    await db.copy_records_to_table("journal", records=facts, columns=FACTS)
    if postings:
        await db.copy_records_to_table("posting", records=postings, columns=POSTINGS)
    if moves:
        await db.copy_records_to_table("stock_move", records=moves, columns=STOCK_MOVES)
