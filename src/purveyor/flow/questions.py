"""What the flow asks of an order before it decides what follows."""

from __future__ import annotations

from collections.abc import Container
from uuid import UUID

from purveyor.core.messages import Fact
from purveyor.core.positions import TERMINAL
from purveyor.core.rows import Product
from purveyor.core.state import Book, State
from purveyor.stages.confirmation.state import Message
from purveyor.stages.delivery.state import Tracking
from purveyor.stages.feedback.state import Survey
from purveyor.stages.payment.amounts import covered, disputed, still_owed
from purveyor.stages.payment.state import Payment
from purveyor.stages.returns.state import Rma
from purveyor.stages.review.state import Hold
from purveyor.stages.support.state import Case


def order_of(fact: Fact) -> UUID:
    """The order that a fact is about."""
    assert fact.order_id is not None, f"{fact.kind()} is about no order"
    return fact.order_id


def book_of(fact: Fact, state: State) -> Book:
    """The book of the order that a fact is about."""
    return state.book(order_of(fact))


def never_arrived(book: Book) -> tuple[UUID, ...]:
    """The parcels that were to be paid at the door and were lost, or came back to us."""
    if book.order.terms != "on_delivery":
        return ()
    return tuple(each.shipment_id for each in book.rows(Tracking).values() if each.status in {"lost", "returning"})


def everything_has_ended(book: Book) -> bool:
    """No unit of the order is on its way anywhere."""
    return all(line.quantity == sum(getattr(line, position) for position in TERMINAL) for line in book.lines.values())


def has_been_told(book: Book, notice: str) -> bool:
    """A notice was written to the customer before, whatever became of it; not one that was over before it was sent."""
    return any(message.notice == notice and message.status != "dropped" for message in book.rows(Message).values())


def pays_later(book: Book) -> bool:
    """By a link that the customer gets, at a time that suits."""
    payments = book.rows(Payment).values()
    return any(each.method == "card" and each.status == "planned" and not each.source for each in payments)


def has_been_asked(book: Book) -> bool:
    """The survey is over, or there is nothing to ask about."""
    survey = book.rows(Survey).get(book.order.id)
    return survey.status in {"answered", "expired"} if survey else not book.units("delivered")


def nothing_is_open(book: Book) -> bool:
    """No return is to be finished, and no case is ours to answer."""
    returns_over = all(rma.ended_at is not None for rma in book.rows(Rma).values())
    return returns_over and all(case.status != "open" for case in book.rows(Case).values())


def can_be_sent(state: State, book: Book, sku: str, quantity: int) -> bool:
    """A product is for sale in the order's currency, and so many units of it can be promised."""
    product = state.get(Product, sku)
    if product is None or not product.active or product.currency != book.currency:
        return False
    return product.kind != "goods" or sum(row.available for row in state.stock_of(sku).values()) >= quantity


def is_held(book: Book, *, but: Container[str] = ()) -> bool:
    """A hold is open, other than those of some types."""
    return any(hold.type not in but and hold.released_at is None for hold in book.rows(Hold).values())


def is_paid_for(book: Book) -> bool:
    """What is owed has come in, is held by a bank, or was agreed to be waited for; and none of it is disputed."""
    return still_owed(book) <= covered(book) and not disputed(book)
