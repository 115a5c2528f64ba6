"""The rules of payment: planning, starting, paying again, and what people decide about holds and captures.

The other rules stand in `gateway_answers.py`, `billing.py` (what shipped units cost), `cash_on_delivery.py` (what
couriers take) and `balance.py` (refunds, and money that follows what is owed).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from purveyor.core.calendars import local_day
from purveyor.core.messages import Call, Fact
from purveyor.core.order_value import FEE, by_rates, sums
from purveyor.core.positions import Adjustment, Posting
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import CreditAccount
from purveyor.core.state import Book, State
from purveyor.stages.payment import (  # noqa: F401 (rules)
    balance,
    billing,
    cash_on_delivery,
    disputes,
    facts,
    gateway_answers,
    gateway_requests,
    state as _state,
)
from purveyor.stages.payment.amounts import asked_for, capturable, capturing, covered, held, hoped_for, still_owed
from purveyor.stages.payment.commands import (
    CapturePayment,
    ChaseLink,
    CompleteAction,
    PayAgain,
    PlanPayments,
    RetryCapture,
    StartPayments,
    VoidPayment,
)
from purveyor.stages.payment.reasons import LINK_NOT_PAID
from purveyor.stages.payment.refusals import (
    CaptureExceedsAuthorization,
    CaptureExceedsReceivable,
    CaptureNotRetryable,
    PaymentInFlight,
    PaymentNotCapturable,
    PaymentNotPayable,
    PaymentNotVoidable,
    check_amount,
)
from purveyor.stages.payment.rows import Capture, Payment

_PAYABLE = frozenset({"planned", "offered", "declined", "action_required"})


@decides(PlanPayments)
def decide_plan(state: State, command: PlanPayments, call: Call) -> Decision:
    """Write the tenders down. Nothing to do when there are none, or they were planned before.

    On account beyond the limit is planned all the same: `CreditLimitReached` says so, and somebody decides.
    """
    book = state.book(command.order_id)
    if not command.tenders or book.rows(Payment):
        return
    fee = 0
    payments: list[facts.PlannedPayment] = []
    on_account = 0
    for tender in command.tenders:
        minor = tender.amount.minor
        if tender.method == "cash_on_delivery" and not fee:
            amounts = state.policies.payment.amounts_in(book.currency)
            fee = amounts.cod_fee_minor if amounts else 0  # an order in a currency without one was not taken
            minor += fee
        elif tender.method == "invoice":
            on_account += minor
        payments.append(facts.PlannedPayment(call.ids.new(), tender.method, minor, tender.source))
    charged = by_rates(FEE, fee, _values(book)) if fee else ()
    account = gateway_requests.account_of(state, book, "invoice") if on_account else None
    over = balance.over_limit(state, book, on_account) if on_account else None
    yield facts.PaymentPlanned(
        order_id=command.order_id,
        payments=tuple(payments),
        account=account,
        on_account_minor=on_account if account else 0,
        postings=_fee_postings(charged),
        adjustments=charged,
    )
    if over is not None:
        yield over


def _values(book: Book) -> dict[int, int]:
    """What the lines come to, by rate of tax: a fee follows what it is for (Directive 2006/112/EC, Art. 78(b))."""
    values: defaultdict[int, int] = defaultdict(int)
    for line in book.lines.values():
        values[line.tax_basis_points] += line.total_minor
    return values


def _fee_postings(charged: tuple[Adjustment, ...]) -> tuple[Posting, ...]:
    fee = sums(charged)
    postings = (
        Posting("receivable", fee.minor),
        Posting("fees", -(fee.minor - fee.tax_minor)),
        Posting("tax", -fee.tax_minor),
    )
    return tuple(posting for posting in postings if posting.minor)


@decides(StartPayments)
def decide_start(state: State, command: StartPayments, call: Call) -> Decision:
    """Start what is planned; what is under way already is left alone. `PaymentSecured` when nothing is missing."""
    book = state.book(command.order_id)
    trusted: list[UUID] = []
    safe = covered(book)
    owed = still_owed(book)
    spent = 0
    for payment in book.rows(Payment).values():
        if payment.status != "planned":
            continue
        amount = payment.amount_minor
        match payment.method:
            case "card" if payment.source:
                yield gateway_requests.authorization(state, book, payment.id, amount, payment.source, call)
            case "card":
                yield gateway_requests.link(state, command.order_id, payment.id, amount, call)
            case "invoice" | "cash_on_delivery":
                trusted.append(payment.id)
                safe += amount
            case "store_credit":
                fact = _spend_credit(state, book, payment, spent, call)
                yield fact
                if isinstance(fact, facts.PaymentCaptured):
                    spent += amount
                    owed -= amount
            case _:
                yield gateway_requests.captured(payment, call.ids.new(), amount, None, why="at the counter")
                owed -= amount
    if trusted:
        yield facts.PaymentAccepted(order_id=command.order_id, payment_ids=tuple(trusted))
    if owed <= safe:
        yield facts.PaymentSecured(order_id=command.order_id)


def _spend_credit(state: State, book: Book, payment: Payment, spent: int, call: Call) -> Fact:
    """Store credit is spent at once; what is not there, or went to another tender, is declined."""
    customer_id = gateway_requests.account_of(state, book, "store_credit")
    account = state.get(CreditAccount, customer_id) if customer_id is not None else None
    amount = payment.amount_minor
    has = account.store_credit_minor if account is not None and account.currency in {"", book.currency} else 0
    if has - spent < amount:
        return facts.PaymentDeclined(order_id=book.order.id, payment_id=payment.id, reason="store_credit_insufficient")
    return facts.PaymentCaptured(
        order_id=book.order.id,
        payment_id=payment.id,
        capture_id=call.ids.new(),
        invoice_id=None,
        method="store_credit",
        amount_minor=amount,
        account=customer_id,
        postings=(Posting("store_credit", amount), Posting("receivable", -amount)),
    )


@decides(PayAgain)
def decide_pay_again(state: State, command: PayAgain, call: Call) -> Decision:
    """Charge another source, or the same one again.

    What an open challenge or a failed capture left held is let go. Refuses with `PaymentInFlight` while it is not known
    what became of the last request, with `PaymentNotPayable` when nothing is wanted, and with `Invalid` (no source).
    """
    book = state.book(command.order_id)
    payment = book.row(Payment, command.payment_id)
    if not command.source:
        raise Invalid(field="source", found="", expected="the provider's token of a card")
    if payment.status in {"authorizing", "in_doubt"} or payment.request == "void":
        raise PaymentInFlight(payment_id=payment.id)
    amount = hoped_for(book, payment)
    if payment.status == "failed" and not capturing(book, payment_id=payment.id):
        amount = min(amount, max(0, asked_for(book)))  # of what it could not take, something may be credited since
    if payment.status == "failed" and amount and not capturing(book, payment_id=payment.id):
        yield from _replace(state, book, payment, amount, command.source, call)
        return
    if payment.status not in _PAYABLE or amount <= 0 or payment.method not in {"card", "store_credit"}:
        raise PaymentNotPayable(payment_id=payment.id, payment_status=payment.status)
    has_ended = payment.authorized_minor > 0  # what was captured before goes back under its reference
    if payment.method == "store_credit" or has_ended:  # it did not suffice: a card takes its place
        why = "paid another way" if has_ended else "paid by card"
        yield facts.PaymentReduced(order_id=command.order_id, payment_id=payment.id, by_minor=amount, why=why)
        yield from _plan_and_ask(state, book, amount, command.source, call)
        return
    yield gateway_requests.authorization(
        state,
        book,
        payment.id,
        amount,
        command.source,
        call,
        attempt=payment.attempt + 1,
        abandons=payment.reference if payment.status == "action_required" else "",
    )


def _replace(state: State, book: Book, payment: Payment, amount: int, source: str, call: Call) -> Iterator[Fact]:
    """The bank would not let us capture: let go of its hold, and ask another."""
    yield gateway_requests.void(state, payment, call, why="paid another way")
    yield from _plan_and_ask(state, book, amount, source, call)


def _plan_and_ask(state: State, book: Book, amount: int, source: str, call: Call) -> Iterator[Fact]:
    planned = facts.PlannedPayment(call.ids.new(), "card", amount, source)
    yield facts.PaymentPlanned(order_id=book.order.id, payments=(planned,))
    yield gateway_requests.authorization(state, book, planned.id, amount, source, call)


@decides(ChaseLink)
def decide_chase_link(state: State, command: ChaseLink, call: Call) -> Decision:
    """Nobody paid by link in time: somebody must act. Nothing to do when it was paid, or is not wanted any more."""
    payment = state.book(command.order_id).row(Payment, command.payment_id)
    if payment.status == "offered" and payment.pay_by is not None and payment.pay_by <= min(command.pay_by, call.at):
        yield facts.PayLinkOverdue(
            order_id=command.order_id,
            payment_id=payment.id,
            amount_minor=payment.amount_minor,
            why=LINK_NOT_PAID(day=local_day(payment.pay_by, state.policies.zone)),
        )


@decides(CompleteAction)
def decide_complete_action(state: State, command: CompleteAction, call: Call) -> Decision:
    """Ask the gateway at once. Nothing to do when the answer was quicker than the customer's browser."""
    payment = state.book(command.order_id).row(Payment, command.payment_id)
    if payment.request == "authorize":
        yield gateway_answers.asked(state, payment, payment, call)


