"""What no column of the database holds may stand in every address, and nowhere is it a bug of ours."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec
import pytest

import purveyor.web
from purveyor.db.reader import NotHeld, Reader
from purveyor.web.api.routes import SECTIONS
from purveyor.web.server.page_routes import PAGES
from tests.web.conftest import Api
from tests.web.console.staff import somebody

NOTHING_HOLDS = ("a\0b", "9" * 40, "0001-01-01", "1e999")
PLACE = re.compile(r"\{\w+:\w+\}")
ASKED = re.compile(r"given\(\s*\"([\w.]+)\"")
AN_ID = "019812ab-3c4d-7e5f-8a9b-0c1d2e3f4a5b"


def parameters_of_pages() -> list[str]:
    files = Path(purveyor.web.__file__).parent.rglob("*.py")
    return sorted({name for file in files for name in ASKED.findall(file.read_text())})


@pytest.mark.parametrize("value", NOTHING_HOLDS, ids=["zero", "digits", "year one", "infinite"])
async def test_no_page_breaks(api: Api, value: str) -> None:
    admin = await somebody(api, "admin")
    names = parameters_of_pages()
    assert "after" in names
    broken = []
    for route in PAGES:
        if route.method == "GET" and not route.path.endswith("/live"):
            path = PLACE.sub(quote(value), route.path)
            asked = {} if path != route.path else dict.fromkeys(names, value)
            if (await admin.browser.get(path, params=asked)).status_code >= 500:
                broken.append(path)
    assert broken == []


@pytest.mark.parametrize("value", NOTHING_HOLDS, ids=["zero", "digits", "year one", "infinite"])
async def test_no_question_to_the_api_breaks(api: Api, value: str) -> None:
    broken = []
    for read in (read for section in SECTIONS for read in section.reads):
        asked: list[tuple[str, dict[str, str]]] = []
        if PLACE.search(read.path):
            asked.append((PLACE.sub(quote(value), read.path), {}))
        path = PLACE.sub(AN_ID, read.path)
        asked += [(path, {name: value}) for name in read.parameters.__struct_fields__]
        broken += [(path, given) for path, given in asked if (await api.get(path, **given)).status_code >= 500]
    assert broken == []


@pytest.mark.parametrize("place", ["a\0b", ["a\0b", "b"], 10**30, [[]] * 3])
async def test_a_cursor_that_nobody_gave_out_is_refused(api: Api, place: object) -> None:
    after = base64.urlsafe_b64encode(msgspec.json.encode(place)).decode()
    for path in ("/products", "/stock", "/stock/movements", "/orders"):
        answer = await api.get(path, after=after)
        assert answer.status_code == 422, (path, answer.text)


async def test_a_cursor_without_end_is_refused(api: Api) -> None:
    after = base64.urlsafe_b64encode(b"[" * 300 + b"]" * 300).decode()
    answer = await api.get("/products", after=after)
    assert (answer.status_code, answer.json()["data"]["field"]) == (422, "after")


@pytest.mark.parametrize("value", ["a\0b", "\ud800", 2**63])
async def test_whatever_is_looked_for_and_nowhere_is_held_is_known_as_that(api: Api, value: str | int) -> None:
    column = "text" if isinstance(value, str) else "bigint"
    with pytest.raises(NotHeld):
        await api.house.read.values(f"SELECT $1::{column}", value)


async def test_a_query_with_a_fault_of_its_own_is_still_a_bug(api: Api) -> None:
    for query, value in (("SELECT 1 / $1::int", 0), ("SELECT $1::int", "one")):
        with pytest.raises(Exception, match=r"division by zero|invalid input") as raised:
            await Reader(api.house.pool).values(query, value)
        assert not isinstance(raised.value, NotHeld)


async def test_cookies_with_it_are_those_of_nobody(api: Api) -> None:
    names = ("purveyor", "purveyor-guest", "cart", "account", "said", "language", "zone")
    cookies = "; ".join(f"{name}=a%00b" for name in names)
    browser = httpx.AsyncClient(transport=api.client._transport, base_url="http://purveyor")
    for path in ("/", "/cart", "/account", "/console"):
        answer = await browser.get(path, headers={"Cookie": cookies})
        assert answer.status_code < 400, path
