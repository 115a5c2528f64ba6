"""What may have happened at payment. Amounts are minor units of the order's currency."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitsOf
from purveyor.stages.payment.commands import Method, MoneyAct, SentAgain, Verb


class PlannedPayment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    id: UUID
    method: Method
    amount_minor: int
    source: str


class PaymentPlanned(Fact, frozen=True, kw_only=True, tag="payment.planned"):
    """It is known how the order, or what is not covered of it, is to be paid."""

    hidden = frozenset({"payments.source"})

    payments: tuple[PlannedPayment, ...]
    account: UUID | None = None  # the customer on whose account `on_account_minor` of it goes
    on_account_minor: int = 0

    def reply(self) -> dict[str, Any]:
        return {"payments": [{"payment_id": each.id, "method": each.method} for each in self.payments]}


class CreditLimitReached(Fact, frozen=True, kw_only=True, tag="payment.credit_limit_reached"):
    """The customer would owe more than agreed. Somebody must decide."""

    customer_id: UUID | None
    wanted_minor: int
    open_minor: int
    limit_minor: int


class PayLinkOffered(Fact, frozen=True, kw_only=True, tag="payment.link_offered"):
    """There is no card to charge: the customer is asked to pay by link."""

    payment_id: UUID
    amount_minor: int
    pay_by: datetime


class PayLinkOverdue(Fact, frozen=True, kw_only=True, tag="payment.link_overdue"):
    """Nobody paid by link in time. The link stays good until somebody decides, or the hold's own deadline comes."""

    payment_id: UUID
    amount_minor: int


class PaymentAccepted(Fact, frozen=True, kw_only=True, tag="payment.accepted"):
    """These will be paid later: on account, or in cash at the door. The order need not wait for them."""

    payment_ids: tuple[UUID, ...]


class PaymentReduced(Fact, frozen=True, kw_only=True, tag="payment.reduced"):
    """Less of a payment is needed than was planned."""

    payment_id: UUID
    by_minor: int
    account: UUID | None = None


class AuthorizationRequested(Fact, frozen=True, kw_only=True, tag="payment.authorization_requested"):
    hidden = frozenset({"source"})

    payment_id: UUID
    key: str
    attempt: int
    amount_minor: int
    source: str
    ask_at: datetime  # when the gateway is asked what became of it
    abandons: str = ""  # reference of an open challenge that this one takes the place of


class PaymentAuthorized(Fact, frozen=True, kw_only=True, tag="payment.authorized"):
    """A bank holds the money for us."""

    payment_id: UUID
    reference: str
    amount_minor: int


class PaymentActionRequired(Fact, frozen=True, kw_only=True, tag="payment.action_required"):
    """The customer must confirm at the bank (3-D Secure)."""

    hidden = frozenset({"action_url"})

    payment_id: UUID
    reference: str
    action_url: str
    ask_at: datetime

    def reply(self) -> dict[str, Any]:
        return {"action_url": self.action_url}


class PaymentDeclined(Fact, frozen=True, kw_only=True, tag="payment.declined"):
    payment_id: UUID
    reason: str
    abandons: str = ""  # reference of a challenge that nobody waits for any more


class StrayAuthorizationFound(Fact, frozen=True, kw_only=True, tag="payment.stray_hold_found"):
    """A bank holds money for an attempt that was given up. It is let go, and never counted."""

    payment_id: UUID
    key: str
    reference: str


class PaymentInDoubt(Fact, frozen=True, kw_only=True, tag="payment.in_doubt"):
    """Nobody knows whether the gateway did what was asked with this key."""

    payment_id: UUID
    key: str
    verb: Verb
    ask_at: datetime


class GatewayAsked(Fact, frozen=True, kw_only=True, tag="payment.gateway_asked"):
    payment_id: UUID
    key: str
    asks: int
    ask_at: datetime


