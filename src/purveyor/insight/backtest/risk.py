"""Risk: every order of the past, held against the rules once more, in the order in which they came."""

from __future__ import annotations

from collections import Counter

from purveyor.core.registry import DECIDES
from purveyor.core.rows import OrderTrace
from purveyor.core.state import State
from purveyor.db.reader import Reader
from purveyor.insight.backtest.history import (
    BacktestResult,
    ChangedOrder,
    OutcomeCount,
    PastOrder,
    PolicyPair,
    a_state,
    contacts_of,
    placed,
    products_of,
    without_timeout,
)
from purveyor.stages.review.commands import ReviewOrder
from purveyor.stages.review.facts import OrderHeld, OrderRejected, RiskAssessed
from purveyor.stages.review.reasons import RISK


async def backtest_risk(read: Reader, asked: PolicyPair) -> BacktestResult:
    """Who would have been held or turned down. Orders of people who were erased have nothing to be judged by."""
    answer = asked.answer()
    orders = await placed(read, asked)
    contacts = await contacts_of(read, (past.fact.contact_id for past in orders))
    products = await products_of(read, orders)
    states = [
        a_state(policies, contacts=contacts.values(), products=products.values())
        for policies in (asked.before, asked.after)
    ]
    verdicts: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    async for past in without_timeout(orders):
        contact = contacts.get(past.fact.contact_id)
        if contact is None or contact.erased:
            answer.left_out += 1
            continue
        answer.looked_at += 1
        (before, _), (after, why) = (_judge(state, past) for state in states)
        verdicts[0][before] += 1
        verdicts[1][after] += 1
        if before != after:
            answer.changed.append(ChangedOrder(past.order_id, past.fact.number, before, after, why))
    answer.counts = [
        OutcomeCount(word, verdicts[0][word], verdicts[1][word]) for word in ("passed", "held", "turned_down")
    ]
    return answer


def _judge(state: State, past: PastOrder) -> tuple[str, str]:
    """What review would say, and the rules that spoke. What counts orders finds those that came before.

    Nothing is in stock here, so that every order is held for that as well: only what is said of its risk counts.
    """
    past.open(state)
    verdict, why = "passed", ""
    for made in DECIDES[ReviewOrder](state, ReviewOrder(order_id=past.order_id), past.call):
        match made:
            case OrderTrace():
                state.add(made)
            case RiskAssessed():
                why = RISK(score_count=made.score, words=made.reasons)
            case OrderRejected():
                verdict = "turned_down"
            case OrderHeld(type="fraud"):
                verdict = "held"
            case _:
                pass
    del state.books[past.order_id]
    return verdict, why
