"""What follows returns: credits, exchanges and what never came."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.messages import Fact
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.core.registry import Follow, after
from purveyor.core.state import Book, State
from purveyor.flow.follow_ups import (
    ask_how_it_was,
    counted_in,
    note_credits_for_support,
    take_access_back,
    tell,
)
from purveyor.flow.questions import (
    book_of,
    can_be_sent,
    never_arrived,
    order_of,
)
from purveyor.stages.delivery import commands as delivery
from purveyor.stages.payment import commands as payment
from purveyor.stages.returns import commands as returns, facts as returns_facts
from purveyor.stages.returns.state import Rma
from purveyor.stages.review import commands as review
from purveyor.stages.support import commands as support


@after(returns_facts.ReturnAuthorized)
def say_how_to_send_it_back(fact: returns_facts.ReturnAuthorized, state: State) -> Follow:
    details = {"rma_id": str(fact.rma_id), "amount": str(Money(fact.outcome.credit_minor, fact.currency))}
    if fact.expires_at is None:
        yield tell(order_of(fact), "return_without_goods", **details)
        return
    details["expires_at"] = fact.expires_at.isoformat()
    if fact.way == "counter":
        place = state.policies.location(fact.location)
        yield tell(order_of(fact), "return_to_counter", **details, counter=place.in_words if place else fact.location)
        return
    counters = [place.in_words for place in state.policies.locations if place.collects]
    if counters:
        details["counters"] = "; ".join(counters)
    yield tell(order_of(fact), "return_authorized", **details)


@after(returns_facts.ReturnReceived)
def say_that_it_came(fact: returns_facts.ReturnReceived, state: State) -> Follow:
    order_id = order_of(fact)
    received = tuple(UnitsOf(each.line_id, each.quantity) for each in fact.counted)
    yield from _no_longer_in_a_parcel(book_of(fact, state), fact.rma_id, received)
    yield tell(order_id, "return_received", rma_id=str(fact.rma_id))
    if fact.found:
        yield support.OpenCase(order_id=order_id, topic="return")


@after(returns_facts.ReturnAuthorized, returns_facts.ReturnExtended, returns_facts.ReturnInspected)
def credit_what_is_due(
    fact: returns_facts.ReturnAuthorized | returns_facts.ReturnExtended | returns_facts.ReturnInspected, _state: State
) -> Follow:
    yield returns.CreditReturn(order_id=order_of(fact), rma_id=fact.rma_id, when_inspected=True)


@after(returns_facts.ReturnCredited)
def give_money_or_other_goods(fact: returns_facts.ReturnCredited, state: State) -> Follow:
    book = book_of(fact, state)
    yield note_credits_for_support(book, fact.credits, fact.shipping_minor)
    yield from take_access_back(book, [UnitsOf(each.line_id, each.quantity) for each in fact.credits])
    for wanted in fact.exchanges:
        if not wanted.has_tax or not can_be_sent(state, book, wanted.sku, wanted.quantity):
            yield support.OpenCase(order_id=book.order.id, topic="return", line_id=wanted.line_id)
        elif wanted.sku == book.line(wanted.line_id).sku:
            units = (UnitsOf(wanted.line_id, wanted.quantity),)
            yield review.AddUnits(order_id=book.order.id, units=units, reason="exchange")
        else:
            items = (review.AddedItem(sku=wanted.sku, quantity=wanted.quantity),)
            yield review.AddUnits(order_id=book.order.id, items=items, reason="exchange")
    yield payment.SettleBalance(
        order_id=book.order.id,
        to=fact.settle_to,
        kept_back=kept_back_in(fact),
        counted_minor=counted_in(fact),
        undelivered=never_arrived(book),
    )


def kept_back_in(fact: returns_facts.ReturnCredited) -> tuple[payment.KeptBack, ...]:
    """What was kept back of the units of each line, for the credit note to name."""
    lines: dict[UUID, payment.KeptBack] = {}
    for each in fact.kept_back:
        was = lines.get(each.line_id, payment.KeptBack(each.line_id))
        lines[each.line_id] = payment.KeptBack(
            each.line_id,
            was.fee_minor + each.fee_minor,
            was.deducted_minor + each.deducted_minor,
            was.label_minor + each.label_minor,
        )
    return tuple(each for each in lines.values() if each.fee_minor or each.deducted_minor or each.label_minor)


@after(returns_facts.ReturnImported)
def settle_what_came_back_in_the_past(fact: returns_facts.ReturnImported, state: State) -> Follow:
    book = book_of(fact, state)
    yield note_credits_for_support(book, fact.credits, 0)
    yield payment.SettleBalance(order_id=book.order.id)


def _no_longer_in_a_parcel(book: Book, rma_id: UUID, units: tuple[UnitsOf, ...]) -> Follow:
    """What a parcel brought back, or never will, does not move with what is told of that parcel later."""
    shipment_id = book.row(Rma, rma_id).shipment_id
    if shipment_id is not None and units:
        yield delivery.EndComingBack(order_id=book.order.id, shipment_id=shipment_id, units=units)


@after(returns_facts.ReturnExpired)
def look_for_what_never_came(fact: returns_facts.ReturnExpired, state: State) -> Follow:
    order_id = order_of(fact)
    yield from _no_longer_in_a_parcel(book_of(fact, state), fact.rma_id, fact.lost)
    if fact.lost and fact.kind_of_return == "return_to_sender":
        yield support.OpenClaim(order_id=order_id, claim="lost", contents=fact.lost, only_unclaimed=True)
        yield tell(order_id, "parcel_lost")
    elif fact.lost:
        yield support.OpenCase(order_id=order_id, topic="return")


@after(returns_facts.ReturnReceived, returns_facts.ReturnCanceled, returns_facts.ReturnExpired)
def nothing_more_comes_back(fact: Fact, state: State) -> Follow:
    yield from ask_how_it_was(book_of(fact, state))
