"""What may be asked of payment, and what payment asks of the gateway."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from purveyor.core.field_types import ForeignId, Line, Minor, Moment, Number, Reason, Reference, Url, Word, trim
from purveyor.core.messages import Command, Job
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf

Method = Literal["card", "invoice", "cash", "card_present", "cash_on_delivery", "store_credit"]
Way = Literal["gateway", "store_credit", "manual"]  # in which a refund goes back
Outcome = Literal["done", "declined", "action_required"]
MoneyAct = Literal["credit", "write_off", "claim"]
Verb = Literal["authorize", "capture", "void", "refund"]


class PlannedTender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way in which a part of the order is to be paid."""

    method: Method
    amount: Money
    source: Line = ""  # the provider's token of a card; without it the customer pays by link


class PlanPayments(Command, frozen=True, kw_only=True, tag="payment.plan"):
    """Write down how an order is to be paid. Nothing is asked of anybody yet."""

    order_id: UUID
    tenders: Annotated[tuple[PlannedTender, ...], Meta(max_length=1_000)]


class StartPayments(Command, frozen=True, kw_only=True, tag="payment.start"):
    """The order is approved: authorize cards, take cash, spend store credit, trust the rest."""

    order_id: UUID


class PayAgain(Command, frozen=True, kw_only=True, tag="payment.pay_again"):
    """Pay with this source: after a decline, after a failed capture, instead of a challenge, or by link."""

    apart = ("source",)

    order_id: UUID
    payment_id: UUID
    source: Line


class ChaseLink(Command, frozen=True, kw_only=True, tag="payment.chase_link"):
    """The time for paying by link is over. `pay_by` is the deadline that was seen."""

    order_id: UUID
    payment_id: UUID
    pay_by: Moment


class CompleteAction(Command, frozen=True, kw_only=True, tag="payment.complete_action"):
    """The customer is back from the bank's page (3-D Secure): ask how it went."""

    order_id: UUID
    payment_id: UUID


class CaptureForUnits(Command, frozen=True, kw_only=True, tag="payment.capture_for_units"):
    """These units were shipped or handed over: bill them and take what they cost."""

    order_id: UUID
    shipment_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]


class CapturePayment(Command, frozen=True, kw_only=True, tag="payment.capture"):
    """Take a part or all of what is held, by a person's decision."""

    order_id: UUID
    payment_id: UUID
    amount: Money


class RetryCapture(Command, frozen=True, kw_only=True, tag="payment.retry_capture"):
    order_id: UUID
    capture_id: UUID


class VoidPayment(Command, frozen=True, kw_only=True, tag="payment.void"):
    """Let go of what is held and not captured."""

    order_id: UUID
    payment_id: UUID


class SettleOnDelivery(Command, frozen=True, kw_only=True, tag="payment.settle_on_delivery"):
    """The courier handed these units over and took the cash for them.

    They are those of the invoice for `shipment_id`, or of any where it has none.
    """

    order_id: UUID
    units: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]
    shipment_id: UUID | None = None


