"""What the rules of returns ask about an order: what is left to return, and what it is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from purveyor.core.credits import units_out
from purveyor.core.order_value import shipping_value, taken_off, worth_outside
from purveyor.core.policies import ReturnPolicy
from purveyor.core.positions import BACKORDER, Adjustment
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Contact, Line
from purveyor.core.state import Book, State
from purveyor.stages.returns.outcome import Piece
from purveyor.stages.returns.state import DeliveredUnits, LineCredit, Rma, RmaItem

Part = tuple[Line, int, int, RmaItem | None]  # units of a line, their fee in basis points, and the item they are of


def policy_of(state: State, book: Book) -> ReturnPolicy:
    """The version in force when the order was placed."""
    return state.policies.return_policy(book.order.return_policy, book.order.return_policy_version)


def returnable(book: Book, line: Line) -> int:
    """Units that the customer has and was not paid back for."""
    row = book.rows(LineCredit).get(line.id)
    spoken_for = row.kept + max(0, row.lost - line.lost) if row else 0
    spoken_for += sum(
        item.quantity - item.dropped - item.credited
        for item in book.rows(RmaItem).values()
        if item.line_id == line.id and item.handling == "keep"
    )
    return line.delivered - spoken_for


def creditable(book: Book, line: Line) -> int:
    """Units of a line that were neither canceled nor paid back."""
    return line.quantity - line.canceled - _credited(book, line.id)


def _credited(book: Book, line_id: UUID) -> int:
    row = book.rows(LineCredit).get(line_id)
    return row.quantity if row else 0


def pieces_of(book: Book, parts: Iterable[Part]) -> list[Piece]:
    """The units as the calculation wants them, with what was taken off their price since."""
    pieces: list[Piece] = []
    for line, quantity, points, item in parts:
        row = book.rows(LineCredit).get(line.id)
        credited = row.quantity if row else 0
        worth = worth_outside(book, line)
        pieces.append(
            Piece(
                line_id=line.id,
                quantity=quantity,
                of=line.quantity,
                credited=credited,
                total_minor=line.total_minor,
                tax_minor=line.tax_minor,
                out=units_out(line, credited),
                cut_minor=row.cut_minor if row else 0,
                fee_basis_points=points,
                item_minor=item.credited_minor if item else 0,
                deduct_minor=item.deduct_minor if item else 0,
                basis_points=line.tax_basis_points,
                left_minor=worth.minor,
                left_tax_minor=worth.tax_minor,
            )
        )
    return pieces


def shipping_back(book: Book, now: Iterable[tuple[UUID, int]]) -> tuple[Adjustment, ...]:
    """The shipping charge, rate by rate, as far as not credited, if with `now` everything has gone back."""
    order = book.order
    going: defaultdict[UUID, int] = defaultdict(int)
    for line_id, quantity in now:
        going[line_id] += quantity
    if any(creditable(book, line) > going[line.id] for line in book.lines.values()):
        return ()
    gone = sum(rma.shipping_minor for rma in book.rows(Rma).values())
    gone += sum(row.shipping_minor for row in book.rows(LineCredit).values())
    worth = shipping_value(book)
    left = min(order.shipping_minor - gone, sum(each.minor for each in worth.values()))
    return taken_off(worth, left) if left > 0 else ()


def delivered_at(book: Book, line: Line) -> datetime:
    """Since when the customer has the line; where nobody noted it, the day it was promised for or ordered."""
    row = book.rows(DeliveredUnits).get(line.id)
    return row.at if row else book.order.promised_at or book.order.placed_at


def last_delivered_at(book: Book) -> datetime:
    """Since when the customer has all that was delivered."""
    return max(delivered_at(book, line) for line in book.lines.values() if line.delivered)


def is_consumer(state: State, book: Book) -> bool:
    """Whether consumer law protects the buyer: everybody who did not order for a company."""
    contact = state.get(Contact, book.order.contact_id)
    return contact is None or not contact.company


def home_of(state: State, book: Book, line_ids: Iterable[UUID]) -> str:
    """Where goods go back to: where they came from, else the first location."""
    wanted = set(line_ids)
    for row in book.allocations.values():
        if row.line_id in wanted and row.location != BACKORDER:
            return row.location
    first = min(state.policies.locations, key=lambda place: place.priority, default=None)
    return first.code if first else "main"


def check_counter(state: State, location: str, field: str) -> None:
    """A location where customers may come and collect: there they hand in what they return."""
    place = state.policies.location(location)
    if place is None or not place.collects:
        known = ", ".join(each.code for each in state.policies.locations if each.collects)
        expected = f"a location where customers collect: {known}" if known else "empty: customers collect nowhere"
        raise Invalid(field=field, found=location, expected=expected)


def check_location(state: State, location: str) -> str:
    """A location that exists, as far as locations are known at all."""
    places = state.policies.locations
    if places and state.policies.location(location) is None:
        known = ", ".join(place.code for place in places)
        raise Invalid(field="location", found=location, expected=f"one of {known}")
    return location
