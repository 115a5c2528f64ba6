"""What can be said of an order without looking anything up."""

from __future__ import annotations

import re
from datetime import datetime

from purveyor.core.money import Money
from purveyor.core.refusals import Invalid, Refusal
from purveyor.stages.receipt.commands import Address, PlaceOrder

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_TEXT = 10_000
MOST_UNITS = 1_000_000


class EmptyOrder(Refusal):
    """An order without lines."""

    sentence = "An order needs at least one line."
    status = 422


class WrongCurrency(Refusal):
    """A price in another currency than the order's."""

    line_no: int
    found: str
    expected: str
    sentence = "Line {line_no}: the price is in {found}, the order in {expected}."
    status = 422


def check_form(command: PlaceOrder, now: datetime) -> None:
    """What can be said of the order without looking anything up."""
    if not command.lines:
        raise EmptyOrder
    if not _CURRENCY.fullmatch(command.currency):
        raise Invalid(field="currency", found=command.currency, expected="an ISO 4217 code such as EUR")
    for number, line in enumerate(command.lines, 1):
        if not 1 <= line.quantity <= MOST_UNITS:
            raise Invalid(
                field=f"lines[{number}].quantity", found=line.quantity, expected=f"a whole number, 1 to {MOST_UNITS}"
            )
        for amount in (line.unit_price, line.discount):
            if amount is not None:
                _check_amount(amount, command.currency, number)
    if command.discount is not None:
        _check_amount(command.discount, command.currency, 0)
    if command.placed_at is not None and (command.placed_at.tzinfo is None or command.placed_at > now):
        raise Invalid(field="placed_at", found=command.placed_at, expected="a time with its zone that is not to come")
    check_address(command.contact, "contact")
    if command.billing is not None:
        check_address(command.billing, "billing")


def _check_amount(amount: Money, currency: str, line_no: int) -> None:
    if amount.currency != currency:
        raise WrongCurrency(line_no=line_no, found=amount.currency, expected=currency)
    if amount.minor < 0:
        raise Invalid(field=f"lines[{line_no}]", found=str(amount), expected="an amount that is not negative")


def check_address(address: Address, field: str) -> None:
    """Refuse what cannot be an address; whether it is the right one is for review to say."""
    if not _COUNTRY.fullmatch(address.country):
        raise Invalid(field=f"{field}.country", found=address.country, expected="two capital letters, such as DE")
    if address.email and not _EMAIL.fullmatch(address.email):
        raise Invalid(field=f"{field}.email", found=address.email, expected="an address such as ann@example.com")
    if address.phone and not _PHONE.fullmatch(address.phone):
        raise Invalid(field=f"{field}.phone", found=address.phone, expected="an E.164 number such as +4930123456")
    for name in ("name", "company", "street", "city", "postal_code", "region"):
        text: str = getattr(address, name)
        if len(text) > LONGEST_TEXT:
            raise Invalid(
                field=f"{field}.{name}", found=f"{len(text)} characters", expected=f"at most {LONGEST_TEXT} characters"
            )
        if "\0" in text:
            raise Invalid(field=f"{field}.{name}", found="a zero character", expected="text")
