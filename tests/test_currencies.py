"""Amounts have a currency that exists, and are shown with its digits."""

from __future__ import annotations

from decimal import Decimal

import iso4217
import pytest
from babel import Locale
from babel.numbers import get_decimal_symbol

from purveyor.core.currencies import CURRENCIES, exponent
from purveyor.core.currency_format import amount_text, money_text, plain_amount
from purveyor.core.money import Money, parse_amount
from purveyor.web.pages import formats

LOCALES = [Locale.parse(tag) for tag in ("en", "de", "es", "pt", "fr", "sv", "sr_Latn", "de_CH")]


def digits_of(text: str, locale: Locale) -> int:
    """How many digits stand behind the decimal mark."""
    _, mark, behind = text.rpartition(get_decimal_symbol(locale))
    return len([each for each in behind if each.isdigit()]) if mark else 0


def test_the_currencies_are_those_of_iso_4217_with_their_digits() -> None:
    theirs = {
        code: int(str(row["CcyMnrUnts"])) for code, row in iso4217.raw_table.items() if str(row["CcyMnrUnts"]).isdigit()
    }

    assert {code: exponent(code) for code in CURRENCIES} == theirs


@pytest.mark.parametrize("code", ["ABC", "XXX", "XTS", "XAU", "HRK", "BGN", "ANG", "SLL", "ZWL", "DEM", "eur", ""])
def test_what_is_no_currency_in_use_is_none(code: str) -> None:
    assert code not in CURRENCIES


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_an_amount_shows_every_digit_of_its_currency(currency: str) -> None:
    for locale in LOCALES:
        text = money_text(7_123_456, currency, locale)
        shown = "".join(each for each in text.replace(currency, "") if each.isdigit())
        assert (shown, digits_of(text.strip(), locale)) == ("7123456", exponent(currency)), (text, locale)


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_pages_mails_fields_and_files_show_the_same_amount(currency: str) -> None:
    locale = LOCALES[0]
    written = plain_amount(1_234_567, currency)

    assert Decimal(written) == Decimal(1_234_567).scaleb(-exponent(currency))
    assert parse_amount(written, currency) == 1_234_567
    assert formats.money(1_234_567, currency, locale) == money_text(1_234_567, currency, locale)
    assert amount_text(str(Money(1_234_567, currency)), locale) == money_text(1_234_567, currency, locale)


@pytest.mark.parametrize(
    ("minor", "currency", "tag", "text"),
    [
        (123_456, "RSD", "sr_Latn", "1.234,56 RSD"),
        (49, "RSD", "en", "RSD 0.49"),
        (1_050, "IQD", "en", "IQD 1.050"),
        (-1_234, "EUR", "de", "-12,34 €"),
        (300_000, "JPY", "en", "¥300,000"),
        (600_000, "KWD", "en", "KWD 600.000"),
        (12_345, "CLF", "en", "CLF 1.2345"),
    ],
)
def test_amounts_read_as_the_language_writes_them(minor: int, currency: str, tag: str, text: str) -> None:
    shown = money_text(minor, currency, Locale.parse(tag))

    assert shown.replace("\u00a0", " ").replace(f"{currency}1", f"{currency} 1") in {text, text.replace(" ", "")}


@pytest.mark.parametrize(
    ("text", "currency"), [("1.5", "JPY"), ("1.005", "EUR"), ("NaN", "EUR"), ("1e400", "EUR"), ("", "EUR")]
)
def test_an_amount_with_more_digits_than_its_currency_is_none(text: str, currency: str) -> None:
    assert parse_amount(text, currency) is None
