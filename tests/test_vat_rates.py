"""The rates that come with the product, held against a second source: the package eu-vat-rates-data."""

from __future__ import annotations

from datetime import date
from typing import Final

import eu_vat_rates_data
import pytest

from purveyor.core.policies import TaxPolicy
from purveyor.core.tax_areas import STATES
from purveyor.core.vat_rates import LAWS, RATES

DAY: Final = date(2026, 11, 27)
REDUCED: Final = ("reduced", "reduced_2", "reduced_3", "super_reduced", "parking")
# Rates of theirs that ours leave out of a country's own rows, with the reason.
NOT_THERE: Final = {
    ("AT", 1900): "Jungholz and Mittelberg: the standard rate of the area AT-JM",
    ("FR", 90): "Corsica, first performances and cattle for slaughter only",
    ("FR", 105): "press in the overseas departments, which are outside the VAT territory",
    ("FR", 850): "overseas departments, which are outside the VAT territory",
    ("FR", 1300): "Corsica, petroleum products only",
    ("GR", 400): "some islands, for what is on them (Law 5144/2024, art. 26, par. 4)",
    ("GR", 1700): "some islands, for what is on them (Law 5144/2024, art. 26, par. 4)",
    ("PT", 1600): "Azores: the standard rate of the area PT-20",
    ("PT", 2200): "Madeira: the standard rate of the area PT-30",
}
# Rates of ours that they do not have, with the reason.
NOT_THEIRS: Final = {
    (
        "IE",
        480,
    ): "livestock and greyhounds (VAT Consolidation Act 2010, sec. 46(1)(d)): they list no super-reduced rate",
}


def ours(country: str) -> set[int]:
    policy = TaxPolicy()
    found = {policy.basis_points(country, tax_class, DAY) for tax_class in REDUCED}
    return {points for points in found if points is not None} - {policy.basis_points(country, "standard", DAY)}


def theirs(country: str) -> set[int]:
    rate = eu_vat_rates_data.get_rate(country)
    assert rate is not None
    all_of_them = (*rate["reduced"], rate["super_reduced"], rate["parking"])
    return {round(percent * 100) for percent in all_of_them if percent}


@pytest.mark.parametrize("country", [*sorted(STATES), "XI"])
def test_the_standard_rate_is_that_of_the_second_source(country: str) -> None:
    percent = eu_vat_rates_data.get_standard_rate(country)

    assert percent is not None
    assert TaxPolicy().basis_points(country, "standard", DAY) == round(percent * 100)


@pytest.mark.parametrize("country", [*sorted(STATES), "XI"])
def test_the_reduced_rates_are_those_of_the_second_source_or_say_why_not(country: str) -> None:
    expected = theirs(country) - {points for state, points in NOT_THERE if state == country}

    assert ours(country) - {points for state, points in NOT_THEIRS if state == country} == expected


def test_every_difference_that_is_explained_is_one() -> None:
    assert {(country, points) for country in STATES for points in theirs(country) - ours(country)} == set(NOT_THERE)
    assert {(country, points) for country in STATES for points in ours(country) - theirs(country)} == set(NOT_THEIRS)


@pytest.mark.parametrize("country", ["GB", "CH", "LI", "NO", "IS"])
def test_sellers_of_the_neighborhood_find_their_own_rates(country: str) -> None:
    percent = eu_vat_rates_data.get_standard_rate(country)

    assert percent is not None
    assert TaxPolicy().basis_points(country, "standard", DAY, home=country) == round(percent * 100)
    assert TaxPolicy().basis_points(country, "standard", DAY, home="DE") is None


def test_both_sources_name_the_same_member_states() -> None:
    assert {code for code in eu_vat_rates_data.get_all_rates() if eu_vat_rates_data.is_eu_member(code)} == STATES


def test_every_rate_has_its_day_and_its_law() -> None:
    for rate in RATES:
        assert rate.country == "*" or rate.valid_from is not None, rate
        assert rate.country.partition("-")[0] in {*LAWS, "*"}, rate


@pytest.mark.parametrize(
    ("country", "tax_class", "day", "points"),
    [
        ("EE", "standard", date(2025, 6, 30), 2_200),
        ("EE", "standard", date(2025, 7, 1), 2_400),
        ("RO", "standard", date(2025, 7, 31), 1_900),
        ("RO", "reduced", date(2025, 8, 1), 1_100),
        ("SK", "standard", date(2024, 12, 31), 2_000),
        ("SK", "standard", date(2025, 1, 1), 2_300),
        ("FI", "reduced", date(2025, 12, 31), 1_400),
        ("FI", "reduced", date(2026, 1, 1), 1_350),
        ("DE", "standard", date(2020, 6, 30), 1_900),
        ("DE", "standard", date(2020, 12, 31), 1_600),
        ("AT", "super_reduced", date(2026, 7, 1), 490),
        ("LT", "reduced_2", date(2026, 1, 1), 1_200),
        ("SE", "reduced", date(2026, 3, 15), 1_200),
        ("SE", "reduced", date(2026, 3, 31), 1_200),
        ("SE", "reduced", date(2026, 4, 1), 600),
        ("SE", "reduced", date(2027, 12, 31), 600),
        ("SE", "reduced", date(2028, 1, 1), 1_200),
        ("SE", "reduced_3", date(2026, 3, 15), 600),
        ("SE", "reduced_3", date(2028, 1, 1), 600),
    ],
)
def test_a_rate_holds_from_its_day_on(country: str, tax_class: str, day: date, points: int) -> None:
    assert TaxPolicy().basis_points(country, tax_class, day) == points


def test_a_class_that_begins_later_has_no_rate_before() -> None:
    assert TaxPolicy().basis_points("AT", "super_reduced", date(2026, 6, 30)) is None


def test_orders_of_former_years_take_the_oldest_rate_that_is_known() -> None:
    assert TaxPolicy().basis_points("NL", "standard", date(2009, 12, 1), DAY) == 2_100
