"""Returns of the past: received, restocked and credited in one go, with no policy to be asked."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final
from uuid import UUID

from purveyor.core.calendars import local_day, start_of
from purveyor.core.field_types import GRACE, happened
from purveyor.core.ids import made_at
from purveyor.core.messages import Call
from purveyor.core.positions import Position, StockMove, UnitMove
from purveyor.core.refusals import Invalid, moment_in_words, wanted
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.returns.commands import ImportReturn
from purveyor.stages.returns.decide.returnable_units import check_location, home_of, pieces_of, policy_of, returnable
from purveyor.stages.returns.facts import CreditedItem, ReturnImported
from purveyor.stages.returns.outcome import credit_adjustments, credit_postings, outcome_of
from purveyor.stages.returns.refusals import NotDelivered
from purveyor.stages.returns.state import DeliveredUnits

_BACK: Final[tuple[tuple[Position, Position], ...]] = (("delivered", "returning"), ("returning", "returned"))


@decides(ImportReturn)
def decide_import(state: State, command: ImportReturn, call: Call) -> Decision:
    """Take back units of the past; refuses with `NotDelivered` what the customer does not have, and with `Invalid`."""
    book = state.book(command.order_id)
    order = book.order
    units: Counter[UUID] = Counter()
    for number, each in enumerate(command.items, 1):
        if each.quantity < 1:
            raise Invalid(field=f"items[{number}].quantity", found=each.quantity, expected="a whole number from 1")
        units[each.line_id] += each.quantity
    if not units:
        raise Invalid(field="items", found="none", expected="at least one item")
    taken = [(book.line(line_id), quantity) for line_id, quantity in units.items()]
    for line, quantity in taken:
        left = returnable(book, line)
        if quantity > left:
            raise NotDelivered(line_id=line.id, sku=line.sku, wanted=quantity, returnable=max(0, left))
    returned_at = _returned_at(state, book, command.at, units, call)
    location = check_location(state, command.location or home_of(state, book, units))
    stock: list[StockMove] = []
    if command.restock:
        for line, quantity in taken:
            if line.kind == "goods":
                state.stock_of(line.sku)
                stock.append(StockMove(line.sku, location, on_hand=quantity))
    outcome = outcome_of(pieces_of(book, [(line, quantity, 0, None) for line, quantity in taken]))
    policy = policy_of(state, book)
    yield ReturnImported(
        order_id=order.id,
        rma_id=call.ids.new(),
        credits=tuple(
            CreditedItem(call.ids.new(), line.id, line.sku, quantity, piece.amount_minor, 0, 0, is_kept=False)
            for (line, quantity), piece in zip(taken, outcome.pieces, strict=True)
        ),
        credit_minor=outcome.credit_minor,
        reason=command.reason,
        policy=policy.name,
        policy_version=policy.version,
        location=location,
        restocked=command.restock,
        returned_at=returned_at,
        moves=tuple(
            UnitMove(line.id, line.sku, source, target, quantity)
            for line, quantity in taken
            for source, target in _BACK
        ),
        stock=tuple(stock),
        postings=credit_postings(outcome),
        adjustments=credit_adjustments(outcome),
    )


def _returned_at(state: State, book: Book, at: datetime, units: Counter[UUID], call: Call) -> datetime:
    """When the goods came back: after they were ordered, and after they were delivered as far as that is known.

    An order of the past that was taken over later was delivered before we knew of it. A day, as files have it, is its
    midnight: what happened earlier on the same day fits it.
    """
    at, zone = happened(at, call.at, "at"), state.policies.zone
    since, known = book.order.placed_at, wanted("a time since the order was placed ({0})")
    for line_id, quantity in units.items():
        delivered = book.rows(DeliveredUnits).get(line_id)
        # Of several deliveries the last is known: what came with it is among the units if all of them go back.
        if delivered and delivered.quantity <= quantity and made_at(book.order.id) <= at and delivered.at > since:
            since, known = delivered.at, wanted("a time since the goods were delivered ({0})")
    day = local_day(at, zone)
    is_day = at == start_of(day, zone)
    if at < since - GRACE and not (is_day and day == local_day(since, zone)):
        raise Invalid(field="at", found=at, expected=known.format(moment_in_words(since)))
    return max(at, since)
