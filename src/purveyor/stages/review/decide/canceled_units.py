"""What it means to cancel units: where they are taken from, and what is not owed any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from purveyor.core.order_value import (
    FEE,
    PricedItem,
    WithTax,
    adjusted,
    less,
    other_value,
    priced_item,
    sums,
    taken_off,
    units_from,
)
from purveyor.core.policies import Policies
from purveyor.core.positions import Adjustment, Position, UnitMove, UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Line, PriceAdjustment, ShippingTax
from purveyor.core.state import Book
from purveyor.stages.review.change_amounts import adjustment_postings, amounts_of, postings_for, total_of, totals_after
from purveyor.stages.review.decide.shipping_charges import credit_kept, kept_goods, shipping_after
from purveyor.stages.review.facts import UnitsCanceled
from purveyor.stages.review.refusals import NotCancelable

# Least work done first: what waits is canceled before what is on the shelf, and that before what is in a box.
CANCELABLE: Final[tuple[Position, ...]] = ("placed", "backordered", "allocated", "picked", "packed")

MOST_UNITS: Final = 1_000_000


def check_quantity(quantity: int, field: str, least: int = 1) -> None:
    if not least <= quantity <= MOST_UNITS:
        raise Invalid(field=field, found=quantity, expected=f"a whole number from {least} to {MOST_UNITS}")


def cancelable(line: Line) -> int:
    """Units that have not left the house."""
    return line.placed + line.backordered + line.allocated + line.picked + line.packed


def canceling_moves(
    book: Book, wanted: Iterable[tuple[Line, int]], sources: tuple[Position, ...] = CANCELABLE
) -> Iterator[UnitMove]:
    """Moves that cancel so many units of each line.

    Which of several shelves gives its units back is not known here: the one that claims most does.
    """
    claims = book.claims()
    for line, quantity in wanted:
        yield from _moves_of(line, quantity, claims.get(line.id, {}), sources)


def _moves_of(line: Line, quantity: int, claims: dict[str, int], sources: tuple[Position, ...]) -> Iterator[UnitMove]:
    """Moves that cancel units of one line; `claims` become less by what they take."""
    for source in sources:
        there = min(quantity, getattr(line, source))
        quantity -= there
        if source in {"placed", "backordered"} or line.kind != "goods":
            if there:
                yield UnitMove(line.id, line.sku, source, "canceled", there)
            continue
        while there:
            location = max(claims, key=lambda place: (claims[place], place))
            count = min(there, claims[location])
            assert count > 0, f"no shelf claims the {source} units of line {line.id}"
            claims[location] -= count
            there -= count
            yield UnitMove(line.id, line.sku, source, "canceled", count, location)


def check_cancelable(line: Line, quantity: int, sources: tuple[Position, ...] = CANCELABLE) -> None:
    there = sum(getattr(line, source) for source in sources)
    if quantity > there:
        raise NotCancelable(line_id=line.id, wanted=quantity, cancelable=there, sku=line.sku)


def units_canceled(
    policies: Policies, book: Book, wanted: Mapping[UUID, int], why: str, sources: tuple[Position, ...] = CANCELABLE
) -> UnitsCanceled:
    """Cancel so many units of each line. Without goods there is no shipping to pay, without anything no fees.

    It never makes an order dearer, whatever tax its shipping bears afterwards.
    """
    order = book.order
    lines = [(book.line(line_id), quantity) for line_id, quantity in wanted.items() if quantity]
    for line, quantity in lines:
        check_cancelable(line, quantity, sources)
    change = total_of(amounts_of(line, quantity) - amounts_of(line) for line, quantity in lines)
    is_all = all(line.quantity == line.canceled + wanted.get(line.id, 0) for line in book.lines.values())
    shipping = shipping_after(policies, book, kept_goods(book, wanted), order.shipping_minor - change.total_minor)
    totals = totals_after(order, change, shipping)
    kept = tuple(taken_off_before(book, wanted, shipping))
    fees = _fees_left(book, totals.total_minor + sums(kept).minor) if is_all else ()
    return UnitsCanceled(
        order_id=order.id,
        units=tuple(UnitsOf(line.id, quantity) for line, quantity in lines),
        totals=totals,
        moves=tuple(canceling_moves(book, lines, sources)),
        postings=(*postings_for(order, totals), *adjustment_postings((*kept, *fees))),
        adjustments=(*kept, *fees),
        why=why,
    )


def taken_off_before(book: Book, wanted: Mapping[UUID, int], shipping: tuple[ShippingTax, ...]) -> Iterator[Adjustment]:
    """What was credited of these units, or of the shipping before, goes back once: no price is below nothing."""
    if not book.rows(PriceAdjustment):
        return
    left: dict[PricedItem, WithTax] = {}
    for line_id, quantity in wanted.items():
        line = book.line(line_id)
        canceled = line.canceled + quantity
        left[priced_item(line)] = units_from(line, canceled, line.quantity - canceled) + adjusted(
            book, *priced_item(line)
        )
    yield from credit_kept(book, shipping)
    for thing, amount in left.items():
        if amount.minor < 0 or (not amount.minor and amount.tax_minor):
            yield less(thing, amount)


def _fees_left(book: Book, total_minor: int) -> tuple[Adjustment, ...]:
    """What is still owed when nothing is left of an order for which nothing was ever paid: fees."""
    order = book.order
    if order.captured_minor or order.refunded_minor:
        return ()
    owed = max(0, order.receivable_minor - (order.total_minor - total_minor))
    worth = other_value(book, FEE) or {(FEE, 0): WithTax(owed)}  # orders from before the fee had its rates
    return taken_off(worth, min(owed, sum(each.minor for each in worth.values())))
