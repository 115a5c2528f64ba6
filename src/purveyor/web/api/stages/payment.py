"""Payment: what people may do with money that is held, taken, owed or to be given back."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec

from purveyor.core.money import Money
from purveyor.core.refusals import NotFound, mark
from purveyor.core.state import Book
from purveyor.stages.payment.commands import (
    ApproveMoneyAct,
    ApproveRefund,
    AskGateway,
    CaptureForUnits,
    CapturePayment,
    ChaseLink,
    CompleteAction,
    CreditAmount,
    DeclineMoneyAct,
    MakeInvoiceDue,
    MarkInDoubt,
    NoteSentAgain,
    PayAgain,
    PlanPayments,
    RecordAnswer,
    RecordBankTransfer,
    RecordChargeback,
    RecordGatewayEvent,
    RequestClaim,
    ResolveDispute,
    RetryCapture,
    RetryRefund,
    SendAgain,
    SendReminder,
    SettleBalance,
    SettleOnDelivery,
    SettleRefundManually,
    StartPayments,
    VoidPayment,
    WriteOff,
)
from purveyor.stages.payment.queries import (
    FIRST,
    InvoiceSeen,
    MoneyRequestSeen,
    RefundSeen,
    invoice_by_number,
    open_invoices,
    refunds_for_people,
    waiting_requests,
)
from purveyor.stages.payment.rows import Capture, Dispute, Invoice, MoneyRequest, Payment, Refund
from purveyor.web.api.command_endpoints import Endpoint, Trial, each, once
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.api.sections import Section
from purveyor.web.api.work_lists import worklist
from purveyor.web.http.app_context import House

WRITE = "payment:write"
READ = "payment:read"
ORDER = "/orders/{order_id:uuid}"
PAYMENT = f"{ORDER}/payments/{{payment_id:uuid}}"
REFUND = f"{ORDER}/refunds/{{refund_id:uuid}}"
REQUEST = f"{ORDER}/money-requests/{{request_id:uuid}}"
INVOICE = f"{ORDER}/invoices/{{invoice_id:uuid}}"
NO_PAYMENT = mark("The order has no payment.")
NO_REFUND = mark("The order has no refund.")
NO_REQUEST = mark("Nothing of the order waits for a second person.")
NO_INVOICE = mark("The order has no invoice.")


class InvoiceNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


async def _invoice(house: House, asked: InvoiceNumber) -> InvoiceSeen:
    found = await invoice_by_number(house.read, asked.number)
    if found is None:
        raise NotFound(what="invoice", id=asked.number)
    return found


def _capture(book: Book) -> list[CapturePayment]:
    return [
        CapturePayment(
            order_id=book.order.id,
            payment_id=row.id,
            amount=Money(max(1, row.authorized_minor - row.captured_minor - row.released_minor), book.currency),
        )
        for row in book.rows(Payment).values()
    ]


def _chargeback(book: Book) -> list[RecordChargeback]:
    return [
        RecordChargeback(
            order_id=book.order.id,
            payment_id=row.id,
            amount=Money(max(1, row.captured_minor - row.refunded_minor), book.currency),
            dispute_id="tried",
        )
        for row in book.rows(Payment).values()
    ]


def _dispute(book: Book) -> list[ResolveDispute]:
    return [
        ResolveDispute(order_id=book.order.id, payment_id=row.payment_id, dispute_id=row.dispute_id, outcome=outcome)
        for row in book.rows(Dispute).values()
        for outcome in ("won", "lost")
    ]


def _transfer(book: Book) -> list[RecordBankTransfer]:
    return [
        RecordBankTransfer(
            order_id=book.order.id, invoice_id=row.id, amount=Money(1, book.currency), transfer_id="tried"
        )
        for row in book.rows(Invoice).values()
    ]


def _of_refund(command: type[ApproveRefund] | type[RetryRefund]) -> Trial:
    return each(Refund, lambda row: command(order_id=row.order_id, refund_id=row.id))


SECTION = Section(
    name="payment",
    about="Money is held, taken, billed and given back; what is not known is asked until it is.",
    endpoints=(
        Endpoint(
            path=f"{PAYMENT}/pay",
            command=PayAgain,
            scope=WRITE,
            summary="Pay with this source",
            tried=each(Payment, lambda row: PayAgain(order_id=row.order_id, payment_id=row.id, source="tried")),
            otherwise=NO_PAYMENT,
        ),
        Endpoint(
            path=f"{PAYMENT}/complete-action",
            command=CompleteAction,
            scope=WRITE,
            summary="The customer is back from the bank's page",
            tried=each(Payment, lambda row: CompleteAction(order_id=row.order_id, payment_id=row.id)),
            otherwise=NO_PAYMENT,
        ),
        Endpoint(
            path=f"{PAYMENT}/capture",
            command=CapturePayment,
            scope=WRITE,
            summary="Take a part or all of what is held",
            tried=_capture,
            otherwise=NO_PAYMENT,
        ),
        Endpoint(
            path=f"{PAYMENT}/void",
            command=VoidPayment,
            scope=WRITE,
            summary="Let go of what is held",
            tried=each(Payment, lambda row: VoidPayment(order_id=row.order_id, payment_id=row.id)),
            otherwise=NO_PAYMENT,
        ),
        Endpoint(
            path=f"{PAYMENT}/chargeback",
            command=RecordChargeback,
            scope=WRITE,
            summary="The bank took captured money back",
            tried=_chargeback,
            otherwise=NO_PAYMENT,
        ),
        Endpoint(
            path=f"{PAYMENT}/dispute-outcome",
            command=ResolveDispute,
            scope=WRITE,
            summary="A dispute was won or lost",
            tried=_dispute,
            otherwise="No payment of the order is disputed.",
        ),
        Endpoint(
            path=f"{ORDER}/captures/{{capture_id:uuid}}/retry",
            command=RetryCapture,
            scope=WRITE,
            summary="Try a failed capture again",
            tried=each(Capture, lambda row: RetryCapture(order_id=row.order_id, capture_id=row.id)),
            otherwise="Nothing of the order was to be captured.",
        ),
        Endpoint(
            path=f"{ORDER}/credit",
            command=CreditAmount,
            scope=WRITE,
            summary="Take something off the price after the fact",
            tried=lambda book: (
                CreditAmount(order_id=book.order.id, amount=Money(1, book.currency), reason="goodwill"),
            ),
        ),
        Endpoint(
            path=f"{ORDER}/settle",
            command=SettleBalance,
            scope=WRITE,
            summary="Make the money follow what is owed",
            tried=once(lambda order_id: SettleBalance(order_id=order_id)),
            ours=("is_approved", "approval_id", "counted_minor", "decided_minor", "undelivered"),
        ),
        Endpoint(
            path=f"{REFUND}/approve",
            command=ApproveRefund,
            scope=WRITE,
            summary="Be the second pair of eyes on a large refund",
            tried=_of_refund(ApproveRefund),
            otherwise=NO_REFUND,
        ),
        Endpoint(
            path=f"{REQUEST}/approve",
            command=ApproveMoneyAct,
            scope=WRITE,
            summary="Approve a credit or a debt given up, as the second person",
            tried=each(MoneyRequest, lambda row: ApproveMoneyAct(order_id=row.order_id, request_id=row.id)),
            otherwise=NO_REQUEST,
        ),
        Endpoint(
            path=f"{REQUEST}/decline",
            command=DeclineMoneyAct,
            scope=WRITE,
            summary="Say no to a credit or a debt given up that waits for a second person",
            tried=each(
                MoneyRequest,
                lambda row: DeclineMoneyAct(order_id=row.order_id, request_id=row.id, reason="not_agreed"),
            ),
            otherwise=NO_REQUEST,
        ),
        Endpoint(
            path=f"{REFUND}/retry",
            command=RetryRefund,
            scope=WRITE,
            summary="Try a failed refund again",
            tried=_of_refund(RetryRefund),
            otherwise=NO_REFUND,
        ),
        Endpoint(
            path=f"{REFUND}/settle",
            command=SettleRefundManually,
            scope=WRITE,
            summary="The money went back another way",
            tried=each(
                Refund, lambda row: SettleRefundManually(order_id=row.order_id, refund_id=row.id, reference="tried")
            ),
            otherwise=NO_REFUND,
        ),
        Endpoint(
            path=f"{INVOICE}/transfers",
            command=RecordBankTransfer,
            scope=WRITE,
            summary="A bank transfer pays an invoice",
            tried=_transfer,
            otherwise=NO_INVOICE,
        ),
        Endpoint(
            path=f"{INVOICE}/remind",
            command=SendReminder,
            scope=WRITE,
            summary="Remind of an overdue invoice",
            tried=each(
                Invoice,
                lambda row: SendReminder(order_id=row.order_id, invoice_id=row.id, level=row.reminders + 1),
            ),
            otherwise=NO_INVOICE,
        ),
        Endpoint(
            path=f"{INVOICE}/write-off",
            command=WriteOff,
            scope=WRITE,
            summary="Give up what is still open of an invoice",
            tried=each(Invoice, lambda row: WriteOff(order_id=row.order_id, invoice_id=row.id, reason="tried")),
            otherwise=NO_INVOICE,
        ),
    ),
    reads=(
        worklist(
            "/refunds",
            "Refunds that need a person: failed, to be approved, to be sent by hand",
            READ,
            RefundSeen,
            refunds_for_people,
            lambda refund: refund.id,
            first=FIRST,
            kind=UUID,
        ),
        worklist(
            "/money-requests",
            "Credits, and debts to be given up, that wait for a second person",
            READ,
            MoneyRequestSeen,
            waiting_requests,
            lambda row: (row.requested_at, row.id),
        ),
        worklist(
            "/invoices",
            "Invoices of which something is open",
            READ,
            InvoiceSeen,
            open_invoices,
            lambda invoice: invoice.number,
            first=0,
            kind=int,
        ),
        QueryEndpoint(
            path="/invoices/{number:int}",
            find=_invoice,
            answer=InvoiceSeen,
            scope=READ,
            summary="One invoice by its number",
            parameters=InvoiceNumber,
        ),
    ),
    internal=(
        RequestClaim,
        PlanPayments,
        StartPayments,
        ChaseLink,
        CaptureForUnits,
        SettleOnDelivery,
        NoteSentAgain,
        MakeInvoiceDue,
        RecordAnswer,
        RecordGatewayEvent,
        MarkInDoubt,
        AskGateway,
        SendAgain,
    ),
)
