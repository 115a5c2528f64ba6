"""Store credit for money that is still being taken: what was asked for is kept until the gateway has answered."""

from __future__ import annotations

from collections.abc import Iterator

from purveyor.core.state import Book
from purveyor.stages.payment import facts
from purveyor.stages.payment.amounts import capturing
from purveyor.stages.payment.rows import Payment


def agreed(book: Book) -> int:
    """What of the money that is being taken, or has just come, goes back as store credit."""
    return sum(payment.as_credit_minor for payment in book.rows(Payment).values())


def agreed_more(book: Book, credited: int) -> Iterator[facts.StoreCreditAgreed]:
    """So much was credited just now, and goes back as store credit as far as it is not here yet."""
    going_back = capturing(book) - max(0, book.order.receivable_minor)
    more = min(credited, going_back - agreed(book))
    for payment in book.rows(Payment).values():
        if more > 0 and capturing(book, payment.id):
            yield _agreed(payment, payment.as_credit_minor + more)
            return


def agreed_less(book: Book, given: int) -> Iterator[facts.StoreCreditAgreed]:
    """So much is given now. When nothing is on its way any more, nothing more comes of it."""
    is_over = not capturing(book)
    for payment in book.rows(Payment).values():
        part = payment.as_credit_minor if is_over else min(given, payment.as_credit_minor)
        if part:
            given -= part
            yield _agreed(payment, payment.as_credit_minor - part)


def _agreed(payment: Payment, amount_minor: int) -> facts.StoreCreditAgreed:
    return facts.StoreCreditAgreed(order_id=payment.order_id, payment_id=payment.id, amount_minor=amount_minor)
