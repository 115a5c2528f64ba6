"""The number on a parcel: right by its check digit, and another for every parcel."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from purveyor.stages.packing.sscc import EXAMPLE_PREFIX, check_digit, sscc


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("37610425002123456", 9),  # the worked example of the GS1 General Specifications, section 7.9
        ("00614141123456789", 0),
        ("629104150021", 3),  # a GTIN-13 is checked in the same way
    ],
)
def test_check_digits_are_those_of_gs1(digits: str, check: int) -> None:
    assert check_digit(digits) == check


@given(st.integers(1, 10**12), st.integers(0, 999), st.text("0123456789", min_size=7, max_size=10))
def test_a_number_has_18_digits_and_checks(order_number: int, parcel_no: int, prefix: str) -> None:
    number = sscc(order_number, parcel_no, prefix)

    assert len(number) == 18
    assert number.isdecimal()
    assert number[1 : 1 + len(prefix)] == prefix
    assert check_digit(number[:-1]) == int(number[-1])


def test_every_parcel_has_its_own_number() -> None:
    numbers = {
        sscc(order, parcel, EXAMPLE_PREFIX) for order in range(100_001, 100_101) for parcel in (0, 1, 2, 998, 999)
    }

    assert len(numbers) == 500


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, place: int, more: int) -> None:
    wrong = f"{digits[:place]}{(int(digits[place]) + more) % 10}{digits[place + 1 :]}"

    assert check_digit(wrong) != check_digit(digits)
