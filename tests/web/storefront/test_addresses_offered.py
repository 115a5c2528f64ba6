"""Countries that a checkout offers are those that an order may go to."""

from __future__ import annotations

import pytest

from purveyor.core.addresses import COUNTRIES
from purveyor.core.locales import locale_of
from purveyor.core.policies import Policies
from purveyor.web.storefront.address_form import countries


@pytest.mark.parametrize("language", ["en", "de", "es", "pt"])
def test_every_country_that_is_offered_is_taken_and_none_is_missing(language: str) -> None:
    offered = [code for code, _ in countries(locale_of(language), Policies())]

    assert {"DE", "XK", "GG", "GF"} & set(COUNTRIES) <= set(offered) <= set(COUNTRIES)
    assert len(offered) == len(set(offered)) > 240


def test_countries_have_the_names_that_people_in_portugal_use() -> None:
    names = dict(countries(locale_of("pt"), Policies()))

    assert (names["IR"], names["VN"], names["PL"]) == ("Irão", "Vietname", "Polónia")
