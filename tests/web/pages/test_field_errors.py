"""What is wrong with a field is told by the label that the page has for it, in the language of who reads it."""

from __future__ import annotations

from typing import Any

import pytest
from texts.make import of_code

from purveyor.core.refusals import Invalid
from purveyor.web.pages.refusal_texts import (
    FieldError,
    field_in_words,
    fill_phrase,
    invalid_in_words,
    phrases_of,
    refusal_text,
)
from tests.web.conftest import Api
from tests.web.console.staff import somebody, told


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("quantity", "Quantity"),
        ("price_minor", "Price"),
        ("contact.email", "E-mail"),
        ("data.invoice_days", "Days to pay an invoice"),
        ("lines[2].quantity", "Lines 2: Quantity"),
        ("data.options[1].countries[3]", "Options 1: Countries 3"),
        ("data[2].code", "Code"),
        ("data", "Data"),
    ],
)
def test_a_field_is_called_by_its_labels(field: str, words: str) -> None:
    assert field_in_words(field, "en") == words


def test_a_sentence_has_the_label_of_the_form() -> None:
    data = {"field": "contact.quantity", "found": 0, "expected": "at least 1"}
    error = FieldError("", data, "en")

    assert error.about("quantity", "How many") == "How many must be at least 1; you sent 0."
    assert refusal_text(Invalid.code, data, "en", "otherwise") == "Quantity must be at least 1; you sent 0."


def test_a_field_of_many_rows_says_which_row() -> None:
    data = {"field": "data.rates[2].country", "found": "XX", "expected": "a country"}
    error = FieldError(invalid_in_words(data, "en"), data, "en")

    assert error.about("rates", "Rates") == "Rates 2: Country must be a country; you sent XX."


def test_what_is_not_there_is_missing() -> None:
    data = {"field": "name", "found": "nothing", "expected": "a value"}

    assert invalid_in_words(data, "en") == "Name is missing."


def test_phrases_are_told_in_the_language_also_with_something_put_in() -> None:
    german = phrases_of(
        {
            "at least {0}": "mindestens {0}",
            "{0} to {1}": "{0} bis {1}",
            "a whole number, {0} to {1}": "eine ganze Zahl von {0} bis {1}",
            "{found} is {0}.": "ein Satz",
            "": "",
        }
    )

    assert fill_phrase("at least 12", german) == "mindestens 12"
    assert fill_phrase("a whole number, 1 to 7", german) == "eine ganze Zahl von 1 bis 7"
    assert fill_phrase("1 to 7", german) == "1 bis 7"
    assert fill_phrase("something of its own", german) == "something of its own"


def test_phrases_of_rules_are_collected_for_translation() -> None:
    code = (
        'raise Invalid(field=f, found=f"{n} characters", expected="a value" if x else f"1 to {MOST}")\n'
        'A = wanted("at least {limit}")\n'
        'expected = f"at most {a}, or {b}"\n'
        'other(expected="not a phrase")'
    )

    assert sorted(map(str, of_code(code))) == [
        "1 to {0}",
        "a value",
        "at least {0}",
        "at most {0}, or {1}",
        "{0} characters",
    ]


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("payment", {"doubt_after_s": "0"}, "Seconds until in doubt must be at least 1; you sent 0."),
        ("payment", {"doubt_after_s": "99999"}, "Seconds until in doubt must be at most 86400; you sent 99999."),
        ("payment", {"doubt_after_s": ""}, "Seconds until in doubt must be a whole number; you sent nothing."),
        ("seller", {"country": "UK"}, "Country must be a code of ISO 3166-1, such as DE or GB; you sent UK."),
        ("tax", {"rates": "[]"}, "Rates must be at least one, or every order would be refused; you sent no row."),
        ("tax", {"rates": '[{"country": "DE"}]'}, "Rates 1: Tax class is missing."),
    ],
)
async def test_a_page_tells_what_is_wrong_with_a_policy(api: Api, path: str, fields: dict[str, Any], said: str) -> None:
    admin = await somebody(api, "admin", login="ada@test")
    place = f"/console/policies/{path}"
    usual = {
        "payment": {
            "invoice_days": "14", "cod_fee_minor": "0", "refund_limit_minor": "500", "day_limit_minor": "2000",
            "cash_limit_minor": "5000", "link_days": "7", "reminders": "3", "reminder_days": "7",
            "other_currencies": "[]", "currency": "EUR",
        }
    }.get(path, {})  # fmt: skip

    page = await admin.send(place, seen_at=place, **(usual | fields))

    assert page.status_code == 422
    assert told(page) == [said]
    assert page.text.count("invalid-feedback") >= 1
