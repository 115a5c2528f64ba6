"""What an order costs: discounts allocated to lines and taxes rounded by line, to the cent, in integers.

Rounding by line, half up, is what EN 16931 (BR-CO-17) and most tax authorities ask for or allow.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from purveyor.core.money import BASIS_POINTS, ratio, spread


class PricedLine(msgspec.Struct, frozen=True, gc=False):
    """Amounts of one line in minor units: `total_minor` is what the customer pays, tax within it."""

    discount_minor: int
    tax_minor: int
    total_minor: int


def tax_within(gross_minor: int, basis_points: int) -> int:
    """The tax that an inclusive amount holds."""
    return ratio(gross_minor, basis_points, BASIS_POINTS + basis_points)


def tax_upon(net_minor: int, basis_points: int) -> int:
    """The tax that comes on top of an exclusive amount."""
    return ratio(net_minor, basis_points, BASIS_POINTS)


def price_line(list_minor: int, discount_minor: int, basis_points: int, *, inclusive: bool) -> PricedLine:
    """Price one line: its list amount (unit price times quantity) less its whole discount, and the tax."""
    amount = list_minor - discount_minor
    if not basis_points:
        return PricedLine(discount_minor, 0, amount)
    if inclusive:
        return PricedLine(discount_minor, tax_within(amount, basis_points), amount)
    tax = tax_upon(amount, basis_points)
    return PricedLine(discount_minor, tax, amount + tax)


def spread_discount(discount_minor: int, amounts: Sequence[int]) -> list[int]:
    """An order's discount on its lines, by their amounts, adding up to the cent."""
    return spread(discount_minor, amounts) if discount_minor else [0] * len(amounts)
