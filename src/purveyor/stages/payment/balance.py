"""The rules of the balance: the money follows what is owed, and what goes back counts when it is back."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import NamedTuple
from uuid import UUID

import msgspec

from purveyor.core.approval_limits import is_second_person
from purveyor.core.messages import Call, Fact
from purveyor.core.money import Money
from purveyor.core.order_value import FEE, less, other_value, shipping_value, taken_off
from purveyor.core.positions import Posting
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Counter, CreditAccount, Customer
from purveyor.core.shipping_charges import account_currency
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts, gateway_requests
from purveyor.stages.payment.amounts import (
    asked_for,
    capturing,
    covered,
    hoped_for,
    refunding,
    still_owed,
    value,
)
from purveyor.stages.payment.approvals import asked_by, counts, needs_second, requested
from purveyor.stages.payment.billing import TakenBack, collect_open, issue
from purveyor.stages.payment.billing_documents import (
    AT_THE_DOOR,
    OTHER,
    BillingDocuments,
    credits_to_apply,
    documents_of,
    left_to_bill,
    to_take_back,
)
from purveyor.stages.payment.commands import (
    ApproveRefund,
    CreditAmount,
    Method,
    RetryRefund,
    SettleBalance,
    SettleRefundManually,
    Way,
)
from purveyor.stages.payment.credits import credited, debt_recovered, sold_postings
from purveyor.stages.payment.disputes import loss_reduced
from purveyor.stages.payment.gateway_answers import refund_done
from purveyor.stages.payment.going_back import Share, asked_about, in_parts, kept_up, shares
from purveyor.stages.payment.invoice_amounts import bill_of_rest
from purveyor.stages.payment.reasons import OVER_LIMIT
from purveyor.stages.payment.refusals import (
    RefundAwaitsNothing,
    RefundExceedsCaptured,
    RefundNeedsAnother,
    RefundNotOpen,
    RefundNotRetryable,
    check_amount,
)
from purveyor.stages.payment.rows import Invoice, Payment, Refund

_WAYS: dict[str, Way] = {"card": "gateway", "store_credit": "store_credit"}  # everything else goes back by hand
_BY_TERMS: dict[str, Method] = {"invoice": "invoice", "on_delivery": "cash_on_delivery"}


@decides(SettleBalance)
def decide_settle_balance(state: State, command: SettleBalance, call: Call) -> Decision:
    """Make papers and money follow the receivable. Called after everything that may have changed it; often for nothing.

    Invoices that ask for too much get a credit note. Money that came in and is owed back goes back: to where it came
    from, newest first, or as store credit. Holds and promises that are not needed are let go. What was billed and is
    open is taken from cards. For what nothing covers, a payment is planned.
    """
    book = state.book(command.order_id)
    dropped = _charges_for_nothing(book)
    if dropped is not None:
        yield dropped  # the balance is settled again after it
        return
    applied = credits_to_apply(book)
    if applied:
        yield facts.CreditsApplied(order_id=book.order.id, applied=applied)
        return
    papers = documents_of(book)
    owed_back = _owed_back(book)
    noted = TakenBack()
    parts = to_take_back(book, papers, command.kept_back)
    if parts:
        note, recovered = _credit_note(state, book, parts, command.undelivered, call)
        yield from recovered
        yield note
        again = sum(fact.amount_minor for fact in recovered)
        noted = TakenBack(note.amount_minor, sum(each.minor for each in note.applied) - again, again)
        owed_back -= again
    for reduced in loss_reduced(book, max(0, owed_back)):  # what a lost dispute gave does not go back a second time
        owed_back -= reduced.amount_minor
        yield reduced
    yield from in_parts(book)
    yield from _refunds(state, book, owed_back, command, call)
    has_account = command.to == "store_credit" and _has_account(state, book)
    yield from kept_up(book, max(0, owed_back), noted.recovered_minor, command, call, has_account=has_account)
    waived = 0
    taken: set[UUID] = set()
    for fact in _rest(state, book, papers, call, noted) or collect_open(state, book, call):
        yield fact
        if isinstance(fact, facts.CaptureRequested):
            taken.add(fact.payment_id)
        elif isinstance(fact, facts.CentsWaived):
            waived = fact.amount_minor
    planned = sum(hoped_for(book, payment) for payment in book.rows(Payment).values())
    owed = max(0, asked_for(book) + noted.recovered_minor - waived)
    if planned > owed:
        yield from _let_go(state, book, planned - owed, taken, call)
    elif owed > planned:
        yield from _plan_rest(state, book, owed - planned, call)


def _charges_for_nothing(book: Book) -> facts.ChargesDropped | None:
    """What is left of an order that was to be paid at the door and never arrived: shipping and the fee.

    They are no debt either that somebody has given up.
    """
    order = book.order
    paid_at_door = any(each.method == "cash_on_delivery" for each in book.rows(Payment).values())
    if not paid_at_door or order.captured_minor:
        return None
    owed = order.receivable_minor + sum(each.written_off_minor for each in book.rows(Invoice).values())
    if not 0 < owed <= _charges(book):
        return None
    if any(line.quantity > line.canceled + line.returned + line.lost for line in book.lines.values()):
        return None
    shipping = shipping_value(book)
    carried = min(owed, sum(each.minor for each in shipping.values()))
    dropped = (*taken_off(shipping, carried), *taken_off(other_value(book, FEE), owed - carried))
    postings = (Posting("receivable", -owed), *sold_postings(dropped))
    return facts.ChargesDropped(
        order_id=order.id,
        amount_minor=owed,
        postings=tuple(posting for posting in postings if posting.minor),
        adjustments=dropped,
        why="nothing was delivered",
    )


def _charges(book: Book) -> int:
    """Shipping, and the fee for cash on delivery."""
    return sum(each.minor for each in (*shipping_value(book).values(), *other_value(book, FEE).values()))


def _rest(state: State, book: Book, papers: BillingDocuments, call: Call, noted: TakenBack) -> list[Fact]:
    """Nothing will be sent any more for what is left of the order's worth: bill it, unless it is cents."""
    worth = value(book)
    if -len(book.lines) <= worth < 0 and not papers.due:
        return [_cents_waived(book, worth)]
    things = left_to_bill(papers)
    rest = sum(amount.minor for amount in things.values())
    if not rest:
        return []
    if rest > len(book.lines):
        return list(issue(state, book, bill_of_rest(book, things), None, call, noted))
    if rest > max(0, still_owed(book)):
        return []
    if OTHER in things:
        return [_cents_waived(book, rest)]
    waived = tuple(less(thing, amount) for thing, amount in things.items())
    sold = tuple(posting for posting in sold_postings(waived) if posting.minor)
    return [
        facts.CentsWaived(
            order_id=book.order.id,
            amount_minor=rest,
            postings=(Posting("receivable", -rest), *sold),
            adjustments=waived,
        )
    ]