class SentAgain(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A line whose units are sent for nothing in place of units of another one."""

    line_id: UUID
    instead_of: UUID


class NoteSentAgain(Command, frozen=True, kw_only=True, tag="payment.note_sent_again"):
    """Units are sent once more, free of charge."""

    order_id: UUID
    sent: Annotated[tuple[SentAgain, ...], Meta(max_length=10_000)]


class KeptBack(msgspec.Struct, frozen=True, gc=False):
    """What a return kept back of what the units of a line had cost, in minor units, with tax."""

    line_id: UUID
    fee_minor: Minor = 0
    deducted_minor: Minor = 0
    label_minor: Minor = 0


class SettleBalance(Command, frozen=True, kw_only=True, tag="payment.settle_balance"):
    """Make the money follow what is owed: credit notes, refunds, voids, and a payment for what is not covered."""

    order_id: UUID
    to: Literal["original", "store_credit"] = "original"
    is_approved: bool = False  # a second person has said yes to what caused it
    approval_id: UUID | None = None  # to which request
    kept_back: Annotated[tuple[KeptBack, ...], Meta(max_length=10_000)] = ()  # for the credit note to name
    counted_minor: Minor = 0  # of what caused it: it has counted toward what one person gives
    decided_minor: Minor = 0  # of what caused it: one person may give it, and has
    undelivered: Annotated[tuple[UUID, ...], Meta(max_length=10_000)] = ()  # parcels: credits settle their bills first


class CreditAmount(Command, frozen=True, kw_only=True, tag="payment.credit_amount"):
    """Take something off the price after the fact. `reason` is a code, not a letter."""

    order_id: UUID
    amount: Money
    reason: Reason


class RequestClaim(Command, frozen=True, kw_only=True, tag="payment.request_claim"):
    """Let a second person look at a claim that would lower what the customer owes."""

    order_id: UUID
    case_id: UUID
    remedy: Word
    contents: Annotated[tuple[UnitsOf, ...], Meta(max_length=10_000)]
    amount: Money


class ApproveMoneyAct(Command, frozen=True, kw_only=True, tag="payment.approve_act"):
    """The second pair of eyes on a credit or a debt that is given up."""

    order_id: UUID
    request_id: UUID


class DeclineMoneyAct(Command, frozen=True, kw_only=True, tag="payment.decline_act"):
    """Say no to a credit, or to giving up a debt, that waits for a second person; or take back one's own."""

    order_id: UUID
    request_id: UUID
    reason: Reason


class ApproveRefund(Command, frozen=True, kw_only=True, tag="payment.approve_refund"):
    """The second pair of eyes on a large refund."""

    order_id: UUID
    refund_id: UUID


class RetryRefund(Command, frozen=True, kw_only=True, tag="payment.retry_refund"):
    order_id: UUID
    refund_id: UUID


class SettleRefundManually(Command, frozen=True, kw_only=True, tag="payment.settle_refund_manually"):
    """The money went back another way: a bank transfer, cash. `reference` says where to find it."""

    order_id: UUID
    refund_id: UUID
    reference: Reference


class RecordBankTransfer(Command, frozen=True, kw_only=True, tag="payment.record_bank_transfer"):
    """A line of a bank statement pays an invoice, in whole or in part. `transfer_id` is the bank's id of it."""

    order_id: UUID
    invoice_id: UUID
    amount: Money
    transfer_id: ForeignId

    def __post_init__(self) -> None:
        trim(self, "transfer_id")


class MakeInvoiceDue(Command, frozen=True, kw_only=True, tag="payment.make_invoice_due"):
    """Nobody collects what is open of an invoice any more: ask for it, with a due day."""

    order_id: UUID
    invoice_id: UUID


class SendReminder(Command, frozen=True, kw_only=True, tag="payment.send_reminder"):
    """An invoice is overdue: remind, one level after the other."""

    order_id: UUID
    invoice_id: UUID
    level: Number


class WriteOff(Command, frozen=True, kw_only=True, tag="payment.write_off"):
    """Give up what is still open of an invoice. `reason` is a code."""

    order_id: UUID
    invoice_id: UUID
    reason: Reason


class RecordChargeback(Command, frozen=True, kw_only=True, tag="payment.record_chargeback"):
    """The bank took captured money back, because its customer disputes the payment.

    `dispute_id` is the provider's name of the dispute and `amount` what it is about in all, so it may be told again,
    also with another amount.
    """

    order_id: UUID
    payment_id: UUID
    amount: Money
    dispute_id: ForeignId

    def __post_init__(self) -> None:
        trim(self, "dispute_id")


class ResolveDispute(Command, frozen=True, kw_only=True, tag="payment.resolve_dispute"):
    """A dispute is over: the bank gave the money back (`won`), or it is gone for good (`lost`)."""

    order_id: UUID
    payment_id: UUID
    dispute_id: ForeignId
    outcome: Literal["won", "lost"]

    def __post_init__(self) -> None:
        trim(self, "dispute_id")


class RecordAnswer(Command, frozen=True, kw_only=True, tag="payment.record_answer"):
    """What the gateway answered to the request with this key."""

    order_id: UUID
    payment_id: UUID
    key: Reference
    outcome: Outcome
    reference: Reference = ""
    reason: Reason = ""
    action_url: Url = ""


class RecordGatewayEvent(Command, frozen=True, kw_only=True, tag="payment.record_gateway_event"):
    """What the gateway told by itself (webhook). May come twice, late, and in any order."""

    order_id: UUID
    payment_id: UUID
    event_id: ForeignId
    key: Reference
    outcome: Outcome
    reference: Reference = ""
    reason: Reason = ""
    at: Moment

    def __post_init__(self) -> None:
        trim(self, "event_id", "key")


class MarkInDoubt(Command, frozen=True, kw_only=True, tag="payment.mark_in_doubt"):
    """The gateway did not say whether it did what was asked with this key."""

    order_id: UUID
    payment_id: UUID
    key: Reference


class AskGateway(Command, frozen=True, kw_only=True, tag="payment.ask_gateway"):
    """A request has been without an answer for too long."""

    order_id: UUID
    payment_id: UUID
    key: Reference


class SendAgain(Command, frozen=True, kw_only=True, tag="payment.send_again"):
    """The gateway never heard of this key: the request goes out again, with the same key."""

    order_id: UUID
    payment_id: UUID
    key: Reference


# Jobs. `key` is the payment's own, so that the gateway can be asked about it later.


class GatewayJob(Job, frozen=True, kw_only=True):
    order_id: UUID
    payment_id: UUID
    key: str


class AuthorizeAtGateway(GatewayJob, frozen=True, kw_only=True, tag="payment.authorize_at_gateway"):
    amount: Money
    source: str
    about: str


class CaptureAtGateway(GatewayJob, frozen=True, kw_only=True, tag="payment.capture_at_gateway"):
    reference: str
    amount: Money


class VoidAtGateway(GatewayJob, frozen=True, kw_only=True, tag="payment.void_at_gateway"):
    reference: str


class RefundAtGateway(GatewayJob, frozen=True, kw_only=True, tag="payment.refund_at_gateway"):
    reference: str
    amount: Money


class VoidAbandonedAtGateway(GatewayJob, frozen=True, kw_only=True, tag="payment.let_go_at_gateway"):
    """Void an authorization that no payment counts on any more. Nobody waits for the answer."""

    reference: str


class LookUpAtGateway(GatewayJob, frozen=True, kw_only=True, tag="payment.look_up_at_gateway"):
    """Ask what became of the request with this key."""
