"""Messages that only these tests know: a counter that is counted up, and every way in which a rule can go wrong."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.messages import Call, Command, Fact, Job, Stamp
from purveyor.core.positions import Posting, StockMove, UnitMove
from purveyor.core.refusals import Refusal
from purveyor.core.registry import Decision, applies, decides
from purveyor.core.rows import Counter
from purveyor.core.state import State


class CountTooLow(Refusal):
    by: int
    sentence = "{by} is not worth counting."


class Count(Command, frozen=True, kw_only=True, tag="trial.count"):
    """Count up; `breaks` says where the rule has its bug."""

    name: str
    by: int = 1
    breaks: str = ""  # decide | apply | refuse_in_apply | ledger


class Counted(Fact, frozen=True, kw_only=True, tag="trial.counted"):
    name: str
    by: int
    breaks: str = ""


class Touch(Command, frozen=True, kw_only=True, tag="trial.touch"):
    """Record something about an order, with the moves and postings that are given."""

    order_id: UUID
    moves: tuple[UnitMove, ...] = ()
    stock: tuple[StockMove, ...] = ()
    postings: tuple[Posting, ...] = ()


class Touched(Fact, frozen=True, kw_only=True, tag="trial.touched"):
    """Nothing of its own."""


class Ring(Job, frozen=True, kw_only=True, tag="trial.ring"):
    name: str


@decides(Count)
def decide_count(state: State, command: Count, call: Call) -> Decision:
    if command.breaks == "decide":
        raise ZeroDivisionError("the rule has a bug")
    if command.by < 1:
        raise CountTooLow(by=command.by)
    state.get(Counter, command.name)
    yield Counted(name=command.name, by=command.by, breaks=command.breaks)


@applies(Counted)
def count(state: State, fact: Counted, _stamp: Stamp) -> None:
    counter = state.get(Counter, fact.name)
    if counter is None:
        state.add(Counter(fact.name, fact.by))
    else:
        counter.value += fact.by
    if fact.breaks == "apply":
        raise ZeroDivisionError("the row has a bug")
    if fact.breaks == "refuse_in_apply":
        raise CountTooLow(by=fact.by)


@decides(Touch)
def decide_touch(state: State, command: Touch, call: Call) -> Decision:
    state.book(command.order_id)
    for change in command.stock:
        state.stock_of(change.sku)
    for move in command.moves:
        state.stock_of(move.sku)
    yield Touched(order_id=command.order_id, moves=command.moves, stock=command.stock, postings=command.postings)


class Reprice(Command, frozen=True, kw_only=True, tag="trial.reprice"):
    """Raise the price of a product: a row that is read without a lock."""

    sku: str
    by_minor: int


class Repriced(Fact, frozen=True, kw_only=True, tag="trial.repriced"):
    sku: str
    by_minor: int


@decides(Reprice)
def decide_reprice(state: State, command: Reprice, call: Call) -> Decision:
    state.product(command.sku)
    yield Repriced(sku=command.sku, by_minor=command.by_minor)


@applies(Repriced)
def reprice(state: State, fact: Repriced, _stamp: Stamp) -> None:
    state.product(fact.sku).price_minor += fact.by_minor
