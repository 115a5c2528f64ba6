"""Support's own rows, and how its facts change them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.credits import cut_used, units_out
from purveyor.core.messages import Fact, Stamp
from purveyor.core.positions import UnitsOf, without
from purveyor.core.registry import applies
from purveyor.core.rows import OrderRow
from purveyor.core.state import Book, State
from purveyor.stages.support.facts import (
    CaseAssigned,
    CaseClosed,
    CaseEscalated,
    CaseOpened,
    CasesMerged,
    ClaimOpened,
    ClaimResolved,
    CreditNoted,
    LostUnitsFound,
    MessageAdded,
    PriceCutNoted,
)
from purveyor.stages.support.sla import SlaTimer


class Case(OrderRow):
    """A customer's question or claim, and the clock it is held against."""

    table: ClassVar[str] = "support_case"
    part: ClassVar[int] = 32

    id: UUID
    order_id: UUID
    line_id: UUID | None
    topic: str
    claim: str  # damaged | missing | wrong | lost; "" where it is no claim
    contents: tuple[UnitsOf, ...]  # claimed, and neither put right nor turned down yet
    channel: str
    status: str  # open | waiting (for the customer) | closed
    assignee: str
    escalation: str  # "" | warning | breach
    opened_at: datetime
    answer_by: datetime | None
    due_at: datetime | None
    left_s: int
    alarm_at: datetime | None
    closed_at: datetime | None
    goodwill_minor: int = 0
    merged_into: UUID | None = None  # the case in which this one goes on

    @property
    def clock(self) -> SlaTimer:
        return SlaTimer(self.answer_by, self.due_at, self.left_s, self.alarm_at)

    def set_clock(self, clock: SlaTimer) -> None:
        self.answer_by = clock.answer_by
        self.due_at = clock.due_at
        self.left_s = clock.left_s
        self.alarm_at = clock.alarm_at


class CaseMessage(OrderRow):
    """One message of the thread. What it says stands in `private_text`."""

    table: ClassVar[str] = "case_message"
    part: ClassVar[int] = 33

    id: UUID
    case_id: UUID
    order_id: UUID
    author: str  # customer | staff | note
    text_id: UUID | None
    photo_id: UUID | None
    at: datetime


class ClaimRemedy(OrderRow):
    """Units of a line that a claim put right, and how: no unit is put right twice."""

    table: ClassVar[str] = "claim_remedy"
    key: ClassVar[tuple[str, ...]] = ("case_id", "line_id", "remedy")
    part: ClassVar[int] = 34

    case_id: UUID
    line_id: UUID
    remedy: str  # resend | refund | goodwill
    order_id: UUID
    claim: str
    sku: str
    quantity: int
    amount_minor: int


class ClaimCredit(OrderRow):
    """What of a line was paid back, by claims or elsewhere: so that nothing is paid back twice."""

    table: ClassVar[str] = "claim_credit"
    key: ClassVar[tuple[str, ...]] = ("line_id",)
    part: ClassVar[int] = 35

    line_id: UUID
    order_id: UUID
    quantity: int = 0
    kept: int = 0  # of these, paid back elsewhere while the customer has them
    cut_minor: int = 0  # taken off the price of units that have left, and not used up by crediting them
    shipping_minor: int = 0


def _book(state: State, fact: Fact) -> Book:
    assert fact.order_id is not None
    return state.book(fact.order_id)


def _credit(book: Book, line_id: UUID) -> ClaimCredit:
    row = book.rows(ClaimCredit).get(line_id)
    if row is None:
        row = ClaimCredit(line_id, book.order.id)
        book.add(row)
    return row


def _count_credited(book: Book, line_id: UUID, quantity: int) -> ClaimCredit:
    """So many more units were paid back: with what they had been cut by."""
    line, row = book.line(line_id), _credit(book, line_id)
    out = units_out(line, row.quantity)
    row.cut_minor -= cut_used(line.total_minor, line.quantity, row.quantity, out, quantity, row.cut_minor)
    row.quantity += quantity
    return row


@applies(CaseOpened)
def open_case(state: State, fact: CaseOpened, stamp: Stamp) -> None:
    book = _book(state, fact)
    _add_case(book, fact, stamp)
    if fact.message_id is not None:
        author = "note" if fact.channel == "system" else "customer"
        book.add(CaseMessage(fact.message_id, fact.case_id, book.order.id, author, fact.text_id, None, stamp.at))


@applies(ClaimOpened)
def open_claim(state: State, fact: ClaimOpened, stamp: Stamp) -> None:
    book = _book(state, fact)
    _add_case(book, fact, stamp)
    if fact.message_id is not None:
        author = "note" if fact.channel == "system" else "customer"
        book.add(
            CaseMessage(fact.message_id, fact.case_id, book.order.id, author, fact.text_id, fact.photo_id, stamp.at)
        )