def _cents_waived(book: Book, rest: int) -> facts.CentsWaived:
    """Cents that are in no price have no tax."""
    postings = (Posting("written_off", rest), Posting("receivable", -rest))
    return facts.CentsWaived(order_id=book.order.id, amount_minor=rest, postings=postings)


def _credit_note(
    state: State, book: Book, parts: tuple[facts.NotedPart, ...], undelivered: Container[UUID], call: Call
) -> tuple[facts.CreditNoteIssued, list[facts.DebtRecovered]]:
    """The paper that takes back what invoices ask too much for, thing by thing, each with the tax that is in it.

    It settles what is open, then debts that were given up: these count again for it, because nobody has paid them, and
    neither other goods of the order nor money to be sent back shall take their place. The bills of parcels that never
    arrived come first: couriers take what is open of the others.
    """
    counter = state.get(Counter, "credit_note")
    amount = left = sum(part.amount_minor for part in parts)
    newest = sorted(book.rows(Invoice).values(), key=lambda each: (each.shipment_id not in undelivered, -each.number))
    applied: dict[UUID, int] = {}
    recovered: list[facts.DebtRecovered] = []
    for invoice in newest:
        part = min(left, invoice.open_minor - capturing(book, invoice_id=invoice.id))
        if part > 0:
            left -= part
            applied[invoice.id] = part
    for invoice in newest:
        part = min(left, invoice.written_off_minor)
        if part > 0:
            left -= part
            applied[invoice.id] = applied.get(invoice.id, 0) + part
            recovered.append(debt_recovered(invoice, part))
    note = facts.CreditNoteIssued(
        order_id=book.order.id,
        credit_note_id=call.ids.new(),
        number=(counter.value if counter else 0) + 1,
        amount_minor=amount,
        tax_minor=sum(part.tax_minor for part in parts),
        applied=tuple(facts.CreditApplied(*each) for each in applied.items()),
        parts=parts,
    )
    return note, recovered