class RequestRepeated(Fact, frozen=True, kw_only=True, tag="payment.request_repeated"):
    """The gateway had never heard of it, so it was asked again, with the same key."""

    hidden = frozenset({"source"})

    payment_id: UUID
    key: str
    verb: Verb
    amount_minor: int
    reference: str
    source: str
    ask_at: datetime


class CaptureRequested(Fact, frozen=True, kw_only=True, tag="payment.capture_requested"):
    payment_id: UUID
    capture_id: UUID
    invoice_id: UUID | None
    key: str
    attempt: int
    amount_minor: int
    reference: str
    ask_at: datetime

    def reply(self) -> dict[str, Any]:
        return {"capture_id": self.capture_id}


class PaymentCaptured(Fact, frozen=True, kw_only=True, tag="payment.captured"):
    """The money is ours: taken from a card, paid in cash, by transfer or from store credit."""

    payment_id: UUID
    capture_id: UUID
    invoice_id: UUID | None
    method: Method
    amount_minor: int
    reference: str = ""
    account: UUID | None = None  # whose open amount (invoice) or store credit goes down
    units: tuple[UnitsOf, ...] = ()  # paid for at the door
    attempt: int = 0  # of a request to the gateway: the one that it says it has done
    beside: UUID | None = None  # the capture that this was another attempt of: it took the money as well


class CaptureFailed(Fact, frozen=True, kw_only=True, tag="payment.capture_failed"):
    payment_id: UUID
    capture_id: UUID
    reason: str
    released_minor: int = 0  # what the bank has held until then, where the authorization has ended


class VoidRequested(Fact, frozen=True, kw_only=True, tag="payment.void_requested"):
    payment_id: UUID
    key: str
    reference: str
    ask_at: datetime


class PaymentVoided(Fact, frozen=True, kw_only=True, tag="payment.voided"):
    """The bank holds nothing for us any more."""

    payment_id: UUID
    amount_minor: int


class VoidFailed(Fact, frozen=True, kw_only=True, tag="payment.void_failed"):
    payment_id: UUID
    reason: str


class RefundRequested(Fact, frozen=True, kw_only=True, tag="payment.refund_requested"):
    """Money is to go back. It counts when it has (`RefundDone`), not before."""

    refund_id: UUID
    payment_id: UUID | None
    way: str  # gateway | store_credit | manual
    amount_minor: int
    key: str
    attempt: int
    reference: str
    needs_approval: bool
    ask_at: datetime | None
    by: str = ""  # on whose behalf, where it is another one than the actor
    counted: bool | None = None  # toward what one person gives; None in facts from before they said so
    approval_id: UUID | None = (
        None  # of the request that a second person had agreed to: that counted, and this does not
    )
    part_id: UUID | None = None  # of what was going back (`MoneyGoingBack`): it is that much less

    def reply(self) -> dict[str, Any]:
        return {"refund_id": self.refund_id, "needs_approval": self.needs_approval}


class RefundDone(Fact, frozen=True, kw_only=True, tag="payment.refund_done"):
    refund_id: UUID
    payment_id: UUID | None
    way: str
    amount_minor: int
    reference: str = ""
    account: UUID | None = None  # the customer whose store credit goes up
    attempt: int = 0  # of a request to the gateway: the one that it says it has done


class RefundFailed(Fact, frozen=True, kw_only=True, tag="payment.refund_failed"):
    refund_id: UUID
    payment_id: UUID | None
    reason: str


class InvoiceLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    line_id: UUID
    quantity: int
    amount_minor: int
    tax_minor: int | None = None  # in it; None before invoices said so
    basis_points: int | None = None


