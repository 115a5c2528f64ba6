"""What a policy would change is told whole: also where nothing, zero, no and an empty list meet."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody
from tests.web.console.test_management_settings import plain

SHIPPING = "/console/policies/shipping"
OPTION = '{"code": "standard", "name": "Standard", "price_minor": 490, "days": 3%s}'


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def changes(admin: Colleague, before: str, after: str) -> str:
    """What a page tells that shows the options of shipping as they are to be, with others in force."""
    in_force, proposed = ({"tax_class": "standard", "options": f"[{OPTION % each}]"} for each in (before, after))
    assert (await admin.send(SHIPPING, seen_at=SHIPPING, **in_force)).status_code == 303
    page = await admin.send(f"{SHIPPING}/preview", seen_at=SHIPPING, **proposed)
    assert page.status_code == 200, page.text
    return page.text[page.text.index('id="would"') :].split("</section>")[0]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", ', "free_from_minor": 0', "Free from - €0.00"),
        (', "free_from_minor": 0', "", "Free from €0.00 -"),
        (', "free_from_minor": 0', ', "free_from_minor": 5000', "Free from €0.00 €50.00"),
        ("", ', "countries": ["DE"]', "Countries - Germany"),
    ],
)
async def test_free_from_nothing_is_not_never_free(admin: Colleague, before: str, after: str, told: str) -> None:
    assert told in plain(await changes(admin, before, after))


async def test_what_comes_with_a_row_is_told_also_where_it_is_zero(admin: Colleague) -> None:
    another = '}, {"code": "gift", "name": "Gift", "price_minor": 0, "days": 0'

    assert "Price - €0.00" in plain(await changes(admin, "", another))


async def test_what_says_the_same_is_not_told(admin: Colleague) -> None:
    assert "Nothing: this is what is in force." in plain(await changes(admin, "", ', "countries": []'))


async def test_amounts_and_words_of_the_system_are_never_broken_what_was_typed_may_be(admin: Colleague) -> None:
    another = '}, {"code": "a", "name": "Gift", "price_minor": 900000000000000, "days": 0, "countries": ["GS", "DE"]'
    shown = await changes(admin, "", another)
    cells = {text: css for css, text in re.findall(r'<td[^>]*class="fw-bold ([^"]*)"[^>]*><bdi>([^<]*)</bdi>', shown)}

    assert cells["€9,000,000,000,000.00"] == cells["0"] == "amount"
    assert cells["South Georgia &amp; South Sandwich Islands, Germany"] == cells["EUR"] == "words"
    assert cells["Gift"] == cells["a"] == "text-break"
