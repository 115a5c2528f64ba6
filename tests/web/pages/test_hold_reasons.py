"""Reasons of holds are said in words."""

from __future__ import annotations

from gettext import NullTranslations
from uuid import UUID

import msgspec
import pytest
from babel import Locale

from purveyor.core.reason_templates import PART
from purveyor.core.rows import Contact
from purveyor.stages.review.addresses import doubts, mistakes
from purveyor.stages.review.jobs import faults
from purveyor.web.pages.labels.hold_reasons import CODES, Reader, reason_of


class Shouting(NullTranslations):
    """A language in which everything is written in capitals."""

    def gettext(self, message: str) -> str:
        return PART.sub(lambda part: part[0].lower(), message.upper())


ENGLISH = Reader(NullTranslations(), Locale("en"), {"main": "Main warehouse", "shop": "Shop", "staff:7": "Cleo"})
SHOUTED = Reader(Shouting(), Locale("en"))


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("street_missing, city_missing", "The street is missing. The city is missing"),
        ("risk 50: large order, billed elsewhere", "Risk score 50: Large order, Billed elsewhere"),
        ("3 units are neither in stock nor may they wait", "Units that are neither in stock nor may wait: 3"),
        ("pay link not paid by 2026-03-09", "Payment link not paid by March 9, 2026"),
        ("orders of this customer are looked at", "Orders of this customer are looked at"),
        ("card_declined", "Card declined"),
        ("settled by hand", "Settled by hand"),
        ("no news for 5 days", "Days without news: 5"),
        ("not paid by 2026-03-09", "Not paid by March 9, 2026"),
        ("not paid by 2026-13-39", "Not paid by 2026-13-39"),
        ("not collected by 2026-03-09", "Not collected by March 9, 2026"),
        ("main: has all of it", "Main warehouse: has all of it"),
        ("main, shop, gone: fewest parcels", "Main warehouse, Shop, gone: fewest parcels"),
        ("code given to staff:7", "Code given to Cleo"),
        ("code given to staff:8", "Code given to staff:8"),
        ("1250 g instead of 900 g: extra packaging", "1,250 g instead of 900 g: Extra packaging"),
        ("1200.00 EUR on account, 3.50 EUR open, 0.00 EUR agreed", "On account: €1,200.00, open: €3.50, agreed: €0.00"),
        ("stock was not settled in time", "Stock: not settled in time"),
        ("damaged: fell from the shelf", "Damaged: fell from the shelf"),
        ("not taken back: too_late", "Not taken back: Too late"),
        ("cheapest of 3 that are there by 2026-03-09", "The cheapest offer that arrives by March 9, 2026 (of 3)"),
        ("in place of 2 MUG", "In place of 2 of MUG"),
        ("Ann wants to call back", "Ann wants to call back"),
    ],
)
def test_a_reason_is_said_in_words(why: str, said: str) -> None:
    assert reason_of(why, ENGLISH) == said


def test_a_reason_is_said_in_the_readers_language_and_what_people_typed_is_left() -> None:
    assert reason_of("street_missing, city_missing", SHOUTED) == "THE STREET IS MISSING. THE CITY IS MISSING"
    assert reason_of("risk 50: large order", SHOUTED) == "RISK SCORE 50: LARGE ORDER"
    assert reason_of("damaged: fell from the shelf", SHOUTED) == "DAMAGED: fell from the shelf"
    assert reason_of("Ann wants to call back", SHOUTED) == "Ann wants to call back"


def test_every_code_of_the_review_has_words() -> None:
    nobody = Contact(id=UUID(int=1), customer_id=None)
    wrong = {"country": "DE", "phone": "+12125550123", "street": "Main", "email": "ann@gmial.com", "postal_code": "1"}
    contacts = [
        *(msgspec.structs.replace(nobody, country=country) for country in ("", "ZZ", "DE", "US", "JP")),
        msgspec.structs.replace(nobody, **wrong),
        msgspec.structs.replace(nobody, country="US", region="Bavaria", email="nobody"),
    ]
    codes = {
        code
        for each in contacts
        for code in (
            *mistakes(each, is_delivered=True),
            *doubts(each, is_delivered=True),
            *faults(each, is_delivered=True),
        )
    }

    assert len(codes) > 10
    assert codes <= CODES.keys()
