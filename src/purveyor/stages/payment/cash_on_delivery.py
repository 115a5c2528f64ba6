"""The rules of cash at the door: what the courier takes for what is handed over, also for what is sent once more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import UnitsOf, counted
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.payment import facts, gateway_requests
from purveyor.stages.payment.amounts import capturing, promised, share
from purveyor.stages.payment.commands import NoteSentAgain, SettleOnDelivery
from purveyor.stages.payment.credits import debt_recovered
from purveyor.stages.payment.rows import BilledLine, Invoice, Payment


@decides(SettleOnDelivery)
def decide_settle_on_delivery(state: State, command: SettleOnDelivery, call: Call) -> Decision:
    """The courier has the cash for these units. Nothing to do where no cash was agreed, or it was taken before.

    Units that are sent once more are paid in place of those that were lost. Whoever gave a debt up while the parcel was
    under way did not stop the courier: what was taken counts again.
    """
    book = state.book(command.order_id)
    at_the_door = [each for each in book.rows(Payment).values() if each.method == "cash_on_delivery"]
    if not at_the_door:
        return
    wanted = counted(command.units)
    again = _sent_again(book, wanted)
    left = {each.id: promised(each) for each in at_the_door}
    invoices = list(book.rows(Invoice).values())
    own = [each for each in invoices if each.shipment_id == command.shipment_id] or invoices
    others = [each for each in invoices if each not in own] if again else []
    for invoice in (*own, *others):
        is_open = max(0, invoice.open_minor - capturing(book, invoice_id=invoice.id))
        given_up = invoice.written_off_minor if invoice.due_at is None else 0  # else the courier was to take nothing
        if not is_open + given_up:
            continue
        lots = (wanted, again) if invoice in own else (again,)
        taken, cost = units_at_the_door(invoice, lots, is_open + given_up)
        amount = min(cost, is_open)
        for payment in at_the_door:
            part = min(amount, left[payment.id])
            if part > 0:
                left[payment.id] -= part
                amount -= part
                cost -= part
                yield gateway_requests.captured(
                    payment, call.ids.new(), part, invoice.id, why="at the door", units=taken
                )
                taken = ()
        yield from _taken_after_all(book, invoice, min(cost, given_up), taken, call)


def units_at_the_door(
    invoice: Invoice, lots: tuple[Counter[UUID], ...], due_minor: int
) -> tuple[tuple[UnitsOf, ...], int]:
    """Which units of the lots this invoice bills and cash was not taken for, and what they cost with shipping.

    They are taken off the lots, the first one first, and cost no more than is due of the invoice.
    """
    taken: list[UnitsOf] = []
    cost = 0
    is_first = not any(line.settled for line in invoice.lines)
    is_whole = True
    for line in invoice.lines:
        quantity = 0
        for lot in lots:
            more = min(lot[line.line_id], line.quantity - line.settled - quantity)
            lot[line.line_id] -= more
            quantity += more
        is_whole = is_whole and line.settled + quantity == line.quantity
        if quantity > 0:
            taken.append(UnitsOf(line.line_id, quantity))
            cost += share(line.amount_minor, line.settled, quantity, line.quantity)
    if not taken:
        return (), 0
    if is_whole:
        return tuple(taken), due_minor
    return tuple(taken), min(due_minor, cost + (invoice.shipping_minor + invoice.other_minor if is_first else 0))


def _taken_after_all(
    book: Book, invoice: Invoice, amount: int, units: tuple[UnitsOf, ...], call: Call
) -> Iterator[facts.DebtRecovered | facts.PaymentPlanned | facts.PaymentCaptured]:
    """Cash at the door for a debt that was given up: nothing was promised for it any more."""
    if amount > 0:
        yield debt_recovered(invoice, amount)
        planned = facts.PlannedPayment(call.ids.new(), "cash_on_delivery", amount, "")
        yield facts.PaymentPlanned(order_id=book.order.id, payments=(planned,))
        payment = Payment(planned.id, book.order.id, "cash_on_delivery", amount, "")
        yield gateway_requests.captured(payment, call.ids.new(), amount, invoice.id, why="at the door", units=units)


# what is sent once more


@decides(NoteSentAgain)
def decide_note_sent_again(state: State, command: NoteSentAgain, _: Call) -> Decision:
    """Free units take the place of others of the order: whoever has not paid for these pays when those are there.

    Nothing to do where no courier takes money, or it was taken for all of them.
    """
    book = state.book(command.order_id)
    if not any(each.method == "cash_on_delivery" for each in book.rows(Payment).values()):
        return
    sent = tuple(each for each in command.sent if any(_stands_for(line, each.instead_of) for line in _unpaid(book)))
    if sent:
        yield facts.UnitsSentAgain(order_id=book.order.id, sent=sent)


def _unpaid(book: Book) -> Iterator[BilledLine]:
    """Lines of invoices with units for which no cash was taken."""
    for invoice in book.rows(Invoice).values():
        for line in invoice.lines:
            if line.settled < line.quantity:
                yield line


def _stands_for(line: BilledLine, line_id: UUID) -> bool:
    """Units of this line of the order are those that were billed, or were sent in place of them."""
    return line_id == line.line_id or line_id in line.sent_again


def _sent_again(book: Book, handed_over: Counter[UUID]) -> Counter[UUID]:
    """Which billed units those that are handed over take the place of: lost ones alone, that nobody has paid for."""
    unpaid: defaultdict[UUID, int] = defaultdict(int)
    instead: defaultdict[UUID, list[UUID]] = defaultdict(list)  # of a free line: the billed ones
    for billed in _unpaid(book):
        unpaid[billed.line_id] += billed.quantity - billed.settled
        for line_id in billed.sent_again:
            if line_id in handed_over and billed.line_id not in instead[line_id]:
                instead[line_id].append(billed.line_id)
    again: Counter[UUID] = Counter()
    for free_id, billed_ids in instead.items():
        left = handed_over[free_id]
        for line_id in billed_ids:
            line = book.line(line_id)
            elsewhere = line.shipped + line.returning + line.returned + handed_over[line_id]
            part = min(left, min(line.lost, unpaid[line_id] - elsewhere) - again[line_id])
            if part > 0:
                again[line_id] += part
                left -= part
    return again
