"""When the book of an order is closed."""

from __future__ import annotations

from purveyor.core.messages import Call
from purveyor.core.positions import TERMINAL
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.stages.review.commands import CloseOrder
from purveyor.stages.review.decide.hold_facts import is_over, released
from purveyor.stages.review.facts import OrderClosed
from purveyor.stages.review.state import Closing, open_holds


@decides(CloseOrder)
def decide_close(state: State, command: CloseOrder, _call: Call) -> Decision:
    """Nothing to do while units are on their way, something is owed or held, or the book is closed already.

    It is closed anew when goods or money have moved since, and takes that day.
    """
    book = state.book(command.order_id)
    order = book.order
    if order.receivable_minor or order.authorized_minor or not is_over(book):
        return
    before = book.rows(Closing).get(order.id)
    moved = (book.units(*TERMINAL), book.units("returned"), order.captured_minor, order.refunded_minor)
    if before is not None and moved == (before.units, before.returned, before.captured_minor, before.refunded_minor):
        return
    yield from released(book, open_holds(book), "the order is over", ends=True)
    units, returned, captured, refunded = moved
    yield OrderClosed(
        order_id=order.id, units=units, returned=returned, captured_minor=captured, refunded_minor=refunded
    )
