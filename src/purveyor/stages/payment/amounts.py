"""How much: what units cost, what is held, covered, billed and owed. Everything is read from the rows of the order.

Figures are minor units of the order's currency. Three of them carry the rest:

* *value*: what the order is worth now, by the ledger: what came in and stayed, plus what is still owed;
* *billed*: what invoices asked for, less what credit notes took back;
* *cover*: what a bank holds and what we agreed to wait for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from uuid import UUID

from purveyor.core.money import ratio
from purveyor.core.state import Book
from purveyor.stages.payment.rows import (
    OPEN_REFUND,
    WITHOUT_ANSWER,
    Capture,
    CreditNote,
    Dispute,
    Invoice,
    Payment,
    Refund,
)

# Tenders that bring in their amount in the future, if all goes well.
_HOPED_FOR = frozenset({"planned", "offered", "authorizing", "in_doubt", "action_required", "declined", "accepted"})


def share(total_minor: int, before: int, more: int, of: int) -> int:
    """What `more` units cost after `before` were counted, of a line of `of` units: the parts add up to the cent."""
    assert before >= 0
    assert more >= 0
    assert before + more <= of, f"{before} + {more} units of {of}"
    return ratio(total_minor, before + more, of) - ratio(total_minor, before, of) if of else 0


# what is held, and what covers what is owed


def capturing(book: Book, payment_id: UUID | None = None, invoice_id: UUID | None = None) -> int:
    """What captures under way will bring in: of the order, of one payment, or for one invoice."""
    return sum(
        capture.amount_minor
        for capture in book.rows(Capture).values()
        if capture.status in WITHOUT_ANSWER
        and (payment_id is None or capture.payment_id == payment_id)
        and (invoice_id is None or capture.invoice_id == invoice_id)
    )


def held(book: Book, payment: Payment) -> int:
    """What a bank holds for us, and no capture is under way for."""
    left = payment.authorized_minor - payment.captured_minor - payment.released_minor
    return left - capturing(book, payment_id=payment.id) if left else 0


def capturable(book: Book, payment: Payment) -> int:
    """What may be captured now."""
    return held(book, payment) if payment.status == "authorized" and payment.request != "void" else 0


def promised(payment: Payment) -> int:
    """What we agreed to wait for: on account, or cash at the door."""
    return payment.amount_minor - payment.captured_minor if payment.status == "accepted" else 0


def covered(book: Book) -> int:
    return sum(capturable(book, payment) + promised(payment) for payment in book.rows(Payment).values())


def still_owed(book: Book) -> int:
    """What is owed beside what captures under way will bring in; negative when the customer is owed.

    Refunds that are not done are on their way: what they give back beyond what is owed back will be owed again.
    """
    return book.order.receivable_minor + refunding(book) - capturing(book)


def too_much_taken(book: Book, more_owed: int = 0) -> int:
    """What captures under way will bring in beyond what is owed: it goes back when it is here."""
    return max(0, min(capturing(book), -still_owed(book) - more_owed))


def disputed(book: Book) -> int:
    """What banks have taken back and may give back again. It is owed, and nobody is asked for it."""
    return sum(dispute.amount_minor for dispute in book.rows(Dispute).values() if dispute.status == "open")


def charged_back(book: Book) -> int:
    """What banks have taken back and not given back."""
    return sum(dispute.amount_minor for dispute in book.rows(Dispute).values() if dispute.status != "won")


def is_disputed(book: Book) -> bool:
    """A bank has taken money back and may keep it, or keeps it for good."""
    return any(dispute.status == "open" or losses(dispute) > 0 for dispute in book.rows(Dispute).values())


def asked_for(book: Book) -> int:
    """What is owed, not under way and not disputed: what the customer may be asked to pay."""
    return still_owed(book) - disputed(book)


def open_on_paper(book: Book) -> int:
    """What invoices ask for, beside what captures under way will bring in."""
    return max(0, sum(invoice.open_minor for invoice in book.rows(Invoice).values()) - capturing(book))


def owed_on_paper(book: Book) -> int:
    """What invoices have to ask for: what the customer may be asked to pay, but for what is still to be billed."""
    return max(0, asked_for(book) - (value(book) - billed(book)))


def losses(dispute: Dispute) -> int:
    """What a lost dispute has cost us."""
    return dispute.amount_minor - dispute.recovered_minor if dispute.status == "lost" else 0


def refunding(book: Book, payment_id: UUID | None = None, statuses: Container[str] = OPEN_REFUND, way: str = "") -> int:
    """What refunds that are not done will give back: of the order, or of one payment."""
    return sum(
        refund.amount_minor
        for refund in book.rows(Refund).values()
        if refund.status in statuses
        and (payment_id is None or refund.payment_id == payment_id)
        and (not way or refund.way == way)
    )


def hoped_for(book: Book, payment: Payment) -> int:
    """What a payment may still bring in, if all goes well."""
    if payment.request == "void":
        return 0
    if payment.status in _HOPED_FOR:
        return payment.amount_minor - payment.captured_minor
    return held(book, payment) if payment.status in {"authorized", "failed"} else 0


def is_given_up(book: Book) -> bool:
    """Nothing is owed, because nobody will pay the rest any more."""
    return not book.order.receivable_minor and any(row.written_off_minor for row in book.rows(Invoice).values())


def may_be_given_up(book: Book, invoice: Invoice) -> int:
    """What is open of an invoice, not under way, and owed."""
    return min(invoice.open_minor - capturing(book, invoice_id=invoice.id), still_owed(book))


# what was billed, and what is left to bill


def billed_units(book: Book) -> dict[UUID, int]:
    counted: defaultdict[UUID, int] = defaultdict(int)
    for invoice in book.rows(Invoice).values():
        for line in invoice.lines:
            counted[line.line_id] += line.quantity
    return counted


def billed(book: Book) -> int:
    """Invoices less credit notes."""
    notes = sum(note.amount_minor for note in book.rows(CreditNote).values())
    return sum(invoice.total_minor for invoice in book.rows(Invoice).values()) - notes


def value(book: Book) -> int:
    """What the order is worth now. Whoever cancels, edits or credits posts it, so the ledger knows."""
    written_off = sum(invoice.written_off_minor for invoice in book.rows(Invoice).values())
    written_off += sum(losses(dispute) for dispute in book.rows(Dispute).values())
    return book.order.receivable_minor + came_in(book) + written_off


def came_in(book: Book) -> int:
    """What came in and did not go back, store credit that was spent and given included."""
    order = book.order
    spent = sum(p.captured_minor for p in book.rows(Payment).values() if p.method == "store_credit")
    given = sum(r.amount_minor for r in book.rows(Refund).values() if r.way == "store_credit" and r.status == "done")
    return order.captured_minor + order.refunded_minor + spent - given
