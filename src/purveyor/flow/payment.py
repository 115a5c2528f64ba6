"""What follows payment: authorizations, captures, invoices, credits, disputes and refunds."""

from __future__ import annotations

from typing import assert_never

from purveyor.core.holds import DISPUTE, HOLD_TYPES, UNTIL_PAID
from purveyor.core.messages import Fact
from purveyor.core.money import Money
from purveyor.core.positions import IN_THE_HOUSE
from purveyor.core.registry import Follow, after
from purveyor.core.state import State
from purveyor.flow.follow_ups import (
    close_what_never_came,
    look_for_files,
    settled_as_agreed,
    tell,
    void_abandoned,
)
from purveyor.flow.questions import (
    book_of,
    has_been_told,
    is_held,
    order_of,
)
from purveyor.stages.payment import commands as payment, facts as payment_facts
from purveyor.stages.payment.amounts import covered, is_disputed, still_owed
from purveyor.stages.payment.billing_documents import credits_to_apply
from purveyor.stages.payment.going_back import parts_of
from purveyor.stages.payment.reasons import HELD_FOR_LINK, LINK_NOT_PAID
from purveyor.stages.payment.rows import MoneyRequest
from purveyor.stages.picking import commands as picking
from purveyor.stages.returns import commands as returns
from purveyor.stages.review import commands as review
from purveyor.stages.support import commands as support
from purveyor.stages.support.state import Case


@after(payment_facts.PaymentVoided)
def close_the_order_of_what_never_came(fact: payment_facts.PaymentVoided, state: State) -> Follow:
    yield from close_what_never_came(book_of(fact, state))


@after(payment_facts.CreditLimitReached)
def hold_for_credit(fact: payment_facts.CreditLimitReached, _state: State) -> Follow:
    yield review.HoldOrder(order_id=order_of(fact), type="credit", why=fact.why, if_needed=True)


@after(payment_facts.PayLinkOffered)
def ask_to_pay_by_link(fact: payment_facts.PayLinkOffered, state: State) -> Follow:
    book = book_of(fact, state)
    amount = Money(fact.amount_minor, book.currency)
    yield tell(book.order.id, "pay_by_link", amount=str(amount), payment_id=str(fact.payment_id))


@after(payment_facts.PayLinkOverdue)
def hold_what_nobody_paid(fact: payment_facts.PayLinkOverdue, state: State) -> Follow:
    """What nobody paid any part of is canceled when the hold ends; what is paid in part is for a person to decide."""
    book = book_of(fact, state)
    is_paid_in_part = covered(book) > 0 or book.order.captured_minor > 0
    day = LINK_NOT_PAID.parts_of(fact.why)
    assert day is not None, fact.why
    yield review.HoldOrder(
        order_id=book.order.id,
        type="balance" if is_paid_in_part else "payment",
        why=HELD_FOR_LINK(**day),
        if_needed=True,
    )


@after(payment_facts.AuthorizationRequested)
def ask_the_bank_to_authorize(fact: payment_facts.AuthorizationRequested, state: State) -> Follow:
    order = book_of(fact, state).order
    yield payment.AuthorizeAtGateway(
        order_id=order.id,
        payment_id=fact.payment_id,
        key=fact.key,
        amount=Money(fact.amount_minor, order.currency),
        source=fact.source,
        about=str(order.number),
    )
    if fact.abandons:
        yield void_abandoned(order.id, fact.payment_id, fact.abandons)


@after(payment_facts.PaymentActionRequired)
def ask_to_confirm_at_the_bank(fact: payment_facts.PaymentActionRequired, _state: State) -> Follow:
    yield tell(order_of(fact), "payment_action_required", url=fact.action_url)


@after(payment_facts.PaymentAuthorized)
def the_bank_has_authorized_it(fact: payment_facts.PaymentAuthorized, state: State) -> Follow:
    """Nothing is taken yet. Whoever had been asked to do something about it hears that it worked."""
    book = book_of(fact, state)
    if any(has_been_told(book, notice) for notice in ("pay_by_link", "payment_declined", "payment_action_required")):
        yield tell(book.order.id, "payment_authorized", amount=str(Money(fact.amount_minor, book.currency)))
    yield payment.SettleBalance(order_id=book.order.id)


@after(payment_facts.PaymentDeclined)
def the_bank_says_no(fact: payment_facts.PaymentDeclined, _state: State) -> Follow:
    order_id = order_of(fact)
    yield review.HoldOrder(order_id=order_id, type="payment", why=fact.reason, if_needed=True)
    yield tell(order_id, "payment_declined", reason=fact.reason)
    if fact.abandons:
        yield void_abandoned(order_id, fact.payment_id, fact.abandons)


@after(payment_facts.StrayAuthorizationFound)
def void_a_stray_authorization(fact: payment_facts.StrayAuthorizationFound, _state: State) -> Follow:
    yield void_abandoned(order_of(fact), fact.payment_id, fact.reference, because="stray")


