"""Past orders as they were placed, read from the journal, and what a policy would have made of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from purveyor.core.ids import Ids, uuid7
from purveyor.core.messages import Call, Stamp
from purveyor.core.policies import Policies
from purveyor.core.refusals import Refusal
from purveyor.core.rows import Contact, Product
from purveyor.core.state import Book, State
from purveyor.db.reader import Reader
from purveyor.engine.cascade import apply_fact
from purveyor.engine.journal import LINE, JournalRow
from purveyor.stages.receipt.facts import OrderPlaced

DAYS: Final = 30
MOST: Final = 500  # of the newest orders, returns or holds
AT_A_TIME: Final = 20  # decisions between two looks at what else is to be done
NEWEST = "SELECT max(placed_at) FROM orders"
PLACED = f"""
    -- The newest orders of a time, each with the fact that placed it.
    SELECT j.*
      FROM (SELECT id FROM orders WHERE placed_at > $1 AND placed_at <= $2 ORDER BY placed_at DESC, id DESC LIMIT $3) o,
           LATERAL (SELECT {LINE} FROM journal_row WHERE order_id = o.id ORDER BY seq LIMIT 1) j
  ORDER BY j.seq
"""
CONTACTS = f"SELECT {', '.join(Contact.__struct_fields__)} FROM contact WHERE id = ANY($1::uuid[])"
PRODUCTS = f"SELECT {', '.join(Product.__struct_fields__)} FROM product WHERE sku = ANY($1::text[])"
T = TypeVar("T")


class ChangedOrder(msgspec.Struct, frozen=True):
    """An order that would have gone otherwise. Both outcomes are words of the system or amounts, as `kind` says."""

    order_id: UUID
    number: int
    before: str
    after: str
    why: str = ""
    refusal: Refusal | None = None  # the reason, where it is one


class OutcomeCount(msgspec.Struct, frozen=True):
    """A number under both policies. `currency` is that of an amount in minor units, "" for a plain count."""

    what: str
    before: int
    after: int
    currency: str = ""


class BacktestResult(msgspec.Struct, kw_only=True):
    """What would have been different. `left_out` could not be decided again."""

    since: datetime
    until: datetime
    looked_at: int = 0
    left_out: int = 0
    counts: list[OutcomeCount] = msgspec.field(default_factory=list)
    changed: list[ChangedOrder] = msgspec.field(default_factory=list)


class PolicyPair(msgspec.Struct, frozen=True):
    """The policies that are in force and those that are thought of, and the time that is looked at."""

    before: Policies
    after: Policies
    since: datetime
    until: datetime

    def answer(self) -> BacktestResult:
        return BacktestResult(since=self.since, until=self.until)


async def policies_compared(read: Reader, before: Policies, after: Policies, now: datetime) -> PolicyPair:
    """The last 30 days; of a shop that has been quiet for longer, those before its newest order."""
    (newest,) = await read.values(NEWEST)
    until = min(now, newest) if newest is not None else now
    return PolicyPair(before, after, until - timedelta(days=DAYS), until)


class PastOrder(msgspec.Struct, frozen=True):
    """An order as it was placed."""

    fact: OrderPlaced
    at: datetime
    actor: str

    @property
    def order_id(self) -> UUID:
        assert self.fact.order_id is not None
        return self.fact.order_id

    @property
    def call(self) -> Call:
        """A call under which it could have been asked, at the time at which it was."""
        ids = Ids(uuid7(int(self.at.timestamp() * 1000), self.order_id.int))
        return Call("backtest", self.actor, self.at, ids, self.fact.number)

    def open(self, state: State) -> Book:
        """The order in a state, as it was when it was placed."""
        apply_fact(state, self.fact, Stamp(self.at, self.actor))
        return state.books[self.order_id]


async def placed(read: Reader, asked: PolicyPair) -> list[PastOrder]:
    """The newest orders of the time, the oldest of them first."""
    found: list[PastOrder] = []
    for line in await read.rows(JournalRow, PLACED, asked.since, asked.until, MOST):
        entry = next(line.entries())
        fact = entry.fact
        assert isinstance(fact, OrderPlaced)
        found.append(PastOrder(fact, entry.at, entry.actor))
    return found


async def contacts_of(read: Reader, ids: Iterable[UUID]) -> dict[UUID, Contact]:
    return {row.id: row for row in await read.rows(Contact, CONTACTS, list(set(ids)))}


async def products_of(read: Reader, orders: Sequence[PastOrder]) -> dict[str, Product]:
    """Products of these orders as they are now."""
    skus = {line.sku for past in orders for line in past.fact.lines}
    return {row.sku: row for row in await read.rows(Product, PRODUCTS, list(skus))}


async def without_timeout(items: Sequence[T]) -> AsyncIterator[T]:
    """One by one; others get their turn in between, because decisions only compute."""
    for number, item in enumerate(items):
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)
        yield item


def a_state(policies: Policies, **rows: Any) -> State:
    """A state that holds what it is given, and nothing can be loaded into."""
    state = State(policies, complete=True)
    for row in rows.values():
        for each in row:
            state.shared[type(each)][type(each).key_of(each)] = each
    return state
