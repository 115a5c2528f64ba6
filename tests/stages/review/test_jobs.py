"""A closer look at addresses."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from purveyor.core.rows import Contact
from purveyor.stages.review.checks import mistakes
from purveyor.stages.review.jobs import faults

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
        ("phone", "+499", "phone_invalid"),
        ("postal_code", "123", "postal_code_invalid"),
        ("city", "", "city_required"),
    ],
)
def test_faults_are_codes_and_say_nothing_of_the_person(field: str, value: str, fault: str) -> None:
    wrong = msgspec.structs.replace(GOOD, **{field: value})

    assert fault in tuple(faults(wrong, is_delivered=True))


def test_a_region_that_is_not_given_is_no_fault() -> None:
    american = msgspec.structs.replace(
        GOOD, country="US", postal_code="10001", city="New York", street="1 Main St", phone="+12125550123"
    )

    assert tuple(faults(american, is_delivered=True)) == ()


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [("DE", "10115", "1011"), ("NL", "1012 AB", "1012"), ("GB", "SW1A 1AA", "12345"), ("US", "10001-1234", "1000")],
)
def test_postal_codes_have_the_shape_of_their_country(country: str, good: str, bad: str) -> None:
    there = msgspec.structs.replace(GOOD, country=country, postal_code=good)

    assert mistakes(there, is_delivered=True) == ()
    assert mistakes(msgspec.structs.replace(there, postal_code=bad), is_delivered=True) == ("postal_code_shape",)
    assert mistakes(msgspec.structs.replace(there, country="ZZ"), is_delivered=False) == ("country_unknown",)