# money that goes back


def _owed_back(book: Book) -> int:
    """What is owed to the customer and not on its way: a failed refund is still owed, and is tried again, not doubled.

    Never more than came in: an order that is worth less than nothing is a matter of cents, and waived.
    """
    return -book.order.receivable_minor - refunding(book) + min(0, value(book))


def _refunds(state: State, book: Book, owed: int, command: SettleBalance, call: Call) -> Iterator[Fact]:
    if owed <= 0:
        return
    parts = list(shares(book, owed, command, asked_by(call.actor)))
    asked = asked_about(parts, call.at)
    room = {
        payment.id: payment.captured_minor - payment.refunded_minor - refunding(book, payment.id)
        for payment in book.rows(Payment).values()
    }
    for share in parts:
        waits = not share.is_decided and needs_second(state, book, asked, share.who, call.at)
        yield from _refunded(state, book, share, room, _Asked(call, share, waits))


def _refunded(
    state: State, book: Book, share: Share, room: dict[UUID, int], ask: _Asked
) -> Iterator[facts.RefundRequested | facts.RefundDone]:
    """To where it came from, the newest first, as far as there is room; or as store credit."""
    owed = share.amount_minor
    if share.to == "store_credit" and _has_account(state, book):
        yield from _refund(state, book, None, owed, "store_credit", ask)
        return
    for payment in reversed(book.rows(Payment).values()):
        part = min(owed, room[payment.id])
        if part > 0:
            room[payment.id] -= part
            owed -= part
            yield from _refund(state, book, payment, part, _WAYS.get(payment.method, "manual"), ask)
    if owed:
        yield from _refund(state, book, None, owed, "manual", ask)


def _has_account(state: State, book: Book) -> bool:
    """Whether store credit in the order's currency has somewhere to go."""
    customer_id = book.order.customer_id
    customer = state.get(Customer, customer_id) if customer_id is not None else None
    if customer is None:
        return False
    return account_currency(state.policies, customer, state.get(CreditAccount, customer.id)) == book.currency


class _Asked(NamedTuple):
    """Whose a refund is, and whether another person must say yes."""

    call: Call
    share: Share
    waits: bool


def _refund(
    state: State, book: Book, payment: Payment | None, amount: int, way: Way, ask: _Asked
) -> Iterator[facts.RefundRequested | facts.RefundDone]:
    """Ask for a refund. Store credit is there at once; what is more than one person gives waits for another."""
    asked = gateway_requests.refund(state, book, payment, amount, way, ask.call, needs_approval=ask.waits)
    who, is_counted = ask.share.who, ask.share.is_counted
    yield msgspec.structs.replace(
        asked,
        by=who if who != ask.call.actor else "",
        counts=() if is_counted else counts(book, who, amount, ask.call.at),
        counted=bool(who) and not is_counted,
        approval_id=ask.share.approval_id,
        part_id=ask.share.row.id if ask.share.row is not None else None,
    )
    if not ask.waits:
        yield from _at_once(state, book, asked)


