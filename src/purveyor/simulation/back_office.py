"""Who works at desks: reviewers, finance and support. Each looks at a queue and asks for what should be done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from purveyor.core.holds import HoldPolicy
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.db.reader import Reader
from purveyor.simulation.buyers import GOOD_CARD, NOWHERE
from purveyor.simulation.command_batches import Act, CommandBatcher
from purveyor.simulation.seeded_random import SeededRandom, weighted
from purveyor.stages.payment.commands import (
    ApproveMoneyAct,
    ApproveRefund,
    PayAgain,
    RecordBankTransfer,
    RetryCapture,
    SettleRefundManually,
    WriteOff,
)
from purveyor.stages.review.commands import (
    ApproveOrder,
    CancelUnits,
    ChangeAddress,
    EditOrder,
    NewAddress,
    RejectOrder,
    ReleaseHold,
)
from purveyor.stages.shipping.commands import RetryLabel
from purveyor.stages.support.commands import AddMessage, CloseCase, Remedy, ResolveClaim

REVIEWER, FINANCE, SECOND, SUPPORT = "staff:rita", "staff:femi", "staff:olga", "staff:sam"
AT_ONCE = 5_000

HOLDS = """
    -- What is held and a person may decide, oldest first.
    SELECT h.id, h.order_id, h.type, h.opened_at, coalesce(nullif(o.reference, ''), o.id::text) AS about
      FROM hold h JOIN orders o ON o.id = h.order_id
     WHERE h.released_at IS NULL AND h.type NOT IN ('payment', 'stock')
  ORDER BY h.opened_at, h.id
     LIMIT $1
"""
NEVER_CAME = """
    -- Units that found neither shelf nor line, and that purchasing could not get in time: now a manager decides.
    SELECT h.id, h.order_id, l.id AS line_id, l.placed
      FROM hold h JOIN line l ON l.order_id = h.order_id
     WHERE h.released_at IS NULL AND h.type = 'stock' AND h.owner = 'manager' AND l.placed > 0 AND l.kind = 'goods'
  ORDER BY h.opened_at, h.id, l.line_no
     LIMIT $1
"""
ADDRESS = """
    SELECT c.name, c.company, c.email, c.phone, c.street, c.city, c.postal_code, c.region, c.country
      FROM orders o JOIN contact c ON c.id = o.contact_id
     WHERE o.id = $1
"""
REFUSED_LABELS = "SELECT id, order_id, attempt FROM shipment WHERE status = 'failed' ORDER BY asked_at, id LIMIT $1"
REFUNDS = """
    SELECT id, order_id, status, amount_minor, requested_by
      FROM refund
     WHERE status IN ('failed', 'awaiting_approval') OR (status = 'pending' AND way = 'manual')
  ORDER BY id
     LIMIT $1
"""
REQUESTS = """
    SELECT id, order_id, requested_by FROM money_request WHERE status = 'waiting' ORDER BY requested_at, id LIMIT $1
"""
INVOICES = """
    -- On account and open: the number is what the customer writes on the transfer.
    SELECT i.id, i.order_id, i.number, i.issued_at, i.reminders, o.currency,
           coalesce(nullif(o.reference, ''), o.id::text) AS about,
           i.total_minor - i.paid_minor - i.credited_minor - i.written_off_minor AS open_minor
      FROM invoice i JOIN orders o ON o.id = i.order_id
     WHERE i.total_minor > i.paid_minor + i.credited_minor + i.written_off_minor AND i.due_at IS NOT NULL
  ORDER BY i.number
     LIMIT $1
"""
LOST_DEBTS = """
    -- Cash that no courier will bring any more: the goods came back, or were lost.
    SELECT i.id, i.order_id
      FROM invoice i JOIN orders o ON o.id = i.order_id
     WHERE i.total_minor > i.paid_minor + i.credited_minor + i.written_off_minor AND i.due_at IS NULL
           AND o.stage = 'payment' AND o.terms = 'on_delivery' AND o.stage_since <= $1
  ORDER BY i.number
     LIMIT $2