@after(payment_facts.PaymentSecured)
def confirm_what_is_paid_for(fact: payment_facts.PaymentSecured, state: State) -> Follow:
    """Only now a day is promised: nothing of the order waits for money any more."""
    book = book_of(fact, state)
    if not has_been_told(book, "order_confirmed"):
        yield tell(book.order.id, "order_confirmed")


@after(payment_facts.PaymentSecured)
def the_goods_may_go(fact: payment_facts.PaymentSecured, state: State) -> Follow:
    book = book_of(fact, state)
    for hold in HOLD_TYPES.values():
        if hold.until_paid:
            yield review.ReleaseHolds(order_id=book.order.id, type=hold.type)
    if not is_held(book, but=UNTIL_PAID):
        yield from look_for_files(book)
        yield picking.ReleaseUnits(order_id=book.order.id)


@after(payment_facts.GatewayAsked)
def ask_what_became_of_it(fact: payment_facts.GatewayAsked, _state: State) -> Follow:
    yield payment.LookUpAtGateway(order_id=order_of(fact), payment_id=fact.payment_id, key=fact.key)


@after(payment_facts.RequestRepeated)
def send_it_again(fact: payment_facts.RequestRepeated, state: State) -> Follow:
    order = book_of(fact, state).order
    of, key = fact.payment_id, fact.key
    amount = Money(fact.amount_minor, order.currency)
    match fact.verb:
        case "authorize":
            yield payment.AuthorizeAtGateway(
                order_id=order.id, payment_id=of, key=key, amount=amount, source=fact.source, about=str(order.number)
            )
        case "capture":
            yield payment.CaptureAtGateway(
                order_id=order.id, payment_id=of, key=key, amount=amount, reference=fact.reference
            )
        case "refund":
            yield payment.RefundAtGateway(
                order_id=order.id, payment_id=of, key=key, amount=amount, reference=fact.reference
            )
        case "void":
            yield payment.VoidAtGateway(order_id=order.id, payment_id=of, key=key, reference=fact.reference)
        case _:
            assert_never(fact.verb)


@after(payment_facts.CaptureRequested)
def take_the_money(fact: payment_facts.CaptureRequested, state: State) -> Follow:
    order = book_of(fact, state).order
    yield payment.CaptureAtGateway(
        order_id=order.id,
        payment_id=fact.payment_id,
        key=fact.key,
        reference=fact.reference,
        amount=Money(fact.amount_minor, order.currency),
    )


@after(payment_facts.PaymentCaptured)
def the_money_is_ours(fact: payment_facts.PaymentCaptured, state: State) -> Follow:
    book = book_of(fact, state)
    if fact.method == "invoice":
        amount = Money(fact.amount_minor, book.currency)
        yield tell(book.order.id, "payment_received", amount=str(amount))
    yield payment.SettleBalance(order_id=book.order.id)


@after(payment_facts.CaptureFailed)
def the_bank_does_not_pay(fact: payment_facts.CaptureFailed, state: State) -> Follow:
    """What was credited meanwhile is owed no more: then nobody is asked for it."""
    book = book_of(fact, state)
    order_id = book.order.id
    is_owed = still_owed(book) > 0
    if is_owed:
        yield review.HoldOrder(order_id=order_id, type="payment", why=fact.reason, if_needed=True)
        yield tell(order_id, "payment_declined", reason=fact.reason)
    if not is_owed or fact.released_minor or credits_to_apply(book) or parts_of(book):
        yield payment.SettleBalance(order_id=order_id)


@after(payment_facts.InvoiceIssued)
def send_the_invoice(fact: payment_facts.InvoiceIssued, state: State) -> Follow:
    book = book_of(fact, state)
    details = {"invoice": str(fact.number), "amount": str(Money(fact.total_minor, book.currency))}
    if fact.due_at is not None:
        yield tell(book.order.id, "invoice_due", due_at=fact.due_at.isoformat(), **details)
    else:
        yield tell(book.order.id, "invoice_issued", **details)


@after(payment_facts.InvoiceMadeDue)
def ask_for_what_nobody_collects(fact: payment_facts.InvoiceMadeDue, state: State) -> Follow:
    book = book_of(fact, state)
    amount = Money(fact.open_minor, book.currency)
    yield tell(
        book.order.id,
        "invoice_open",
        invoice=str(fact.number),
        amount=str(amount),
        due_at=fact.due_at.isoformat(),
    )


@after(payment_facts.LostGoodsOpen)
def decide_about_lost_goods(fact: payment_facts.LostGoodsOpen, state: State) -> Follow:
    """Of several invoices with lost goods one case is opened: whoever has it before him sees the whole order."""
    book = book_of(fact, state)
    if not any(case.topic == "delivery" and case.status != "closed" for case in book.rows(Case).values()):
        yield support.OpenCase(order_id=book.order.id, topic="delivery")


