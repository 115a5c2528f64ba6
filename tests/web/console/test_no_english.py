"""Whatever a page looks up is in the catalog of its language, wherever the text comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import NullTranslations
from uuid import UUID

import pytest

from purveyor.stages.review.commands import HoldOrder
from purveyor.web.console.settings.policy_texts import ABOUT
from purveyor.web.pages.translations import translations
from tests.web.conftest import Api
from tests.web.console.staff import somebody
from tests.web.console.test_access import PLAIN, QUERIES

WORDS = re.compile(r"[a-z]{2}")
GIVEN = frozenset({"main", "MUG", "Standard"})  # names of the shop's own


class Lacking(NullTranslations):
    """Asked for what a catalog does not have."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.path = ""

    def gettext(self, message: str) -> str:
        self.texts.setdefault(message, self.path)
        return message


@pytest.fixture
def lacking() -> Iterator[Lacking]:
    catalog = translations("de")
    found = Lacking()
    catalog.add_fallback(found)
    yield found
    catalog._fallback = None  # type: ignore[attr-defined]


async def test_no_page_of_the_console_looks_up_what_its_catalog_lacks(api: Api, lacking: Lacking) -> None:
    number = (await api.place())["number"]
    admin = await somebody(api, "admin")
    orders = [f"/console/orders/{number}{page}" for page in ("", "/edit", "/timeline", "/actions")]
    policies = [f"/console/policies/{name}" for name in ABOUT]

    for path in [*PLAIN, *policies, *orders]:
        lacking.path = path
        await admin.see(path + QUERIES.get(path, ""), **{"accept-language": "de", "accept": "text/html"})

    found = sorted(text for text in lacking.texts if WORDS.search(text) and text not in GIVEN)
    assert not found, "; ".join(f"{text} ({lacking.texts[text]})" for text in found)


async def test_what_rules_write_down_is_read_in_the_language_of_whoever_reads_it(api: Api) -> None:
    number = (await api.place())["number"]
    admin = await somebody(api, "admin")

    for page in ("", "/timeline"):
        seen = await admin.see(f"/console/orders/{number}{page}", **{"accept-language": "de", "accept": "text/html"})

        assert "Main: hat alles vorrätig" in seen.text
        assert "has all of it" not in seen.text


async def test_the_reason_of_a_hold_is_read_in_ones_language_where_holds_are_chosen_as_well(api: Api) -> None:
    placed = await api.place()
    held = HoldOrder(order_id=UUID(placed["order_id"]), type="customer", why="waiting for an answer")
    await api.house.committer.submit(held, key="held", actor="staff:test")
    admin = await somebody(api, "admin")
    path = f"/console/orders/{placed['number']}/do/review.release_hold"

    seen = await admin.see(path, **{"accept-language": "de", "accept": "text/html"})

    assert "Wartet auf Antwort" in seen.text
