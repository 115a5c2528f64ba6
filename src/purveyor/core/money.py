"""Money as whole minor units and a currency, and the two ways of cutting it that lose no cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from purveyor.core.currencies import amount_text, exponent
from purveyor.core.field_types import BIGGEST, LARGEST_AMOUNT
from purveyor.core.refusals import wanted

BASIS_POINTS = 10_000


class CurrencyMismatch(ValueError):  # noqa: N818 (named for what is wrong)
    """Two amounts of different currencies met where one was needed."""


class Money(msgspec.Struct, frozen=True, gc=False):
    """An amount in minor units (cents, pence, yen) of an ISO 4217 currency. May be negative."""

    minor: Annotated[int, Meta(ge=-BIGGEST, le=BIGGEST)]  # what comes from outside is at most `LARGEST_AMOUNT`
    currency: Annotated[str, Meta(min_length=3, max_length=3)]

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, quantity: int) -> Money:
        return Money(self.minor * quantity, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return amount_text(self.minor, self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            message = f"{self} and {other} are not of one currency"
            raise CurrencyMismatch(message)
        return other


A_CURRENCY = wanted("the code of a currency in use (ISO 4217), such as EUR")


def parse_amount(text: str, currency: str) -> int | None:
    """Minor units of an amount as it is written in data, `12.50`; None where it is none, or none of the currency."""
    try:
        amount = Decimal(text.strip()).scaleb(exponent(currency))
    except (ArithmeticError, ValueError):
        return None
    if not amount.is_finite() or abs(amount) > LARGEST_AMOUNT or amount != amount.to_integral_value():
        return None
    return int(amount)


def ratio(minor: int, numerator: int, denominator: int) -> int:
    """`minor * numerator / denominator`, rounded half away from zero, in integers only."""
    assert denominator > 0, "a ratio needs a positive denominator"
    product = minor * numerator
    magnitude = (2 * abs(product) + denominator) // (2 * denominator)
    return magnitude if product >= 0 else -magnitude


def spread(minor: int, weights: Sequence[int]) -> list[int]:
    """Cut an amount into parts by weight so that the parts add up to it exactly (largest remainder).

    Weights are not negative; when all are zero the first part gets everything. No weights: no parts,
    which is only right for an amount of zero.
    """
    if not weights:
        assert minor == 0, "an amount cannot be spread over nothing"
        return []
    total = sum(weights)
    if total == 0:
        return [minor, *([0] * (len(weights) - 1))]
    sign = 1 if minor >= 0 else -1
    size = abs(minor)
    parts = [size * weight // total for weight in weights]
    left = size - sum(parts)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda index: (-(size * weights[index] % total), index))
        for index in by_remainder[:left]:
            parts[index] += 1
    return [sign * part for part in parts]
