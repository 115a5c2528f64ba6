"""What came back, in which state, and what becomes of it. Money is not touched here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import StockMove, UnitMove, UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.returns.commands import FinishRefurbishing, InspectReturn, ReceiveReturn
from purveyor.stages.returns.decide.returnable_units import check_counter, check_location, pieces_of
from purveyor.stages.returns.facts import CountedItem, RefurbishingFinished, ReturnInspected, ReturnReceived
from purveyor.stages.returns.outcome import outcome_of
from purveyor.stages.returns.refusals import (
    DeductionExceedsCredit,
    MoreThanAnnounced,
    MoreThanReceived,
    NotAnnounced,
    ReturnNotOpen,
)
from purveyor.stages.returns.state import OPEN, Rma, RmaItem, items_of


@decides(ReceiveReturn)
def decide_receive(state: State, command: ReceiveReturn, _call: Call) -> Decision:
    """Count what came. Less than announced is fine: the rest may follow.

    Refuses with `ReturnNotOpen`, `NotAnnounced`, `MoreThanAnnounced` and `Invalid`.
    """
    book = state.book(command.order_id)
    rma = book.row(Rma, command.rma_id)
    if rma.status not in OPEN:
        raise ReturnNotOpen(rma_id=rma.id, return_status=rma.status)
    if command.at_counter:
        check_counter(state, command.at_counter, "at_counter")
    counts = _counts(command)
    items = items_of(book, rma.id)
    counted: list[CountedItem] = []
    for line_id, quantity in counts.items():
        line = book.line(line_id)
        of_line = [item for item in items if item.line_id == line_id and item.handling == "send"]
        if not of_line:
            raise NotAnnounced(line_id=line_id, sku=line.sku)
        announced = min(sum(item.to_come for item in of_line), line.returning)  # others may be with the customer again
        if quantity > announced:
            raise MoreThanAnnounced(line_id=line_id, counted=quantity, announced=announced)
        counted += _allot(quantity, ((item, item.to_come) for item in of_line))
    came = {each.item_id: each.quantity for each in counted}
    yield ReturnReceived(
        order_id=book.order.id,
        rma_id=rma.id,
        counted=tuple(counted),
        missing=tuple(
            UnitsOf(item.line_id, item.to_come - came.get(item.id, 0))
            for item in items
            if item.to_come > came.get(item.id, 0)
        ),
        found=command.found,
        at_counter=command.at_counter,
        moves=tuple(
            UnitMove(line_id, book.line(line_id).sku, "returning", "returned", quantity)
            for line_id, quantity in counts.items()
        ),
    )


def _counts(command: ReceiveReturn) -> Counter[UUID]:
    counts: Counter[UUID] = Counter()
    for number, each in enumerate(command.counted, 1):
        if each.quantity < 1:
            raise Invalid(field=f"counted[{number}].quantity", found=each.quantity, expected="a whole number from 1")
        counts[each.line_id] += each.quantity
    for number, thing in enumerate(command.found, 1):
        if thing.quantity < 1:
            raise Invalid(field=f"found[{number}].quantity", found=thing.quantity, expected="a whole number from 1")
    if not counts and not command.found:
        raise Invalid(field="counted", found="nothing", expected="what was in the box")
    return counts


def _allot(quantity: int, places: Iterable[tuple[RmaItem, int]]) -> list[CountedItem]:
    """Units of a line on its items, the first announced first."""
    counted: list[CountedItem] = []
    for item, room in places:
        part = min(quantity, room)
        if part > 0:
            counted.append(CountedItem(item.id, item.line_id, part))
            quantity -= part
    assert quantity == 0, "more units than places"
    return counted


@decides(InspectReturn)
def decide_inspect(state: State, command: InspectReturn, _call: Call) -> Decision:
    """Say what units are like and what becomes of them; refuses with `MoreThanReceived`, `DeductionExceedsCredit`."""
    book = state.book(command.order_id)
    rma = book.row(Rma, command.rma_id)
    line = book.line(command.line_id)
    items = [item for item in items_of(book, rma.id) if item.line_id == line.id]
    waiting = sum(item.uninspected for item in items)
    _check_waiting(line.id, command.quantity, waiting)
    counted = _allot(command.quantity, ((item, item.uninspected) for item in items))
    location = check_location(state, command.location or rma.location)
    yield ReturnInspected(
        order_id=book.order.id,
        rma_id=rma.id,
        line_id=line.id,
        sku=line.sku,
        counted=tuple(counted),
        condition=command.condition,
        disposition=command.disposition,
        location=location,
        deducted=_deducted(book, command, counted),
        stock=_restock(state, line.sku, location, command.quantity) if command.disposition == "restock" else (),
        why=command.why,
    )


def _deducted(book: Book, command: InspectReturn, counted: list[CountedItem]) -> tuple[int, ...]:
    """What is kept back, by item: from the first as much as it is worth, then from the next."""
    if command.deduct is None:
        return (0,) * len(counted)
    if command.deduct.currency != book.currency or command.deduct.minor < 0:
        raise Invalid(field="deduct", found=str(command.deduct), expected=f"an amount in {book.currency}")
    left = command.deduct.minor
    deducted: list[int] = []
    for each in counted:
        item = book.row(RmaItem, each.item_id)
        uncredited = min(each.quantity, item.quantity - item.dropped - item.credited)
        worth = outcome_of(pieces_of(book, [(book.line(item.line_id), uncredited, item.fee_basis_points, item)]))
        room = max(0, worth.goods_minor - worth.fee_minor - item.deduct_minor) if uncredited > 0 else 0
        deducted.append(min(left, room))
        left -= deducted[-1]
    if left:
        raise DeductionExceedsCredit(wanted=command.deduct.minor, most=sum(deducted), currency=book.currency)
    return tuple(deducted)


@decides(FinishRefurbishing)
def decide_finish_refurbishing(state: State, command: FinishRefurbishing, _call: Call) -> Decision:
    """Put refurbished units back, or give them up; refuses with `MoreThanReceived`."""
    book = state.book(command.order_id)
    rma = book.row(Rma, command.rma_id)
    line = book.line(command.line_id)
    items = [item for item in items_of(book, rma.id) if item.line_id == line.id]
    _check_waiting(line.id, command.quantity, sum(item.refurbishing for item in items))
    location = check_location(state, command.location or rma.location)
    yield RefurbishingFinished(
        order_id=book.order.id,
        rma_id=rma.id,
        line_id=line.id,
        sku=line.sku,
        counted=tuple(_allot(command.quantity, ((item, item.refurbishing) for item in items))),
        disposition=command.disposition,
        location=location,
        stock=_restock(state, line.sku, location, command.quantity) if command.disposition == "restock" else (),
    )


def _check_waiting(line_id: UUID, wanted: int, waiting: int) -> None:
    if wanted < 1:
        raise Invalid(field="quantity", found=wanted, expected="a whole number from 1")
    if wanted > waiting:
        raise MoreThanReceived(line_id=line_id, wanted=wanted, waiting=waiting)


def _restock(state: State, sku: str, location: str, quantity: int) -> tuple[StockMove, ...]:
    state.stock_of(sku)
    return (StockMove(sku, location, on_hand=quantity),)
