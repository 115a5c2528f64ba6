"""Payment's refusals."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.core.money import Money
from purveyor.core.refusals import Invalid, Refusal


class PaymentNotPayable(Refusal):
    """A payment that waits for no source: it is under way, secured or over."""

    payment_id: UUID
    payment_status: str
    sentence = "This payment is {payment_status}: it cannot be paid (again)."


class PaymentInFlight(Refusal):
    """The gateway has not said yet what became of a request; a second one could charge twice."""

    payment_id: UUID
    sentence = "The bank has not answered yet. Nothing else can be asked of this payment until it has."
    instead = ("wait for the answer", "ask the gateway")


class PaymentNotCapturable(Refusal):
    """Nothing that could be captured."""

    payment_id: UUID
    payment_status: str
    sentence = "This payment is {payment_status}: nothing of it can be captured."


class CaptureExceedsAuthorization(Refusal):
    """More than a bank holds for us."""

    payment_id: UUID
    wanted: int
    capturable: int
    currency: str
    amount_fields = ("wanted", "capturable")
    sentence = "{wanted} wanted, but only {capturable} can be captured."


class CaptureExceedsReceivable(Refusal):
    """More than the customer owes."""

    payment_id: UUID
    wanted: int
    owed: int
    currency: str
    amount_fields = ("wanted", "owed")
    sentence = "{wanted} wanted, but the customer owes only {owed}."


class CaptureNotRetryable(Refusal):
    """A capture that did not fail, or whose money the bank holds no longer."""

    capture_id: UUID
    capture_status: str
    sentence = "This capture is {capture_status} and cannot be tried again."
    instead = ("pay again",)


class PaymentNotVoidable(Refusal):
    """Nothing is held."""

    payment_id: UUID
    payment_status: str
    sentence = "This payment is {payment_status}: nothing is held that could be let go."


class RefundNotRetryable(Refusal):
    """Only failed refunds are tried again."""

    refund_id: UUID
    refund_status: str
    sentence = "This refund is {refund_status}: there is nothing to try again."


class RefundNotOpen(Refusal):
    """A refund that cannot be settled by hand: it is done, waits for approval, or the gateway may still do it."""

    refund_id: UUID
    refund_status: str
    sentence = "This refund is {refund_status} and cannot be settled by hand."


class RefundNeedsAnother(Refusal):
    """Who asked for a large refund does not approve it."""

    refund_id: UUID
    requested_by: str
    sentence = "Another person must approve this refund: signed in, and not the one who asked for it."
    instead = ("ask a colleague to approve it",)


class RequestNeedsAnother(Refusal):
    """Who asked for it, or made the key that did, does not say yes; nor does a key."""

    request_id: UUID
    sentence = "Another person must approve this: signed in, and not the one who asked for it."
    instead = ("ask a colleague to approve it",)


class RequestIsDecided(Refusal):
    """Somebody has said yes or no before."""

    request_id: UUID
    request_status: str
    sentence = "This request is {request_status} already."


class RequestWaits(Refusal):
    """The same waits for a second person."""

    request_id: UUID
    sentence = "This waits for a second person already."
    instead = ("ask a colleague to approve it", "take the request back")


class RefundAwaitsNothing(Refusal):
    """A refund that waits for no approval."""

    refund_id: UUID
    refund_status: str
    sentence = "This refund is {refund_status}: it waits for no approval."


class CreditExceedsValue(Refusal):
    """More off than the order is worth."""

    wanted: int
    worth: int
    currency: str
    amount_fields = ("wanted", "worth")
    sentence = "{wanted} is more than the order is worth ({worth})."
    status = 422


class CreditExceedsBilled(Refusal):
    """More off than was billed and not taken back: what is not billed yet is canceled or edited, not credited."""

    wanted: int
    possible: int
    currency: str
    amount_fields = ("wanted", "possible")
    sentence = "{wanted} is more than can be credited now: {possible} was billed and not taken back."
    instead = ("credit less", "edit the order or cancel units", "credit it after the goods have left")


class NotDueYet(Refusal):
    """Nobody is reminded before an invoice is due, nor again before some days have gone by."""

    invoice_id: UUID
    due_at: datetime | None
    remind_at: datetime
    sentence = "It is too early for a reminder: the next one may go out at {remind_at}."


class ReminderOutOfTurn(Refusal):
    """Reminders come one after the other: the customer was not told what the ones before say."""

    invoice_id: UUID
    level: int
    next: int
    sentence = "Reminder {level} cannot go out now: the next one of this invoice is reminder {next}."
    instead = ("send the next reminder",)


class PaidAtTheDoor(Refusal):
    """Nobody is reminded of what the courier collects."""

    invoice_id: UUID
    sentence = "This invoice is paid at the door. It has no due day, so there is nothing to remind of."


class NoDueDay(Refusal):
    """Nobody is reminded of what is to be paid by no day: a card pays it."""

    invoice_id: UUID
    sentence = "This invoice has no due day, so there is nothing to remind of."


class RemindersSent(Refusal):
    """Nobody is reminded after the last reminder."""

    invoice_id: UUID
    reminders: int
    sentence = "No reminder of this invoice is left to be sent: {reminders} went out."
    instead = ("ask the customer", "give up what is open")


class TransferKnown(Refusal):
    """A line of a bank statement counts once."""

    transfer_id: str
    sentence = "Transfer {transfer_id} was recorded before."


class InvoiceNotOpen(Refusal):
    """Nothing of it is open."""

    invoice_id: UUID
    sentence = "Nothing of this invoice is open."


class RefundExceedsCaptured(Refusal):
    """More would go back than is left of what came in: a bank took it back, or another refund is on its way."""

    refund_id: UUID
    wanted: int
    left: int
    currency: str
    amount_fields = ("wanted", "left")
    sentence = "{wanted} cannot go back: only {left} of this payment is left with us."
    instead = ("look at the disputes and refunds of the payment",)


class RefundUnderWay(Refusal):
    """The gateway may just be giving back what the bank is said to have taken."""

    payment_id: UUID
    wanted: int
    possible: int
    currency: str
    amount_fields = ("wanted", "possible")
    sentence = "A refund is on its way and not answered. Until it is, only {possible} can be charged back."
    instead = ("wait for the answer", "ask the gateway")


class DisputeOfAnother(Refusal):
    """A dispute is about one payment."""

    dispute_id: str
    payment_id: UUID
    sentence = "Dispute {dispute_id} is about another payment."


class DisputeEnded(Refusal):
    """A dispute that is over does not change any more."""

    dispute_id: str
    dispute_status: str
    sentence = "Dispute {dispute_id} is over: it was {dispute_status}."


class NotDisputable(Refusal):
    """No bank stands behind it, so none takes it back."""

    payment_id: UUID
    method: str
    sentence = "No bank stands behind this payment: only card payments can be charged back."
    instead = ("name the card payment",)


class ChargebackExceedsCaptured(Refusal):
    """More than was captured and not given back."""

    payment_id: UUID
    wanted: int
    captured: int
    currency: str
    amount_fields = ("wanted", "captured")
    sentence = "{wanted} cannot be charged back: {captured} of it is with us."


def check_amount(amount: Money, currency: str) -> int:
    """The minor units of a positive amount in the order's currency, or the refusal `Invalid`."""
    if amount.currency != currency or amount.minor <= 0:
        raise Invalid(field="amount", found=str(amount), expected=f"a positive amount in {currency}")
    return amount.minor
