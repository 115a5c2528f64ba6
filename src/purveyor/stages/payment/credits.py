"""Amounts that are given up, as facts: a credit with its tax, and a debt that nobody will pay."""

from __future__ import annotations

from purveyor.core.money import ratio
from purveyor.core.positions import Counted, Posting
from purveyor.core.state import Book
from purveyor.stages.payment import facts
from purveyor.stages.payment.amounts import creditable, value
from purveyor.stages.payment.refusals import CreditExceedsBilled, CreditExceedsValue
from purveyor.stages.payment.rows import Invoice


def credited(
    book: Book, amount: int, why: str, *, is_approved: bool = False, counts: tuple[Counted, ...] = ()
) -> facts.AmountCredited:
    """Something is taken off the price. Refuses with `CreditExceedsValue` and `CreditExceedsBilled`."""
    worth = value(book)
    if amount > worth:
        raise CreditExceedsValue(wanted=amount, worth=worth)
    possible = creditable(book)
    if amount > possible:
        raise CreditExceedsBilled(wanted=amount, possible=possible)
    order = book.order
    tax = ratio(amount, order.tax_minor, order.total_minor) if order.total_minor else 0
    postings = (Posting("receivable", -amount), Posting("revenue", amount - tax), Posting("tax", tax))
    return facts.AmountCredited(
        order_id=order.id,
        amount_minor=amount,
        is_approved=is_approved,
        postings=tuple(posting for posting in postings if posting.minor),
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
