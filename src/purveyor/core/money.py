"""Money as whole minor units and a currency, and the two ways of cutting it that lose no cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from purveyor.core.bounds import BIGGEST, LARGEST_AMOUNT
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
        digits = exponent(self.currency)
        if digits == 0:
            return f"{self.minor} {self.currency}"
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**digits)
        return f"{sign}{whole}.{part:0{digits}} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            message = f"{self} and {other} are not of one currency"
            raise CurrencyMismatch(message)
        return other


# The currencies and funds of ISO 4217, list one (state: January 2026), by the digits after the point: not those that
# people are used to see (CLDR), which differ for thirteen of them. Metals, testing and "no currency" are no money.
_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
        "YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: digits for digits, codes in _BY_DIGITS.items() for code in codes.split()}
CURRENCIES = frozenset(_EXPONENTS)
A_CURRENCY = wanted("the code of a currency in use (ISO 4217), such as EUR")


def exponent(currency: str) -> int:
    """Digits after the point (ISO 4217): 2 for EUR, 0 for JPY, 3 for KWD, and 2 for what is in use no more."""
    return _EXPONENTS.get(currency, 2)


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
