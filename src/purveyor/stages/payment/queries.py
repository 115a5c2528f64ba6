"""What screens, API and sweeps read of payments."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.stages.payment.commands import AskGateway, ChaseLink, MakeInvoiceDue, SendReminder

FIRST = UUID(int=0)
Place = tuple[datetime, UUID]
FIRST_PLACE: Place = (datetime(1970, 1, 1, tzinfo=UTC), FIRST)


class PaymentSeen(msgspec.Struct, frozen=True):
    """A tender as people see it; amounts in minor units of the order's currency."""

    id: UUID
    method: str
    status: str
    amount_minor: int
    authorized_minor: int
    captured_minor: int
    released_minor: int
    refunded_minor: int
    reference: str
    action_url: str
    reason: str
    request: str
    requested_at: datetime | None


PAYMENTS_OF_ORDER = """
    SELECT id, method, status, amount_minor, authorized_minor, captured_minor, released_minor, refunded_minor,
           reference, action_url, reason, request, requested_at
      FROM payment
     WHERE order_id = $1
  ORDER BY id
     LIMIT $2
"""


async def payments_of_order(read: Reader, order_id: UUID, limit: int = 100) -> list[PaymentSeen]:
    return await read.rows(PaymentSeen, PAYMENTS_OF_ORDER, order_id, limit)


class CaptureSeen(msgspec.Struct, frozen=True):
    id: UUID
    payment_id: UUID
    invoice_id: UUID | None
    amount_minor: int
    status: str
    reference: str
    reason: str


CAPTURES_OF_ORDER = """
    SELECT id, payment_id, invoice_id, amount_minor, status, reference, reason
      FROM capture
     WHERE order_id = $1
  ORDER BY id
     LIMIT $2
"""


async def captures_of_order(read: Reader, order_id: UUID, limit: int = 100) -> list[CaptureSeen]:
    return await read.rows(CaptureSeen, CAPTURES_OF_ORDER, order_id, limit)