class InvoiceCharge(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What an invoice asks for beside goods: shipping or the fee for cash on delivery, at one rate of tax."""

    of: str
    basis_points: int
    amount_minor: int
    tax_minor: int


class NotedPart(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a credit note takes back of one thing, at its rate of tax. `of` is a line, or a charge of an invoice."""

    of: str
    basis_points: int
    quantity: int  # units that were paid back; 0 where only the price became lower
    amount_minor: int
    tax_minor: int
    fee_minor: int = 0  # what was kept back of the goods' price, with its tax: the amount is what is left of it
    deducted_minor: int = 0
    label_minor: int = 0


class InvoiceIssued(Fact, frozen=True, kw_only=True, tag="payment.invoice_issued"):
    """The document for what was shipped or handed over. `other_minor` is neither lines nor shipping: fees, cents."""

    invoice_id: UUID
    number: int  # without gaps
    shipment_id: UUID
    lines: tuple[InvoiceLine, ...]
    shipping_minor: int
    other_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int  # had come in before
    charges: tuple[InvoiceCharge, ...] = ()  # shipping and fees, rate by rate
    due_at: datetime | None  # None: nothing is expected from the customer by then


class CreditApplied(msgspec.Struct, frozen=True, gc=False, array_like=True):
    invoice_id: UUID
    minor: int


class CreditNoteIssued(Fact, frozen=True, kw_only=True, tag="payment.credit_note_issued"):
    """The document that takes back. `applied` lowers what is open; the rest is owed to the customer."""

    credit_note_id: UUID
    number: int  # without gaps
    amount_minor: int
    tax_minor: int
    applied: tuple[CreditApplied, ...]
    parts: tuple[NotedPart, ...] = ()  # they add up to it


class CreditsApplied(Fact, frozen=True, kw_only=True, tag="payment.credits_applied"):
    """What credit notes took back settles invoices after all: the money that was being taken for them did not come."""

    applied: tuple[CreditApplied, ...]


class ReturnOfMoneyCaused(Fact, frozen=True, kw_only=True, tag="payment.return_caused"):
    """Money that is still on its way to us will go back: said so before its parts were (`MoneyGoingBack`)."""

    payment_id: UUID


class StoreCreditAgreed(Fact, frozen=True, kw_only=True, tag="payment.store_credit_agreed"):
    """So much of what will go back becomes store credit: said so before its parts were (`MoneyGoingBack`)."""

    payment_id: UUID
    amount_minor: int


class MoneyGoingBack(Fact, frozen=True, kw_only=True, tag="payment.money_going_back"):
    """Of the money that is still on its way to us and will go back, so much of one part.

    `is_counted`: it has counted toward what one person gives. `is_decided`: nobody is asked about it any more, because
    it was within what one person gives, or two have agreed to it.
    """

    part_id: UUID
    amount_minor: int
    to: str = "original"  # or store_credit
    is_counted: bool = False
    is_decided: bool = False
    approval_id: UUID | None = None
    by: str = ""  # who stands behind it


class MoneyActRequested(Fact, frozen=True, kw_only=True, tag="payment.act_requested"):
    """Somebody wants to give up more than one person may: it waits for another one."""

    request_id: UUID
    what: MoneyAct
    amount_minor: int
    invoice_id: UUID | None = None
    case_id: UUID | None = None  # of a claim, with the units that it would put right
    units: tuple[UnitsOf, ...] = ()

    def reply(self) -> dict[str, Any]:
        return {"request_id": self.request_id, "needs_approval": True}


class MoneyActApproved(Fact, frozen=True, kw_only=True, tag="payment.act_approved"):
    """Another person says yes; what was asked for follows."""

    request_id: UUID
    what: MoneyAct = "credit"


class MoneyActDeclined(Fact, frozen=True, kw_only=True, tag="payment.act_declined"):
    """Another person says no, or it cannot be done any more: nothing follows."""

    request_id: UUID


class AmountCredited(Fact, frozen=True, kw_only=True, tag="payment.amount_credited"):
    """Something was taken off the price after the fact (`why`)."""

    amount_minor: int
    is_approved: bool = False  # by a second person: what goes back needs no other
    approval_id: UUID | None = None  # of the request that was agreed to


class InvoiceMadeDue(Fact, frozen=True, kw_only=True, tag="payment.invoice_made_due"):
    """What is open was to be collected, and nobody will: the customer has until `due_at` to pay it."""

    invoice_id: UUID
    number: int
    open_minor: int
    due_at: datetime


class LostGoodsOpen(Fact, frozen=True, kw_only=True, tag="payment.lost_goods_open"):
    """Lost goods are still owed, and nothing is sent in their place: nobody is asked to pay, and somebody decides."""

    invoice_id: UUID
    number: int
    open_minor: int


class ReminderDue(Fact, frozen=True, kw_only=True, tag="payment.reminder_due"):
    """An invoice is overdue. `remind_at` is when it would be said again."""

    invoice_id: UUID
    number: int
    level: int
    open_minor: int
    remind_at: datetime | None


class UnitsSentAgain(Fact, frozen=True, kw_only=True, tag="payment.units_sent_again"):
    """Free units are sent in place of billed ones that are not paid yet: the courier takes the money with them."""

    sent: tuple[SentAgain, ...]


class DebtWrittenOff(Fact, frozen=True, kw_only=True, tag="payment.debt_written_off"):
    invoice_id: UUID
    amount_minor: int


class DebtRecovered(Fact, frozen=True, kw_only=True, tag="payment.debt_recovered"):
    """A debt that had been given up is paid or credited after all: as much of it is owed again, and met at once."""

    invoice_id: UUID
    amount_minor: int


class CentsWaived(Fact, frozen=True, kw_only=True, tag="payment.cents_waived"):
    """What is left of rounding, less than a cent a line, is not worth a charge."""

    amount_minor: int


class ChargesDropped(Fact, frozen=True, kw_only=True, tag="payment.charges_dropped"):
    """Nothing arrived, and nothing was ever paid: shipping and the fee for cash on delivery are not owed either."""

    amount_minor: int


class RefundTakenBack(Fact, frozen=True, kw_only=True, tag="payment.refund_taken_back"):
    """A refund that nobody has sent yet will not be sent: the bank has given the money back itself."""

    refund_id: UUID
    payment_id: UUID | None
    amount_minor: int


class StrayRefundFound(Fact, frozen=True, kw_only=True, tag="payment.stray_refund_found"):
    """The gateway made a refund that had failed, and was taken back or made another way since.

    It is not counted: somebody must look.
    """

    refund_id: UUID
    payment_id: UUID | None
    amount_minor: int
    reference: str
    attempt: int = 0


class PaymentChargedBack(Fact, frozen=True, kw_only=True, tag="payment.charged_back"):
    """A dispute was opened, and the bank took the money back."""

    payment_id: UUID
    amount_minor: int
    dispute_id: str


class DisputeChanged(Fact, frozen=True, kw_only=True, tag="payment.dispute_changed"):
    """An open dispute is about more, or less, than before."""

    payment_id: UUID
    dispute_id: str
    amount_minor: int  # now, in all
    by_minor: int


class DisputeWon(Fact, frozen=True, kw_only=True, tag="payment.dispute_won"):
    """The bank gave the disputed money back to us."""

    payment_id: UUID
    dispute_id: str
    amount_minor: int


class DisputeLost(Fact, frozen=True, kw_only=True, tag="payment.dispute_lost"):
    """The disputed money is gone for good: it is written off."""

    payment_id: UUID
    dispute_id: str
    amount_minor: int


class DisputeLossReduced(Fact, frozen=True, kw_only=True, tag="payment.dispute_loss_reduced"):
    """The customer was credited for what a lost dispute gave him before: the loss is smaller, nothing goes back."""

    dispute_id: str
    amount_minor: int


class PaymentSecured(Fact, frozen=True, kw_only=True, tag="payment.secured"):
    """Everything that is owed is paid, held by a bank, or trusted to come. The goods may go."""
