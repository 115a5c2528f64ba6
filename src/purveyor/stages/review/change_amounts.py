"""What a change of an order comes to, to the cent, from its frozen prices, rates and discounts. Pure; minor units.

A line's amounts are those of all its units, canceled ones included. Canceled units are counted from the front, each
for its cumulated share (`total * canceled / quantity`, rounded half up): however a line is canceled bit by bit, the
parts add up to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from purveyor.core.field_types import payable
from purveyor.core.money import BASIS_POINTS, ratio
from purveyor.core.order_value import FEE, SHIPPING, sums
from purveyor.core.positions import Adjustment, Posting
from purveyor.core.rows import Line, Order, ShippingTax
from purveyor.core.taxes import shipping_parts, shipping_sums
from purveyor.stages.review.facts import Totals


class ChangeAmounts(msgspec.Struct, frozen=True, gc=False):
    """Amounts of what is not canceled: `total_minor` with tax, after the discount."""

    total_minor: int = 0
    tax_minor: int = 0
    discount_minor: int = 0

    def __sub__(self, other: ChangeAmounts) -> ChangeAmounts:
        return ChangeAmounts(
            self.total_minor - other.total_minor,
            self.tax_minor - other.tax_minor,
            self.discount_minor - other.discount_minor,
        )

    def __add__(self, other: ChangeAmounts) -> ChangeAmounts:
        return ChangeAmounts(
            self.total_minor + other.total_minor,
            self.tax_minor + other.tax_minor,
            self.discount_minor + other.discount_minor,
        )


def worth(total_minor: int, tax_minor: int, discount_minor: int, canceled: int, quantity: int) -> ChangeAmounts:
    """What is left of a line of `quantity` units of which `canceled` are gone."""
    if not canceled:
        return ChangeAmounts(total_minor, tax_minor, discount_minor)
    return ChangeAmounts(
        total_minor - ratio(total_minor, canceled, quantity),
        tax_minor - ratio(tax_minor, canceled, quantity),
        discount_minor - ratio(discount_minor, canceled, quantity),
    )


def amounts_of(line: Line, more_canceled: int = 0) -> ChangeAmounts:
    """What is left of a line after so many more of its units are canceled."""
    return worth(line.total_minor, line.tax_minor, line.discount_minor, line.canceled + more_canceled, line.quantity)


def is_inclusive(line: Line, *, usual: bool) -> bool:
    """Whether the prices of a line hold its tax; as `usual` where the line is free of tax."""
    if not line.tax_minor:
        return usual
    return line.total_minor == line.unit_price_minor * line.quantity - line.discount_minor


def tax_on(amount_minor: int, basis_points: int, *, inclusive: bool) -> int:
    """The tax within, or on top of, an amount: rounded half up by line, as when the order was placed."""
    return ratio(amount_minor, basis_points, BASIS_POINTS + basis_points if inclusive else BASIS_POINTS)


def priced(amount_minor: int, basis_points: int, *, inclusive: bool) -> tuple[int, int]:
    """The total with tax, and the tax, of an amount."""
    tax = tax_on(amount_minor, basis_points, inclusive=inclusive)
    return (amount_minor if inclusive else amount_minor + tax), tax


def totals_after(order: Order, goods: ChangeAmounts, parts: tuple[ShippingTax, ...] | None = None) -> Totals:
    """The order's sums when its lines are worth `goods` more (or less), and shipping costs this (None: as before).

    Refuses with `Invalid` what no ledger holds.
    """
    parts = shipping_parts(order) if parts is None else parts
    shipping_minor, shipping_tax_minor = shipping_sums(parts)
    shipping_tax = shipping_tax_minor - order.shipping_tax_minor
    goods_minor = order.goods_minor + goods.total_minor
    return Totals(
        goods_minor=goods_minor,
        discount_minor=order.discount_minor + goods.discount_minor,
        tax_minor=order.tax_minor + goods.tax_minor + shipping_tax,
        shipping_minor=shipping_minor,
        shipping_tax_minor=shipping_tax_minor,
        total_minor=payable(goods_minor + shipping_minor, order.currency, "total"),
        shipping_taxes=parts,
    )


def adjustment_postings(adjustments: Sequence[Adjustment]) -> tuple[Posting, ...]:
    """What adjustments change of what is owed: goods, shipping and fee, without the tax, and the tax of all."""
    net = {SHIPPING: 0, FEE: 0, "": 0}
    for each in adjustments:
        net[each.of if each.of in net else ""] += each.amount_minor - each.tax_minor
    all_of_it = sums(adjustments)
    postings = (
        Posting("receivable", all_of_it.minor),
        Posting("revenue", -net[""]),
        Posting("tax", -all_of_it.tax_minor),
        Posting("shipping", -net[SHIPPING]),
        Posting("fees", -net[FEE]),
    )
    return tuple(posting for posting in postings if posting.minor)


def postings_for(order: Order, totals: Totals) -> tuple[Posting, ...]:
    """What is owed moves by the difference; revenue, tax and shipping are its other side."""
    goods = totals.goods_minor - order.goods_minor
    shipping = totals.shipping_minor - order.shipping_minor
    shipping_tax = totals.shipping_tax_minor - order.shipping_tax_minor
    tax = totals.tax_minor - order.tax_minor
    postings = (
        Posting("receivable", goods + shipping),
        Posting("revenue", -(goods - (tax - shipping_tax))),
        Posting("tax", -tax),
        Posting("shipping", -(shipping - shipping_tax)),
    )
    return tuple(posting for posting in postings if posting.minor)


def total_of(worths: Iterable[ChangeAmounts]) -> ChangeAmounts:
    return sum(worths, ChangeAmounts())
