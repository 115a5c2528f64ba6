"""What support must know of other stages: none of it can be refused, and nothing to note yields nothing."""

from __future__ import annotations

from purveyor.core.credits import cuts
from purveyor.core.messages import Call
from purveyor.core.positions import UnitsOf, counted
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.stages.support.commands import CreditedUnits, NoteCredit, NoteFound, NotePriceCut
from purveyor.stages.support.decide.claim_amounts import creditable
from purveyor.stages.support.facts import CreditNoted, LineCut, LostUnitsFound, PriceCutNoted
from purveyor.stages.support.state import Case, CaseMessage, ClaimCredit


@decides(NoteCredit)
def decide_note_credit(state: State, command: NoteCredit, _call: Call) -> Decision:
    book = state.book(command.order_id)
    units: list[CreditedUnits] = []
    for each in command.units:
        quantity = min(each.quantity, creditable(book, book.line(each.line_id)))
        if quantity > 0:
            units.append(CreditedUnits(line_id=each.line_id, quantity=quantity, is_kept=each.is_kept))
    if units:
        yield CreditNoted(order_id=book.order.id, units=tuple(units), shipping_minor=command.shipping_minor)


@decides(NoteFound)
def decide_note_found(state: State, command: NoteFound, _call: Call) -> Decision:
    """Take units out of the claims that were opened for the loss by nobody; a customer's own claim stays his.

    A case in which somebody wrote stays open, for it waits for an answer.
    """
    book = state.book(command.order_id)
    found = counted(command.contents)
    written_in = {message.case_id for message in book.rows(CaseMessage).values()}
    for case in book.rows(Case).values():
        if case.claim != "lost" or case.channel != "system" or case.status == "closed":
            continue
        units: list[UnitsOf] = []
        for claimed in case.contents:
            quantity = min(claimed.quantity, found[claimed.line_id])
            if quantity:
                found[claimed.line_id] -= quantity
                units.append(UnitsOf(claimed.line_id, quantity))
        if units:
            is_all = sum(each.quantity for each in units) == sum(each.quantity for each in case.contents)
            yield LostUnitsFound(
                order_id=book.order.id,
                case_id=case.id,
                units=tuple(units),
                is_settled=is_all and case.id not in written_in,
            )


@decides(NotePriceCut)
def decide_note_price_cut(state: State, command: NotePriceCut, _call: Call) -> Decision:
    """What was taken off is borne by the lines that have left; what they cannot bear comes off the shipping."""
    book = state.book(command.order_id)
    parts, rest = cuts(book.lines.values(), book.rows(ClaimCredit), command.amount_minor)
    if command.amount_minor > 0:
        yield PriceCutNoted(
            order_id=book.order.id, cuts=tuple(LineCut(line_id, minor) for line_id, minor in parts), shipping_minor=rest
        )
