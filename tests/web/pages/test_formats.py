"""Figures as people of a language write them: by the patterns of CLDR, and no other."""

from __future__ import annotations

import pytest
from babel import Locale

from purveyor.core.locales import locale_of
from purveyor.web.pages import formats

SHARES = (
    ("en", 0.857, "85.7%"),
    ("en", 206, "+20,600%"),
    ("de", 0.857, "85,7\u00a0%"),
    ("de", 206, "+20.600\u00a0%"),
    ("es", 0.857, "85,7\u00a0%"),
    ("es", -0.05, "-5\u00a0%"),
    ("pt_PT", 0.857, "85,7%"),
    ("fr", 0.857, "85,7\u202f%"),
    ("ar_EG", 0.5, "50%"),
)


@pytest.mark.parametrize(("language", "share", "written"), SHARES)
def test_shares_have_the_sign_of_the_language_where_it_puts_it(language: str, share: float, written: str) -> None:
    said = formats.percent(share, Locale.parse(language), signed=written.startswith("+"))

    assert said.replace("\u202f", "\u00a0") == written.replace("\u202f", "\u00a0")


RATES = (("en", 775, "7.75%"), ("de", 775, "7,75\u00a0%"), ("de", 1900, "19\u00a0%"), ("pt_PT", 550, "5,5%"))


@pytest.mark.parametrize(("language", "basis_points", "written"), RATES)
def test_a_rate_of_tax_is_written_to_its_last_digit(language: str, basis_points: int, written: str) -> None:
    assert formats.rate(basis_points, Locale.parse(language)) == written


@pytest.mark.parametrize(
    ("tag", "written"),
    [("pt", "107,76\u00a0€"), ("pt-PT", "107,76\u00a0€"), ("pt-BR", "€\u00a0107,76"), ("de", "107,76\u00a0€")],
)
def test_a_language_writes_amounts_as_the_country_of_its_texts(tag: str, written: str) -> None:
    assert formats.money(10_776, "EUR", locale_of(tag)) == written


def test_weights_are_in_kilograms() -> None:
    assert formats.kilograms(1_250, Locale.parse("de")) == "1,25 kg"
    assert formats.kilograms(500, Locale.parse("en")) == "0.5 kg"
