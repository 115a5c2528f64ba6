"""What follows in more than one place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal
from uuid import UUID

from purveyor.core.messages import Fact
from purveyor.core.positions import BACKORDER, UnitsOf
from purveyor.core.registry import Follow
from purveyor.core.state import Book
from purveyor.flow.questions import (
    everything_has_ended,
    has_been_asked,
    nothing_is_open,
    order_of,
)
from purveyor.stages.confirmation import commands as confirmation
from purveyor.stages.delivery import commands as delivery
from purveyor.stages.delivery.state import Tracking
from purveyor.stages.feedback import commands as feedback
from purveyor.stages.payment import commands as payment, facts as payment_facts
from purveyor.stages.receipt import commands as receipt
from purveyor.stages.returns import facts as returns_facts
from purveyor.stages.review import commands as review
from purveyor.stages.shipping.state import Shipment
from purveyor.stages.support import commands as support, facts as support_facts


def take_back(sku: str, location: str, found: int) -> Follow:
    """Whoever has only put it into a cart loses it before anybody who has ordered it."""
    yield receipt.ReduceReservations(sku=sku, location=location, on_hand=found)
    yield review.ShortUnits(sku=sku, location=location, on_hand=found)


def close_what_never_came(book: Book) -> Follow:
    yield from ask_how_it_was(book)  # what was delivered before the rest was canceled
    if everything_has_ended(book) and has_been_asked(book) and nothing_is_open(book):
        yield review.CloseOrder(order_id=book.order.id)


def settled_as_agreed(
    fact: payment_facts.AmountCredited | support_facts.ClaimResolved,
    to: Literal["original", "store_credit"] = "original",
    undelivered: tuple[UUID, ...] = (),
) -> payment.SettleBalance:
    """What goes back counts, unless a second person has agreed to what caused it: then that did."""
    counted = counted_in(fact)
    return payment.SettleBalance(
        order_id=order_of(fact),
        to=to,
        is_approved=fact.is_approved,
        approval_id=fact.approval_id,
        counted_minor=counted,
        decided_minor=counted,
        undelivered=undelivered,
    )


def counted_in(fact: Fact) -> int:
    """What of it counted toward what one person gives: it counts for the person, and for the order."""
    return max((each.minor for each in fact.counts), default=0)


def void_abandoned(
    order_id: UUID, payment_id: UUID, reference: str, because: str = "abandoned"
) -> payment.VoidAbandonedAtGateway:
    """Nobody counts on this authorization: whatever became of it, the bank must not hold it."""
    key = f"{payment_id}:let_go:{because}:{reference}"
    return payment.VoidAbandonedAtGateway(order_id=order_id, payment_id=payment_id, key=key, reference=reference)


def note_credits_for_support(
    book: Book, credited: Iterable[returns_facts.CreditedItem], shipping_minor: int
) -> support.NoteCredit:
    """What was paid back by a return is not paid back by a claim."""
    units = tuple(
        support.CreditedUnits(line_id=each.line_id, quantity=each.quantity, is_kept=each.is_kept) for each in credited
    )
    return support.NoteCredit(order_id=book.order.id, units=units, shipping_minor=shipping_minor)


def tell(order_id: UUID, notice: str, **details: str) -> confirmation.SendNotice:
    """What the customer is told, with what the text needs to know."""
    return confirmation.SendNotice(order_id=order_id, notice=notice, details=details)


def ask_how_it_was(book: Book) -> Follow:
    """A survey, once everything has ended and something of it well, with what the score will be put down to."""
    if book.units("delivered") and everything_has_ended(book):
        kept = [
            tracking.delivered_at <= tracking.promised_at
            for tracking in book.rows(Tracking).values()
            if tracking.delivered_at is not None and tracking.promised_at is not None
        ]
        yield feedback.PlanSurvey(
            order_id=book.order.id,
            locations=tuple(sorted({row.location for row in book.allocations.values() if row.location != BACKORDER})),
            carriers=tuple(
                sorted({row.carrier for row in book.rows(Shipment).values() if row.dispatched_at is not None})
            ),
            promise_kept=all(kept) if kept else None,
        )


def look_for_files(book: Book) -> Follow:
    """A file that got lost meanwhile is nobody's to pay for."""
    if any(line.kind == "download" and line.placed + line.allocated for line in book.lines.values()):
        yield review.CheckFiles(order_id=book.order.id)


def take_access_back(book: Book, units: Iterable[UnitsOf]) -> Follow:
    """Whoever was paid back for what is no goods cannot use it any more."""
    digital = tuple(each for each in units if book.line(each.line_id).kind != "goods")
    if digital:
        yield delivery.RevokeAccess(order_id=book.order.id, units=digital)
