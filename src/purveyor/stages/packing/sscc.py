"""The number on a parcel that every carrier and warehouse can read: the Serial Shipping Container Code."""

from __future__ import annotations

# GS1 sets 952 apart for demonstrations and examples; a merchant that ships under SSCC leases a prefix of its own.
EXAMPLE_PREFIX = "9521234"
_DIGITS_BEFORE_CHECK = 17


def check_digit(digits: str) -> int:
    """What brings the weighted sum to a multiple of ten, the weights being 3 and 1 in turn, from the right.

    GS1 General Specifications, section 7.9, standard check digit calculation.
    """
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def sscc(order_number: int, parcel_no: int, company_prefix: str) -> str:
    """An SSCC of 18 digits: extension digit, company prefix, serial reference, check digit; "" without a prefix.

    The serial comes from the order's number and the parcel's number in it (0 to 999), so that no counter has to be
    locked; the extension digit has no meaning of its own and lengthens it. GS1 wants a year before a number is used
    again: with a prefix of seven digits it comes back after ten million orders.
    """
    if not company_prefix:
        return ""  # a number under somebody else's prefix would be worse than none
    assert company_prefix.isdecimal(), "a GS1 company prefix is made of digits"
    room = _DIGITS_BEFORE_CHECK - len(company_prefix)
    serial = f"{(order_number * 1_000 + parcel_no) % 10**room:0{room}}"
    digits = serial[0] + company_prefix + serial[1:]
    return f"{digits}{check_digit(digits)}"
