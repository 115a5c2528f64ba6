"""What the gateway says: as the answer to a job, by itself (webhook), or when it is asked. All of it goes through here.

An answer counts for the request whose key it carries, once. What comes twice, late or out of order changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import msgspec

from purveyor.core.links import safe_link
from purveyor.core.messages import Call, Fact
from purveyor.core.positions import Posting
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts, gateway_requests
from purveyor.stages.payment.amounts import covered, held, still_owed
from purveyor.stages.payment.commands import (
    AskGateway,
    MarkInDoubt,
    Outcome,
    RecordAnswer,
    RecordGatewayEvent,
    SendAgain,
    Verb,
)
from purveyor.stages.payment.going_back import in_parts, in_parts_before
from purveyor.stages.payment.reasons import TOLD_BY_EVENT
from purveyor.stages.payment.rows import (
    WITHOUT_ANSWER,
    Capture,
    Payment,
    Refund,
    Request,
    attempt_of,
    has_done,
    request_with,
)

_ASKED = frozenset({"authorizing", "in_doubt", "action_required"})
CHALLENGE_EXPIRED = "challenge_expired"
AUTHORIZATION_ENDED = frozenset({"authorization_expired"})  # why a capture fails, and any other would
NOTHING_HELD = "nothing_to_void"  # a void that finds no hold has reached its end


class Answer(msgspec.Struct, frozen=True):
    key: str
    outcome: Outcome
    reference: str
    reason: str
    action_url: str = ""
    why: str = ""


@decides(RecordAnswer)
def decide_answer(state: State, command: RecordAnswer, call: Call) -> Decision:
    """What became of a request. Nothing happens when that is known already."""
    book = state.book(command.order_id)
    heard = Answer(command.key, command.outcome, command.reference, command.reason, safe_link(command.action_url))
    yield from _heard(state, book, heard, call)


@decides(RecordGatewayEvent)
def decide_event(state: State, command: RecordGatewayEvent, call: Call) -> Decision:
    """The same, told by the gateway itself. An event that requires action gives no address, so it is asked for."""
    book = state.book(command.order_id)
    payment = book.row(Payment, command.payment_id)
    if command.outcome == "action_required":
        if payment.request == "authorize" and payment.status in {"authorizing", "in_doubt"}:
            yield asked(state, payment, payment, call)
        return
    why = TOLD_BY_EVENT(event_id=command.event_id)
    heard = Answer(command.key, command.outcome, command.reference, command.reason, why=why)
    yield from _heard(state, book, heard, call)


def _heard(state: State, book: Book, heard: Answer, call: Call) -> Iterator[Fact]:
    row = request_with(book, heard.key)
    match row:
        case Capture():
            yield from _capture_heard(book, book.row(Payment, row.payment_id), row, heard, call)
        case Refund():
            yield from _refund_heard(book, row, heard)
        case Payment() if heard.key.startswith(f"{row.id}:void:"):
            yield from _void_heard(book, row, heard)
        case Payment():
            yield from _authorization_heard(state, book, row, heard, call)
        case None:
            return


def _authorization_heard(state: State, book: Book, payment: Payment, heard: Answer, call: Call) -> Iterator[Fact]:
    is_current = heard.key == f"{payment.id}:authorize:{payment.attempt}"
    is_asked = is_current and payment.request == "authorize" and payment.status in _ASKED
    match heard.outcome:
        case "done":
            was_refused = payment.status == "declined" and not payment.authorized_minor  # not one that has ended since
            is_reversed = was_refused and payment.reason != CHALLENGE_EXPIRED
            if is_asked or (is_current and is_reversed):
                yield from _authorized(state, book, payment, heard, call)
            elif not is_current or (payment.status in {"declined", "voided"} and not payment.authorized_minor):
                # A challenge that was given up, and passed after all.
                yield facts.StrayAuthorizationFound(
                    order_id=book.order.id,
                    payment_id=payment.id,
                    key=heard.key,
                    reference=heard.reference,
                    why=heard.why,
                )
        case "declined":
            if is_asked:
                yield facts.PaymentDeclined(
                    order_id=book.order.id, payment_id=payment.id, reason=heard.reason, why=heard.why
                )
        case "action_required":
            if is_asked:
                yield from _action_required(book, payment, heard, call)


def _authorized(state: State, book: Book, payment: Payment, heard: Answer, call: Call) -> Iterator[Fact]:
    """The bank holds the money. If the order needs none of it any more, it is let go at once."""
    amount = payment.request_minor
    yield gateway_requests.authorized(payment, amount, heard.reference, heard.why)
    others = covered(book)
    owed = still_owed(book)
    if owed <= others:
        now = msgspec.structs.replace(payment, reference=heard.reference)
        yield gateway_requests.void(state, now, call, why="not needed any more")
    elif owed <= others + amount:
        yield facts.PaymentSecured(order_id=book.order.id)


def _action_required(book: Book, payment: Payment, heard: Answer, call: Call) -> Iterator[Fact]:
    patience = timedelta(hours=gateway_requests.CHALLENGE_HOURS)
    assert payment.requested_at is not None
    if payment.status != "action_required":
        yield facts.PaymentActionRequired(
            order_id=book.order.id,
            payment_id=payment.id,
            reference=heard.reference,
            action_url=heard.action_url,
            ask_at=call.at + patience / gateway_requests.CHALLENGE_HOURS,
        )
    elif call.at >= payment.requested_at + patience:
        yield facts.PaymentDeclined(
            order_id=book.order.id, payment_id=payment.id, reason=CHALLENGE_EXPIRED, abandons=payment.reference
        )


def _capture_heard(book: Book, payment: Payment, capture: Capture, heard: Answer, call: Call) -> Iterator[Fact]:
    """What an earlier attempt took counts as well. Where two have, the customer gets back what is too much."""
    attempt = attempt_of(capture, heard.key)
    if not attempt:
        return
    if heard.outcome == "done":
        # A capture that was thought to have failed counts after all, as long as its money is in the books.
        is_held = held(book, payment) >= capture.amount_minor
        if capture.status == "failed" and not is_held and payment.reason in AUTHORIZATION_ENDED:
            # An earlier attempt had worked before the authorization ended.
            yield gateway_requests.authorized(payment, capture.amount_minor, payment.reference, heard.why)
            is_held = True
        took_as_well = capture.status == "done" and capture.attempts_done and not has_done(capture, attempt)
        if capture.status in WITHOUT_ANSWER or (is_held and (capture.status == "failed" or took_as_well)):
            if not took_as_well:  # what was taken twice was caused by nobody
                yield from in_parts_before(book, capture, call)
            yield gateway_requests.captured(
                payment,
                call.ids.new() if took_as_well else capture.id,
                capture.amount_minor,
                capture.invoice_id,
                heard.reference,
                heard.why,
                attempt=attempt,
                beside=capture.id if took_as_well else None,
            )
    elif capture.status in WITHOUT_ANSWER and capture.request_key == heard.key:
        yield from in_parts(book)
        yield _capture_failed(book, payment, capture, heard)


def _capture_failed(book: Book, payment: Payment, capture: Capture, heard: Answer) -> facts.CaptureFailed:
    """Where the authorization has ended, the bank holds nothing any more: neither for this capture nor for others."""
    ended = held(book, payment) + capture.amount_minor if heard.reason in AUTHORIZATION_ENDED else 0
    return facts.CaptureFailed(
        order_id=book.order.id,
        payment_id=payment.id,
        capture_id=capture.id,
        reason=heard.reason,
        released_minor=ended,
        postings=(Posting("authorized", -ended), Posting("authorization", ended)) if ended else (),
        why=heard.why,
    )


def _refund_heard(book: Book, refund: Refund, heard: Answer) -> Iterator[Fact]:
    """What an earlier attempt did counts as well: a gateway may think again after it has said no. Each counts once."""
    attempt = attempt_of(refund, heard.key)
    if not attempt or (heard.outcome == "done" and has_done(refund, attempt)):
        return
    is_asked = refund.status in WITHOUT_ANSWER
    if heard.outcome == "done" and (is_asked or refund.status == "failed"):
        done = refund_done(book, refund, heard.reference, heard.why)
        yield msgspec.structs.replace(done, attempt=attempt)
    elif heard.outcome == "done":
        yield from _went_twice(book, refund, heard, attempt)
    elif heard.outcome == "declined" and is_asked and refund.request_key == heard.key:
        yield facts.RefundFailed(
            order_id=book.order.id,
            refund_id=refund.id,
            payment_id=refund.payment_id,
            reason=heard.reason,
            why=heard.why,
        )


def _went_twice(book: Book, refund: Refund, heard: Answer, attempt: int) -> Iterator[facts.StrayRefundFound]:
    """The gateway made a refund that was made another way meanwhile, or was not to be made any more.

    Of one that was done before attempts were kept, the current attempt did it; strays of then are known by their name.
    """
    is_current = refund.request_key == heard.key
    if is_current and refund.status == "done" and refund.way == "gateway" and not refund.attempts_done:
        return
    reference = heard.reference if is_current and heard.reference else heard.key
    if reference not in refund.reference.split():
        yield facts.StrayRefundFound(
            order_id=book.order.id,
            refund_id=refund.id,
            payment_id=refund.payment_id,
            amount_minor=refund.amount_minor,
            reference=reference,
            attempt=attempt,
            why=heard.why,
        )


def refund_done(book: Book, refund: Refund, reference: str, why: str = "", way: str = "") -> facts.RefundDone:
    """The money is with the customer: now the balance changes. `way`: where it went another way than was meant."""
    return facts.RefundDone(
        order_id=book.order.id,
        refund_id=refund.id,
        payment_id=refund.payment_id,
        way=way or refund.way,
        amount_minor=refund.amount_minor,
        reference=reference,
        postings=(Posting("refunded", -refund.amount_minor), Posting("receivable", refund.amount_minor)),
        why=why,
    )


def _void_heard(book: Book, payment: Payment, heard: Answer) -> Iterator[Fact]:
    if payment.request != "void" or payment.request_key != heard.key:
        return
    if heard.outcome == "done" or heard.reason == NOTHING_HELD:
        yield gateway_requests.voided(book, payment, heard.why)
    else:
        yield facts.VoidFailed(order_id=book.order.id, payment_id=payment.id, reason=heard.reason, why=heard.why)


# when nobody knows


def _waiting(book: Book, payment: Payment, key: str) -> Request | None:
    """The row that waits for an answer to the request with this key."""
    row = request_with(book, key)
    if row is None or row.request_key != key:
        return None
    if isinstance(row, Payment):
        return row if row.request else None
    return row if row.status in WITHOUT_ANSWER and row.payment_id == payment.id else None


@decides(MarkInDoubt)
def decide_mark_in_doubt(state: State, command: MarkInDoubt, call: Call) -> Decision:
    """The gateway did not answer: nobody knows. Nothing happens when the answer came another way meanwhile."""
    book = state.book(command.order_id)
    row = _waiting(book, book.row(Payment, command.payment_id), command.key)
    if row is None or row.status == "action_required":
        return
    yield facts.PaymentInDoubt(
        order_id=command.order_id,
        payment_id=command.payment_id,
        key=command.key,
        verb=verb_of(row),
        ask_at=gateway_requests.ask_at(state, call.at),
    )


@decides(AskGateway)
def decide_ask(state: State, command: AskGateway, call: Call) -> Decision:
    """Ask what became of a request, unless that is known. When it is time is for the sweep to say, or for a person."""
    book = state.book(command.order_id)
    payment = book.row(Payment, command.payment_id)
    row = _waiting(book, payment, command.key)
    if row is not None:
        yield asked(state, payment, row, call)


def asked(state: State, payment: Payment, row: Request, call: Call) -> facts.GatewayAsked:
    asks = row.asks + 1
    return facts.GatewayAsked(
        order_id=payment.order_id,
        payment_id=payment.id,
        key=row.request_key,
        asks=asks,
        ask_at=gateway_requests.ask_at(state, call.at, asks),
    )


@decides(SendAgain)
def decide_send_again(state: State, command: SendAgain, call: Call) -> Decision:
    """The gateway never heard of it: send it again with the same key, so that it counts once whatever arrives."""
    book = state.book(command.order_id)
    payment = book.row(Payment, command.payment_id)
    row = _waiting(book, payment, command.key)
    if row is None:
        return
    yield facts.RequestRepeated(
        order_id=command.order_id,
        payment_id=payment.id,
        key=command.key,
        verb=verb_of(row),
        amount_minor=row.request_minor if isinstance(row, Payment) else row.amount_minor,
        reference=payment.reference,
        source=payment.source,
        ask_at=gateway_requests.ask_at(state, call.at, row.asks),
    )


def verb_of(row: Request) -> Verb:
    match row:
        case Capture():
            return "capture"
        case Refund():
            return "refund"
        case Payment():
            return "void" if row.request == "void" else "authorize"