def _add_case(book: Book, fact: CaseOpened | ClaimOpened, stamp: Stamp) -> None:
    claim = fact if isinstance(fact, ClaimOpened) else None
    question = fact if isinstance(fact, CaseOpened) else None
    case = Case(
        id=fact.case_id,
        order_id=book.order.id,
        line_id=question.line_id if question else None,
        topic=question.topic if question else "claim",
        claim=claim.claim if claim else "",
        contents=claim.contents if claim else (),
        channel=fact.channel,
        status="open",
        assignee="",
        escalation="",
        opened_at=stamp.at,
        answer_by=None,
        due_at=None,
        left_s=0,
        alarm_at=None,
        closed_at=None,
    )
    case.set_clock(fact.clock)
    book.add(case)


@applies(MessageAdded)
def add_message(state: State, fact: MessageAdded, stamp: Stamp) -> None:
    book = _book(state, fact)
    book.add(CaseMessage(fact.message_id, fact.case_id, book.order.id, fact.author, fact.text_id, None, stamp.at))
    case = book.row(Case, fact.case_id)
    if case.status == "closed" and fact.status != "closed":
        case.closed_at = None
        case.escalation = ""
    case.status = fact.status
    case.set_clock(fact.clock)


@applies(CaseAssigned)
def assign(state: State, fact: CaseAssigned, _stamp: Stamp) -> None:
    _book(state, fact).row(Case, fact.case_id).assignee = fact.assignee


@applies(CaseEscalated)
def escalate(state: State, fact: CaseEscalated, _stamp: Stamp) -> None:
    case = _book(state, fact).row(Case, fact.case_id)
    case.escalation = fact.level
    case.set_clock(fact.clock)


@applies(ClaimResolved)
def resolve(state: State, fact: ClaimResolved, stamp: Stamp) -> None:
    book = _book(state, fact)
    case = book.row(Case, fact.case_id)
    for number, each in enumerate(fact.units):
        case.contents = without(case.contents, (UnitsOf(each.line_id, each.quantity),))
        if fact.remedy == "none":
            continue
        _add_remedy(book, case, fact.remedy, each.line_id, each.sku, each.quantity, each.amount_minor)
        if fact.remedy == "refund":
            row = _count_credited(book, each.line_id, each.quantity)
            row.shipping_minor += 0 if number else fact.shipping_minor
    if fact.remedy == "goodwill":
        case.goodwill_minor += fact.amount_minor
    if fact.is_settled:
        _close(case, stamp.at)


def _add_remedy(book: Book, case: Case, remedy: str, line_id: UUID, sku: str, quantity: int, amount: int) -> None:
    row = book.rows(ClaimRemedy).get((case.id, line_id, remedy))
    if row is None:
        book.add(ClaimRemedy(case.id, line_id, remedy, case.order_id, case.claim, sku, quantity, amount))
    else:
        row.quantity += quantity
        row.amount_minor += amount


@applies(LostUnitsFound)
def find_lost_units(state: State, fact: LostUnitsFound, stamp: Stamp) -> None:
    case = _book(state, fact).row(Case, fact.case_id)
    case.contents = without(case.contents, fact.units)
    if fact.is_settled:
        _close(case, stamp.at)


@applies(CaseClosed)
def close(state: State, fact: CaseClosed, stamp: Stamp) -> None:
    case = _book(state, fact).row(Case, fact.case_id)
    case.contents = ()
    _close(case, stamp.at)


def _close(case: Case, at: datetime) -> None:
    case.status = "closed"
    case.closed_at = at
    case.set_clock(SlaTimer(None, None, 0, None))


@applies(CasesMerged)
def merge(state: State, fact: CasesMerged, stamp: Stamp) -> None:
    book = _book(state, fact)
    kept, merged = book.row(Case, fact.case_id), book.row(Case, fact.merged_id)
    for message in book.rows(CaseMessage).values():
        if message.case_id == merged.id:
            message.case_id = kept.id
    for case in book.rows(Case).values():
        if case.merged_into == merged.id:
            case.merged_into = kept.id
    kept.claim, kept.contents = fact.claim, fact.contents
    kept.status, kept.assignee, kept.escalation = fact.status, fact.assignee, fact.escalation
    kept.set_clock(fact.clock)
    merged.contents = ()
    merged.merged_into = kept.id
    if merged.status != "closed":
        _close(merged, stamp.at)


def going_on(book: Book, case_id: UUID) -> Case:
    """The case, or the one in which it goes on. Raises `NotFound`."""
    case = book.row(Case, case_id)
    return case if case.merged_into is None else book.row(Case, case.merged_into)


@applies(CreditNoted)
def note_credit(state: State, fact: CreditNoted, _stamp: Stamp) -> None:
    book = _book(state, fact)
    for number, each in enumerate(fact.units):
        row = _count_credited(book, each.line_id, each.quantity)
        row.kept += each.quantity if each.is_kept else 0
        row.shipping_minor += 0 if number else fact.shipping_minor


@applies(PriceCutNoted)
def note_price_cut(state: State, fact: PriceCutNoted, _stamp: Stamp) -> None:
    book = _book(state, fact)
    for cut in fact.cuts:
        _credit(book, cut.line_id).cut_minor += cut.minor
    if fact.shipping_minor:
        _credit(book, next(iter(book.lines))).shipping_minor += fact.shipping_minor
