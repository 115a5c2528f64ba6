"""The rules of disputes: a bank takes captured money back, and may give it back again.

The provider tells of one dispute several times, under one name. Nobody is asked to pay what is disputed: the customer
has said at the bank what he thinks of it. What a lost dispute cost is written off.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from purveyor.core.field_types import trimmed
from purveyor.core.messages import Call
from purveyor.core.positions import Posting
from purveyor.core.refusals import NotFound
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts
from purveyor.stages.payment.amounts import came_in, losses, refunding
from purveyor.stages.payment.approvals import not_given
from purveyor.stages.payment.commands import RecordChargeback, ResolveDispute
from purveyor.stages.payment.refusals import (
    ChargebackExceedsCaptured,
    DisputeEnded,
    DisputeOfAnother,
    NotDisputable,
    RefundUnderWay,
    check_amount,
)
from purveyor.stages.payment.rows import OPEN_REFUND, WITHOUT_ANSWER, Dispute, Payment, Refund

DISPUTABLE: Final = frozenset({"card", "card_present"})  # cash, transfers and store credit came from no card's bank


@decides(RecordChargeback)
def decide_chargeback(state: State, command: RecordChargeback, call: Call) -> Decision:
    """Book what the bank took back, or the difference where it is told again with another amount.

    Refunds that nobody has sent yet are taken back as far as they would give back the same money. Refuses with
    `Invalid` (amount), `NotDisputable` (no card), `ChargebackExceedsCaptured`, with `RefundUnderWay` while the gateway
    may be giving back the same money, with `DisputeOfAnother` (payment) and with `DisputeEnded`. Nothing to do when it
    is known.
    """
    book = state.book(command.order_id)
    payment = book.row(Payment, command.payment_id)
    amount = check_amount(command.amount, book.currency)
    dispute = _known(book, command.dispute_id)
    if dispute is not None and dispute.payment_id != payment.id:
        raise DisputeOfAnother(dispute_id=dispute.dispute_id, payment_id=dispute.payment_id)
    more = amount - (dispute.amount_minor if dispute else 0)
    if not more:
        return
    if dispute is not None and dispute.status != "open":
        raise DisputeEnded(dispute_id=dispute.dispute_id, dispute_status=dispute.status)
    if more > 0:
        if payment.method not in DISPUTABLE:
            raise NotDisputable(payment_id=payment.id, method=payment.method)
        yield from _room_for(state, book, payment, more, call)
    postings = (Posting("refunded", -more), Posting("receivable", more))
    if dispute is None:
        yield facts.PaymentChargedBack(
            order_id=book.order.id,
            payment_id=payment.id,
            amount_minor=amount,
            dispute_id=command.dispute_id,
            postings=postings,
        )
    else:
        yield facts.DisputeChanged(
            order_id=book.order.id,
            payment_id=payment.id,
            dispute_id=dispute.dispute_id,
            amount_minor=amount,
            by_minor=more,
            postings=postings,
        )


def _known(book: Book, dispute_id: str) -> Dispute | None:
    """A dispute by its name; some were kept with blanks around it."""
    rows = book.rows(Dispute)
    known = rows.get((book.order.id, dispute_id))
    return known or next((each for each in rows.values() if trimmed(each.dispute_id) == dispute_id), None)


def _room_for(state: State, book: Book, payment: Payment, amount: int, call: Call) -> Iterator[facts.RefundTakenBack]:
    """Take back refunds that nobody has sent, the newest first, until no cent would go back twice."""
    left = payment.captured_minor - payment.refunded_minor
    if amount > left:
        raise ChargebackExceedsCaptured(payment_id=payment.id, wanted=amount, captured=left, currency=book.currency)
    possible = left - refunding(book, payment.id, WITHOUT_ANSWER, way="gateway")
    sent = refunding(book, None, WITHOUT_ANSWER, way="gateway")
    if sent:  # store credit was given for some of it, so less than what was paid is here
        possible = max(0, min(possible, came_in(book) - sent))
    if amount > possible:
        raise RefundUnderWay(payment_id=payment.id, wanted=amount, possible=possible, currency=book.currency)
    of_payment = left - amount - refunding(book, payment.id)
    of_order = max(0, min(-book.order.receivable_minor, came_in(book)) - amount) - refunding(book)
    for refund in reversed(book.rows(Refund).values()):
        if of_payment >= 0 and of_order >= 0:
            return
        is_sent = refund.way == "gateway" and refund.status in WITHOUT_ANSWER
        if refund.status not in OPEN_REFUND or is_sent or (of_order >= 0 and refund.payment_id != payment.id):
            continue
        of_order += refund.amount_minor
        of_payment += refund.amount_minor if refund.payment_id == payment.id else 0
        yield facts.RefundTakenBack(
            order_id=book.order.id,
            refund_id=refund.id,
            payment_id=refund.payment_id,
            amount_minor=refund.amount_minor,
            counts=not_given(state, book, refund, call.at),
            why="the bank has given it back",
        )


@decides(ResolveDispute)
def decide_resolve_dispute(state: State, command: ResolveDispute, call: Call) -> Decision:
    """Won: the money is ours again. Lost: it is written off, and asked of nobody.

    Refuses with `NotFound`, `DisputeOfAnother` and, where it ended the other way, with `DisputeEnded`. Nothing to do
    when it is known.
    """
    book = state.book(command.order_id)
    payment = book.row(Payment, command.payment_id)
    dispute = _known(book, command.dispute_id)
    if dispute is None:
        raise NotFound(what="dispute", id=command.dispute_id)
    if dispute.payment_id != payment.id:
        raise DisputeOfAnother(dispute_id=dispute.dispute_id, payment_id=dispute.payment_id)
    if dispute.status == command.outcome:
        return
    if dispute.status != "open":
        raise DisputeEnded(dispute_id=dispute.dispute_id, dispute_status=dispute.status)
    amount = dispute.amount_minor
    if command.outcome == "won":
        yield facts.DisputeWon(
            order_id=book.order.id,
            payment_id=payment.id,
            dispute_id=dispute.dispute_id,
            amount_minor=amount,
            postings=(Posting("refunded", amount), Posting("receivable", -amount)),
        )
    else:
        yield facts.DisputeLost(
            order_id=book.order.id,
            payment_id=payment.id,
            dispute_id=dispute.dispute_id,
            amount_minor=amount,
            postings=(Posting("written_off", amount), Posting("receivable", -amount)),
        )


def loss_reduced(book: Book, owed_back: int) -> Iterator[facts.DisputeLossReduced]:
    """What is owed back to a customer was given to him by a lost dispute before: as much of the loss is none."""
    for dispute in book.rows(Dispute).values():
        part = min(owed_back, losses(dispute))
        if part > 0:
            owed_back -= part
            yield facts.DisputeLossReduced(
                order_id=book.order.id,
                dispute_id=dispute.dispute_id,
                amount_minor=part,
                postings=(Posting("written_off", -part), Posting("receivable", part)),
            )
