"""Staff see what the customer sees, to read only and on record; nobody of them is given the customer's link."""

from __future__ import annotations

import re

import pytest

from purveyor.records.staff.scopes import allows
from purveyor.web.auth.roles import SCOPES, scopes_of
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody
from tests.web.order_page.conftest import Counter

SEEN = "SELECT actor FROM journal WHERE kind = 'confirmation.page_seen' ORDER BY seq"
CASH = {"terms": "at_counter", "tenders": [{"method": "cash"}], "channel": "in_person"}


async def number_of_newest(api: Api) -> int:
    (number,) = await api.house.read.values("SELECT max(number) FROM orders")
    return int(number)


async def as_customer(colleague: Colleague, number: int, more: str = "") -> str:
    page = await colleague.see(f"/console/orders/{number}/as-customer{more}")
    assert page.status_code == 200, page.text
    return page.text


async def test_the_page_has_no_forms_no_codes_and_no_way_on(api: Api) -> None:
    customer = await Counter(api).at_the_counter()
    (code,) = await api.house.read.values("SELECT text FROM private_text WHERE what = 'collect_code'")
    page = await as_customer(await somebody(api, "support"), await number_of_newest(api))

    assert code in (await customer.see()).text
    assert code not in page
    assert "ready to be collected" in page
    assert "to read only" in page
    assert "<form" not in page
    assert "/o/" not in page
    assert not re.findall(r'href="[^"]*as-customer/(?!documents)', page)


async def test_who_looked_is_in_the_journal_once_an_hour(api: Api) -> None:
    await api.place()
    number = await number_of_newest(api)
    one, other = await somebody(api, "support"), await somebody(api, "sales")
    for colleague in (one, one, other):
        await as_customer(colleague, number)

    actors = await api.house.read.values(SEEN)
    assert len(actors) == 2
    assert all(actor.startswith("staff:") for actor in actors)


async def test_downloads_and_papers_are_shown_and_not_handed_out(api: Api) -> None:
    customer = await Counter(api).order(("BOOK", 1), **CASH)
    number = await number_of_newest(api)
    finance = await somebody(api, "finance")
    page = await as_customer(finance, number)
    (paper,) = re.findall(r'href="[^"]*(/documents/invoice-\d+)"', page)

    assert "E-book" in page
    assert "Invoice" in await as_customer(finance, number, paper)
    assert (await customer.see(paper)).status_code == 200
    assert await api.house.read.values("SELECT count(*) FROM journal WHERE kind = 'delivery.download_taken'") == [0]


@pytest.mark.parametrize("role", sorted(SCOPES))
async def test_no_role_finds_the_customers_link_in_the_console(api: Api, role: str) -> None:
    await api.place()
    number = await number_of_newest(api)
    colleague = await somebody(api, role)
    pages = [(await colleague.see(f"/console/orders/{number}{more}")).text for more in ("", "/timeline", "/actions")]
    seen = await colleague.see(f"/console/orders/{number}/as-customer")

    assert not any(re.search(r'"/o/[^"]+"', page) for page in [*pages, seen.text])
    assert (seen.status_code == 200) == allows(scopes_of([role]), "confirmation:read")


async def test_nothing_can_be_done_there(api: Api) -> None:
    placed = await api.place()
    support = await somebody(api, "support")
    path = f"/console/orders/{placed['number']}/as-customer"
    happened = await api.happened()
    for more in ("", "/cancel", "/address", "/help"):
        sent = await support.send(f"{path}{more}", seen_at="/console", step="do")
        assert sent.status_code in (404, 405)
    assert (await support.see("/console/orders/999999/as-customer")).status_code == 404
    assert await api.happened() == happened
