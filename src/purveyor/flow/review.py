"""What follows review: allocation, holds, approval, changes and cancellations."""

from __future__ import annotations

from purveyor.core.messages import Fact
from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    close_what_never_came,
    look_for_files,
    tell,
)
from purveyor.flow.questions import (
    book_of,
    has_been_told,
    is_held,
    is_paid_for,
    order_of,
    pays_later,
)
from purveyor.stages.delivery import commands as delivery
from purveyor.stages.payment import commands as payment
from purveyor.stages.payment.rows import Invoice
from purveyor.stages.picking import commands as picking
from purveyor.stages.review import commands as review, facts as review_facts
from purveyor.stages.review.state import Hold
from purveyor.stages.shipping import commands as shipping


@after(review_facts.UnitsAllocated, review_facts.HoldReleased)
def release_for_picking(fact: Fact, state: State) -> Follow:
    book = book_of(fact, state)
    if not is_held(book) and is_paid_for(book):
        yield from look_for_files(book)
        yield picking.ReleaseUnits(order_id=book.order.id)


@after(review_facts.HoldReleased)
def ask_again_for_labels(fact: review_facts.HoldReleased, _state: State) -> Follow:
    """The address was corrected, or somebody is sure of it: labels that carriers refused are asked for again."""
    if fact.type == "address":
        yield shipping.RetryLabel(order_id=order_of(fact))


@after(review_facts.UnitsShorted)
def allocate_from_elsewhere(fact: review_facts.UnitsShorted, _state: State) -> Follow:
    order_id = order_of(fact)
    yield picking.WithdrawUnits(order_id=order_id)
    yield review.AllocateUnits(order_id=order_id)


@after(review_facts.AddressDoubted)
def look_closely_at_the_address(fact: review_facts.AddressDoubted, _state: State) -> Follow:
    yield review.CheckAddress(order_id=order_of(fact), contact_id=fact.contact_id)


@after(review_facts.OrderHeld)
def say_that_it_is_on_hold(fact: review_facts.OrderHeld, state: State) -> Follow:
    book = book_of(fact, state)
    is_first = len(book.rows(Hold)) == 1
    if is_first and fact.before_approval and state.policies.holds.rule(fact.type).tells_customer:
        yield tell(book.order.id, "order_on_hold")


@after(review_facts.OrderApproved)
def ask_for_the_money(fact: review_facts.OrderApproved, state: State) -> Follow:
    """Nothing is promised before a bank has agreed: it mostly does at once, and where it does not, a sweep says so."""
    book = book_of(fact, state)
    if pays_later(book) and not (has_been_told(book, "order_received") or has_been_told(book, "order_confirmed")):
        yield tell(book.order.id, "order_received")
    yield payment.StartPayments(order_id=book.order.id)


@after(review_facts.ChoiceOffered)
def ask_what_is_wanted(fact: review_facts.ChoiceOffered, _state: State) -> Follow:
    yield tell(order_of(fact), "choice_offered", deadline_at=fact.deadline_at.isoformat())


@after(review_facts.OrderEdited, review_facts.UnitsCanceled)
def stop_work_that_is_not_wanted(fact: Fact, _state: State) -> Follow:
    if any(move.target == "canceled" for move in fact.moves):
        order_id = order_of(fact)
        yield picking.WithdrawUnits(order_id=order_id)
        yield shipping.VoidLabels(order_id=order_id)
        yield delivery.WithdrawDeliveries(order_id=order_id)


@after(review_facts.OrderEdited, review_facts.UnitsAdded)
def allocate_what_is_new(fact: Fact, state: State) -> Follow:
    book = book_of(fact, state)
    if book.units("placed"):
        yield review.AllocateUnits(order_id=book.order.id)
        yield from look_for_files(book)


@after(review_facts.UnitsAdded)
def say_what_it_is_in_place_of(fact: review_facts.UnitsAdded, _state: State) -> Follow:
    sent = [payment.SentAgain(each.id, each.instead_of) for each in fact.added if each.instead_of is not None]
    if fact.free and sent:
        yield payment.NoteSentAgain(order_id=order_of(fact), sent=tuple(sent))


@after(review_facts.OrderEdited, review_facts.UnitsAdded, review_facts.UnitsCanceled)
def let_the_money_follow(fact: Fact, state: State) -> Follow:
    """Something else for the same price leaves nothing owed, and what was billed of the first is taken back."""
    book = book_of(fact, state)
    if fact.postings or (book.rows(Invoice) and any(move.target == "canceled" for move in fact.moves)):
        yield payment.SettleBalance(order_id=book.order.id)


@after(review_facts.OrderEdited)
def say_what_it_is_now(fact: review_facts.OrderEdited, _state: State) -> Follow:
    yield tell(order_of(fact), "changed")


@after(review_facts.UnitsCanceled)
def say_what_was_canceled(fact: review_facts.UnitsCanceled, _state: State) -> Follow:
    yield tell(order_of(fact), "canceled", reason=fact.why)


@after(review_facts.UnitsCanceled)
def close_the_order_of_what_was_canceled(fact: review_facts.UnitsCanceled, state: State) -> Follow:
    yield from close_what_never_came(book_of(fact, state))
