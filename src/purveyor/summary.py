"""The one writer of what lists filter on: status, stage, payment, fulfillment and return status, and the holds.

Everything here follows from the ledgers and the stages' rows, as they stand after a batch. No rule reads it.
"""

from __future__ import annotations

from datetime import datetime

from purveyor.core.positions import POSITIONS
from purveyor.core.rows import Order
from purveyor.core.state import Book
from purveyor.stages.confirmation.state import Message
from purveyor.stages.delivery.state import Tracking
from purveyor.stages.feedback.state import Survey
from purveyor.stages.payment.amounts import came_in, is_disputed, is_given_up
from purveyor.stages.payment.state import Payment
from purveyor.stages.returns.state import Rma
from purveyor.stages.review.state import Closing, open_holds
from purveyor.stages.support.state import Case

_UNSETTLED_PAYMENTS = frozenset(
    {"planned", "authorizing", "action_required", "in_doubt", "declined", "failed", "offered"}
)
_ANSWERS = frozenset({"order_received", "order_confirmed"})  # what whoever orders waits for
NO_STAGE = ""  # nothing was delivered and nothing is open: there is nothing to do, and nothing to ask
_OPEN_RETURNS = frozenset({"announced", "partly_received", "received"})


def summarize(book: Book, at: datetime) -> None:
    """Bring the summary columns of an order up to date."""
    order = book.order
    units = _units(book)
    holds = sorted({hold.type for hold in open_holds(book)})
    closings = book.rows(Closing) if _is_over(order, units) and not holds else {}
    order.holds = " ".join(holds)
    disputed = bool(order.refunded_minor) and is_disputed(book)
    order.payment_status = _payment_status(order, canceled=units["canceled"] == units["ordered"], disputed=disputed)
    if order.payment_status == "paid" and order.captured_minor < order.total_minor:
        order.payment_status = _paid_or_not(book)
    order.fulfillment_status = _fulfillment_status(units)
    order.return_status = _return_status(units)
    order.closed_at = next(iter(closings.values())).closed_at if closings else None
    order.status = _status(units, closed=bool(closings))
    stage = _stage(book, units, held=bool(holds))
    if stage != order.stage or order.stage_since is None:
        order.stage = stage
        order.stage_since = at


def _is_over(order: Order, units: dict[str, int]) -> bool:
    """A late return, a dispute, too much money: whatever comes after the closing opens the book for as long."""
    return units["ended"] == units["ordered"] and not order.receivable_minor and not order.authorized_minor


def _units(book: Book) -> dict[str, int]:
    """Units of all lines by position; `waiting` need no shelf, `ended` stay, `undelivered` came back."""
    units = dict.fromkeys((*POSITIONS, "ordered", "waiting", "ended", "undelivered"), 0)
    for line in book.lines.values():
        units["ordered"] += line.quantity
        for position in POSITIONS:
            count: int = getattr(line, position)
            if count:
                units[position] += count
        if line.kind != "goods":
            units["waiting"] += line.allocated
    units["ended"] = units["delivered"] + units["returned"] + units["canceled"] + units["lost"]
    if units["returning"] or units["returned"]:
        units["undelivered"] = _undelivered(book)
    return units


def _status(units: dict[str, int], *, closed: bool) -> str:
    if units["canceled"] == units["ordered"]:
        return "canceled"
    return "closed" if closed else "placed"


def _payment_status(order: Order, *, canceled: bool, disputed: bool = False) -> str:
    """What a bank has taken back is not refunded: nobody here has given it."""
    if order.captured_minor:
        left = order.captured_minor + order.refunded_minor
        if order.refunded_minor:
            given = "part_refunded" if left > 0 else "refunded"
            return "disputed" if disputed else given
        if order.receivable_minor > 0:
            return "part_paid"
        return "overpaid" if order.receivable_minor < 0 else "paid"
    if order.authorized_minor:
        return "authorized" if order.authorized_minor >= order.receivable_minor else "part_authorized"
    if order.receivable_minor > 0:
        return "unpaid"
    return "none" if canceled else "paid"


def _paid_or_not(book: Book) -> str:
    """Nothing is owed: that was paid, by store credit too, or credited, or given up."""
    if is_given_up(book):
        return "written_off"
    return "paid" if came_in(book) > 0 or not book.order.total_minor else "none"


def _fulfillment_status(units: dict[str, int]) -> str:  # noqa: PLR0911 (a line a status)
    """Whether the customer has it. What comes back from a customer was delivered; lost and undeliverable is not."""
    live = units["ordered"] - units["canceled"]
    if not live:
        return "canceled"
    had = units["delivered"] + units["returning"] + units["returned"] - units["undelivered"]
    failed = units["lost"] + units["undelivered"]
    if had == live:
        return "delivered"
    if had:
        return "part_delivered"
    if failed == live:
        return "lost" if units["lost"] else "returned_to_sender"
    gone = failed + units["shipped"]
    if gone == live:
        return "shipped"
    if gone:
        return "part_shipped"
    return "backordered" if units["backordered"] else "open"


def _undelivered(book: Book) -> int:
    """Units that come or came back without having been with the customer: of parcels that returned to us."""
    left = {line.id: line.returning + line.returned for line in book.lines.values()}
    count = 0
    for tracking in book.rows(Tracking).values():
        if tracking.status == "returning":
            for each in tracking.contents:
                back = min(each.quantity, left[each.line_id])
                left[each.line_id] -= back
                count += back
    return count


def _return_status(units: dict[str, int]) -> str:
    if units["returning"]:
        return "returning"
    if not units["returned"]:
        return "none"
    return "part_returned" if units["delivered"] else "returned"


def _stage(book: Book, units: dict[str, int], *, held: bool) -> str:  # noqa: PLR0911 (a line a stage)
    """The earliest stage in which something can be done now; what only waits for stock counts when nothing else can."""
    order = book.order
    if held or units["placed"]:
        return "review"
    if any(each.notice in _ANSWERS and each.status == "queued" for each in book.rows(Message).values()):
        return "confirmation"
    if units["ended"] < units["ordered"] and any(
        payment.status in _UNSETTLED_PAYMENTS for payment in book.rows(Payment).values()
    ):
        return "payment"
    if units["allocated"] > units["waiting"]:
        return "picking"
    if units["picked"]:
        return "packing"
    if units["packed"] and order.method != "collect":
        return "shipping"
    if units["packed"] or units["shipped"] or units["waiting"]:
        return "delivery"
    if units["backordered"]:
        return "review"
    return _afterwards(book, units)


def _afterwards(book: Book, units: dict[str, int]) -> str:
    """Everything is where it belongs: what is left is money, questions, returns, and how it was."""
    if any(case.status != "closed" for case in book.rows(Case).values()):
        return "support"
    if units["returning"] or any(rma.status in _OPEN_RETURNS for rma in book.rows(Rma).values()):
        return "returns"
    if book.order.receivable_minor:
        return "payment"
    return "feedback" if units["delivered"] or book.rows(Survey) else NO_STAGE
