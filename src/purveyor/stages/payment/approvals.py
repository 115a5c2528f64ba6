"""What one person may not decide alone: refunds, credits and debts given up above the limits of a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from purveyor.core import approval_limits
from purveyor.core.ids import made_at
from purveyor.core.messages import Call
from purveyor.core.positions import Counted
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts
from purveyor.stages.payment.amounts import may_be_given_up
from purveyor.stages.payment.commands import ApproveMoneyAct, DeclineMoneyAct, MoneyAct, RequestClaim
from purveyor.stages.payment.credits import credited, written_off
from purveyor.stages.payment.refusals import InvoiceNotOpen, RequestIsDecided, RequestNeedsAnother, RequestWaits
from purveyor.stages.payment.rows import Invoice, MoneyRequest, Refund


def asked_by(actor: str) -> str:
    """Who stands behind money that goes back: who asks; "" for nobody, where a customer, a job or a rule does.

    Who caused it while it was being taken stands in its parts (`GoingBack`), so an answer of the gateway is nobody's.
    """
    return actor if approval_limits.is_person_or_key(actor) else ""


def needs_second(state: State, book: Book, amount: int, who: str, at: datetime) -> bool:
    """Whether it is more than one person gives of an order, or altogether, in a day."""
    return bool(who) and approval_limits.needs_second_person(state, book.order.id, book.currency, who, at, amount)


def counts(book: Book, who: str, amount: int, at: datetime) -> tuple[Counted, ...]:
    return approval_limits.count_given(book.order.id, book.currency, who, at, amount) if who else ()


def not_given(state: State, book: Book, asked: MoneyRequest | Refund, now: datetime) -> tuple[Counted, ...]:
    """It was asked for and will not be done: it does not count.

    A refund that follows what two have agreed to did not count beside it.
    """
    who = asked.requested_by
    at = asked.requested_at if isinstance(asked, MoneyRequest) else made_at(asked.id)
    if not approval_limits.is_person_or_key(who) or (isinstance(asked, Refund) and not _has_counted(book, asked)):
        return ()
    return approval_limits.uncount_given(state, book.order.id, book.currency, who, at, asked.amount_minor, now)


def _has_counted(book: Book, refund: Refund) -> bool:
    """A refund from before it said so has not where whoever asked for it had agreed to something just then."""
    if refund.counted is not None:
        return refund.counted
    acts = [each for each in book.rows(MoneyRequest).values() if each.status == "approved"]
    agreed = [each.decided_at for each in acts if each.decided_at and each.decided_by == refund.requested_by]
    return all(abs(at - made_at(refund.id)) >= timedelta(seconds=1) for at in agreed)


def requested(
    book: Book, what: MoneyAct, amount: int, why: str, call: Call, invoice_id: UUID | None = None
) -> facts.MoneyActRequested:
    """It waits for a second person. Refuses with `RequestWaits` what waits already."""
    _check_asked_once(book, (what, invoice_id, None))
    return facts.MoneyActRequested(
        order_id=book.order.id,
        request_id=call.ids.new(),
        what=what,
        amount_minor=amount,
        invoice_id=invoice_id,
        counts=counts(book, call.actor, amount, call.at),
        why=why,
    )


def _check_asked_once(book: Book, about: tuple[MoneyAct, UUID | None, UUID | None]) -> None:
    for each in book.rows(MoneyRequest).values():
        if each.status == "waiting" and (each.what, each.invoice_id, each.case_id) == about:
            raise RequestWaits(request_id=each.id)


@decides(RequestClaim)
def decide_request_claim(state: State, command: RequestClaim, call: Call) -> Decision:
    """A claim that lowers a debt by more than one person gives waits. Refuses with `RequestWaits`."""
    book = state.book(command.order_id)
    amount = command.amount.minor
    needs_second(state, book, amount, call.actor, call.at)
    asked = requested(book, "claim", amount, command.remedy, call)
    _check_asked_once(book, ("claim", None, command.case_id))
    yield msgspec.structs.replace(asked, case_id=command.case_id, units=command.contents)


@decides(ApproveMoneyAct)
def decide_approve(state: State, command: ApproveMoneyAct, call: Call) -> Decision:
    """Refuses with `RequestIsDecided`, `RequestNeedsAnother`, and with what the act itself would be refused with."""
    book = state.book(command.order_id)
    request = _waiting(book, command.request_id)
    if not approval_limits.is_second_person(state, call.actor, request.requested_by, call.at):
        raise RequestNeedsAnother(request_id=request.id)
    yield facts.MoneyActApproved(order_id=book.order.id, request_id=request.id, what=request.what)  # type: ignore[arg-type]
    if request.what == "claim":
        return  # support puts it right
    if request.what == "credit":
        yield credited(book, request.amount_minor, request.reason, approval_id=request.id)
        return
    assert request.invoice_id is not None, "a debt is that of an invoice"
    invoice = book.row(Invoice, request.invoice_id)
    amount = min(request.amount_minor, may_be_given_up(book, invoice))
    if amount <= 0:
        raise InvoiceNotOpen(invoice_id=invoice.id)
    yield written_off(invoice, amount, request.reason)


@decides(DeclineMoneyAct)
def decide_decline(state: State, command: DeclineMoneyAct, call: Call) -> Decision:
    """What is not given does not count. Refuses with `RequestIsDecided`."""
    book = state.book(command.order_id)
    request = _waiting(book, command.request_id)
    yield facts.MoneyActDeclined(
        order_id=book.order.id,
        request_id=request.id,
        counts=not_given(state, book, request, call.at),
        why=command.reason,
    )


def _waiting(book: Book, request_id: UUID) -> MoneyRequest:
    request = book.row(MoneyRequest, request_id)
    if request.status != "waiting":
        raise RequestIsDecided(request_id=request.id, request_status=request.status)
    return request
