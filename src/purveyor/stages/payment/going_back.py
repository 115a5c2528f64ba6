"""Money that is still being taken and will go back: who caused it, as what it goes, and what was agreed to before.

A credit that falls into a running capture cannot be paid back before the gateway has answered, and the gateway is
nobody who may be asked about it. So it is written down, part by part. What counted toward what one person gives is not
counted once more; what one person gave within that, or two have agreed to, goes back without being asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from purveyor.core import approval_limits
from purveyor.core.ids import made_at
from purveyor.core.messages import Call
from purveyor.core.state import Book
from purveyor.stages.payment import facts
from purveyor.stages.payment.amounts import capturing, still_owed, too_much_taken
from purveyor.stages.payment.approvals import asked_by
from purveyor.stages.payment.commands import SettleBalance
from purveyor.stages.payment.rows import Capture, GoingBack, Payment


class Share(NamedTuple):
    """A part of what goes back now."""

    amount_minor: int
    who: str  # stands behind it; "" for nobody
    to: str
    is_counted: bool = False
    is_decided: bool = False
    approval_id: UUID | None = None
    row: GoingBack | None = None  # None: it was caused just now


def parts_of(book: Book) -> list[GoingBack]:
    """What was caused while its money was being taken, and has not gone back yet; the oldest first."""
    return [*_as_credit(book), *_rows(book)]


def _rows(book: Book) -> list[GoingBack]:
    return [row for row in book.rows(GoingBack).values() if row.amount_minor]


def _as_credit(book: Book) -> Iterator[GoingBack]:
    """Store credit that was agreed before there were parts, of money that is still being taken."""
    agreed = [payment for payment in book.rows(Payment).values() if payment.as_credit_minor]
    left = too_much_taken(book) - sum(row.amount_minor for row in _rows(book)) if agreed else 0
    for payment in agreed:
        part = min(left, payment.as_credit_minor)
        if part > 0:
            left -= part
            yield GoingBack(
                payment.id,  # named as its payment, so that it is the same one whenever it is asked for
                book.order.id,
                payment.caused_by,
                part,
                "store_credit",
                is_counted=False,
                is_decided=False,
            )


def in_parts(book: Book) -> Iterator[facts.MoneyGoingBack | facts.StoreCreditAgreed]:
    """What was agreed before there were parts becomes parts, and is agreed no more."""
    for row in _as_credit(book):
        yield changed(row, row.amount_minor)
    for payment in book.rows(Payment).values():
        if payment.as_credit_minor:
            yield facts.StoreCreditAgreed(order_id=book.order.id, payment_id=payment.id, amount_minor=0)


def in_parts_before(
    book: Book, capture: Capture, call: Call
) -> Iterator[facts.MoneyGoingBack | facts.StoreCreditAgreed]:
    """What goes back of a capture is put in parts before its money is here: afterwards nobody knows who caused it.

    There are none yet where it was caused before there were parts, and where a capture comes that was said to have
    failed: whoever caused it last stands behind it.
    """
    yield from in_parts(book)
    if capture.status == "failed":
        amount = capture.amount_minor - min(capture.amount_minor, max(0, still_owed(book)))
        who = next((row.who for row in reversed(book.rows(GoingBack).values()) if row.who), "")
    else:
        amount = too_much_taken(book) - sum(row.amount_minor for row in parts_of(book))
        who = ""
    who = who or _caused_by(book)
    if amount > 0 and who:
        yield facts.MoneyGoingBack(order_id=book.order.id, part_id=call.ids.new(), amount_minor=amount, by=who)


def _caused_by(book: Book) -> str:
    """Who caused, before there were parts, that what is being taken will go back."""
    if book.rows(GoingBack):
        return ""
    return next((each.caused_by for each in book.rows(Payment).values() if each.caused_by), "")


def shares(book: Book, owed: int, command: SettleBalance, who: str) -> Iterator[Share]:
    """Whose it is that so much goes back: what was caused before comes first, the rest is of this moment."""
    for row in parts_of(book):
        part = min(owed, row.amount_minor)
        if part:
            owed -= part
            yield Share(part, row.who, row.to, row.is_counted, row.is_decided, row.approval_id, row)
    if owed:
        yield Share(owed, who, command.to, command.is_approved, command.is_approved, command.approval_id)


def asked_about(parts: Iterable[Share], at: datetime) -> int:
    """What is to be judged beside what has counted in the day before."""
    since = at - approval_limits.DAY
    return sum(
        each.amount_minor
        for each in parts
        if each.who and not each.is_decided and not (each.is_counted and each.row and made_at(each.row.id) > since)
    )


def changed(row: GoingBack, amount_minor: int) -> facts.MoneyGoingBack:
    return facts.MoneyGoingBack(
        order_id=row.order_id,
        part_id=row.id,
        amount_minor=amount_minor,
        to=row.to,
        is_counted=row.is_counted,
        is_decided=row.is_decided,
        approval_id=row.approval_id,
        by=row.who,
    )


def kept_up(
    book: Book, owed: int, again: int, command: SettleBalance, call: Call, *, has_account: bool
) -> Iterator[facts.MoneyGoingBack]:
    """What will go back of the money that is being taken is in some part: no more, and no less.

    `owed` goes back now, and so much of the parts with it; `again` are debts that count again.
    """
    parts = parts_of(book)
    if not capturing(book) and not parts:
        return
    left = {row.id: row.amount_minor for row in parts}
    for row in parts:
        part = min(owed, row.amount_minor)
        owed -= part
        left[row.id] -= part
    more = too_much_taken(book, again) - sum(left.values())
    for row in reversed(parts):  # it did not come, or is owed after all
        less = min(-more, left[row.id])
        if less > 0:
            more += less
            yield changed(row, left[row.id] - less)
    decided = more if command.is_approved else min(more, command.decided_minor)
    counted = max(decided, min(more, command.counted_minor))
    who = asked_by(call.actor) or _caused_by(book)
    for amount, is_counted, is_decided in (
        (decided, True, True),
        (counted - decided, True, False),
        (more - counted, False, False),
    ):
        if amount > 0:
            yield facts.MoneyGoingBack(
                order_id=book.order.id,
                part_id=call.ids.new(),
                amount_minor=amount,
                to=command.to if has_account else "original",
                is_counted=is_counted,
                is_decided=is_decided,
                approval_id=command.approval_id if is_decided else None,
                by=who,
            )
