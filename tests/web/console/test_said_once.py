"""Moments that pages tell as a span: a day or a minute that would be said twice is said once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from purveyor.web.pages.rendering import environment
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody

TEN = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


class Reader:
    """Who reads a template, as far as moments need it."""

    from babel import Locale

    locale = Locale("en")
    zone = UTC


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(seconds=30), "Mar 6, 2026, 10:00 AM"),
        (timedelta(hours=3), "Mar 6, 2026, 10:00 AM – 1:00 PM"),
        (timedelta(days=1), "Mar 6, 2026, 10:00 AM – Mar 7, 2026, 10:00 AM"),
    ],
)
def test_a_day_and_a_minute_are_said_once(later: timedelta, said: str) -> None:
    template = environment().from_string("{{ first|moments(last) }}")
    shown = template.render(visit=Reader, first=TEN, last=TEN + later)

    assert re.sub(r"<[^>]*>", "", shown).replace("\u202f", " ") == said


async def test_the_timeline_of_an_order_says_the_minute_once(api: Api, admin: Colleague) -> None:
    number = (await api.place(("MUG", 1), ("MUG", 2)))["number"]
    page = (await admin.see(f"/console/orders/{number}/timeline")).text

    for shown in re.findall(r'<div class="text-secondary small">.*?</div>', page, re.DOTALL):
        moments = re.findall(r"<time[^>]*>([^<]*)</time>", shown)
        assert len(moments) == len(set(moments)), shown
