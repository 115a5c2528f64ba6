"""Payment's own rows: tenders, captures, refunds and the papers, and how a request to the gateway is found again."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from purveyor.core.positions import UnitsOf
from purveyor.core.rows import OrderRow
from purveyor.core.state import Book
from purveyor.stages.payment.facts import InvoiceCharge, NotedPart

WITHOUT_ANSWER = ("pending", "in_doubt")
LONGEST_NUMBER = 10  # of an attempt in a key from outside
OPEN_REFUND = ("awaiting_approval", *WITHOUT_ANSWER, "failed")  # its money is still with us, and spoken for


class Payment(OrderRow):
    """One tender of an order. `request` is what the gateway was asked about it as a whole and has not answered."""

    table: ClassVar[str] = "payment"
    part: ClassVar[int] = 8

    id: UUID
    order_id: UUID
    method: str
    amount_minor: int  # what it is to bring in
    source: str
    # planned | offered | authorizing | action_required | in_doubt | declined | authorized | accepted | captured
    # | failed (a capture was) | voided
    status: str = "planned"
    authorized_minor: int = 0  # agreed to by a bank, or handed over
    captured_minor: int = 0
    released_minor: int = 0  # authorized, and let go
    refunded_minor: int = 0
    reference: str = ""  # the gateway's id
    action_url: str = ""
    reason: str = ""  # of the last decline
    attempt: int = 0
    voids: int = 0
    request: str = ""  # "" | authorize | void
    request_key: str = ""
    request_minor: int = 0  # what the last authorization asked for
    requested_at: datetime | None = None
    asks: int = 0
    ask_at: datetime | None = None  # when the gateway is to be asked; None: nothing is in flight
    pay_by: datetime | None = None  # until when the customer may pay by link before somebody acts
    caused_by: str = ""  # who caused that what is being taken will go back; now `GoingBack` says so
    as_credit_minor: int = 0  # of that, what becomes store credit; now `GoingBack` says so


class Capture(OrderRow):
    """Money taken, or being taken, for one invoice (or for none, by a person's decision)."""

    table: ClassVar[str] = "capture"
    part: ClassVar[int] = 9

    id: UUID
    order_id: UUID
    payment_id: UUID
    invoice_id: UUID | None
    amount_minor: int
    status: str  # pending | in_doubt | done | failed
    reference: str = ""
    reason: str = ""
    attempt: int = 1
    request_key: str = ""
    requested_at: datetime | None = None
    asks: int = 0
    ask_at: datetime | None = None
    attempts_done: str = ""  # those that the gateway says it has done: "1 2"


class Refund(OrderRow):
    """Money going back. Only `done` has changed the balance."""

    table: ClassVar[str] = "refund"
    part: ClassVar[int] = 10

    id: UUID
    order_id: UUID
    payment_id: UUID | None
    way: str  # gateway | store_credit | manual
    amount_minor: int
    status: str  # awaiting_approval | pending | in_doubt | done | failed | taken_back
    requested_by: str
    reference: str = ""
    reason: str = ""
    attempt: int = 1
    request_key: str = ""
    requested_at: datetime | None = None
    asks: int = 0
    ask_at: datetime | None = None
    counted: bool | None = None  # toward what one person gives; None: from before it was said
    approval_id: UUID | None = None  # of the `MoneyRequest` that a second person had agreed to
    attempts_done: str = ""  # those that the gateway says it has done: "1 2"


class GoingBack(OrderRow):
    """A part of the money that is being taken and will go back once it is here, as it was caused."""

    table: ClassVar[str] = "going_back"
    part: ClassVar[int] = 44

    id: UUID
    order_id: UUID
    who: str  # caused it; "" for nobody who has a limit
    amount_minor: int  # that has not gone back yet
    to: str  # original | store_credit
    is_counted: bool  # toward what one person gives
    is_decided: bool  # within what one person gives, or agreed to by two
    approval_id: UUID | None = None  # of the `MoneyRequest` that a second person had agreed to


class MoneyRequest(OrderRow):
    """A credit, a debt to be given up, or a claim that lowers one: it waits for a second person."""

    table: ClassVar[str] = "money_request"
    part: ClassVar[int] = 43

    id: UUID
    order_id: UUID
    what: str  # credit | write_off | claim
    amount_minor: int
    reason: str
    invoice_id: UUID | None
    requested_by: str
    requested_at: datetime
    status: str = "waiting"  # waiting | approved | declined
    decided_by: str = ""
    decided_at: datetime | None = None
    case_id: UUID | None = None  # of a claim
    units: tuple[UnitsOf, ...] = ()


class BilledLine(msgspec.Struct, gc=False, array_like=True):
    line_id: UUID
    quantity: int
    amount_minor: int
    settled: int = 0  # units for which cash was taken at the door
    tax_minor: int | None = None  # in the amount; None before invoices said so
    basis_points: int | None = None
    sent_again: tuple[UUID, ...] = ()  # free lines whose units take the place of these, for the courier to be paid


class Invoice(OrderRow):
    """What the customer was asked for when something was shipped or handed over."""

    table: ClassVar[str] = "invoice"
    part: ClassVar[int] = 11

    id: UUID
    order_id: UUID
    number: int
    shipment_id: UUID
    lines: list[BilledLine]
    shipping_minor: int
    other_minor: int
    tax_minor: int
    total_minor: int
    issued_at: datetime
    due_at: datetime | None
    paid_minor: int = 0
    credited_minor: int = 0
    written_off_minor: int = 0
    reminders: int = 0
    remind_at: datetime | None = None  # None: nobody is to be reminded
    charges: tuple[InvoiceCharge, ...] = ()

    @property
    def open_minor(self) -> int:
        return self.total_minor - self.paid_minor - self.credited_minor - self.written_off_minor


class CreditNote(OrderRow):
    """What was taken back of the invoices."""

    table: ClassVar[str] = "credit_note"
    part: ClassVar[int] = 12

    id: UUID
    order_id: UUID
    number: int
    amount_minor: int
    tax_minor: int
    issued_at: datetime
    parts: tuple[NotedPart, ...] = ()


class Dispute(OrderRow):
    """Captured money that a bank took back at its customer's wish. It has one name, however often it is told."""

    table: ClassVar[str] = "dispute"
    key: ClassVar[tuple[str, ...]] = ("order_id", "dispute_id")
    part: ClassVar[int] = 13

    order_id: UUID
    dispute_id: str  # the provider's name of it
    payment_id: UUID
    amount_minor: int
    opened_at: datetime
    status: str = "open"  # open | won | lost
    ended_at: datetime | None = None
    recovered_minor: int = 0  # of what was lost: credited to the customer afterwards, so not given back once more


Request = Payment | Capture | Refund


def attempt_of(row: Capture | Refund, key: str) -> int:
    """Which attempt of a request this is the key of; 0 where it is none of its attempts so far."""
    of, _, _ = row.request_key.rpartition(":")
    before, _, number = key.rpartition(":")
    attempt = int(number) if before == of and number.isdecimal() and len(number) < LONGEST_NUMBER else 0
    return attempt if attempt <= row.attempt else 0


def has_done(row: Capture | Refund, attempt: int) -> bool:
    """Whether the gateway has said before that it has done an attempt."""
    return str(attempt) in row.attempts_done.split()


def request_with(book: Book, key: str) -> Request | None:
    """The row whose request to the gateway carries this key, or carried it in an earlier attempt.

    Keys are `<payment>:authorize:<n>`, `<payment>:void:<n>`, `<payment>:capture:<capture>:<n>`; so for refunds.
    """
    payment, verb, rest = [*key.split(":", 2), "", ""][:3]
    try:
        id_ = UUID(rest.partition(":")[0] if verb in {"capture", "refund"} else payment)
    except ValueError:
        return None
    if verb == "capture":
        return book.rows(Capture).get(id_)
    return book.rows(Refund).get(id_) if verb == "refund" else book.rows(Payment).get(id_)
