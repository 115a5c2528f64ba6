"""The rules of holds: who may open and release them, and what their deadlines do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from purveyor.core.field_types import to_come
from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.review.commands import (
    ApplyHoldDeadline,
    ApproveOrder,
    HoldOrder,
    RejectOrder,
    ReleaseHold,
    ReleaseHolds,
)
from purveyor.stages.review.decide.canceled_units import cancelable, units_canceled
from purveyor.stages.review.decide.hold_facts import check_releaser, held, is_held_under, is_over, released
from purveyor.stages.review.facts import HoldEscalated, OrderRejected
from purveyor.stages.review.reasons import NOT_SETTLED
from purveyor.stages.review.refusals import (
    DeadlineNotDue,
    HeldAlready,
    HoldIsReleased,
    NothingHeld,
    OrderHasLeft,
    OrderIsOver,
)
from purveyor.stages.review.state import Hold, is_approved, open_holds

LONGEST_HOLD: Final = timedelta(days=3_650)  # as long as a policy may say
ESCALATED_TO: Final = "manager"
_TYPE: Final = re.compile(r"[a-z][a-z_]{0,31}")


@decides(HoldOrder)
def decide_hold(state: State, command: HoldOrder, call: Call) -> Decision:
    """Nothing to do where it is held so already.

    Refuses with `Invalid` (type, deadline), `OrderIsOver`, and `HeldAlready` for another reason or deadline.
    """
    book = state.book(command.order_id)
    if not _TYPE.fullmatch(command.type):
        raise Invalid(field="type", found="something else", expected="a word in small letters, such as address")
    if command.deadline_at is not None:
        to_come(command.deadline_at, call.at, "deadline_at", LONGEST_HOLD, grace=timedelta())
    if is_over(book):
        if command.if_needed:
            return
        raise OrderIsOver(number=book.order.number)
    if is_held_under(book, command.type, by_another=command.by_another):
        if not command.if_needed:
            _check_lost(book, command)
        return
    is_new = all(line.placed == line.quantity for line in book.lines.values())
    yield held(
        state,
        book,
        command.type,
        command.why,
        call,
        by_rule=False,
        before_approval=is_new or not is_approved(book),
        deadline_at=command.deadline_at,
        by_another=command.by_another,
    )


def _check_lost(book: Book, command: HoldOrder) -> None:
    """Refuses with `HeldAlready` a reason and a deadline that none of the open holds has."""
    holds = [hold for hold in open_holds(book) if hold.type == command.type]
    for hold in holds:
        if command.why in ("", hold.why) and command.deadline_at in (None, hold.deadline_at):
            return
    raise HeldAlready(number=book.order.number, type=command.type, hold_id=holds[0].id)


@decides(ReleaseHold)
def decide_release(state: State, command: ReleaseHold, call: Call) -> Decision:
    """Refuses with `NotFound`, `HoldIsReleased` and `HoldNeedsAnother`.

    The last one from before the approval approves the order.
    """
    book = state.book(command.order_id)
    hold = book.row(Hold, command.hold_id)
    if hold.released_at is not None:
        raise HoldIsReleased(hold_id=hold.id)
    check_releaser(state, [hold], call)
    yield from released(book, [hold], command.why)


@decides(ReleaseHolds)
def decide_release_all(state: State, command: ReleaseHolds, _call: Call) -> Decision:
    """Nothing to do where nothing is held under this type."""
    book = state.book(command.order_id)
    holds = [hold for hold in open_holds(book) if hold.type == command.type]
    if holds:
        yield from released(book, holds, command.why)


@decides(ApproveOrder)
def decide_approve(state: State, command: ApproveOrder, call: Call) -> Decision:
    """Releases all holds; refuses with `NothingHeld` and `HoldNeedsAnother`."""
    book = state.book(command.order_id)
    holds = open_holds(book)
    if not holds:
        raise NothingHeld(number=book.order.number)
    check_releaser(state, holds, call)
    yield from released(book, holds, command.why or "approved")


@decides(RejectOrder)
def decide_reject(state: State, command: RejectOrder, _call: Call) -> Decision:
    """Cancels all of it; refuses with `OrderIsOver`, and with `OrderHasLeft` when some of it has left the house."""
    book = state.book(command.order_id)
    if is_over(book):
        raise OrderIsOver(number=book.order.number)
    lines = book.lines.values()
    if any(cancelable(line) + line.canceled < line.quantity for line in lines):
        raise OrderHasLeft(number=book.order.number)
    yield OrderRejected(order_id=book.order.id, why=command.why)
    yield from released(book, open_holds(book), command.why, ends=True)
    yield units_canceled(state.policies, book, {line.id: cancelable(line) for line in lines}, command.why)


@decides(ApplyHoldDeadline)
def decide_deadline(state: State, command: ApplyHoldDeadline, call: Call) -> Decision:
    """What was decided when the hold was opened. Refuses with `DeadlineNotDue` when it was met, moved or is to come.

    What cannot be canceled any more, because some of it has left the house, is escalated.
    """
    book = state.book(command.order_id)
    hold = book.row(Hold, command.hold_id)
    deadline = hold.deadline_at
    if hold.released_at is not None or deadline is None or deadline != command.deadline_at or deadline > call.at:
        raise DeadlineNotDue
    why = NOT_SETTLED(hold_code=hold.type)
    lines = book.lines.values()
    left = {line.id: cancelable(line) for line in lines}
    if hold.at_deadline == "release" and not hold.by_another:  # another person decides, however long it takes
        yield from released(book, [hold], why)
    elif hold.at_deadline == "cancel" and any(left.values()):
        yield from released(book, open_holds(book), why, ends=True)
        yield units_canceled(state.policies, book, left, why)
    else:
        yield HoldEscalated(
            order_id=book.order.id,
            hold_id=hold.id,
            type=hold.type,
            owner=ESCALATED_TO,
            deadline_at=call.at + timedelta(hours=state.policies.holds.rule(hold.type).hours),
            why=why,
        )
