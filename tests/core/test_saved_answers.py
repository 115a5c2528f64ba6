"""Saved answers, filled in."""

from __future__ import annotations

import pytest

from purveyor.core.saved_answers import SavedAnswer, unknown_placeholders

KNOWN = {"number": "100101", "name": "Ann {status}", "status": "Shipped"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {name}, order {number}: {status}.", "Hello Ann {status}, order 100101: Shipped."),
        ("{number}{number}", "100101100101"),
        ("100 % of it { and }, {\n}", "100 % of it { and }, {\n}"),
    ],
)
def test_placeholders_are_filled_in_once(text: str, filled: str) -> None:
    assert SavedAnswer("A", text).filled(KNOWN) == filled


def test_of_somebody_without_a_name_none_is_said() -> None:
    nameless = KNOWN | {"name": ""}

    assert SavedAnswer("A", "Hello {name},\n{name}: {number}").filled(nameless) == "Hello,\n: 100101"


def test_what_would_never_be_filled_in_is_found() -> None:
    assert list(unknown_placeholders("{name} {Name} { name } {} {status}")) == ["{Name}", "{ name }", "{}"]