"""
FAILED_CAPTURES = """
    SELECT id, order_id, payment_id, attempt, reason FROM capture WHERE status = 'failed' ORDER BY id LIMIT $1
"""
CASES = """
    SELECT s.id, s.order_id, s.topic, s.claim, s.opened_at, o.currency, o.total_minor,
           coalesce(nullif(o.reference, ''), o.id::text) AS about,
           NOT EXISTS (
               SELECT FROM jsonb_to_recordset(s.contents) AS claimed (line_id uuid, quantity bigint)
                      JOIN line l ON l.id = claimed.line_id AND l.kind = 'goods'
                WHERE claimed.quantity > (
                      SELECT coalesce(sum(on_hand - allocated - held), 0) FROM stock WHERE stock.sku = l.sku)
           ) AS is_there
      FROM support_case s JOIN orders o ON o.id = s.order_id
     WHERE s.status = 'open'
  ORDER BY s.due_at, s.id
     LIMIT $1
"""
REMEDIES: dict[str, tuple[tuple[Remedy, float], ...]] = {
    "damaged": (("resend", 50.0), ("refund", 38.0), ("goodwill", 8.0), ("none", 4.0)),
    "missing": (("resend", 75.0), ("refund", 25.0)),
    "wrong": (("resend", 70.0), ("refund", 30.0)),
    "lost": (("resend", 60.0), ("refund", 40.0)),
}


class _Hold(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    type: str
    opened_at: datetime
    about: str


class _NeverCame(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    line_id: UUID
    placed: int


class _Refund(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    status: str
    amount_minor: int
    requested_by: str


class _Request(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    requested_by: str


class _Invoice(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    number: int
    issued_at: datetime
    reminders: int
    about: str
    currency: str
    open_minor: int


class _Debt(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID


class _Label(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    attempt: int


class _Capture(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    payment_id: UUID
    attempt: int
    reason: str


class _Case(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    topic: str
    claim: str
    opened_at: datetime
    about: str
    currency: str
    total_minor: int
    is_there: bool  # in stock or with room to wait, all that is claimed


class BackOffice:
    """Reviewers, finance and support. What they decide depends on the order's reference alone."""

    def __init__(self, desk: CommandBatcher, chance: SeededRandom) -> None:
        self._desk = desk
        self._chance = chance

    @property
    def _read(self) -> Reader:
        return self._desk.house.read

    async def work(self) -> None:
        """One round over all queues."""
        await self._desk.hand_in([act async for act in self._review()])
        await self._desk.hand_in([act async for act in self._missing()])
        await self._desk.hand_in([act async for act in self._labels()])
        await self._desk.hand_in([act async for act in self._refunds()])
        await self._desk.hand_in([act async for act in self._requests()])
        await self._desk.hand_in([act async for act in self._invoices()])
        await self._desk.hand_in([act async for act in self._debts()])
        await self._desk.hand_in([act async for act in self._captures()])
        await self._cases()

    async def _review(self) -> AsyncIterator[Act]:
        """Suspicious orders, doubtful addresses, too much on account, and whatever else waits for a decision."""
        for hold in await self._read.rows(_Hold, HOLDS, AT_ONCE):
            if self._desk.now < hold.opened_at + self._thinking("hold", hold.type, hold.about, hours=10):
                continue
            key = f"hold:{hold.id}"
            if hold.type == "fraud" and self._chance.happens(0.2, "fraud", hold.about):
                yield Act(RejectOrder(order_id=hold.order_id, why="fraud suspected"), key, REVIEWER)
            elif hold.type == "credit" and self._chance.happens(0.3, "credit", hold.about):
                yield Act(RejectOrder(order_id=hold.order_id, why="credit limit"), key, FINANCE)
            elif hold.type == "address":
                async for act in self._address(hold, key):
                    yield act
            elif HoldPolicy().rule(hold.type).owner == "reviewer":
                yield Act(ApproveOrder(order_id=hold.order_id, why="looked at"), key, REVIEWER)
            else:
                yield Act(ReleaseHold(order_id=hold.order_id, hold_id=hold.id, why="looked at"), key, REVIEWER)

    async def _missing(self) -> AsyncIterator[Act]:
        for gone in await self._read.rows(_NeverCame, NEVER_CAME, AT_ONCE):
            units = (UnitsOf(gone.line_id, gone.placed),)
            cancel = CancelUnits(order_id=gone.order_id, units=units, reason="no longer to be had")
            yield Act(cancel, f"never-came:{gone.id}:{gone.line_id}", REVIEWER)

    async def _address(self, hold: _Hold, key: str) -> AsyncIterator[Act]:
        """Asked by phone: a wrong postal code is put right, a doubtful address is right as it is."""
        address = await self._read.row(NewAddress, ADDRESS, hold.order_id)
        if address is not None and address.postal_code == NOWHERE:
            right = msgspec.structs.replace(address, postal_code="10115", city="Berlin")
            change = EditOrder(order_id=hold.order_id, changes=(ChangeAddress(contact=right),), reason="asked by phone")
            yield Act(change, f"{key}:address", SUPPORT)
        yield Act(ReleaseHold(order_id=hold.order_id, hold_id=hold.id, why="asked by phone"), key, SUPPORT)

    async def _labels(self) -> AsyncIterator[Act]:
        """A label that was refused is asked for again, and given up after the third time."""
        for label in await self._read.rows(_Label, REFUSED_LABELS, AT_ONCE):
            key = f"label:{label.id}:{label.attempt}"
            if label.attempt < 3:  # noqa: PLR2004
                yield Act(RetryLabel(order_id=label.order_id, shipment_id=label.id), key, SUPPORT)
            else:
                yield Act(CancelUnits(order_id=label.order_id, units="all", reason="undeliverable"), key, SUPPORT)

    async def _refunds(self) -> AsyncIterator[Act]:
        for refund in await self._read.rows(_Refund, REFUNDS, AT_ONCE):
            key = f"refund:{refund.id}:{refund.status}"
            if refund.status == "awaiting_approval":
                yield Act(
                    ApproveRefund(order_id=refund.order_id, refund_id=refund.id), key, _other(refund.requested_by)
                )
            else:
                reference = f"transfer {refund.id.hex[-8:]}"
                settle = SettleRefundManually(order_id=refund.order_id, refund_id=refund.id, reference=reference)
                yield Act(settle, key, FINANCE)

    async def _requests(self) -> AsyncIterator[Act]:
        """Debts that are more than one person gives up in a day."""
        for request in await self._read.rows(_Request, REQUESTS, AT_ONCE):
            approve = ApproveMoneyAct(order_id=request.order_id, request_id=request.id)
            yield Act(approve, f"request:{request.id}", _other(request.requested_by))

    async def _invoices(self) -> AsyncIterator[Act]:
        """The bank's statement: who has paid, late or not at all."""
        for invoice in await self._read.rows(_Invoice, INVOICES, AT_ONCE):
            about = invoice.about
            if self._chance.happens(0.01, "never pays", about):
                if invoice.reminders >= 3:  # noqa: PLR2004
                    gone = WriteOff(order_id=invoice.order_id, invoice_id=invoice.id, reason="uncollectible")
                    yield Act(gone, f"written-off:{invoice.id}", SECOND)
                continue
            days = 2 + 11 * self._chance.draw("pays", about) + 14 * self._chance.happens(0.12, "pays late", about)
            if self._desk.now >= invoice.issued_at + timedelta(days=days):
                paid = RecordBankTransfer(
                    order_id=invoice.order_id,
                    invoice_id=invoice.id,
                    amount=Money(invoice.open_minor, invoice.currency),
                    transfer_id=f"SEPA-{invoice.number}-{invoice.open_minor}",
                )
                yield Act(paid, f"transfer:{invoice.id}:{invoice.open_minor}", FINANCE)

    async def _debts(self) -> AsyncIterator[Act]:
        for debt in await self._read.rows(_Debt, LOST_DEBTS, self._desk.now - timedelta(days=10), AT_ONCE):
            gone = WriteOff(order_id=debt.order_id, invoice_id=debt.id, reason="not_delivered")
            yield Act(gone, f"written-off:{debt.id}", SECOND)

    async def _captures(self) -> AsyncIterator[Act]:
        """Money that a bank did not pay out: once more, then the customer gives another card."""
        for capture in await self._read.rows(_Capture, FAILED_CAPTURES, AT_ONCE):
            key = f"capture:{capture.id}:{capture.attempt}"
            if capture.attempt < 2 and capture.reason != "authorization_expired":  # noqa: PLR2004
                yield Act(RetryCapture(order_id=capture.order_id, capture_id=capture.id), key, FINANCE)
            else:
                again = PayAgain(order_id=capture.order_id, payment_id=capture.payment_id, source=GOOD_CARD)
                yield Act(again, key, "channel:web")

    async def _cases(self) -> None:
        """Claims are put right, questions answered; what is settled is closed."""
        cases = [
            case
            for case in await self._read.rows(_Case, CASES, AT_ONCE)
            if case.order_id not in self._desk.visitors
            and self._desk.now >= case.opened_at + self._thinking("case", case.about, case.topic, hours=20)
        ]
        given = await self._desk.hand_in([self._help(case) for case in cases])
        done = [
            case
            for case, each in zip(cases, given, strict=True)
            # Resolving closes most claims by itself; what was answered before is closed in the next round.
            if each.repeated or not each.accepted
        ]
        await self._desk.hand_in(
            [
                Act(CloseCase(order_id=case.order_id, case_id=case.id, why="settled"), f"case:{case.id}:close", SUPPORT)
                for case in done
            ]
        )

    def _help(self, case: _Case) -> Act:
        random = self._chance.random("case", case.about, case.topic, case.claim)
        key = f"case:{case.id}"
        goodwill = Money(max(case.total_minor // 10, 100), case.currency)
        if case.claim:
            remedy = weighted(random, REMEDIES[case.claim])
            if remedy == "resend" and not case.is_there:
                remedy = "refund"
            amount = goodwill if remedy == "goodwill" else None
            put_right = ResolveClaim(order_id=case.order_id, case_id=case.id, remedy=remedy, amount=amount)
            return Act(put_right, key, SUPPORT)
        if case.topic == "feedback" and case.total_minor and random.random() < 0.3:  # noqa: PLR2004
            sorry = ResolveClaim(order_id=case.order_id, case_id=case.id, remedy="goodwill", amount=goodwill)
            return Act(sorry, key, SUPPORT)
        text = random.choice(ANSWERS)
        answer = AddMessage(order_id=case.order_id, case_id=case.id, author="staff", text=text)
        return Act(answer, key, SUPPORT)

    def _thinking(self, *about: object, hours: float) -> timedelta:
        """How long something lies on the desk."""
        return timedelta(hours=0.3 + hours * self._chance.draw("thinking", *about) * (self._chance.share > 0))


ANSWERS = (
    "Thank you for asking. It is on its way, and you can follow it by the link in our message.",
    "We have looked into it and put it right. Please write again if anything is missing.",
    "The machine wants descaling every two months; the manual is on your order page.",
    "We are sorry about that. The team has read your words, and the next one will be better.",
)


def _other(person: str) -> str:
    """The second pair of eyes of the office."""
    return FINANCE if person == SECOND else SECOND
