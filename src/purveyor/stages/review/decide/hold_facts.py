"""Facts that hold an order, and let it go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from purveyor.core.approval_limits import is_second_person
from purveyor.core.messages import Call, Fact
from purveyor.core.positions import TERMINAL
from purveyor.core.state import Book, State
from purveyor.stages.review.facts import HoldReleased, OrderApproved, OrderHeld
from purveyor.stages.review.refusals import HoldNeedsAnother
from purveyor.stages.review.state import Hold, is_approved, open_holds

FILE: Final = "file"  # the type under which an order waits for the file of a download
CHOICE: Final = "choice"  # the type under which an order waits to go in one piece


def is_over(book: Book) -> bool:
    """No unit of the order is on its way anywhere."""
    return all(line.quantity == sum(getattr(line, position) for position in TERMINAL) for line in book.lines.values())


def held(
    state: State,
    book: Book,
    type: str,  # noqa: A002 (the field's word)
    why: str,
    call: Call,
    *,
    by_rule: bool,
    before_approval: bool,
    deadline_at: datetime | None = None,
    by_another: bool = False,
) -> OrderHeld:
    """The order is held under a type, with the owner and deadline that the policy gives it."""
    rule = state.policies.holds.rule(type)
    if type != CHOICE:  # it ends with the choice, which has a deadline of its own
        deadline_at = deadline_at or call.at + timedelta(hours=rule.hours)
    return OrderHeld(
        order_id=book.order.id,
        hold_id=call.ids.new(),
        type=type,
        owner=rule.owner,
        deadline_at=deadline_at,
        at_deadline=rule.at_deadline,
        by_rule=by_rule,
        before_approval=before_approval,
        by_another=by_another,
        why=why,
    )


def is_held_under(book: Book, type: str, *, by_another: bool = False) -> bool:  # noqa: A002 (the field's word)
    """`by_another`: under a hold that only another person releases."""
    return any(hold.type == type and hold.by_another >= by_another for hold in open_holds(book))


def check_releaser(state: State, holds: Iterable[Hold], call: Call) -> None:
    """Refuses with `HoldNeedsAnother` who caused what is to be released, who made the key that did, and keys."""
    for hold in holds:
        if hold.by_another and not is_second_person(state, call.actor, hold.opened_by, call.at):
            raise HoldNeedsAnother(hold_id=hold.id, type=hold.type)


def released(book: Book, holds: Iterable[Hold], why: str, *, ends: bool = False) -> Iterator[Fact]:
    """Release these holds, and approve the order when nothing from before its approval is left (unless it `ends`)."""
    gone = {hold.id for hold in holds}
    was_approved = is_approved(book)
    for hold in open_holds(book):
        if hold.id in gone:
            yield HoldReleased(order_id=book.order.id, hold_id=hold.id, type=hold.type, why=why)
    left = any(hold.before_approval and hold.id not in gone for hold in open_holds(book))
    if not was_approved and not left and not ends:
        yield OrderApproved(order_id=book.order.id, why=why)


def no_longer_short(book: Book) -> list[Hold]:
    """Holds that review's own rules opened for want of stock."""
    return [hold for hold in open_holds(book) if hold.by_rule and hold.type in {"stock", CHOICE}]
