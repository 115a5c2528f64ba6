"""The customer's choice when something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from purveyor.core.messages import Call, Fact
from purveyor.core.order_value import WithTax, sums
from purveyor.core.positions import BACKORDER, UnitMove
from purveyor.core.refusals import Invalid, wanted
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Line, Product
from purveyor.core.state import Book, State
from purveyor.core.taxes import shipping_parts
from purveyor.stages.review.change_amounts import (
    ChangeAmounts,
    adjustment_postings,
    amounts_of,
    postings_for,
    totals_after,
)
from purveyor.stages.review.commands import ApplyDefaultChoice, Choice, ChooseWhenMissing
from purveyor.stages.review.decide.canceled_units import taken_off_before, units_canceled
from purveyor.stages.review.decide.hold_facts import CHOICE, held, is_held_under, released
from purveyor.stages.review.decide.pricing import new_line, tax_for
from purveyor.stages.review.decide.shipping_charges import added_goods, kept_goods, shipping_after
from purveyor.stages.review.facts import ChoiceMade, UnitsAdded
from purveyor.stages.review.reasons import IN_PLACE_OF, REPLACED_BY
from purveyor.stages.review.refusals import CannotSubstitute, DeadlineNotDue, NothingMissing
from purveyor.stages.review.state import MissingChoice, is_approved, open_holds


@decides(ChooseWhenMissing)
def decide_choose(state: State, command: ChooseWhenMissing, call: Call) -> Decision:
    """Do what the customer wants. A choice may be changed as long as units wait.

    Refuses with `NothingMissing`, with `CannotSubstitute`, and with `Invalid` (which line).
    """
    book = state.book(command.order_id)
    waiting = _waiting(book)
    if not waiting or book.order.id not in book.rows(MissingChoice):
        raise NothingMissing(number=book.order.number)
    if command.choice in {"substitute", "cancel_line"}:
        if command.line_id is None:
            raise Invalid(field="line_id", found="nothing", expected="the line that is missing")
        line = book.line(command.line_id)
        if not line.backordered:
            raise NothingMissing(number=book.order.number)
        waiting = [line]
    product = (
        _substitute(state, book, waiting[0], command.substitute_sku, call) if command.choice == "substitute" else None
    )
    yield ChoiceMade(order_id=book.order.id, choice=command.choice, line_id=command.line_id, by_default=False)
    yield from _carry_out(state, book, command.choice, waiting, product, call)


@decides(ApplyDefaultChoice)
def decide_default(state: State, command: ApplyDefaultChoice, call: Call) -> Decision:
    """The customer said nothing. Refuses with `DeadlineNotDue` when he did, or may still."""
    book = state.book(command.order_id)
    row = book.row(MissingChoice, book.order.id)
    if row.deadline_at is None or row.deadline_at != command.deadline_at or row.deadline_at > call.at:
        raise DeadlineNotDue
    choice: Choice = row.default  # type: ignore[assignment]
    yield ChoiceMade(order_id=book.order.id, choice=choice, line_id=None, by_default=True)
    yield from _carry_out(state, book, choice, _waiting(book), None, call)


def _waiting(book: Book) -> list[Line]:
    return [line for line in book.lines.values() if line.backordered and line.kind == "goods"]


def _carry_out(
    state: State, book: Book, choice: Choice, lines: list[Line], product: Product | None, call: Call
) -> Iterator[Fact]:
    whole = [hold for hold in open_holds(book) if hold.type == CHOICE]
    match choice:
        case "wait":
            if lines and not is_held_under(book, CHOICE):
                yield held(
                    state, book, CHOICE, "all of it goes together", call, by_rule=True,
                    before_approval=not is_approved(book),
                )  # fmt: skip
            return
        case "cancel_line":
            wanted = {line.id: line.backordered for line in lines}
            if wanted:
                yield units_canceled(state.policies, book, wanted, "missing, and not waited for", ("backordered",))
        case "substitute":
            assert product is not None
            yield from _replace(state, book, lines[0], product, call)
        case "ship_available":
            pass
    if whole and (choice == "ship_available" or _nothing_waits_but(book, lines)):
        yield from released(book, whole, choice)


def _nothing_waits_but(book: Book, lines: list[Line]) -> bool:
    gone: set[UUID] = {line.id for line in lines}
    return all(line.id in gone for line in _waiting(book))


def _substitute(state: State, book: Book, line: Line, sku: str, call: Call) -> Product:
    product = state.get(Product, sku)
    if product is None or not product.active:
        raise CannotSubstitute(sku=sku, reason="it is not for sale")
    if product.kind != "goods" or sku == line.sku:
        raise CannotSubstitute(sku=sku, reason="it is not another product of the same kind")
    if product.currency != book.currency:
        raise CannotSubstitute(sku=sku, reason="it is not sold in this currency")
    available = sum(row.available for row in state.stock_of(sku).values() if row.location != BACKORDER)
    if available < line.backordered:
        raise CannotSubstitute(sku=sku, reason=wanted(f"{available} are in stock, {line.backordered} are needed"))
    tax_for(state, book, product, call)
    return product


def _replace(state: State, book: Book, line: Line, product: Product, call: Call) -> Iterator[Fact]:
    """Cancel what is missing and add as many of another product, at its price or the old one, whichever is lower.

    The old one is what the units cost now: what was taken off stays off.
    """
    quantity = line.backordered
    canceled = units_canceled(
        state.policies, book, {line.id: quantity}, REPLACED_BY(sku_name=product.sku), ("backordered",)
    )
    saved = amounts_of(line) - amounts_of(line, quantity)
    kept = tuple(taken_off_before(book, {line.id: quantity}, shipping_parts(book.order)))
    paid = WithTax(saved.total_minor, saved.tax_minor) - sums(kept)
    spent = max(0, paid.minor if state.policies.tax.inclusive else paid.minor - paid.tax_minor)
    added = new_line(state, book, product, quantity, min(product.price_minor, spent // quantity), call)
    order = book.order
    change = ChangeAmounts(added.total_minor, added.tax_minor) - saved
    sent = [*kept_goods(book, {line.id: quantity}), *added_goods((added,))]
    both = totals_after(order, change, shipping_after(state.policies, book, sent))
    yield UnitsAdded(
        order_id=order.id,
        added=(added,),
        free=False,
        totals=both,
        moves=(UnitMove(added.id, added.sku, None, "placed", quantity), *canceled.moves),
        postings=(*postings_for(order, both), *adjustment_postings(kept)),
        adjustments=kept,
        why=IN_PLACE_OF(unit_count=quantity, sku_name=line.sku),
    )
