"""The papers of an order against its ledger: at every moment they say the same, rate by rate.

The ledger's tax is the balance of the account `tax`. It is what the things of the order are worth, each at its rate;
what invoices say less what credit notes say is that, but for what is still to be billed
(`stages/payment/billing_documents.py`).
What invoices say is open is what is owed of it, beside what is just being taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from purveyor.core.order_value import worths
from purveyor.insight.differences import Difference
from purveyor.insight.replayed_orders import Replayed
from purveyor.stages.payment.amounts import open_on_paper, owed_on_paper
from purveyor.stages.payment.billing_documents import disagreements, is_told_in_parts
from purveyor.stages.payment.rows import Invoice


def disagreements_of(replayed: Replayed) -> Iterator[Difference]:
    """What the papers or the prices of an order say otherwise than its postings."""
    book = replayed.book
    if book is None or not is_told_in_parts(book):
        return
    number = str(book.order.number)
    for (of, points), ledger, papers in disagreements(book):
        where = f"{number} {of} at {points} basis points"
        if ledger.minor != papers.minor:
            yield Difference("papers", where, "amount", ledger.minor, papers.minor)
        if ledger.tax_minor != papers.tax_minor:
            yield Difference("papers", where, "tax", ledger.tax_minor, papers.tax_minor)
    is_open, owed = open_on_paper(book), owed_on_paper(book)
    if book.rows(Invoice) and is_open != owed:
        yield Difference("papers", number, "open of all invoices, against what is owed", owed, is_open)
    tax = -replayed.tax_minor
    worth = sum(each.tax_minor for each in worths(book).values())
    if tax != worth:
        yield Difference("posting", number, "sum of tax, against what the order is worth", worth, tax)
