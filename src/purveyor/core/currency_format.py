"""Amounts as people of a language read them, on pages, papers and in messages: with the digits of ISO 4217."""

from __future__ import annotations

import re
from copy import copy
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import NumberPattern, get_decimal_symbol, get_group_symbol

from purveyor.core.currencies import exponent
from purveyor.core.money import parse_amount

THOUSANDS = 3  # digits


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
    """As it stands in a file: 12.34."""
    return str(Decimal(minor).scaleb(-exponent(currency)))


def typed_amount(minor: int, currency: str, locale: Locale) -> str:
    """As somebody types it into a field: 12.34 or 12,34, as the language writes it; without marks of thousands."""
    return plain_amount(minor, currency).replace(".", get_decimal_symbol(locale))


def number_typed(text: str, currency: str, locale: Locale) -> str | None:
    """A typed amount with a point before its decimals and nothing else between its digits; None where it is none.

    Point and comma are read in both ways: of two different ones the last is before the decimals, and one that comes
    twice sets thousands apart. One alone sets them apart only if the reader's language writes them so, and no currency
    has so many decimals: whoever means 1.234 as a bit more than one gets no thousand.
    """
    digits = "".join(text.split()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "").replace("'", "")
    marks = re.sub(r"[^.,]", "", digits)
    if len(set(marks)) > 1:
        decimal = marks[-1]
    elif len(marks) > 1 or (marks and _is_thousands(digits, currency, locale)):
        decimal = ""
    else:
        decimal = marks
    whole, _, part = digits.rpartition(decimal) if decimal else (digits, "", "")
    for mark in set(marks) - {decimal}:
        if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", whole):
            return None
        whole = whole.replace(mark, "")
    return f"{whole}.{part}" if decimal else whole


def _is_thousands(digits: str, currency: str, locale: Locale) -> bool:
    if exponent(currency) >= THOUSANDS:
        return False
    return re.fullmatch(rf"[+-]?\d{{1,3}}{re.escape(get_group_symbol(locale))}\d{{3}}", digits) is not None