@after(payment_facts.VoidRequested)
def ask_the_bank_to_void(fact: payment_facts.VoidRequested, _state: State) -> Follow:
    yield payment.VoidAtGateway(
        order_id=order_of(fact), payment_id=fact.payment_id, key=fact.key, reference=fact.reference
    )


@after(
    payment_facts.PaymentVoided,
    payment_facts.DebtWrittenOff,
    payment_facts.ChargesDropped,
    payment_facts.CreditsApplied,
    payment_facts.PaymentChargedBack,
    payment_facts.DisputeChanged,
    payment_facts.DisputeWon,
    payment_facts.DisputeLost,
)
def what_is_owed_has_changed(fact: Fact, _state: State) -> Follow:
    yield payment.SettleBalance(order_id=order_of(fact))


@after(payment_facts.AmountCredited)
def a_credit_goes_back(fact: payment_facts.AmountCredited, _state: State) -> Follow:
    yield settled_as_agreed(fact)


@after(payment_facts.PaymentChargedBack)
def look_into_the_dispute(fact: payment_facts.PaymentChargedBack, _state: State) -> Follow:
    """Nobody is asked to pay: somebody answers the bank."""
    yield support.OpenCase(order_id=order_of(fact), topic="dispute")


@after(payment_facts.PaymentChargedBack, payment_facts.DisputeChanged)
def keep_what_is_not_paid_for_any_more(
    fact: payment_facts.PaymentChargedBack | payment_facts.DisputeChanged, state: State
) -> Follow:
    """What has not left waits for the bank. Whoever has let it go all the same is asked again if more is disputed."""
    book = book_of(fact, state)
    more = fact.amount_minor if isinstance(fact, payment_facts.PaymentChargedBack) else fact.by_minor
    if more > 0 and book.units(*IN_THE_HOUSE):
        yield review.HoldOrder(order_id=book.order.id, type=DISPUTE, why="the payment is disputed", if_needed=True)


@after(payment_facts.DisputeWon)
def let_go_of_what_is_paid_for_again(fact: payment_facts.DisputeWon, state: State) -> Follow:
    book = book_of(fact, state)
    if not is_disputed(book):
        yield review.ReleaseHolds(order_id=book.order.id, type=DISPUTE, why="dispute won")


@after(payment_facts.StrayRefundFound)
def look_into_what_went_back_twice(fact: payment_facts.StrayRefundFound, _state: State) -> Follow:
    yield support.OpenCase(order_id=order_of(fact), topic="payment")


@after(payment_facts.RefundRequested)
def give_it_back(fact: payment_facts.RefundRequested, state: State) -> Follow:
    if fact.way == "gateway" and not fact.needs_approval and fact.payment_id is not None:
        order = book_of(fact, state).order
        yield payment.RefundAtGateway(
            order_id=order.id,
            payment_id=fact.payment_id,
            key=fact.key,
            reference=fact.reference,
            amount=Money(fact.amount_minor, order.currency),
        )


@after(payment_facts.RefundDone)
def it_is_back(fact: payment_facts.RefundDone, state: State) -> Follow:
    book = book_of(fact, state)
    amount = Money(fact.amount_minor, book.currency)
    details = {"amount": str(amount), "way": fact.way}
    yield tell(book.order.id, "refunded", **details)


@after(payment_facts.ReminderDue)
def remind_of_the_invoice(fact: payment_facts.ReminderDue, state: State) -> Follow:
    book = book_of(fact, state)
    details = {
        "invoice": str(fact.number),
        "level": str(fact.level),
        "amount": str(Money(fact.open_minor, book.currency)),
    }
    yield tell(book.order.id, "payment_reminder", **details)


@after(payment_facts.MoneyActApproved)
def make_right_what_was_approved(fact: payment_facts.MoneyActApproved, state: State) -> Follow:
    if fact.what != "claim":
        return
    book = book_of(fact, state)
    request = book.row(MoneyRequest, fact.request_id)
    assert request.case_id is not None, "a claim is that of a case"
    is_whole = request.reason == "refund"  # what the units cost then
    yield support.ResolveApprovedClaim(
        order_id=book.order.id,
        case_id=request.case_id,
        remedy="goodwill" if request.reason == "goodwill" else "refund",
        contents=request.units,
        amount=None if is_whole else Money(request.amount_minor, book.currency),
        approval_id=request.id,
    )


@after(payment_facts.AmountCredited)
def units_are_worth_less(fact: payment_facts.AmountCredited, _state: State) -> Follow:
    order_id = order_of(fact)
    yield returns.NotePriceCut(order_id=order_id, amount_minor=fact.amount_minor)
    yield support.NotePriceCut(order_id=order_id, amount_minor=fact.amount_minor)
