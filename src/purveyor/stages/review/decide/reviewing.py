"""The rules of the review itself: one pass over a new order, and shelves for units that have none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from purveyor.core.download_files import without_file
from purveyor.core.messages import Call, Fact
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Contact, Customer
from purveyor.core.state import Book, State
from purveyor.stages.review import addresses, risk
from purveyor.stages.review.commands import AllocateBackorders, AllocateUnits, CheckFiles, ReviewOrder
from purveyor.stages.review.decide.allocating import from_the_line, shelve
from purveyor.stages.review.decide.canceled_units import units_canceled
from purveyor.stages.review.decide.hold_facts import CHOICE, FILE, held, is_held_under, no_longer_short, released
from purveyor.stages.review.facts import (
    AddressDoubted,
    OrderApproved,
    OrderRejected,
    RiskAssessed,
    UnitsAllocated,
    UnitsBackordered,
)
from purveyor.stages.review.reasons import NO_FILE, RISK, UNSERVED
from purveyor.stages.review.state import is_approved, open_holds

TYPED_BY_HAND: Final = frozenset({"phone", "email", "in_person"})
IMPORT: Final = "channel:"  # an operator hands in what another system knows the addresses of


@decides(ReviewOrder)
def decide_review(state: State, command: ReviewOrder, call: Call) -> Decision:
    """One pass: risk, shelves, address; then the order is approved, held for all that was found, or turned down."""
    book = state.book(command.order_id)
    order = book.order
    contact = state.contact(order.contact_id)
    found = risk.assess(state, book, contact, call.at)
    policy = state.policies.risk
    yield from risk.traces(policy, book, contact, call)
    if found.score:
        yield RiskAssessed(
            order_id=order.id, score=found.score, reasons=found.reasons, policy_version=state.policies.version
        )
        if found.score >= policy.refuse_from:
            why = RISK(score_count=found.score, words=found.reasons)
            yield OrderRejected(order_id=order.id, why=why)
            yield from released(book, open_holds(book), why, ends=True)
            yield units_canceled(state.policies, book, {line.id: line.placed for line in book.lines.values()}, why)
            return

    shelving = shelve(state, book, book.lines.values(), call)
    yield from shelving.facts
    reasons: list[tuple[str, str]] = []
    if found.score >= policy.hold_from:
        reasons.append(("fraud", RISK(score_count=found.score, words=found.reasons)))
    if shelving.unserved:
        reasons.append(("stock", UNSERVED(unit_count=shelving.unserved)))
    elif _waits_for_choice(state, shelving.facts):
        reasons.append((CHOICE, "the customer may say what is done about missing units"))
    reasons.extend(_about_files(state, book))
    if order.customer_id is not None and _is_blocked(state, book):
        reasons.append(("approval", "orders of this customer are looked at"))
    is_delivered = order.method == "ship" and not call.actor.startswith(IMPORT)
    reasons.extend(_about_address(contact, is_delivered=is_delivered))
    doubts = addresses.doubts(contact, is_delivered=is_delivered)
    if doubts or order.channel in TYPED_BY_HAND:
        yield AddressDoubted(order_id=order.id, contact_id=contact.id, doubts=doubts)
    for type_, why in reasons:
        yield held(state, book, type_, why, call, by_rule=True, before_approval=True)
    if not reasons and is_approved(book):
        yield OrderApproved(order_id=order.id)


def _about_files(state: State, book: Book) -> Iterator[tuple[str, str]]:
    if without := without_file(state, book.lines.values()):
        yield FILE, NO_FILE(skus_name=tuple(without))


def _about_address(contact: Contact, *, is_delivered: bool) -> Iterator[tuple[str, str]]:
    mistakes = addresses.mistakes(contact, is_delivered=is_delivered)
    if mistakes:
        yield "address", ", ".join(mistakes)


def _is_blocked(state: State, book: Book) -> bool:
    customer = state.get(Customer, book.order.customer_id)
    return customer is not None and customer.blocked


def _waits_for_choice(state: State, facts: list[Fact]) -> bool:
    """The merchant has a rule for holding orders of which a part is there until the customer has chosen."""
    if not any(isinstance(fact, UnitsBackordered) for fact in facts):
        return False
    has_rule = state.policies.holds.chosen(CHOICE) is not None
    return has_rule and any(isinstance(fact, UnitsAllocated) for fact in facts)


@decides(CheckFiles)
def decide_check_files(state: State, command: CheckFiles, call: Call) -> Decision:
    """Nothing to do where the order is held as it should be. What staff hold by hand, staff release."""
    book = state.book(command.order_id)
    missing = list(_about_files(state, book))
    holds = [hold for hold in open_holds(book) if hold.by_rule and hold.type == FILE]
    if holds and not missing:
        yield from released(book, holds, "the file is there")
    for type_, why in [] if holds else missing:
        yield held(state, book, type_, why, call, by_rule=True, before_approval=not is_approved(book))


@decides(AllocateUnits)
def decide_allocate(state: State, command: AllocateUnits, call: Call) -> Decision:
    """Shelves for placed units; what finds none waits, or is held for. Nothing to do where no unit is placed."""
    book = state.book(command.order_id)
    if not any(line.placed for line in book.lines.values()):
        return
    yield from _shelve_or_hold(state, book, call)


@decides(AllocateBackorders)
def decide_allocate_backorders(state: State, command: AllocateBackorders, call: Call) -> Decision:
    """Shelves for units that wait, as far as there is stock. Nothing to do where there is none."""
    book = state.book(command.order_id)
    waiting = sum(line.backordered for line in book.lines.values() if line.kind == "goods")
    served = from_the_line(state, book)
    if served is not None:
        yield served
        waiting -= sum(move.quantity for move in served.moves)
    elif any(line.placed for line in book.lines.values()):
        yield from _shelve_or_hold(state, book, call)
        return
    if served is not None and not waiting and not any(line.placed for line in book.lines.values()):
        yield from released(book, no_longer_short(book), "everything is in stock")


def _shelve_or_hold(state: State, book: Book, call: Call) -> Iterator[Fact]:
    shelving = shelve(state, book, book.lines.values(), call)
    yield from shelving.facts
    waits = book.units("backordered") or any(isinstance(fact, UnitsBackordered) for fact in shelving.facts)
    if not shelving.unserved:
        if shelving.facts and not waits:
            yield from released(book, no_longer_short(book), "everything is in stock")
    elif not is_held_under(book, "stock"):
        why = UNSERVED(unit_count=shelving.unserved)
        yield held(state, book, "stock", why, call, by_rule=True, before_approval=not is_approved(book))
