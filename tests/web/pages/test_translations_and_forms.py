"""Languages, formats and the fields of forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from purveyor.core.currency_format import typed_amount
from purveyor.core.money import Money
from purveyor.core.refusals import Invalid
from purveyor.web.pages import formats
from purveyor.web.pages.forms import Form
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.translations import negotiate

EN, DE = Locale.parse("en"), Locale.parse("de")


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, "de-AT,de;q=0.9,en;q=0.5", "de"),
        (None, "fr,pt-BR;q=0.8,en;q=0.2", "pt"),
        ("es", "de", "es"),
        ("xx", "de", "de"),
        (None, "tlh", "en"),
        (None, "de;q=high,es", "es"),
        (None, None, "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_first_that_we_have(
    chosen: str | None, accepted: str | None, language: str
) -> None:
    assert negotiate(chosen, accepted, "en") == language


def test_money_and_days_are_written_as_the_language_writes_them() -> None:
    assert formats.money(123_456, "EUR", EN) == "€1,234.56"
    assert formats.money(123_456, "EUR", DE) == "1.234,56\xa0€"
    assert formats.money(500, "JPY", EN) == "¥500"
    at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert formats.date(at, ZoneInfo("Europe/Berlin"), DE) == "03.03.2026"
    assert formats.ago(at, at + timedelta(hours=3), EN) == "3 hours ago"


@pytest.mark.parametrize(("typed", "minor"), [("12.34", 1_234), ("12,34", 1_234), ("1 200", 120_000), ("-3", -300)])
def test_amounts_are_read_as_people_type_them(typed: str, minor: int) -> None:
    assert Form({"amount": typed}).money("amount", "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("typed", "language", "minor"),
    [
        ("1.234,56", "de", 123_456),
        ("1.234,56", "en", 123_456),
        ("1,234.56", "de", 123_456),
        ("1,234.56", "en", 123_456),
        ("-1.234.567,8", "es", -123_456_780),
        ("1.234.567", "en", 123_456_700),
        ("1.234", "de", 123_400),
        ("1,234", "en", 123_400),
        ("1\N{NARROW NO-BREAK SPACE}234,5", "pt", 123_450),
        ("1'234.50", "de", 123_450),
        ("98.00", "de", 9_800),
        (",5", "en", 50),
    ],
)
def test_an_amount_is_read_as_the_language_writes_it_and_in_the_other_form(
    typed: str, language: str, minor: int
) -> None:
    assert Form({"amount": typed}, Locale(language)).money("amount", "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize(
    ("typed", "language"),
    [("1.234", "en"), ("1,234", "de"), ("1.23.456", "de"), ("1,234,56", "en"), ("1.2,3.4", "de"), ("12.34,", "es,")],
)
def test_an_amount_that_may_be_a_thousand_times_another_is_not_guessed(typed: str, language: str) -> None:
    with pytest.raises(Invalid):
        Form({"amount": typed}, Locale(language[:2])).money("amount", "EUR")


@pytest.mark.parametrize("language", ["en", "de", "es", "pt"])
@pytest.mark.parametrize(
    ("minor", "currency"), [(9_800, "EUR"), (1_234_567, "EUR"), (-5, "EUR"), (1_234, "JPY"), (1_234_500, "KWD")]
)
def test_what_stands_in_a_field_is_read_as_what_it_was(minor: int, currency: str, language: str) -> None:
    typed = typed_amount(minor, currency, Locale(language))

    assert Form({"amount": typed}, Locale(language)).money("amount", currency) == Money(minor, currency)
    assert ("." in typed) == (language == "en" and currency != "JPY")


@pytest.mark.parametrize("typed", ["", "twelve", "1.234", "NaN", "1e99", "9" * 40])
def test_an_amount_that_cannot_be_is_told_by_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as no:
        Form({"amount": typed}).money("amount", "EUR")
    assert no.value.data["field"] == "amount"


@pytest.mark.parametrize("typed", ["", "1.5", "one", "1" * 30])
def test_a_number_that_cannot_be_is_told_by_its_field(typed: str) -> None:
    with pytest.raises(Invalid):
        Form({"count": typed}).integer("count")


@pytest.mark.parametrize("typed", ["9" * 20, "1e99", "1E999999", "10000000000000,01", "-1E999999"])
def test_an_amount_out_of_bounds_is_told_the_bound(typed: str) -> None:
    with pytest.raises(Invalid, match=r"an amount of at most 10000000000000\.00 EUR"):
        Form({"amount": typed}).money("amount", "EUR")


def test_a_number_out_of_bounds_is_told_the_bound() -> None:
    with pytest.raises(Invalid, match="a whole number of at most 1000000000000000"):
        Form({"count": "1" * 30}).integer("count")


def test_what_address_books_put_around_a_phone_is_no_part_of_it() -> None:
    assert Form({"phone": "\u202a+49 30 123456\u202c"}).text("phone") == "+49 30 123456"
    assert Form({"name": "A\u202eB"}).text("name") == "A\u202eB"  # is left to the bounds of the field


def test_quantities_are_read_by_what_they_are_of() -> None:
    form = Form({"quantity.a": "2", "quantity.b": "", "quantity.c": "0", "other": "5"})
    assert form.counted("quantity") == {"a": 2}
    with pytest.raises(Invalid):
        Form({"quantity.a": "-1"}).counted("quantity")


@pytest.mark.parametrize(
    "text", ["//evil.example", "https://evil.example", "/\\evil", "", "javascript:alert(1)", "/a\nb"]
)
def test_only_paths_of_this_site_are_gone_to(text: str) -> None:
    assert own_path(text, "/start") == "/start"


def test_a_path_of_this_site_is_kept() -> None:
    assert own_path("/console/orders?stage=review") == "/console/orders?stage=review"
