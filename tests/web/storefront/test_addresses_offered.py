"""Countries that a checkout offers are those that an order may go to."""

from __future__ import annotations

import pytest
from babel import Locale

from purveyor.core.addresses import COUNTRIES
from purveyor.core.policies import Policies
from purveyor.web.storefront.address_form import countries


@pytest.mark.parametrize("language", ["en", "de", "es", "pt"])
def test_every_country_that_is_offered_is_taken_and_none_is_missing(language: str) -> None:
    offered = [code for code, _ in countries(Locale.parse(language), Policies())]

    assert {"DE", "XK", "GG", "GF"} & set(COUNTRIES) <= set(offered) <= set(COUNTRIES)
    assert len(offered) == len(set(offered)) > 240
