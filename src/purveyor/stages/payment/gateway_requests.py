"""How the gateway is asked: keys that it can be asked about later, and when that will be.

A key names what is wanted and the attempt, so the same attempt always has the same key, however often it is sent.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from purveyor.core.calendars import days_after
from purveyor.core.messages import Call
from purveyor.core.positions import Posting, UnitsOf
from purveyor.core.rows import CreditAccount
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts
from purveyor.stages.payment.amounts import held
from purveyor.stages.payment.commands import Method
from purveyor.stages.payment.rows import Capture, Payment, Refund

CHALLENGE_HOURS: Final = 24  # for the customer to confirm at the bank
MOST_DOUBLINGS: Final = 6


def ask_at(state: State, at: datetime, asks: int = 0) -> datetime:
    """When to ask what became of a request: `doubt_after_s` after it, and each time twice as long."""
    return at + timedelta(seconds=state.policies.payment.doubt_after_s * 2 ** min(asks, MOST_DOUBLINGS))


def authorization(
    state: State,
    book: Book,
    payment_id: UUID,
    amount_minor: int,
    source: str,
    call: Call,
    *,
    attempt: int = 1,
    abandons: str = "",
) -> facts.AuthorizationRequested:
    return facts.AuthorizationRequested(
        order_id=book.order.id,
        payment_id=payment_id,
        key=f"{payment_id}:authorize:{attempt}",
        attempt=attempt,
        amount_minor=amount_minor,
        source=source,
        ask_at=ask_at(state, call.at),
        abandons=abandons,
    )


def link(state: State, order_id: UUID, payment_id: UUID, amount_minor: int, call: Call) -> facts.PayLinkOffered:
    return facts.PayLinkOffered(
        order_id=order_id,
        payment_id=payment_id,
        amount_minor=amount_minor,
        pay_by=days_after(call.at, state.policies.payment.link_days, state.policies.zone),
    )


def capture(
    state: State,
    payment: Payment,
    amount_minor: int,
    call: Call,
    *,
    invoice_id: UUID | None,
    again: Capture | None = None,
) -> facts.CaptureRequested:
    capture_id = again.id if again else call.ids.new()
    attempt = again.attempt + 1 if again else 1
    return facts.CaptureRequested(
        order_id=payment.order_id,
        payment_id=payment.id,
        capture_id=capture_id,
        invoice_id=invoice_id,
        key=f"{payment.id}:capture:{capture_id}:{attempt}",
        attempt=attempt,
        amount_minor=amount_minor,
        reference=payment.reference,
        ask_at=ask_at(state, call.at),
    )


def void(state: State, payment: Payment, call: Call, why: str = "") -> facts.VoidRequested:
    return facts.VoidRequested(
        order_id=payment.order_id,
        payment_id=payment.id,
        key=f"{payment.id}:void:{payment.voids + 1}",
        reference=payment.reference,
        ask_at=ask_at(state, call.at),
        why=why,
    )


def refund(
    state: State,
    book: Book,
    payment: Payment | None,
    amount_minor: int,
    way: str,
    call: Call,
    *,
    again: Refund | None = None,
    needs_approval: bool = False,
    refund_id: UUID | None = None,
) -> facts.RefundRequested:
    refund_id = again.id if again else refund_id or call.ids.new()
    attempt = again.attempt + (again.status == "failed") if again else 1
    asks_gateway = way == "gateway" and payment is not None
    return facts.RefundRequested(
        order_id=book.order.id,
        refund_id=refund_id,
        payment_id=payment.id if payment else None,
        way=way,
        amount_minor=amount_minor,
        key=f"{payment.id}:refund:{refund_id}:{attempt}" if payment and asks_gateway else "",
        attempt=attempt,
        reference=payment.reference if payment else "",
        needs_approval=needs_approval,
        ask_at=ask_at(state, call.at) if asks_gateway and not needs_approval else None,
    )


# what the answers do to the ledger


def authorized(payment: Payment, amount_minor: int, reference: str, why: str = "") -> facts.PaymentAuthorized:
    return facts.PaymentAuthorized(
        order_id=payment.order_id,
        payment_id=payment.id,
        reference=reference,
        amount_minor=amount_minor,
        postings=(Posting("authorized", amount_minor), Posting("authorization", -amount_minor)),
        why=why,
    )


def voided(book: Book, payment: Payment, why: str = "") -> facts.PaymentVoided:
    amount = held(book, payment)
    postings = (Posting("authorized", -amount), Posting("authorization", amount)) if amount else ()
    return facts.PaymentVoided(
        order_id=payment.order_id, payment_id=payment.id, amount_minor=amount, postings=postings, why=why
    )


def captured(
    payment: Payment,
    capture_id: UUID,
    amount_minor: int,
    invoice_id: UUID | None,
    reference: str = "",
    why: str = "",
    *,
    account: UUID | None = None,
    units: tuple[UnitsOf, ...] = (),
    attempt: int = 0,
    beside: UUID | None = None,
) -> facts.PaymentCaptured:
    """A card's capture also lets go of as much of the hold."""
    if payment.method == "card":
        postings: tuple[Posting, ...] = (
            Posting("captured", amount_minor),
            Posting("receivable", -amount_minor),
            Posting("authorized", -amount_minor),
            Posting("authorization", amount_minor),
        )
    else:
        postings = (Posting("captured", amount_minor), Posting("receivable", -amount_minor))
    return facts.PaymentCaptured(
        order_id=payment.order_id,
        payment_id=payment.id,
        capture_id=capture_id,
        invoice_id=invoice_id,
        method=payment.method,  # type: ignore[arg-type]  # rows hold plain text
        amount_minor=amount_minor,
        reference=reference,
        account=account,
        units=units,
        attempt=attempt,
        beside=beside,
        postings=postings,
        why=why,
    )


def account_of(state: State, book: Book, method: Method | str) -> UUID | None:
    """The customer on whose account a tender stands: looked up, so that it is there when the fact is applied."""
    customer_id = book.order.customer_id
    if method not in {"invoice", "store_credit"} or customer_id is None:
        return None
    state.get(CreditAccount, customer_id)
    return customer_id
