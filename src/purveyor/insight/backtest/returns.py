"""Returns: each that was authorized, asked for once more, on the order as it stood at that moment."""

from __future__ import annotations

from uuid import UUID

import msgspec

from purveyor.core.ids import Ids
from purveyor.core.messages import Call
from purveyor.core.money import Money
from purveyor.core.policies import Policies
from purveyor.core.refusals import Refusal
from purveyor.core.registry import DECIDES
from purveyor.core.rows import Contact, Product
from purveyor.core.state import State
from purveyor.db.reader import Reader
from purveyor.engine.cascade import apply_fact
from purveyor.engine.journal import LINE, JournalEntry, JournalRow
from purveyor.insight.backtest.history import (
    MOST,
    PRODUCTS,
    BacktestResult,
    ChangedOrder,
    OutcomeCount,
    PolicyPair,
    a_state,
    contacts_of,
    without_timeout,
)
from purveyor.stages.receipt.facts import OrderPlaced
from purveyor.stages.returns.commands import RequestReturn, ReturnItem
from purveyor.stages.returns.facts import ReturnAuthorized

RETURNED = """
    SELECT order_id FROM rma WHERE kind = 'return' AND announced_at > $1 ORDER BY announced_at DESC, id DESC LIMIT $2
"""
STORY = f"""
    -- All that happened to some orders.
    SELECT {LINE}
      FROM journal_row WHERE order_id = ANY($1::uuid[])
  ORDER BY seq
"""


async def backtest_returns(read: Reader, asked: PolicyPair) -> BacktestResult:
    """Returns that would have been refused, and what the others would have been credited; amounts by currency."""
    answer = asked.answer()
    stories: dict[UUID, list[JournalEntry]] = {}
    ids = list(dict.fromkeys(await read.values(RETURNED, asked.since, MOST)))
    for line in await read.rows(JournalRow, STORY, ids):
        assert line.order_id is not None
        stories.setdefault(line.order_id, []).extend(line.entries())
    placed = [_placed(story) for story in stories.values()]
    contacts = await contacts_of(read, (fact.contact_id for fact in placed))
    skus = {line.sku for fact in placed for line in fact.lines}
    products = await read.rows(Product, PRODUCTS, list(skus))
    refused = 0
    sums: dict[str, list[int]] = {}
    async for order_id, story in without_timeout(list(stories.items())):
        for before, after, number in _once_more(asked, story, list(contacts.values()), products):
            if before is None:
                answer.left_out += 1
                continue
            answer.looked_at += 1
            was = Money(before.outcome.credit_minor, before.currency)
            if not isinstance(after, ReturnAuthorized):
                refused += 1
                answer.changed.append(ChangedOrder(order_id, number, str(was), "refused", refusal=after))
                continue
            total = sums.setdefault(before.currency, [0, 0])
            total[0] += was.minor
            total[1] += after.outcome.credit_minor
            if after.outcome.credit_minor != was.minor:
                would_be = Money(after.outcome.credit_minor, before.currency)
                answer.changed.append(ChangedOrder(order_id, number, str(was), str(would_be)))
    answer.counts = [
        OutcomeCount("refused", 0, refused),
        *(OutcomeCount("credited", old, new, currency) for currency, (old, new) in sums.items()),
    ]
    return answer


def _placed(story: list[JournalEntry]) -> OrderPlaced:
    fact = story[0].fact
    assert isinstance(fact, OrderPlaced)
    return fact


Outcome = ReturnAuthorized | Refusal | None
Once = tuple[ReturnAuthorized | None, Outcome, int]


def _once_more(
    asked: PolicyPair, story: list[JournalEntry], contacts: list[Contact], products: list[Product]
) -> list[Once]:
    """Every return of an order: as it was, and as it would have been or why not. None: it cannot be told again."""
    state = a_state(asked.before, contacts=contacts, products=products)
    found: list[Once] = []
    number = _placed(story).number
    try:
        for entry in story:
            fact = entry.fact
            if isinstance(fact, ReturnAuthorized) and entry.at > asked.since:
                found.append((fact, _decide(state, asked.after, entry, fact), number))
            apply_fact(state, fact, entry.stamp)
    except (Refusal, AssertionError, KeyError, msgspec.MsgspecError):  # it refers to rows beside the order
        all_of_it = sum(entry.kind == ReturnAuthorized.kind() and entry.at > asked.since for entry in story)
        found.extend((None, None, number) for _ in range(all_of_it - len(found)))
    return found


def _decide(
    state: State, policies: Policies, entry: JournalEntry, fact: ReturnAuthorized
) -> ReturnAuthorized | Refusal | None:
    """Under the newest return policy, whichever the order was placed under."""
    assert fact.order_id is not None
    order = state.books[fact.order_id].order
    newest = msgspec.structs.replace(
        policies.current_return_policy, name=order.return_policy, version=order.return_policy_version
    )
    command = RequestReturn(
        order_id=fact.order_id,
        items=tuple(
            ReturnItem(
                line_id=item.line_id,
                quantity=item.quantity,
                reason=item.reason,
                want=item.want,  # type: ignore[arg-type]
                exchange_sku=item.exchange_sku,
            )
            for item in fact.items
        ),
        bring_to=fact.location if fact.way == "counter" else "",
    )
    before = state.policies
    state.policies = msgspec.structs.replace(policies, returns=(newest,))
    call = Call("backtest", entry.actor, entry.at, Ids(fact.rma_id))
    try:
        for made in DECIDES[RequestReturn](state, command, call):
            if isinstance(made, ReturnAuthorized):
                return made
    except Refusal as refusal:
        return refusal
    finally:
        state.policies = before
    return None