@decides(CapturePayment)
def decide_capture(state: State, command: CapturePayment, call: Call) -> Decision:
    """Take money that a bank holds, whole or in part.

    Refuses with `PaymentNotCapturable` unless it is authorized, with `CaptureExceedsAuthorization` above what is held,
    and with `CaptureExceedsReceivable` above what is owed.
    """
    book = state.book(command.order_id)
    payment = book.row(Payment, command.payment_id)
    amount = check_amount(command.amount, book.currency)
    if payment.method != "card" or payment.status != "authorized" or payment.request:
        raise PaymentNotCapturable(payment_id=payment.id, payment_status=payment.status)
    left = capturable(book, payment)
    if amount > left:
        raise CaptureExceedsAuthorization(payment_id=payment.id, wanted=amount, capturable=left, currency=book.currency)
    owed = asked_for(book)
    if amount > owed:
        raise CaptureExceedsReceivable(payment_id=payment.id, wanted=amount, owed=max(0, owed), currency=book.currency)
    yield gateway_requests.capture(state, payment, amount, call, invoice_id=None)


@decides(RetryCapture)
def decide_retry_capture(state: State, command: RetryCapture, call: Call) -> Decision:
    """Try a failed capture again, as a new request: the old key would get the old answer.

    Refuses with `CaptureNotRetryable` unless it failed, its money is still held and still owed.
    """
    book = state.book(command.order_id)
    capture = book.row(Capture, command.capture_id)
    payment = book.row(Payment, capture.payment_id)
    amount = capture.amount_minor
    if capture.status != "failed" or payment.request or held(book, payment) < amount or asked_for(book) < amount:
        raise CaptureNotRetryable(capture_id=capture.id, capture_status=capture.status)
    yield gateway_requests.capture(state, payment, amount, call, invoice_id=capture.invoice_id, again=capture)


@decides(VoidPayment)
def decide_void(state: State, command: VoidPayment, call: Call) -> Decision:
    """Let go of what is held and not captured.

    Refuses with `PaymentInFlight` while a capture or another request is under way, and with `PaymentNotVoidable` when
    nothing is held.
    """
    book = state.book(command.order_id)
    payment = book.row(Payment, command.payment_id)
    if payment.status in {"authorizing", "in_doubt"} or payment.request == "void" or capturing(book, payment.id):
        raise PaymentInFlight(payment_id=payment.id)
    if payment.status != "action_required" and not held(book, payment):
        raise PaymentNotVoidable(payment_id=payment.id, payment_status=payment.status)
    yield gateway_requests.void(state, payment, call)
