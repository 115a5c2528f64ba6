"""What the customer gets for what came back. Goods are not touched here."""

from __future__ import annotations

from purveyor.core import approval_limits
from purveyor.core.messages import Call
from purveyor.core.order_value import sums
from purveyor.core.positions import Adjustment, Counted
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Product
from purveyor.core.state import Book, State
from purveyor.core.taxes import has_tax
from purveyor.stages.returns.commands import CreditReturn
from purveyor.stages.returns.decide.returnable_units import Part, creditable, pieces_of, shipping_back
from purveyor.stages.returns.facts import CreditedItem, Exchange, ReturnCredited
from purveyor.stages.returns.outcome import Outcome, credit_adjustments, credit_postings, outcome_of
from purveyor.stages.returns.refusals import NothingToCredit
from purveyor.stages.returns.state import Rma, RmaItem, items_of


@decides(CreditReturn)
def decide_credit(state: State, command: CreditReturn, call: Call) -> Decision:
    """Credit what is due and was not credited; refuses with `NothingToCredit`, unless asked `when_inspected`.

    What is not paid yet is owed no more, and counts as given; the rest goes back, and counts as a refund.
    """
    book = state.book(command.order_id)
    rma = book.row(Rma, command.rma_id)
    items = items_of(book, rma.id)
    if command.when_inspected and any(item.uninspected for item in items):
        return
    due = _due(book, rma, items)
    if not due:
        if command.when_inspected:
            return
        raise NothingToCredit(rma_id=rma.id)
    parts: list[Part] = [(book.line(item.line_id), quantity, item.fee_basis_points, item) for item, quantity in due]
    shipping: tuple[Adjustment, ...] = ()
    if rma.returns_shipping and not any(item.want == "exchange" for item, _ in due):
        shipping = shipping_back(book, [(item.line_id, quantity) for item, quantity in due])
    carriage = sums(shipping)
    outcome = outcome_of(
        pieces_of(book, parts),
        shipping_minor=-carriage.minor,
        shipping_tax_minor=-carriage.tax_minor,
        label_minor=rma.label_minor,
        receivable_minor=book.order.receivable_minor,
    )
    yield ReturnCredited(
        order_id=book.order.id,
        rma_id=rma.id,
        credits=credited_items(due, outcome),
        shipping_minor=outcome.shipping_minor,
        label_minor=outcome.label_minor,
        credit_minor=outcome.credit_minor,
        currency=book.currency,
        settle_to="store_credit" if rma.settle_to == "store_credit" else "original",
        exchanges=tuple(
            _exchange(state, book, item, quantity, call) for item, quantity in due if item.want == "exchange"
        ),
        counts=_counts(state, book, outcome.credit_minor, call),
        postings=credit_postings(outcome, -carriage.tax_minor),
        adjustments=(*credit_adjustments(outcome), *shipping),
    )


def _exchange(state: State, book: Book, item: RmaItem, quantity: int, call: Call) -> Exchange:
    """The same product once more costs what it did; another one has a price and a tax of its own."""
    product = state.get(Product, item.exchange_sku)
    is_same = item.exchange_sku == book.line(item.line_id).sku
    taxed = is_same or product is None or has_tax(state.policies, book.order, product, call.at)
    return Exchange(item.line_id, item.exchange_sku, quantity, taxed)


def _counts(state: State, book: Book, amount: int, call: Call) -> tuple[Counted, ...]:
    debt = min(amount, max(0, book.order.receivable_minor))
    if debt <= 0 or not approval_limits.is_person_or_key(call.actor):
        return ()
    asked = (book.order.id, book.currency, call.actor, call.at)
    approval_limits.given_today(state, *asked)  # so that the rows are loaded
    return approval_limits.count_given(*asked, debt)


def credited_items(due: list[tuple[RmaItem, int]], outcome: Outcome) -> tuple[CreditedItem, ...]:
    return tuple(
        CreditedItem(
            item.id,
            item.line_id,
            item.sku,
            quantity,
            piece.amount_minor,
            piece.fee_minor,
            piece.deducted_minor,
            item.handling == "keep",
        )
        for (item, quantity), piece in zip(due, outcome.pieces, strict=True)
    )


def _due(book: Book, rma: Rma, items: list[RmaItem]) -> list[tuple[RmaItem, int]]:
    """Items with units to be credited now, never more of a line than was bought and not paid back."""
    at_once = rma.refund_on == "request"
    left = {item.line_id: creditable(book, book.line(item.line_id)) for item in items}
    due: list[tuple[RmaItem, int]] = []
    for item in items:
        quantity = min(item.due(at_once=at_once), left[item.line_id])
        if quantity > 0:
            left[item.line_id] -= quantity
            due.append((item, quantity))
    return due