class RefundSeen(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    payment_id: UUID | None
    way: str
    amount_minor: int
    status: str
    requested_by: str
    reference: str
    reason: str


REFUNDS_OF_ORDER = """
    SELECT id, order_id, payment_id, way, amount_minor, status, requested_by, reference, reason
      FROM refund
     WHERE order_id = $1
  ORDER BY id
     LIMIT $2
"""


async def refunds_of_order(read: Reader, order_id: UUID, limit: int = 100) -> list[RefundSeen]:
    return await read.rows(RefundSeen, REFUNDS_OF_ORDER, order_id, limit)


REFUNDS_FOR_PEOPLE = """
    -- Failed, waiting for a second person, or to be sent by hand: oldest first.
    SELECT id, order_id, payment_id, way, amount_minor, status, requested_by, reference, reason
      FROM refund
     WHERE (status IN ('failed', 'awaiting_approval') OR (status = 'pending' AND way = 'manual')) AND id > $1
  ORDER BY id
     LIMIT $2
"""


async def refunds_for_people(read: Reader, after: UUID = FIRST, limit: int = 100) -> list[RefundSeen]:
    return await read.rows(RefundSeen, REFUNDS_FOR_PEOPLE, after, limit)


class MoneyRequestSeen(msgspec.Struct, frozen=True):
    """A credit, or a debt to be given up, that waits for a second person."""

    id: UUID
    order_id: UUID
    what: str
    amount_minor: int
    reason: str
    requested_by: str
    requested_at: datetime


WAITING_REQUESTS = """
    SELECT id, order_id, what, amount_minor, reason, requested_by, requested_at
      FROM money_request
     WHERE status = 'waiting' AND (requested_at, id) > ($1, $2)
  ORDER BY requested_at, id
     LIMIT $3
"""


async def waiting_requests(read: Reader, after: Place = FIRST_PLACE, limit: int = 100) -> list[MoneyRequestSeen]:
    return await read.rows(MoneyRequestSeen, WAITING_REQUESTS, *after, limit)


class InvoiceSeen(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    number: int
    total_minor: int
    open_minor: int
    issued_at: datetime
    due_at: datetime | None
    reminders: int


_INVOICE = """
    SELECT id, order_id, number, total_minor,
           total_minor - paid_minor - credited_minor - written_off_minor AS open_minor, issued_at, due_at, reminders
      FROM invoice
"""
INVOICES_OF_ORDER = f"{_INVOICE} WHERE order_id = $1 ORDER BY number LIMIT $2"
OPEN_INVOICES = f"""
    {_INVOICE}
     WHERE total_minor > paid_minor + credited_minor + written_off_minor AND number > $1
  ORDER BY number
     LIMIT $2
"""
INVOICE_BY_NUMBER = f"{_INVOICE} WHERE number = $1"


async def invoices_of_order(read: Reader, order_id: UUID, limit: int = 100) -> list[InvoiceSeen]:
    return await read.rows(InvoiceSeen, INVOICES_OF_ORDER, order_id, limit)


async def open_invoices(read: Reader, after: int = 0, limit: int = 100) -> list[InvoiceSeen]:
    """Invoices of which something is open, by number."""
    return await read.rows(InvoiceSeen, OPEN_INVOICES, after, limit)


async def invoice_by_number(read: Reader, number: int) -> InvoiceSeen | None:
    """The invoice that a line of a bank statement names."""
    return await read.row(InvoiceSeen, INVOICE_BY_NUMBER, number)


ORDER_OF_PAYMENT = "SELECT order_id FROM payment WHERE id = $1"


async def order_of_request(read: Reader, key: str) -> tuple[UUID, UUID] | None:
    """The order and the payment of a key that the gateway names in an event; None when it is not one of ours."""
    try:
        payment_id = UUID(key.partition(":")[0])
    except ValueError:
        return None
    orders = await read.values(ORDER_OF_PAYMENT, payment_id)
    return (orders[0], payment_id) if orders else None


class Unanswered(msgspec.Struct, frozen=True):
    order_id: UUID
    payment_id: UUID
    request_key: str
    ask_at: datetime


UNANSWERED = """
    -- Requests that the gateway should have answered by now; each part reads only what is in flight.
    SELECT order_id, payment_id, request_key, ask_at
      FROM (
            (SELECT order_id, id AS payment_id, request_key, ask_at FROM payment
              WHERE ask_at <= $1 ORDER BY ask_at, id LIMIT $2)
            UNION ALL
            (SELECT order_id, payment_id, request_key, ask_at FROM capture
              WHERE ask_at <= $1 ORDER BY ask_at, id LIMIT $2)
            UNION ALL
            (SELECT order_id, payment_id, request_key, ask_at FROM refund
              WHERE ask_at <= $1 AND payment_id IS NOT NULL ORDER BY ask_at, id LIMIT $2)
           ) AS in_flight
  ORDER BY ask_at, request_key
     LIMIT $2
"""


@sweep("payment.unanswered", every_s=15)
async def unanswered_requests(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Ask the gateway about requests without an answer."""
    return [
        DueCommand(
            f"payment.ask:{each.request_key}:{each.ask_at.isoformat()}",
            AskGateway(order_id=each.order_id, payment_id=each.payment_id, key=each.request_key),
        )
        for each in await read.rows(Unanswered, UNANSWERED, now, limit)
    ]


class Overdue(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    reminders: int


OVERDUE = """
    SELECT id, order_id, reminders
      FROM invoice
     WHERE remind_at <= $1
  ORDER BY remind_at, id
     LIMIT $2
"""


@sweep("payment.overdue", every_s=3600)
async def overdue_invoices(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Remind of invoices that nobody paid in time."""
    return [
        DueCommand(
            f"payment.remind:{each.id}:{each.reminders + 1}",
            SendReminder(order_id=each.order_id, invoice_id=each.id, level=each.reminders + 1),
        )
        for each in await read.rows(Overdue, OVERDUE, now, limit)
    ]


class Uncollected(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    stage_since: datetime
    receivable_minor: int


UNCOLLECTED = """
    -- Orders of which everything is where it stays, nothing is asked and nobody has it before him, no card is to bring
    -- anything in, with invoices that are open and never due: the longest first.
    SELECT i.id, i.order_id, o.stage_since, o.receivable_minor
      FROM orders o JOIN invoice i ON i.order_id = o.id
     WHERE o.closed_at IS NULL AND o.stage = 'payment' AND o.stage_since <= $1 AND o.receivable_minor > 0
           AND i.due_at IS NULL AND i.total_minor > i.paid_minor + i.credited_minor + i.written_off_minor
           AND NOT EXISTS (
               SELECT FROM line l
                WHERE l.order_id = o.id
                      AND l.placed + l.allocated + l.backordered + l.picked + l.packed + l.shipped + l.returning > 0)
           AND NOT EXISTS (
               SELECT FROM payment p
                WHERE p.order_id = o.id AND p.method = 'card' AND p.request <> 'void'
                      AND CASE WHEN p.status IN ('offered', 'authorizing', 'action_required', 'in_doubt')
                               THEN p.amount_minor > p.captured_minor
                               ELSE p.status = 'authorized'
                                    AND p.authorized_minor > p.captured_minor + p.released_minor END)
           AND NOT EXISTS (
               SELECT FROM capture c WHERE c.order_id = o.id AND c.status IN ('pending', 'in_doubt'))
  ORDER BY o.stage_since, o.id, i.number
     LIMIT $2
"""


@sweep("payment.uncollected", every_s=3600)
async def uncollected_invoices(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Ask for money that a courier was to bring, and nobody will."""
    return [
        DueCommand(
            f"payment.make_due:{each.id}:{each.stage_since.isoformat()}:{each.receivable_minor}",
            MakeInvoiceDue(order_id=each.order_id, invoice_id=each.id),
        )
        for each in await read.rows(Uncollected, UNCOLLECTED, now, limit)
    ]


class Unpaid(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    pay_by: datetime


UNPAID_LINKS = """
    SELECT id, order_id, pay_by
      FROM payment
     WHERE pay_by <= $1
  ORDER BY pay_by, id
     LIMIT $2
"""


@sweep("payment.unpaid_links", every_s=900)
async def unpaid_links(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """Bring payments by link that nobody made in time before somebody."""
    return [
        DueCommand(
            f"payment.chase:{each.id}:{each.pay_by.isoformat()}",
            ChaseLink(order_id=each.order_id, payment_id=each.id, pay_by=each.pay_by),
        )
        for each in await read.rows(Unpaid, UNPAID_LINKS, now, limit)
    ]