def _at_once(state: State, book: Book, asked: facts.RefundRequested) -> Iterator[facts.RefundDone]:
    """Store credit needs nobody outside."""
    if asked.way == "store_credit":
        yield facts.RefundDone(
            order_id=book.order.id,
            refund_id=asked.refund_id,
            payment_id=asked.payment_id,
            way=asked.way,
            amount_minor=asked.amount_minor,
            account=gateway_requests.account_of(state, book, "store_credit"),
            postings=(Posting("store_credit", -asked.amount_minor), Posting("receivable", asked.amount_minor)),
        )


@decides(ApproveRefund)
def decide_approve_refund(state: State, command: ApproveRefund, call: Call) -> Decision:
    """Refuses with `RefundAwaitsNothing`, `RefundExceedsCaptured` and `RefundNeedsAnother`.

    Another one is a person: not who asked for it, not who made the key that did, and no key.
    """
    book = state.book(command.order_id)
    refund = book.row(Refund, command.refund_id)
    if refund.status != "awaiting_approval":
        raise RefundAwaitsNothing(refund_id=refund.id, refund_status=refund.status)
    if not is_second_person(state, call.actor, refund.requested_by, call.at):
        raise RefundNeedsAnother(refund_id=refund.id, requested_by=refund.requested_by)
    _check_left(book, refund)
    asked = gateway_requests.refund(
        state, book, _paid_by(book, refund), refund.amount_minor, refund.way, call, again=refund
    )
    yield asked
    yield from _at_once(state, book, asked)


@decides(RetryRefund)
def decide_retry_refund(state: State, command: RetryRefund, call: Call) -> Decision:
    """Try a failed refund again, as a new request: the old key would get the old answer."""
    book = state.book(command.order_id)
    refund = book.row(Refund, command.refund_id)
    if refund.status != "failed":
        raise RefundNotRetryable(refund_id=refund.id, refund_status=refund.status)
    _check_left(book, refund)
    yield gateway_requests.refund(
        state, book, _paid_by(book, refund), refund.amount_minor, refund.way, call, again=refund
    )


@decides(SettleRefundManually)
def decide_settle_refund(state: State, command: SettleRefundManually, _: Call) -> Decision:
    """Refuses with `RefundNotOpen` unless it failed or goes back by hand: never while the gateway may still do it."""
    book = state.book(command.order_id)
    refund = book.row(Refund, command.refund_id)
    if refund.status != "failed" and not (refund.way == "manual" and refund.status == "pending"):
        raise RefundNotOpen(refund_id=refund.id, refund_status=refund.status)
    _check_left(book, refund)
    yield refund_done(book, refund, command.reference, why="settled by hand", way="manual")


def _check_left(book: Book, refund: Refund) -> None:
    """Never give back more of a payment than came in, whoever else has given some of it back meanwhile."""
    payment = _paid_by(book, refund)
    if payment is None:
        return
    others = refunding(book, payment.id) - refund.amount_minor
    left = payment.captured_minor - payment.refunded_minor - others
    if refund.amount_minor > left:
        raise RefundExceedsCaptured(
            refund_id=refund.id, wanted=refund.amount_minor, left=max(0, left), currency=book.currency
        )


def _paid_by(book: Book, refund: Refund) -> Payment | None:
    return book.row(Payment, refund.payment_id) if refund.payment_id is not None else None


# what is not needed, and what is missing


