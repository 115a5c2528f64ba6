"""Amounts that are given up, as facts: a credit with its tax, and a debt that nobody will pay."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from purveyor.core.order_value import FEE, SHIPPING, price_cut, sums
from purveyor.core.positions import Adjustment, Counted, Posting
from purveyor.core.state import Book
from purveyor.stages.payment import facts
from purveyor.stages.payment.amounts import value
from purveyor.stages.payment.billing_documents import pending
from purveyor.stages.payment.invoice_amounts import creditable
from purveyor.stages.payment.refusals import CreditExceedsBilled, CreditExceedsValue
from purveyor.stages.payment.rows import Invoice


def credited(
    book: Book, amount: int, why: str, *, approval_id: UUID | None = None, counts: tuple[Counted, ...] = ()
) -> facts.AmountCredited:
    """Something is taken off the price, as two have agreed or by one alone.

    Refuses with `CreditExceedsValue` and `CreditExceedsBilled`.
    """
    worth = value(book)
    if amount > worth:
        raise CreditExceedsValue(wanted=amount, worth=worth, currency=book.currency)
    possible = creditable(book)
    if amount > possible:
        raise CreditExceedsBilled(wanted=amount, possible=possible, currency=book.currency)
    cuts = price_cut(book, amount, pending(book))
    assert sums(cuts).minor == -amount, "what was billed is worth as much as may be credited"
    postings = (Posting("receivable", -amount), *sold_postings(cuts))
    return facts.AmountCredited(
        order_id=book.order.id,
        amount_minor=amount,
        is_approved=approval_id is not None,
        approval_id=approval_id,
        postings=tuple(posting for posting in postings if posting.minor),
        adjustments=cuts,
        counts=counts,
        why=why,
    )


def written_off(invoice: Invoice, amount: int, why: str, counts: tuple[Counted, ...] = ()) -> facts.DebtWrittenOff:
    """What is open of an invoice is given up."""
    return facts.DebtWrittenOff(
        order_id=invoice.order_id,
        invoice_id=invoice.id,
        amount_minor=amount,
        postings=(Posting("written_off", amount), Posting("receivable", -amount)),
        counts=counts,
        why=why,
    )


def debt_recovered(invoice: Invoice, amount: int) -> facts.DebtRecovered:
    """Of what was given up of an invoice, so much was paid or credited after all."""
    return facts.DebtRecovered(
        order_id=invoice.order_id,
        invoice_id=invoice.id,
        amount_minor=amount,
        postings=(Posting("written_off", -amount), Posting("receivable", amount)),
    )


def sold_postings(cuts: Iterable[Adjustment]) -> tuple[Posting, ...]:
    """The accounts of what was taken off: of goods, of shipping, of the fee, and the tax of all."""
    net = {SHIPPING: 0, FEE: 0, "": 0}
    tax = 0
    for each in cuts:
        net[each.of if each.of in net else ""] -= each.amount_minor - each.tax_minor
        tax -= each.tax_minor
    return (
        Posting("revenue", net[""]),
        Posting("tax", tax),
        Posting("shipping", net[SHIPPING]),
        Posting("fees", net[FEE]),
    )
