"""How payment's facts change its rows (which stand in `rows.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.registry import applies, invariant
from purveyor.core.rows import Counter, CreditAccount
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts
from purveyor.stages.payment.amounts import came_in, refunding
from purveyor.stages.payment.reasons import SENT_TWICE
from purveyor.stages.payment.rows import (
    OPEN_REFUND,
    BilledLine,
    Capture,
    CreditNote,
    Dispute,
    GoingBack,
    Invoice,
    MoneyRequest,
    Payment,
    Refund,
    Request,
    request_with,
)

__all__ = ["BilledLine", "Capture", "CreditNote", "Dispute", "Invoice", "Payment", "Refund"]


def _book(state: State, fact: Fact) -> Book:
    assert fact.order_id is not None
    return state.books[fact.order_id]


def _payment(state: State, fact: Fact, payment_id: UUID) -> Payment:
    return _book(state, fact).rows(Payment)[payment_id]


def _account(state: State, customer_id: UUID) -> CreditAccount:
    account = state.get(CreditAccount, customer_id)
    if account is None:
        account = CreditAccount(customer_id)
        state.add(account)
    return account


def _count(state: State, name: str, value: int) -> None:
    counter = state.get(Counter, name)
    if counter is None:
        state.add(Counter(name, value))
    else:
        counter.value = value


def _request(payment: Payment, verb: str, key: str, stamp: Stamp, ask_at: datetime) -> None:
    payment.request, payment.request_key = verb, key
    payment.requested_at, payment.asks, payment.ask_at = stamp.at, 0, ask_at


def _answered(row: Request) -> None:
    row.ask_at = None
    if isinstance(row, Payment):
        row.request = ""


@applies(facts.PaymentPlanned)
def plan(state: State, fact: facts.PaymentPlanned, _: Stamp) -> None:
    book = _book(state, fact)
    for each in fact.payments:
        book.add(Payment(each.id, book.order.id, each.method, each.amount_minor, each.source))
    if fact.account is not None:
        _account(state, fact.account).owe(book.currency, fact.on_account_minor)


@applies(facts.PayLinkOffered)
def offer_link(state: State, fact: facts.PayLinkOffered, _: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.status, payment.pay_by = "offered", fact.pay_by


@applies(facts.PayLinkOverdue)
def stop_waiting(state: State, fact: facts.PayLinkOverdue, _: Stamp) -> None:
    _payment(state, fact, fact.payment_id).pay_by = None


@applies(facts.PaymentAccepted)
def accept(state: State, fact: facts.PaymentAccepted, _: Stamp) -> None:
    for payment_id in fact.payment_ids:
        _payment(state, fact, payment_id).status = "accepted"


@applies(facts.PaymentReduced)
def reduce(state: State, fact: facts.PaymentReduced, _: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.amount_minor -= fact.by_minor
    if payment.amount_minor <= payment.captured_minor:
        payment.status = "captured" if payment.captured_minor else "voided"
        payment.pay_by = None
    if fact.account is not None:
        _account(state, fact.account).owe(_book(state, fact).currency, -fact.by_minor)


@applies(facts.AuthorizationRequested)
def request_authorization(state: State, fact: facts.AuthorizationRequested, stamp: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.status, payment.source, payment.attempt = "authorizing", fact.source, fact.attempt
    payment.reference = payment.action_url = payment.reason = ""
    payment.request_minor, payment.pay_by = fact.amount_minor, None
    _request(payment, "authorize", fact.key, stamp, fact.ask_at)


@applies(facts.PaymentAuthorized)
def authorize(state: State, fact: facts.PaymentAuthorized, _: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.status, payment.reference = "authorized", fact.reference
    payment.action_url = payment.reason = ""
    payment.authorized_minor += fact.amount_minor
    _answered(payment)


@applies(facts.PaymentActionRequired)
def require_action(state: State, fact: facts.PaymentActionRequired, _: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.status, payment.reference, payment.action_url = "action_required", fact.reference, fact.action_url
    payment.asks, payment.ask_at = 0, fact.ask_at


@applies(facts.PaymentDeclined)
def decline(state: State, fact: facts.PaymentDeclined, _: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.status, payment.reason, payment.action_url = "declined", fact.reason, ""
    _answered(payment)


@applies(facts.PaymentInDoubt)
def doubt(state: State, fact: facts.PaymentInDoubt, _: Stamp) -> None:
    row = request_with(_book(state, fact), fact.key)
    assert row is not None
    row.ask_at = fact.ask_at
    if fact.verb != "void":
        row.status = "in_doubt"


@applies(facts.GatewayAsked)
def ask(state: State, fact: facts.GatewayAsked, _: Stamp) -> None:
    row = request_with(_book(state, fact), fact.key)
    assert row is not None
    row.asks, row.ask_at = fact.asks, fact.ask_at


@applies(facts.RequestRepeated)
def repeat(state: State, fact: facts.RequestRepeated, _: Stamp) -> None:
    row = request_with(_book(state, fact), fact.key)
    assert row is not None
    row.ask_at = fact.ask_at
    if row.status == "in_doubt":
        row.status = "authorizing" if isinstance(row, Payment) else "pending"


@applies(facts.CaptureRequested)
def request_capture(state: State, fact: facts.CaptureRequested, stamp: Stamp) -> None:
    book = _book(state, fact)
    capture = book.rows(Capture).get(fact.capture_id)
    if capture is None:
        capture = Capture(
            fact.capture_id, book.order.id, fact.payment_id, fact.invoice_id, fact.amount_minor, "pending"
        )
        book.add(capture)
    else:  # tried again
        book.rows(Payment)[fact.payment_id].status = "authorized"
    capture.status, capture.attempt, capture.request_key = "pending", fact.attempt, fact.key
    capture.reason, capture.requested_at, capture.asks, capture.ask_at = "", stamp.at, 0, fact.ask_at


def _done(row: Capture | Refund, attempt: int) -> None:
    if attempt:
        row.attempts_done = f"{row.attempts_done} {attempt}".lstrip()


@applies(facts.PaymentCaptured)
def capture_payment(state: State, fact: facts.PaymentCaptured, _: Stamp) -> None:
    book = _book(state, fact)
    payment = book.rows(Payment)[fact.payment_id]
    capture = book.rows(Capture).get(fact.capture_id)
    if capture is None:
        capture = Capture(
            fact.capture_id, book.order.id, payment.id, fact.invoice_id, fact.amount_minor, "done", fact.reference
        )
        book.add(capture)
    capture.status, capture.reason, capture.ask_at = "done", "", None
    _done(book.rows(Capture)[fact.beside] if fact.beside is not None else capture, fact.attempt)
    payment.captured_minor += fact.amount_minor
    if fact.method == "card":
        if payment.captured_minor + payment.released_minor == payment.authorized_minor:
            payment.status = "captured"
    else:
        payment.authorized_minor += fact.amount_minor
        if payment.captured_minor >= payment.amount_minor:
            payment.status = "captured"
    if fact.account is not None:
        account = _account(state, fact.account)
        if fact.method == "store_credit":
            account.store_credit_minor -= fact.amount_minor
        else:
            account.owe(book.currency, -fact.amount_minor)
    _pay_invoices(book, fact)


def _pay_invoices(book: Book, fact: facts.PaymentCaptured) -> None:
    """The money pays the invoice that it is for, then (and where it is for none) the oldest that are open."""
    paid = sorted(book.rows(Invoice).values(), key=lambda i: (i.id != fact.invoice_id, i.number))
    left = fact.amount_minor
    for invoice in paid:
        part = min(left, invoice.open_minor)
        invoice.paid_minor += part
        left -= part
        _forget_reminder(invoice)
    for units in fact.units:
        for line in paid[0].lines:
            if line.line_id == units.line_id:
                line.settled += units.quantity


def _forget_reminder(invoice: Invoice) -> None:
    if invoice.open_minor <= 0:
        invoice.remind_at = None


@applies(facts.CaptureFailed)
def fail_capture(state: State, fact: facts.CaptureFailed, _: Stamp) -> None:
    book = _book(state, fact)
    capture = book.rows(Capture)[fact.capture_id]
    capture.status, capture.reason, capture.ask_at = "failed", fact.reason, None
    payment = book.rows(Payment)[fact.payment_id]
    payment.status, payment.reason = "failed", fact.reason
    payment.released_minor += fact.released_minor
    if fact.released_minor and payment.captured_minor + payment.released_minor == payment.authorized_minor:
        payment.status = "declined"  # nothing is held any more: it is to be paid as if the bank had said no at once


@applies(facts.VoidRequested)
def request_void(state: State, fact: facts.VoidRequested, stamp: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.voids += 1
    _request(payment, "void", fact.key, stamp, fact.ask_at)


@applies(facts.PaymentVoided)
def void(state: State, fact: facts.PaymentVoided, _: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.released_minor += fact.amount_minor
    payment.status = "captured" if payment.captured_minor else "voided"
    payment.action_url = ""
    _answered(payment)


@applies(facts.VoidFailed)
def fail_void(state: State, fact: facts.VoidFailed, _: Stamp) -> None:
    payment = _payment(state, fact, fact.payment_id)
    payment.reason = fact.reason
    _answered(payment)


@applies(facts.RefundRequested)
def request_refund(state: State, fact: facts.RefundRequested, stamp: Stamp) -> None:
    book = _book(state, fact)
    status = "awaiting_approval" if fact.needs_approval else "pending"
    refund = book.rows(Refund).get(fact.refund_id)
    if refund is None:
        refund = Refund(
            fact.refund_id,
            book.order.id,
            fact.payment_id,
            fact.way,
            fact.amount_minor,
            status,
            fact.by or stamp.actor,
            counted=fact.counted,
            approval_id=fact.approval_id,
        )
        book.add(refund)
    if fact.part_id is not None:
        book.rows(GoingBack)[fact.part_id].amount_minor -= fact.amount_minor
    refund.status, refund.attempt, refund.request_key = status, fact.attempt, fact.key
    refund.reason, refund.requested_at, refund.asks, refund.ask_at = "", stamp.at, 0, fact.ask_at


@applies(facts.ReturnOfMoneyCaused)
def note_cause(state: State, fact: facts.ReturnOfMoneyCaused, stamp: Stamp) -> None:
    _book(state, fact).rows(Payment)[fact.payment_id].caused_by = stamp.actor


@applies(facts.StoreCreditAgreed)
def agree_store_credit(state: State, fact: facts.StoreCreditAgreed, _: Stamp) -> None:
    _payment(state, fact, fact.payment_id).as_credit_minor = fact.amount_minor


@applies(facts.MoneyGoingBack)
def note_going_back(state: State, fact: facts.MoneyGoingBack, _: Stamp) -> None:
    book = _book(state, fact)
    row = book.rows(GoingBack).get(fact.part_id)
    if row is None:
        row = GoingBack(
            fact.part_id,
            book.order.id,
            fact.by,
            fact.amount_minor,
            fact.to,
            fact.is_counted,
            fact.is_decided,
            fact.approval_id,
        )
        book.add(row)
    else:
        row.amount_minor = fact.amount_minor


@applies(facts.MoneyActRequested)
def request_act(state: State, fact: facts.MoneyActRequested, stamp: Stamp) -> None:
    book = _book(state, fact)
    book.add(
        MoneyRequest(
            fact.request_id,
            book.order.id,
            fact.what,
            fact.amount_minor,
            fact.why,
            fact.invoice_id,
            stamp.actor,
            stamp.at,
            case_id=fact.case_id,
            units=fact.units,
        )
    )


@applies(facts.MoneyActApproved)
def approve_act(state: State, fact: facts.MoneyActApproved, stamp: Stamp) -> None:
    _decide(_book(state, fact).rows(MoneyRequest)[fact.request_id], "approved", stamp)


@applies(facts.MoneyActDeclined)
def decline_act(state: State, fact: facts.MoneyActDeclined, stamp: Stamp) -> None:
    _decide(_book(state, fact).rows(MoneyRequest)[fact.request_id], "declined", stamp)


def _decide(row: MoneyRequest, status: str, stamp: Stamp) -> None:
    row.status, row.decided_by, row.decided_at = status, stamp.actor, stamp.at


@applies(facts.RefundDone)
def refund(state: State, fact: facts.RefundDone, _: Stamp) -> None:
    book = _book(state, fact)
    row = book.rows(Refund)[fact.refund_id]
    row.status, row.way, row.reference, row.reason, row.ask_at = "done", fact.way, fact.reference, "", None
    _done(row, fact.attempt)
    if fact.payment_id is not None:
        book.rows(Payment)[fact.payment_id].refunded_minor += fact.amount_minor
    if fact.account is not None:
        account = _account(state, fact.account)
        if not account.store_credit_minor and account.currency != book.currency:
            account.keep_in(book.currency)
        account.store_credit_minor += fact.amount_minor


@applies(facts.RefundFailed)
def fail_refund(state: State, fact: facts.RefundFailed, _: Stamp) -> None:
    row = _book(state, fact).rows(Refund)[fact.refund_id]
    row.status, row.reason, row.ask_at = "failed", fact.reason, None


@applies(facts.InvoiceIssued)
def issue_invoice(state: State, fact: facts.InvoiceIssued, stamp: Stamp) -> None:
    book = _book(state, fact)
    invoice = Invoice(
        id=fact.invoice_id,
        order_id=book.order.id,
        number=fact.number,
        shipment_id=fact.shipment_id,
        lines=[
            BilledLine(each.line_id, each.quantity, each.amount_minor, 0, each.tax_minor, each.basis_points)
            for each in fact.lines
        ],
        shipping_minor=fact.shipping_minor,
        other_minor=fact.other_minor,
        tax_minor=fact.tax_minor,
        total_minor=fact.total_minor,
        issued_at=stamp.at,
        due_at=fact.due_at,
        paid_minor=fact.paid_minor,
        remind_at=fact.due_at,
        charges=fact.charges,
    )
    book.add(invoice)
    _count(state, "invoice", fact.number)


@applies(facts.CreditNoteIssued)
def issue_credit_note(state: State, fact: facts.CreditNoteIssued, stamp: Stamp) -> None:
    book = _book(state, fact)
    note = CreditNote(fact.credit_note_id, book.order.id, fact.number, fact.amount_minor, fact.tax_minor, stamp.at)
    note.parts = fact.parts
    book.add(note)
    _apply(book, fact.applied)
    _count(state, "credit_note", fact.number)


@applies(facts.CreditsApplied)
def apply_credits(state: State, fact: facts.CreditsApplied, _: Stamp) -> None:
    _apply(_book(state, fact), fact.applied)


def _apply(book: Book, parts: Iterable[facts.CreditApplied]) -> None:
    for applied in parts:
        invoice = book.rows(Invoice)[applied.invoice_id]
        invoice.credited_minor += applied.minor
        _forget_reminder(invoice)


@applies(facts.InvoiceMadeDue)
def make_due(state: State, fact: facts.InvoiceMadeDue, _: Stamp) -> None:
    invoice = _book(state, fact).rows(Invoice)[fact.invoice_id]
    invoice.due_at = invoice.remind_at = fact.due_at


@applies(facts.ReminderDue)
def remind(state: State, fact: facts.ReminderDue, _: Stamp) -> None:
    invoice = _book(state, fact).rows(Invoice)[fact.invoice_id]
    invoice.reminders, invoice.remind_at = fact.level, fact.remind_at


@applies(facts.UnitsSentAgain)
def send_again(state: State, fact: facts.UnitsSentAgain, _: Stamp) -> None:
    for invoice in _book(state, fact).rows(Invoice).values():
        for line in invoice.lines:
            for each in fact.sent:
                if each.instead_of == line.line_id or each.instead_of in line.sent_again:
                    line.sent_again = (*line.sent_again, each.line_id)


@applies(facts.DebtWrittenOff)
def write_off(state: State, fact: facts.DebtWrittenOff, _: Stamp) -> None:
    invoice = _book(state, fact).rows(Invoice)[fact.invoice_id]
    invoice.written_off_minor += fact.amount_minor
    _forget_reminder(invoice)


@applies(facts.DebtRecovered)
def recover_debt(state: State, fact: facts.DebtRecovered, _: Stamp) -> None:
    _book(state, fact).rows(Invoice)[fact.invoice_id].written_off_minor -= fact.amount_minor


@applies(facts.RefundTakenBack)
def take_refund_back(state: State, fact: facts.RefundTakenBack, _: Stamp) -> None:
    row = _book(state, fact).rows(Refund)[fact.refund_id]
    row.status, row.reason, row.reference, row.ask_at = "taken_back", "", "", None


@applies(facts.StrayRefundFound)
def find_stray_refund(state: State, fact: facts.StrayRefundFound, _: Stamp) -> None:
    row = _book(state, fact).rows(Refund)[fact.refund_id]
    _done(row, fact.attempt)
    if row.status == "done":  # both are kept: the two may have to be shown to a bank
        row.reference = f"{row.reference} {fact.reference}".lstrip()
        row.reason = SENT_TWICE
    else:
        row.reference = fact.reference


@applies(facts.PaymentChargedBack)
def charge_back(state: State, fact: facts.PaymentChargedBack, stamp: Stamp) -> None:
    book = _book(state, fact)
    book.rows(Payment)[fact.payment_id].refunded_minor += fact.amount_minor
    dispute = book.rows(Dispute).get((book.order.id, fact.dispute_id))
    if dispute is None:
        book.add(Dispute(book.order.id, fact.dispute_id, fact.payment_id, fact.amount_minor, stamp.at))
    else:  # journals from before disputes had a name tell one as often as we were told of it
        dispute.amount_minor += fact.amount_minor


def _dispute(state: State, fact: Fact, dispute_id: str) -> Dispute:
    book = _book(state, fact)
    return book.rows(Dispute)[book.order.id, dispute_id]


@applies(facts.DisputeChanged)
def change_dispute(state: State, fact: facts.DisputeChanged, _: Stamp) -> None:
    _payment(state, fact, fact.payment_id).refunded_minor += fact.by_minor
    _dispute(state, fact, fact.dispute_id).amount_minor = fact.amount_minor


@applies(facts.DisputeWon)
def win_dispute(state: State, fact: facts.DisputeWon, stamp: Stamp) -> None:
    _payment(state, fact, fact.payment_id).refunded_minor -= fact.amount_minor
    dispute = _dispute(state, fact, fact.dispute_id)
    dispute.status, dispute.ended_at = "won", stamp.at


@applies(facts.DisputeLost)
def lose_dispute(state: State, fact: facts.DisputeLost, stamp: Stamp) -> None:
    dispute = _dispute(state, fact, fact.dispute_id)
    dispute.status, dispute.ended_at = "lost", stamp.at


@applies(facts.DisputeLossReduced)
def reduce_loss(state: State, fact: facts.DisputeLossReduced, _: Stamp) -> None:
    _dispute(state, fact, fact.dispute_id).recovered_minor += fact.amount_minor


@invariant
def no_more_goes_back_than_came_in(book: Book) -> str:
    """Of every payment, and of the order: what went back and what may still go back never exceed what came in."""
    paid = [each for each in book.rows(Payment).values() if each.captured_minor or each.refunded_minor]
    if not paid and not book.rows(Refund):
        return ""  # most orders most of the time, and this is asked after every fact
    for payment in paid:
        going = sum(
            refund.amount_minor
            for refund in book.rows(Refund).values()
            if refund.payment_id == payment.id and refund.status in OPEN_REFUND
        )
        if not 0 <= payment.refunded_minor <= payment.captured_minor - going:
            return (
                f"of {payment.captured_minor} captured, {payment.refunded_minor} went back and {going} may still go "
                f"({payment.id})"
            )
    going = refunding(book)
    if going > max(0, came_in(book)):
        return f"{came_in(book)} came in and did not go back, and {going} may still go back"
    return ""