def _let_go(state: State, book: Book, surplus: int, taken: Container[UUID], call: Call) -> Iterator[Fact]:
    """Lower promises and plans, newest first, and void holds of which nothing is needed; answers are waited for."""
    for payment in reversed(book.rows(Payment).values()):
        amount = hoped_for(book, payment)
        part = min(surplus, amount)
        if part <= 0 or payment.id in taken:
            continue
        match payment.status:
            case "planned" | "offered" | "declined" | "accepted":
                account = (
                    gateway_requests.account_of(state, book, payment.method) if payment.method == "invoice" else None
                )
                yield facts.PaymentReduced(
                    order_id=book.order.id, payment_id=payment.id, by_minor=part, account=account, why="not needed"
                )
            case "authorized" | "failed" | "action_required" if part == amount and not capturing(book, payment.id):
                yield gateway_requests.void(state, payment, call, why="not needed any more")
            case _:
                continue
        surplus -= part


def _plan_rest(state: State, book: Book, amount: int, call: Call) -> Iterator[Fact]:
    """More is owed than anything covers: on the terms of the order, else by link."""
    method = _BY_TERMS.get(book.order.terms, "card")
    if method == "cash_on_delivery" and any(line.kind not in AT_THE_DOOR for line in book.lines.values()):
        method = "card"  # an edit brought what nobody hands over
    planned = facts.PlannedPayment(call.ids.new(), method, amount, "")
    account = gateway_requests.account_of(state, book, method) if method == "invoice" else None
    over = over_limit(state, book, amount) if method == "invoice" else None
    payments = book.rows(Payment).values()
    is_started = any(payment.status != "planned" for payment in payments)
    yield facts.PaymentPlanned(
        order_id=book.order.id,
        payments=(planned,),
        account=account,
        on_account_minor=amount if account else 0,
        why="not covered",
    )
    if over is not None:
        yield over
    if not is_started:
        return  # it starts with the others, when the order is approved
    if method == "card":
        yield gateway_requests.link(state, book.order.id, planned.id, amount, call)
    else:
        yield facts.PaymentAccepted(order_id=book.order.id, payment_ids=(planned.id,))
        if still_owed(book) <= covered(book) + amount:
            yield facts.PaymentSecured(order_id=book.order.id)


def over_limit(state: State, book: Book, wanted: int) -> facts.CreditLimitReached | None:
    """Who is not known, or has no credit line in this currency, has a limit of nothing."""
    customer_id = book.order.customer_id
    customer = state.get(Customer, customer_id) if customer_id is not None else None
    account = state.get(CreditAccount, customer_id) if customer_id is not None else None
    limit = customer.credit_limit_minor if customer and customer.credit_currency == book.currency else 0
    if account is not None and account.currency not in {"", book.currency}:
        limit = 0  # the account is locked, the customer is not: the line has just been given another currency
    owed = account.owed.get(book.currency, 0) if account else 0
    if owed + wanted <= limit:
        return None
    said = [str(Money(minor, book.currency)) for minor in (wanted, owed, limit)]
    return facts.CreditLimitReached(
        order_id=book.order.id,
        customer_id=customer_id,
        wanted_minor=wanted,
        open_minor=owed,
        limit_minor=limit,
        why=OVER_LIMIT(wanted_amount=said[0], open_amount=said[1], agreed_amount=said[2]),
    )


@decides(CreditAmount)
def decide_credit(state: State, command: CreditAmount, call: Call) -> Decision:
    """Take something off the price, with its tax. What follows is a refund. More than one person may give waits.

    Refuses with `CreditExceedsValue`, and with `CreditExceedsBilled` above what was billed and not taken back: an
    order that has not left yet is edited, or canceled in part.
    """
    book = state.book(command.order_id)
    amount = check_amount(command.amount, book.currency)
    fact = credited(book, amount, command.reason)
    who = asked_by(call.actor)
    debt = min(amount, max(0, book.order.receivable_minor))  # what is not paid yet; the rest goes back as a refund
    if debt and needs_second(state, book, amount, who, call.at):
        yield requested(book, "credit", amount, command.reason, call)
    else:
        yield msgspec.structs.replace(fact, counts=counts(book, who, debt, call.at))
