"""What returns must know of other stages: none of it can be refused, and nothing to note yields nothing."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from purveyor.core.credits import cuts
from purveyor.core.messages import Call
from purveyor.core.positions import UnitsOf
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.stages.returns.commands import CreditedUnits, NoteCredit, NoteDelivery, NotePriceCut
from purveyor.stages.returns.decide.returnable_units import creditable
from purveyor.stages.returns.facts import CreditNoted, DeliveryNoted, LineCut, PriceCutNoted
from purveyor.stages.returns.state import DeliveredUnits, LineCredit


@decides(NoteDelivery)
def decide_note_delivery(state: State, command: NoteDelivery, call: Call) -> Decision:
    """What was on its way back and is delivered after all counts once, since it was delivered the last time.

    Then no unit is new, and only the day is; of a line of which nothing was delivered there is nothing to note.
    """
    book = state.book(command.order_id)
    at = command.at or call.at
    told: defaultdict[UUID, int] = defaultdict(int)
    for each in command.units:
        if each.quantity > 0 and each.line_id in book.lines:
            told[each.line_id] += each.quantity
    units: list[UnitsOf] = []
    for line_id, quantity in told.items():
        line, noted = book.line(line_id), book.rows(DeliveredUnits).get(line_id)
        new = line.delivered + line.returning + line.returned - (noted.quantity if noted else 0)
        if new > 0 or (noted is not None and at > noted.at):
            units.append(UnitsOf(line_id, max(0, min(quantity, new))))
    if units:
        yield DeliveryNoted(order_id=book.order.id, units=tuple(units), delivered_at=at)


@decides(NoteCredit)
def decide_note_credit(state: State, command: NoteCredit, _call: Call) -> Decision:
    book = state.book(command.order_id)
    units: list[CreditedUnits] = []
    for each in command.units:
        quantity = min(each.quantity, creditable(book, book.line(each.line_id)))
        if quantity > 0:
            units.append(CreditedUnits(line_id=each.line_id, quantity=quantity, is_lost=each.is_lost))
    if units:
        yield CreditNoted(order_id=book.order.id, units=tuple(units), shipping_minor=command.shipping_minor)


@decides(NotePriceCut)
def decide_note_price_cut(state: State, command: NotePriceCut, _call: Call) -> Decision:
    """What was taken off is borne by the lines that have left; what they cannot bear comes off the shipping."""
    book = state.book(command.order_id)
    parts, rest = cuts(book.lines.values(), book.rows(LineCredit), command.amount_minor)
    if command.amount_minor > 0:
        yield PriceCutNoted(
            order_id=book.order.id, cuts=tuple(LineCut(line_id, minor) for line_id, minor in parts), shipping_minor=rest
        )
