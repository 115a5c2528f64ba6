"""Review's own rows, and how its facts change them.

Review alone also adds lines to an order, reprices them and sets the order's sums, address and shipping option: an edit
is its decision. Units, stock and money are moved by the ledger, here as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import Line, OrderRow
from purveyor.core.state import Book, State
from purveyor.core.taxes import shipping_text
from purveyor.stages.review.facts import (
    AddedLine,
    ChoiceMade,
    ChoiceOffered,
    HoldEscalated,
    HoldReleased,
    NoteWritten,
    OrderClosed,
    OrderEdited,
    OrderHeld,
    OrderTagged,
    RiskAssessed,
    Totals,
    UnitsAdded,
    UnitsCanceled,
)


class Hold(OrderRow):
    """A reason why an order may not proceed: who must act, until when, and what happens by itself then."""

    table: ClassVar[str] = "hold"
    part: ClassVar[int] = 2

    id: UUID
    order_id: UUID
    type: str
    owner: str
    deadline_at: datetime | None
    at_deadline: str  # release | cancel | escalate
    opened_at: datetime
    why: str
    by_rule: bool  # opened by a rule of review, and released by it
    before_approval: bool  # the order is approved when the last of these is released
    released_at: datetime | None = None
    released_by: str = ""
    opened_by: str = ""
    by_another: bool = False  # a person other than who caused it releases it


class RiskAssessment(OrderRow):
    """What the risk rules said, where they said anything."""

    table: ClassVar[str] = "risk_assessment"
    key: ClassVar[tuple[str, ...]] = ("order_id",)
    part: ClassVar[int] = 3

    order_id: UUID
    score: int
    reasons: list[str]
    policy_version: int
    assessed_at: datetime


class MissingChoice(OrderRow):
    """What the customer wants done about units that wait. `deadline_at` is None once that is known."""

    table: ClassVar[str] = "missing_choice"
    key: ClassVar[tuple[str, ...]] = ("order_id",)
    part: ClassVar[int] = 4

    order_id: UUID
    offered_at: datetime
    deadline_at: datetime | None
    default: str
    choice: str = ""
    chosen_at: datetime | None = None
    by_default: bool = False


class Closing(OrderRow):
    """The book of the order was closed. What comes afterwards (a late return) opens it for that long."""

    table: ClassVar[str] = "closing"
    key: ClassVar[tuple[str, ...]] = ("order_id",)
    part: ClassVar[int] = 5

    order_id: UUID
    closed_at: datetime
    units: int = 0  # ordered by then, and below what else it was: the book is closed anew when these have changed
    returned: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0


class OrderNote(OrderRow):
    """What staff wrote on the order for one another. The words stand in `private_text`."""

    table: ClassVar[str] = "order_note"
    part: ClassVar[int] = 21

    id: UUID
    order_id: UUID
    text_id: UUID
    written_by: str
    at: datetime


class OrderTags(OrderRow):
    """Words that staff sort orders by, in the order in which they were given."""

    table: ClassVar[str] = "order_tags"
    key: ClassVar[tuple[str, ...]] = ("order_id",)
    part: ClassVar[int] = 22

    order_id: UUID
    tags: list[str]


def open_holds(book: Book) -> list[Hold]:
    holds = book.rows(Hold)
    return [hold for hold in holds.values() if hold.released_at is None] if holds else []


def is_approved(book: Book) -> bool:
    """No hold from before the approval is open. Orders are reviewed in the transaction that placed them."""
    return not any(hold.before_approval and hold.released_at is None for hold in book.rows(Hold).values())


def _book(state: State, fact: Fact) -> Book:
    assert fact.order_id is not None
    return state.book(fact.order_id)


@applies(RiskAssessed)
def keep_risk(state: State, fact: RiskAssessed, stamp: Stamp) -> None:
    book = _book(state, fact)
    book.add(RiskAssessment(book.order.id, fact.score, list(fact.reasons), fact.policy_version, stamp.at))


@applies(OrderHeld)
def hold(state: State, fact: OrderHeld, stamp: Stamp) -> None:
    book = _book(state, fact)
    book.add(
        Hold(
            id=fact.hold_id,
            order_id=book.order.id,
            type=fact.type,
            owner=fact.owner,
            deadline_at=fact.deadline_at,
            at_deadline=fact.at_deadline,
            opened_at=stamp.at,
            why=fact.why,
            by_rule=fact.by_rule,
            before_approval=fact.before_approval,
            opened_by=stamp.actor,
            by_another=fact.by_another,
        )
    )


@applies(HoldReleased)
def release(state: State, fact: HoldReleased, stamp: Stamp) -> None:
    row = _book(state, fact).row(Hold, fact.hold_id)
    row.released_at = stamp.at
    row.released_by = stamp.actor


@applies(HoldEscalated)
def escalate(state: State, fact: HoldEscalated, _stamp: Stamp) -> None:
    row = _book(state, fact).row(Hold, fact.hold_id)
    row.owner = fact.owner
    row.deadline_at = fact.deadline_at


@applies(UnitsCanceled)
def sum_up_what_is_left(state: State, fact: UnitsCanceled, _stamp: Stamp) -> None:
    _sum_up(_book(state, fact), fact.totals)


@applies(OrderEdited)
def edit(state: State, fact: OrderEdited, _stamp: Stamp) -> None:
    book = _book(state, fact)
    order = book.order
    _add_lines(book, fact.added)
    for changed in fact.repriced:
        line = book.line(changed.line_id)
        line.tax_minor = changed.tax_minor
        line.total_minor = changed.total_minor
    if fact.contact_id is not None:
        order.contact_id = fact.contact_id
    order.method = fact.method or order.method
    order.shipping_option = fact.shipping_option
    order.promised_at = fact.promised_at
    _sum_up(book, fact.totals)


@applies(UnitsAdded)
def add_units(state: State, fact: UnitsAdded, _stamp: Stamp) -> None:
    book = _book(state, fact)
    _add_lines(book, fact.added)
    _sum_up(book, fact.totals)


@applies(ChoiceOffered)
def offer_choice(state: State, fact: ChoiceOffered, stamp: Stamp) -> None:
    book = _book(state, fact)
    book.add(MissingChoice(book.order.id, stamp.at, fact.deadline_at, fact.default))


@applies(ChoiceMade)
def choose(state: State, fact: ChoiceMade, stamp: Stamp) -> None:
    book = _book(state, fact)
    row = book.row(MissingChoice, book.order.id)
    row.choice = fact.choice
    row.chosen_at = stamp.at
    row.by_default = fact.by_default
    row.deadline_at = None


@applies(NoteWritten)
def keep_note(state: State, fact: NoteWritten, stamp: Stamp) -> None:
    book = _book(state, fact)
    book.add(OrderNote(fact.note_id, book.order.id, fact.text_id, stamp.actor, stamp.at))


@applies(OrderTagged)
def tag(state: State, fact: OrderTagged, _stamp: Stamp) -> None:
    book = _book(state, fact)
    row = book.rows(OrderTags).get(book.order.id)
    if row is None:
        row = OrderTags(book.order.id, [])
        book.add(row)
    row.tags = [*(each for each in row.tags if each not in fact.removed), *fact.added]


@applies(OrderClosed)
def close(state: State, fact: OrderClosed, stamp: Stamp) -> None:
    book = _book(state, fact)
    closing = book.rows(Closing).get(book.order.id)
    if closing is None:
        closing = Closing(book.order.id, stamp.at)
        book.add(closing)
    closing.closed_at = stamp.at
    closing.units, closing.returned = fact.units, fact.returned
    closing.captured_minor, closing.refunded_minor = fact.captured_minor, fact.refunded_minor


def _sum_up(book: Book, totals: Totals) -> None:
    order = book.order
    order.goods_minor = totals.goods_minor
    order.discount_minor = totals.discount_minor
    order.tax_minor = totals.tax_minor
    order.shipping_minor = totals.shipping_minor
    order.shipping_tax_minor = totals.shipping_tax_minor
    order.total_minor = totals.total_minor
    if totals.shipping_taxes is not None:
        order.shipping_taxes = shipping_text(totals.shipping_taxes)


def _add_lines(book: Book, added: Iterable[AddedLine]) -> None:
    for each in added:
        book.add(
            Line(
                id=each.id,
                order_id=book.order.id,
                line_no=len(book.lines) + 1,
                sku=each.sku,
                name=each.name,
                kind=each.kind,
                unit_price_minor=each.unit_price_minor,
                discount_minor=0,
                tax_basis_points=each.tax_basis_points,
                tax_minor=each.tax_minor,
                total_minor=each.total_minor,
                weight_g=each.weight_g,
                tax_reason=each.tax_reason,
            )
        )
