"""What an invoice for some units says, and how much of what was billed may be taken off the price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from purveyor.core.order_value import (
    FEE,
    FREE,
    SHIPPING,
    PricedItem,
    WithTax,
    in_the_house,
    line_value,
    priced_item,
    units_from,
)
from purveyor.core.positions import UnitsOf
from purveyor.core.rows import Line
from purveyor.core.state import Book
from purveyor.stages.payment.amounts import billed, billed_units, value
from purveyor.stages.payment.billing_documents import AT_THE_DOOR, documented, pending
from purveyor.stages.payment.facts import InvoiceCharge, InvoiceLine


class Bill(msgspec.Struct, frozen=True):
    """What an invoice says: goods, and charges rate by rate."""

    lines: tuple[InvoiceLine, ...]
    charges: tuple[InvoiceCharge, ...] = ()

    @property
    def shipping_minor(self) -> int:
        return sum(each.amount_minor for each in self.charges if each.of == SHIPPING)

    @property
    def other_minor(self) -> int:
        return sum(each.amount_minor for each in self.charges if each.of != SHIPPING)

    @property
    def tax_minor(self) -> int:
        return sum(each.tax_minor or 0 for each in self.lines) + sum(each.tax_minor for each in self.charges)

    @property
    def total_minor(self) -> int:
        return sum(each.amount_minor for each in self.lines) + sum(each.amount_minor for each in self.charges)


def bill_for(book: Book, units: Iterable[UnitsOf]) -> Bill | None:
    """The bill for units that were not billed yet; None when there are none, or they are free.

    Units are billed from the back of their line, at their part of its price; the last ones take what the line is worth
    and no bill has asked for. Shipping goes with the first goods, the fee with the first units that are paid at the
    door: the courier came for it, whatever becomes of the others.
    """
    units = tuple(units)
    counted = billed_units(book)
    due = pending(book, {each.line_id: each.quantity for each in units})
    said = documented(book)
    lines: list[InvoiceLine] = []
    for each in units:
        line = book.line(each.line_id)
        left = max(0, line.quantity - line.canceled - counted.get(line.id, 0))
        quantity = min(each.quantity, left)
        if quantity < left and not in_the_house(line) and not _cost(book, line, left, quantity, said):
            quantity = left  # the last of a line: those before cost nothing by themselves, so no bill had them
        if quantity > 0:
            counted[line.id] = counted.get(line.id, 0) + quantity
            amount = _cost(book, line, left, quantity, said)
            said[priced_item(line)] = said.get(priced_item(line), FREE) + amount
            lines.append(InvoiceLine(line.id, quantity, amount.minor, amount.tax_minor, line.tax_basis_points))
    if not lines:
        return None
    kinds = {book.line(line.line_id).kind for line in lines}
    charges = [
        _charge(thing, amount)
        for thing, amount in due.items()
        if (thing[0] == SHIPPING and "goods" in kinds) or (thing[0] == FEE and kinds & AT_THE_DOOR)
    ]
    bill = Bill(tuple(lines), tuple(charge for charge in charges if charge.amount_minor > 0))
    return bill if bill.total_minor else None


def _cost(book: Book, line: Line, left: int, quantity: int, said: Mapping[PricedItem, WithTax]) -> WithTax:
    if quantity < left:
        return units_from(line, line.canceled + left - quantity, quantity)
    rest = line_value(book, line) - said.get(priced_item(line), FREE)
    return rest if rest.minor > 0 else FREE


def _charge(thing: PricedItem, amount: WithTax) -> InvoiceCharge:
    return InvoiceCharge(thing[0], thing[1], amount.minor, amount.tax_minor)


def bill_of_rest(book: Book, things: Mapping[PricedItem, WithTax]) -> Bill:
    """A bill for what no units are left to be sent for."""
    lines = {str(line.id): line for line in book.lines.values()}
    return Bill(
        tuple(
            InvoiceLine(lines[of].id, 0, amount.minor, amount.tax_minor, points)
            for (of, points), amount in things.items()
            if of in lines
        ),
        tuple(_charge(thing, amount) for thing, amount in things.items() if thing[0] not in lines),
    )


def creditable(book: Book) -> int:
    """What may be taken off the price: what was billed, not taken back, and is still worth it.

    Units that are not billed keep their price, so that canceling them later never takes off more than is left.
    """
    ahead = sum(amount.minor for amount in pending(book).values())
    return max(0, min(billed(book), value(book) - ahead))
