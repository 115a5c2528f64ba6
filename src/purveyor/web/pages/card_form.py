"""The card form of the simulated payment provider, in `purveyor demo` alone: test numbers become its sources.

With a real provider the form is the provider's own and comes from its site, so that no card number ever reaches us.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import msgspec

from purveyor.core.refusals import Invalid
from purveyor.web.pages.forms import Form
from purveyor.web.pages.translations import mark


class TestCard(msgspec.Struct, frozen=True):
    """A number that can be typed, the source that it becomes, and what it does."""

    number: str
    source: str
    does: str


CARDS: Final = (
    TestCard("4242 4242 4242 4242", "card-good", mark("is accepted")),
    TestCard("4000 0025 0000 3155", "card-3ds", mark("asks for confirmation by the bank (3-D Secure)")),
    TestCard("4000 0000 0000 0002", "card-declined", mark("is declined")),
    TestCard("4000 0000 0000 9995", "card-insufficient", mark("is declined: not enough money")),
    TestCard("4000 0000 0000 0069", "card-expired", mark("is declined: expired")),
)
_SOURCES: Final = {card.number.replace(" ", ""): card.source for card in CARDS}
_EXPIRY: Final = re.compile(r"(0[1-9]|1[0-2])\s*/\s*(?:20)?(\d\d)")
_CODE: Final = re.compile(r"\d{3,4}")


def source_of(form: Form, today: date) -> str:
    """The provider's source for the card that was typed. Raises `Invalid` with the field."""
    number = re.sub(r"[\s-]", "", form.required("card_number"))
    source = _SOURCES.get(number)
    if source is None:
        raise Invalid(field="card_number", found="another number", expected=f"a test card such as {CARDS[0].number}")
    expiry = _EXPIRY.fullmatch(form.required("card_expiry"))
    if expiry is None:
        raise Invalid(field="card_expiry", found=form.text("card_expiry"), expected="a month and year, such as 12 / 30")
    if (2000 + int(expiry[2]), int(expiry[1])) < (today.year, today.month):
        raise Invalid(field="card_expiry", found=form.text("card_expiry"), expected="a month that is not over")
    if not _CODE.fullmatch(form.required("card_code")):
        raise Invalid(field="card_code", found="something else", expected="the 3 or 4 digits on the back")
    return source
