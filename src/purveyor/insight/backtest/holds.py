"""Holds: each of the past, with the owner and the deadline that it would have had."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.ids import Ids
from purveyor.core.messages import Call
from purveyor.core.policies import Policies
from purveyor.core.rows import Order
from purveyor.core.state import Book
from purveyor.db.reader import Reader
from purveyor.insight.backtest.history import (
    MOST,
    BacktestResult,
    ChangedOrder,
    OutcomeCount,
    PolicyPair,
    a_state,
    without_timeout,
)
from purveyor.stages.review.decide.hold_facts import CHOICE, held
from purveyor.stages.review.facts import OrderHeld

# The newest holds by their id, which begins with the time; then only those of the time that is looked at.
HOLDS = """
    SELECT id, order_id, type, opened_at, why, released_at
      FROM (SELECT * FROM hold ORDER BY id DESC LIMIT $2) newest
     WHERE opened_at > $1
  ORDER BY id
"""
ORDERS = f"SELECT {', '.join(Order.__struct_fields__)} FROM orders WHERE id = ANY($1::uuid[])"


class _Hold(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    type: str
    opened_at: datetime
    why: str
    released_at: datetime | None


async def backtest_holds(read: Reader, asked: PolicyPair) -> BacktestResult:
    """What the deadline would have done by itself, before the hold was let go."""
    answer = asked.answer()
    holds = [hold for hold in await read.rows(_Hold, HOLDS, asked.since, MOST) if hold.type != CHOICE]
    ids = list({hold.order_id for hold in holds})
    orders = {order.id: order for order in await read.rows(Order, ORDERS, ids)}
    ends: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    async for hold in without_timeout(holds):
        answer.looked_at += 1
        facts = [_again(policies, hold, orders[hold.order_id]) for policies in (asked.before, asked.after)]
        outcomes = [_end(fact, hold, asked.until) for fact in facts]
        for counted, outcome in zip(ends, outcomes, strict=True):
            counted[outcome] += 1
        if (outcomes[0], facts[0].owner) != (outcomes[1], facts[1].owner):
            number = orders[hold.order_id].number
            before, after = (f"{outcome}, {fact.owner}" for outcome, fact in zip(outcomes, facts, strict=True))
            answer.changed.append(ChangedOrder(hold.order_id, number, before, after, hold.type))
    words = ("settled", "release", "cancel", "escalate")
    answer.counts = [OutcomeCount(f"hold_{word}", ends[0][word], ends[1][word]) for word in words]
    return answer


def _again(policies: Policies, hold: _Hold, order: Order) -> OrderHeld:
    state = a_state(policies)
    call = Call("backtest", "system:backtest", hold.opened_at, Ids(hold.id))
    return held(state, Book(order, state), hold.type, hold.why, call, by_rule=True, before_approval=True)


def _end(fact: OrderHeld, hold: _Hold, until: datetime) -> str:
    """`settled` in time (or still in it), or what the deadline does."""
    deadline = fact.deadline_at
    if deadline is None or (hold.released_at or until) <= deadline:
        return "settled"
    return fact.at_deadline
