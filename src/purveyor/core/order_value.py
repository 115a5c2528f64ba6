"""What each thing of an order is worth now, by the ledger: with tax, and the tax in it. Pure; minor units.

A thing is a line (named by its id), the shipping charge, or the fee for cash on delivery, each at one rate of tax. Its
worth is its frozen price, without canceled units, with all adjustments that facts have made since. A price that becomes
lower after the fact takes its own tax with it, at the rate of the very thing (Directive 2006/112/EC, Art. 90(1)). What
is kept of a price for restocking, lost value or a label is a smaller reduction of it, no service of its own (Art. 73).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import msgspec

from purveyor.core.credits import worth_out
from purveyor.core.money import BASIS_POINTS, ratio, spread
from purveyor.core.positions import IN_THE_HOUSE, Adjustment
from purveyor.core.rows import Line, PriceAdjustment, ShippingTax
from purveyor.core.state import Book
from purveyor.core.taxes import shipping_parts

SHIPPING: Final = "shipping"
FEE: Final = "fee"
GOODWILL: Final = "goodwill"  # given for nothing in particular: it is no price, so it has no tax

PricedItem: TypeAlias = "tuple[str, int]"  # what it is, and its rate of tax in basis points


class WithTax(msgspec.Struct, frozen=True, gc=False):
    """An amount with its tax, and the tax in it."""

    minor: int = 0
    tax_minor: int = 0

    def __add__(self, other: WithTax) -> WithTax:
        return WithTax(self.minor + other.minor, self.tax_minor + other.tax_minor)

    def __sub__(self, other: WithTax) -> WithTax:
        return WithTax(self.minor - other.minor, self.tax_minor - other.tax_minor)

    def __bool__(self) -> bool:
        return bool(self.minor or self.tax_minor)

    def part(self, minor: int) -> WithTax:
        """A part of it with its share of the tax: all of it has all."""
        return WithTax(minor, ratio(self.tax_minor, minor, self.minor) if self.minor > 0 else 0)


FREE: Final = WithTax()


def priced_item(line: Line) -> PricedItem:
    return str(line.id), line.tax_basis_points


def adjusted(book: Book, of: str, basis_points: int) -> WithTax:
    row = book.rows(PriceAdjustment).get((book.order.id, of, basis_points))
    return WithTax(row.amount_minor, row.tax_minor) if row else FREE


def units_from(line: Line, first: int, more: int) -> WithTax:
    """What `more` units cost after the `first` of a line: parts of a line add up to it, to the cent."""
    of = line.quantity
    if not of or not more:
        return FREE
    return WithTax(
        ratio(line.total_minor, first + more, of) - ratio(line.total_minor, first, of),
        ratio(line.tax_minor, first + more, of) - ratio(line.tax_minor, first, of),
    )


def line_value(book: Book, line: Line) -> WithTax:
    """What the units of a line that are not canceled are worth."""
    return units_from(line, line.canceled, line.quantity - line.canceled) + adjusted(book, *priced_item(line))


def in_the_house(line: Line) -> int:
    """Units of a line that have not left us."""
    return sum(getattr(line, position) for position in IN_THE_HOUSE)


def worth_outside(book: Book, line: Line) -> WithTax:
    """What the units of a line that have left us are worth: the others keep their price and tax."""
    return line_value(book, line) - units_from(line, line.canceled, in_the_house(line))


def by_rate(parts: Iterable[ShippingTax]) -> defaultdict[PricedItem, WithTax]:
    """A shipping charge, rate by rate, before all adjustments."""
    charge: defaultdict[PricedItem, WithTax] = defaultdict(WithTax)
    for part in parts:
        charge[SHIPPING, part.basis_points] += WithTax(part.amount_minor, part.tax_minor)
    return charge


def shipping_value(book: Book) -> dict[PricedItem, WithTax]:
    """The shipping charge, rate by rate."""
    worth = by_rate(shipping_parts(book.order))
    for _, of, points in book.rows(PriceAdjustment):
        if of == SHIPPING:
            worth[of, points] += adjusted(book, of, points)
    return dict(worth)


def other_value(book: Book, of: str) -> dict[PricedItem, WithTax]:
    """What adjustments alone have made: the fee, goodwill."""
    return {(of, points): adjusted(book, of, points) for _, each, points in book.rows(PriceAdjustment) if each == of}


def worths(book: Book) -> dict[PricedItem, WithTax]:
    """Everything that the order is made of."""
    lines = {priced_item(line): line_value(book, line) for line in book.lines.values()}
    return lines | shipping_value(book) | other_value(book, FEE) | other_value(book, GOODWILL)


# adjustments


def by_rates(of: str, amount_minor: int, weights: Mapping[int, int]) -> tuple[Adjustment, ...]:
    """A charge that follows the rates of what it is for, by value; its tax is within it."""
    rates = sorted(weights) or [0]
    parts = spread(amount_minor, [weights.get(points, 0) for points in rates])
    return tuple(
        Adjustment(of, points, part, ratio(part, points, BASIS_POINTS + points))
        for points, part in zip(rates, parts, strict=True)
        if part
    )


def less(thing: PricedItem, off: WithTax, quantity: int = 0) -> Adjustment:
    """A thing becomes so much cheaper; `quantity` units of it are paid back with it."""
    return Adjustment(thing[0], thing[1], -off.minor, -off.tax_minor, quantity)


def taken_off(worth: Mapping[PricedItem, WithTax], amount_minor: int) -> tuple[Adjustment, ...]:
    """Take an amount off several things by their value; all of their worth has all of their tax."""
    things = [thing for thing, each in worth.items() if each.minor > 0]
    parts = spread(amount_minor, [worth[thing].minor for thing in things])
    return tuple(less(thing, worth[thing].part(part)) for thing, part in zip(things, parts, strict=True) if part)


def price_cut(
    book: Book, amount_minor: int, to_be_billed: Mapping[PricedItem, WithTax] | None = None
) -> tuple[Adjustment, ...]:
    """Take something off the price after the fact, by what has left and was not paid back.

    What is more than that comes off the shipping, then the fee, then what was kept back before. What is still to be
    billed keeps its price as long as anything else has one.
    """
    keeps = to_be_billed or {}
    lines = list(book.lines.values())
    rows = {line.id: book.rows(PriceAdjustment).get((book.order.id, *priced_item(line))) for line in lines}
    out: dict[PricedItem, int] = {}
    for line in lines:
        row = rows[line.id]
        out[priced_item(line)] = worth_out(line, row.quantity if row else 0, row.cut_minor if row else 0)
    now = worths(book)
    cuts: defaultdict[PricedItem, int] = defaultdict(int)
    left = amount_minor
    lots: tuple[Mapping[PricedItem, int], ...] = (
        out,
        {thing: each.minor for thing, each in now.items() if thing[0] == SHIPPING},
        {thing: each.minor for thing, each in now.items() if thing[0] == FEE},
        {priced_item(line): now[priced_item(line)].minor for line in lines},
    )
    for lot, kept in (*((lot, keeps) for lot in lots), *((lot, {}) for lot in lots if keeps)):
        room = {
            thing: max(0, min(most, now[thing].minor - kept.get(thing, FREE).minor - cuts[thing]))
            for thing, most in lot.items()
        }
        part = min(left, sum(room.values()))
        for thing, minor in zip(room, spread(part, list(room.values())), strict=True) if part else ():
            cuts[thing] += minor
        left -= part
    billed = {thing: now[thing] - keeps.get(thing, FREE) for thing in cuts}
    return tuple(
        less(thing, (billed[thing] if minor <= billed[thing].minor else now[thing]).part(minor))
        for thing, minor in cuts.items()
        if minor
    )


def sums(adjustments: Iterable[Adjustment]) -> WithTax:
    return sum((WithTax(each.amount_minor, each.tax_minor) for each in adjustments), FREE)
