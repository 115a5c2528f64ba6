"""E-mail addresses and phone numbers: one test for every door."""

from __future__ import annotations

import pytest

from purveyor.core.contacts import cleaned
from purveyor.core.emails import for_sending, is_email
from purveyor.core.phones import e164
from purveyor.core.refusals import Invalid
from purveyor.stages.receipt.commands import Address


@pytest.mark.parametrize(
    "written",
    [
        "ann@example.com",
        "o'neil+shop@mail.example.co.uk",
        "ann@ex\u00e4mple.de",
        "\u00e4nn@example.com",
        "ann@shop.test",
    ],
)
def test_an_address_that_mail_can_be_sent_to_is_taken(written: str) -> None:
    assert is_email(written)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ann",
        "ann@localhost",
        "ann@example.com;",
        "<ann@example.com>",
        "Ann <ann@example.com>",
        "ann..b@example.com",
        ".ann@example.com",
        "ann.@example.com",
        "ann@example..com",
        "ann@-example.com",
        "ann@exa_mple.com",
        "ann@192.168.1.1",
        "ann@example.com,bob@example.com",
        "ann @example.com",
        "ann@example.com\r\nBcc: bob@example.com",
        "ann@ex\u00e4mple..de",
        f"{'a' * 65}@example.com",
        f"ann@{'a' * 64}.com",
        f"ann@{'example.' * 32}com",
    ],
)
def test_what_is_not_one_address_is_refused_with_its_field(written: str) -> None:
    assert not is_email(written)
    if written:
        with pytest.raises(Invalid) as refusal:
            cleaned(Address(email=written, country="DE"), "contact")
        assert refusal.value.data["field"] == "contact.email"


def test_a_domain_in_any_script_is_sent_to_in_ascii() -> None:
    assert for_sending("ann@ex\u00e4mple.de") == "ann@xn--exmple-cua.de"
    assert for_sending("ann@example.com") == "ann@example.com"
    assert for_sending("\u00e4nn@EX\u00c4MPLE.de") == "\u00e4nn@xn--exmple-cua.de"


@pytest.mark.parametrize(
    ("written", "country", "right"),
    [
        ("+4930123456", "DE", "+4930123456"),
        ("030 1234567", "DE", "+49301234567"),
        ("030/1234567", "DE", "+49301234567"),
        ("+49 (0)30 1234567", "DE", "+49301234567"),
        ("+490301234567", "DE", "+49301234567"),
        ("0049 30 1234567", "DE", "+49301234567"),
        ("0049 30 1234567", "US", "+49301234567"),
        ("+49 30 1234567", "", "+49301234567"),
        ("+49 151 1234567", "DE", "+491511234567"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("06 1234567", "IT", "+39061234567"),
        ("+52 1 55 1234 5678", "MX", "+525512345678"),
        ("+5215512345678", "", "+525512345678"),
        ("\u0660\u0663\u0660 \u0661\u0662\u0663\u0664\u0665\u0666\u0667", "DE", "+49301234567"),
    ],
)
def test_a_number_is_read_as_people_write_it(written: str, country: str, right: str) -> None:
    assert e164(written, country) == right
    assert cleaned(Address(phone=f" {written} ", country=country), "contact").phone == right


@pytest.mark.parametrize("written", ["call me", "12", "+999123456789", "+4912", "030", "++49 30 1234567 89 10 11 12"])
def test_what_is_no_number_is_refused_with_its_field(written: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cleaned(Address(phone=written, country="DE"), "billing")
    assert refusal.value.data["field"] == "billing.phone"


def test_what_is_as_it_should_be_is_left_alone() -> None:
    right = Address(email="ann@example.com", phone="+4930123456", postal_code="10115", country="DE")

    assert cleaned(right, "contact") is right
