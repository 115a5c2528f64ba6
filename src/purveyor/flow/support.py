"""What follows support: answers, claims and what puts them right."""

from __future__ import annotations

from typing import assert_never

from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    settled_as_agreed,
    take_access_back,
    tell,
)
from purveyor.flow.questions import (
    book_of,
    never_arrived,
    order_of,
)
from purveyor.stages.payment import commands as payment
from purveyor.stages.returns import commands as returns
from purveyor.stages.review import commands as review
from purveyor.stages.support import facts as support_facts

PART_OF_IT = "refund_in_part"  # of what the units of a claim cost


@after(support_facts.CaseOpened, support_facts.ClaimOpened)
def say_that_it_was_heard(fact: support_facts.CaseOpened | support_facts.ClaimOpened, _state: State) -> Follow:
    if fact.channel != "system":
        yield tell(order_of(fact), "case_opened")


@after(support_facts.MessageAdded)
def tell_the_answer(fact: support_facts.MessageAdded, _state: State) -> Follow:
    if fact.author == "staff":
        yield tell(order_of(fact), "case_answered")


@after(support_facts.ClaimResolved)
def make_it_right(fact: support_facts.ClaimResolved, state: State) -> Follow:
    book = book_of(fact, state)
    units = tuple(UnitsOf(each.line_id, each.quantity) for each in fact.units)
    match fact.remedy:
        case "refund":
            credited = tuple(
                returns.CreditedUnits(line_id=each.line_id, quantity=each.quantity, is_lost=fact.claim == "lost")
                for each in fact.units
            )
            yield returns.NoteCredit(order_id=book.order.id, units=credited, shipping_minor=fact.shipping_minor)
            yield from take_access_back(book, units)
            yield settled_as_agreed(fact, undelivered=never_arrived(book))
        case "goodwill":
            yield settled_as_agreed(fact, to="store_credit")
        case "resend":
            yield review.AddUnits(order_id=book.order.id, units=units, free=True, reason="claim")
        case "none":
            pass
        case _:
            assert_never(fact.remedy)
    yield tell(book.order.id, "claim_resolved", remedy=fact.remedy)


@after(support_facts.RemedyAsked)
def ask_a_second_person(fact: support_facts.RemedyAsked, state: State) -> Follow:
    yield payment.RequestClaim(
        order_id=order_of(fact),
        case_id=fact.case_id,
        remedy=PART_OF_IT if fact.remedy == "refund" and fact.is_part else fact.remedy,
        contents=fact.units,
        amount=Money(fact.amount_minor, book_of(fact, state).currency),
    )
