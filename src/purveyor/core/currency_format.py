"""Amounts as people of a language read them, on pages, papers and in messages: with the digits of ISO 4217."""

from __future__ import annotations

from copy import copy
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern

from purveyor.core.currencies import exponent
from purveyor.core.money import parse_amount


@lru_cache(maxsize=8_192)
def money_text(minor: int, currency: str, locale: Locale) -> str:
    """1234, EUR as €12.34 or 12,34 €. Remembered: prices repeat, and writing one takes as long as a small query.

    The language says where signs stand. How many digits follow the point is the currency's: languages leave out those
    that people seldom use, and what is left would not add up.
    """
    digits = exponent(currency)
    pattern = _pattern(locale, digits)
    amount = Decimal(minor).scaleb(-digits)
    return str(pattern.apply(amount, locale, currency=currency, currency_digits=False))


@lru_cache(maxsize=512)
def _pattern(locale: Locale, digits: int) -> NumberPattern:
    pattern: NumberPattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    return pattern


def amount_text(said: str, locale: Locale) -> str:
    """The same of `12.34 EUR`, as money says it of itself; what is no amount stays as it is."""
    number, _, currency = said.partition(" ")
    minor = parse_amount(number, currency) if currency else None
    return said if minor is None else money_text(minor, currency, locale)


def plain_amount(minor: int, currency: str) -> str:
    """As it is typed into a field, or stands in a file: 12.34."""
    return str(Decimal(minor).scaleb(-exponent(currency)))
