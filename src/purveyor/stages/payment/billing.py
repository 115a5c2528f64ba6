"""The rules of billing: what shipped units cost, bank transfers, reminders, debts given up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from purveyor.core.calendars import days_after
from purveyor.core.field_types import trimmed
from purveyor.core.messages import Call
from purveyor.core.order_value import priced_item
from purveyor.core.positions import IN_THE_HOUSE
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Counter, Customer, PriceAdjustment
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts, gateway_requests
from purveyor.stages.payment.amounts import (
    asked_for,
    billed,
    capturable,
    capturing,
    disputed,
    hoped_for,
    may_be_given_up,
    promised,
    refunding,
    still_owed,
    value,
)
from purveyor.stages.payment.approvals import asked_by, counts, needs_second, requested
from purveyor.stages.payment.billing_documents import AT_THE_DOOR
from purveyor.stages.payment.commands import (
    CaptureForUnits,
    MakeInvoiceDue,
    RecordBankTransfer,
    SendReminder,
    WriteOff,
)
from purveyor.stages.payment.credits import debt_recovered, written_off
from purveyor.stages.payment.invoice_amounts import Bill, bill_for
from purveyor.stages.payment.refusals import (
    InvoiceNotOpen,
    NoDueDay,
    NotDueYet,
    PaidAtTheDoor,
    ReminderOutOfTurn,
    RemindersSent,
    TransferKnown,
    check_amount,
)
from purveyor.stages.payment.rows import Capture, Invoice, Payment

_RUNNING: Final = frozenset({"offered", "authorizing", "action_required", "in_doubt", "authorized"})


@decides(CaptureForUnits)
def decide_capture_for_units(state: State, command: CaptureForUnits, call: Call) -> Decision:
    """Bill units that were shipped or handed over, and take what they cost from what banks hold.

    What came in before pays first. What nobody holds stays open on the invoice: on account, for the courier to collect,
    or because a card failed. Nothing to do for units that were billed before, or cost nothing.
    """
    book = state.book(command.order_id)
    if any(invoice.shipment_id == command.shipment_id for invoice in book.rows(Invoice).values()):
        return
    state.get(Counter, "invoice")  # first: a rule that misses something is asked again, and a bill takes its time
    bill = bill_for(book, command.units)
    if bill is not None:
        yield from issue(state, book, bill, command.shipment_id, call)


class TakenBack(NamedTuple):
    """What a credit note of the same moment does that the rows do not say yet."""

    amount_minor: int = 0
    settled_minor: int = 0  # of what was open
    recovered_minor: int = 0  # of debts that had been given up


NOTHING_NOTED: Final = TakenBack()


def issue(
    state: State, book: Book, bill: Bill, shipment_id: UUID | None, call: Call, noted: TakenBack = NOTHING_NOTED
) -> Iterator[facts.InvoiceIssued | facts.CaptureRequested]:
    """An invoice, and the captures that pay it. What is not for a shipment stands for itself."""
    left_after = value(book) - billed(book) + noted.amount_minor - bill.total_minor
    open_before = sum(invoice.open_minor for invoice in book.rows(Invoice).values()) - noted.settled_minor
    owed = book.order.receivable_minor + refunding(book) + noted.recovered_minor - disputed(book)
    missing = min(bill.total_minor, max(0, owed - open_before - left_after))
    invoice_id = call.ids.new()
    not_under_way = min(missing, max(0, asked_for(book) + noted.recovered_minor))  # the rest is being taken
    takes = list(_from_holds(book, not_under_way))
    open_after = not_under_way - sum(amount for _, amount in takes)
    counter = state.get(Counter, "invoice")
    yield facts.InvoiceIssued(
        order_id=book.order.id,
        invoice_id=invoice_id,
        number=(counter.value if counter else 0) + 1,
        shipment_id=shipment_id or invoice_id,
        lines=bill.lines,
        shipping_minor=bill.shipping_minor,
        other_minor=bill.other_minor,
        tax_minor=bill.tax_minor,
        total_minor=bill.total_minor,
        paid_minor=bill.total_minor - missing,
        due_at=_due_at(state, book, bill, call.at) if open_after else None,
        charges=bill.charges,
    )
    for payment, amount in takes:
        yield gateway_requests.capture(state, payment, amount, call, invoice_id=invoice_id)


def _from_holds(book: Book, amount: int) -> Iterator[tuple[Payment, int]]:
    """Which payments give how much, oldest first."""
    for payment in book.rows(Payment).values():
        part = min(amount, capturable(book, payment))
        if part > 0:
            yield payment, part
            amount -= part


def _due_at(state: State, book: Book, bill: Bill, now: datetime) -> datetime | None:
    """When the customer should have paid: never by himself where a courier brings what is billed, and collects."""
    payments = book.rows(Payment).values()
    is_brought = any(line.quantity and book.line(line.line_id).kind in AT_THE_DOOR for line in bill.lines)
    if is_brought and any(payment.method == "cash_on_delivery" and promised(payment) for payment in payments):
        return None
    return _by_terms(state, book, now)


def _by_terms(state: State, book: Book, now: datetime) -> datetime:
    """So many days from now as the customer, or everybody, has to pay an invoice."""
    days = state.policies.payment.invoice_days
    customer_id = book.order.customer_id
    if customer_id is not None:
        customer = state.get(Customer, customer_id)
        days = customer.terms_days if customer and customer.terms_days else days
    return days_after(now, days, state.policies.zone)


def collect_open(state: State, book: Book, call: Call) -> Iterator[facts.CaptureRequested]:
    """Take from cards what was billed and is open, beyond what we agreed to wait for."""
    payments = book.rows(Payment).values()
    waits = sum(promised(payment) for payment in payments)
    room = {payment.id: capturable(book, payment) for payment in payments}
    if not any(room.values()):
        return
    owed = asked_for(book) - waits
    for invoice in book.rows(Invoice).values():
        missing = min(owed, invoice.open_minor - capturing(book, invoice_id=invoice.id))
        for payment in payments:
            part = min(missing, room[payment.id])
            if part > 0:
                yield gateway_requests.capture(state, payment, part, call, invoice_id=invoice.id)
                room[payment.id] -= part
                missing -= part
                owed -= part


@decides(RecordBankTransfer)
def decide_bank_transfer(state: State, command: RecordBankTransfer, call: Call) -> Decision:
    """A transfer pays an invoice. It is on our account, so all of it is taken, whatever is open.

    What is more than this invoice asks for pays the others of the order; what is more than the order is worth is owed
    back. Debts that had been given up count again as far as they are paid now. Refuses with `TransferKnown` for a line
    of a statement that came before, and with `Invalid` (amount).
    """
    book = state.book(command.order_id)
    invoice = book.row(Invoice, command.invoice_id)
    amount = check_amount(command.amount, book.currency)
    if any(trimmed(each.reference) == command.transfer_id for each in book.rows(Capture).values()):
        raise TransferKnown(transfer_id=command.transfer_id)
    yield from _recovered(book, invoice, amount)
    account = gateway_requests.account_of(state, book, "invoice")
    left = amount
    for payment in book.rows(Payment).values():
        part = min(left, promised(payment)) if payment.method == "invoice" else 0
        if part > 0:
            left -= part
            yield _transferred(payment, invoice, part, command, call, account)
    if left:  # paid by transfer although another way was agreed, or more than was asked for
        planned = facts.PlannedPayment(call.ids.new(), "invoice", left, "")
        yield facts.PaymentPlanned(order_id=command.order_id, payments=(planned,))
        payment = Payment(planned.id, command.order_id, "invoice", left, "")
        yield _transferred(payment, invoice, left, command, call)


def _recovered(book: Book, invoice: Invoice, amount: int) -> Iterator[facts.DebtRecovered]:
    """Debts that were given up and are paid now: that of the invoice, then others with what nothing else is owed of."""
    is_open = invoice.open_minor - capturing(book, invoice_id=invoice.id)
    part = min(max(0, amount - is_open), invoice.written_off_minor)
    if part:
        yield debt_recovered(invoice, part)
    left = amount - part - max(0, still_owed(book))
    for other in book.rows(Invoice).values():
        part = min(left, other.written_off_minor) if other is not invoice else 0
        if part > 0:
            left -= part
            yield debt_recovered(other, part)


def _transferred(
    payment: Payment, invoice: Invoice, part: int, command: RecordBankTransfer, call: Call, account: UUID | None = None
) -> facts.PaymentCaptured:
    return gateway_requests.captured(
        payment, call.ids.new(), part, invoice.id, command.transfer_id, "bank transfer", account=account
    )


@decides(SendReminder)
def decide_reminder(state: State, command: SendReminder, call: Call) -> Decision:
    """Remind of an invoice; refuses with `NotDueYet` before it is due, and for a week after a reminder.

    Refuses with `InvoiceNotOpen`, `Invalid` (there is no such level), `PaidAtTheDoor` and `NoDueDay` where it has no
    due day, `ReminderOutOfTurn`, and `RemindersSent` after the last one. Nothing to do when this level was said before.
    """
    book = state.book(command.order_id)
    invoice = book.row(Invoice, command.invoice_id)
    if command.level < 1:
        raise Invalid(field="level", found=command.level, expected="a whole number from 1")
    if command.level <= invoice.reminders:
        return
    if invoice.open_minor <= 0:
        raise InvoiceNotOpen(invoice_id=invoice.id)
    if invoice.due_at is None:
        is_collected = any(each.method == "cash_on_delivery" for each in book.rows(Payment).values())
        raise (PaidAtTheDoor if is_collected else NoDueDay)(invoice_id=invoice.id)
    if invoice.remind_at is None:
        raise RemindersSent(invoice_id=invoice.id, reminders=invoice.reminders)
    if command.level != invoice.reminders + 1:
        raise ReminderOutOfTurn(invoice_id=invoice.id, level=command.level, next=invoice.reminders + 1)
    if call.at < invoice.remind_at:
        again_at = invoice.remind_at.astimezone(state.policies.zone)
        raise NotDueYet(invoice_id=invoice.id, due_at=invoice.due_at, remind_at=again_at)
    rules = state.policies.payment
    yield facts.ReminderDue(
        order_id=command.order_id,
        invoice_id=invoice.id,
        number=invoice.number,
        level=command.level,
        open_minor=invoice.open_minor,
        remind_at=days_after(call.at, rules.reminder_days, state.policies.zone)
        if command.level < rules.reminders
        else None,
    )


@decides(MakeInvoiceDue)
def decide_make_due(state: State, command: MakeInvoiceDue, call: Call) -> Decision:
    """Nobody will collect what is open of an invoice without a due day: the customer is asked to pay it.

    Except for goods that were lost and were neither paid back nor paid when they were sent once more: somebody decides
    what becomes of these. Nothing to do while anything is on its way, or a payment by card is, and while less is owed
    than the invoice asks for: what is told is all that is open of it, also when the mail goes out later.
    """
    book = state.book(command.order_id)
    invoice = book.row(Invoice, command.invoice_id)
    if invoice.due_at is not None or invoice.open_minor <= 0 or book.units(*IN_THE_HOUSE, "shipped", "returning"):
        return
    if capturing(book) or any(_is_running(book, payment) for payment in book.rows(Payment).values()):
        return
    if asked_for(book) < invoice.open_minor:
        return
    if any(_lost(book, line.line_id) > 0 for line in invoice.lines):
        yield facts.LostGoodsOpen(
            order_id=book.order.id, invoice_id=invoice.id, number=invoice.number, open_minor=invoice.open_minor
        )
        return
    yield facts.InvoiceMadeDue(
        order_id=book.order.id,
        invoice_id=invoice.id,
        number=invoice.number,
        open_minor=invoice.open_minor,
        due_at=_by_terms(state, book, call.at),
    )


def _is_running(book: Book, payment: Payment) -> bool:
    """Whether a card will bring something in if all goes well, or its customer is asked for it until a day.

    `UNCOLLECTED` says it of the rows: what is asked while this is so is not asked again.
    """
    return payment.method == "card" and payment.status in _RUNNING and hoped_for(book, payment) > 0


def _lost(book: Book, line_id: UUID) -> int:
    """Lost units that were neither paid at a door nor paid back."""
    line = book.line(line_id)
    billed_lines = [
        each for invoice in book.rows(Invoice).values() for each in invoice.lines if each.line_id == line_id
    ]
    unpaid = sum(each.quantity - each.settled for each in billed_lines)
    row = book.rows(PriceAdjustment).get((book.order.id, *priced_item(line)))
    return min(line.lost, unpaid - (row.quantity if row else 0))


@decides(WriteOff)
def decide_write_off(state: State, command: WriteOff, call: Call) -> Decision:
    """Give up what is open of an invoice; more than one person may give up waits for another.

    Refuses with `InvoiceNotOpen` when nothing is, and with `RequestWaits`.
    """
    book = state.book(command.order_id)
    invoice = book.row(Invoice, command.invoice_id)
    amount = may_be_given_up(book, invoice)
    if amount <= 0:
        raise InvoiceNotOpen(invoice_id=invoice.id)
    who = asked_by(call.actor)
    if needs_second(state, book, amount, who, call.at):
        yield requested(book, "write_off", amount, command.reason, call, invoice.id)
    else:
        yield written_off(invoice, amount, command.reason, counts(book, who, amount, call.at))
