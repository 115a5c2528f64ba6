"""Moments that pages tell as a span: a day or a minute that would be said twice is said once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from babel import Locale

from purveyor.stages.review.commands import WriteNote
from purveyor.web.pages.rendering import environment
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody

TEN = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


class Reader:
    """Who reads a template, as far as moments need it."""

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
    shown = template.render(ctx=Reader, first=TEN, last=TEN + later)

    assert re.sub(r"<[^>]*>", "", shown).replace("\u202f", " ") == said


async def test_what_an_order_went_through_twice_in_a_minute_is_one_line_with_one_moment(
    api: Api, admin: Colleague
) -> None:
    placed = await api.place(("MUG", 1))
    for seconds in (0, 30):
        note = WriteNote(order_id=UUID(placed["order_id"]), text=f"Called {seconds}")
        at = TEN + timedelta(seconds=seconds)
        assert (await api.house.committer.submit(note, key=f"note {seconds}", actor="staff:test", at=at)).accepted
    page = (await admin.see(f"/console/orders/{placed['number']}/timeline")).text
    lines = re.findall(r'<li class="order-event">(.*?)</li>', page, re.DOTALL)
    moments = {line: re.findall(r"<time[^>]*>([^<]*)</time>", line) for line in lines}

    (twice,) = (said for line, said in moments.items() if "2 times" in line)
    assert [each.replace("\u202f", " ") for each in twice] == ["Mar 6, 2026, 10:00 AM"]
    assert len(moments) > 3
    for line, said in moments.items():
        assert len(said) == len(set(said)) > 0, line
