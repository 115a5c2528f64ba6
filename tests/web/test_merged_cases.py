"""Two cases of an order become one, as staff and the customer see it, on the real database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from purveyor.insight.verify import verify
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told
from tests.web.order_page.conftest import Counter, Customer


@pytest.fixture
async def support(api: Api) -> Colleague:
    return await somebody(api, "support")


@pytest.fixture
async def customer(api: Api) -> Customer:
    """Who has asked twice."""
    shop = Counter(api)
    customer = await shop.order()
    for text in ("Where is it?", "Is anybody there?"):
        assert (await customer.send("/help", topic="question", text=text)).status_code == 303
    return customer


async def cases_of(api: Api) -> list[dict[str, Any]]:
    """The oldest first."""
    return sorted((await api.get("/cases")).json()["items"], key=lambda case: str(case["id"]))


async def merged(api: Api, support: Colleague) -> tuple[dict[str, Any], dict[str, Any], httpx.Response]:
    """The case that goes on, the one that was merged, and the answer."""
    kept, case = await cases_of(api)
    place = f"/console/support/{case['order_id']}/{case['id']}"
    answer = await support.send(f"{place}/merge", seen_at=place, into=kept["id"])
    return kept, case, answer


async def test_staff_go_on_in_one_case_and_nobody_is_mailed(api: Api, support: Colleague, customer: Customer) -> None:
    await api.house.job_runner.drain()
    (mails,) = await api.house.read.values("SELECT count(*) FROM message")
    kept, case, answer = await merged(api, support)

    assert answer.headers["location"] == f"/console/support/{kept['order_id']}/{kept['id']}", told(answer)
    page = (await support.see(answer.headers["location"])).text
    assert page.index("Where is it?") < page.index("Is anybody there?")
    assert "Merge with another case" not in page, "there is no other one left"
    old = await support.see(f"/console/support/{case['order_id']}/{case['id']}")
    assert old.headers["location"] == answer.headers["location"], "old links of staff lead there"
    thread = (await api.get(f"/orders/{case['order_id']}/cases/{case['id']}/messages")).json()["items"]
    assert [each["text"] for each in thread] == ["Where is it?", "Is anybody there?"]
    assert [each["id"] for each in await cases_of(api)] == [kept["id"]]
    await api.house.job_runner.drain()
    assert await api.house.read.values("SELECT count(*) FROM message") == [mails]
    assert (await verify(api.house.pool)).differences == []


async def test_old_links_of_the_customer_lead_to_the_case_that_goes_on(
    api: Api, support: Colleague, customer: Customer
) -> None:
    kept, case, _ = await merged(api, support)
    page = (await customer.see("/help")).text
    assert page.count('class="card-title" id="h-') == 1
    thread = page[page.index(f'id="case-{kept["id"]}"') :]
    assert f'id="case-{case["id"]}"' in thread
    assert thread.index("Where is it?") < thread.index("Is anybody there?")

    refused = await customer.send(f"/cases/{case['id']}/answer", seen_at="/help", text="x" * 10_001)
    assert refused.status_code == 422
    assert "x" * 10_001 in refused.text, "what was typed stays, in the case that goes on"
    done = await customer.send(f"/cases/{case['id']}/answer", seen_at="/help", text="By an old page.")

    assert done.headers["location"].endswith(f"/help#case-{case['id']}")
    messages = (await api.get(f"/orders/{kept['order_id']}/cases/{kept['id']}/messages")).json()["items"]
    assert [each["text"] for each in messages] == ["Where is it?", "Is anybody there?", "By an old page."]


async def test_a_merge_that_cannot_be_is_refused_in_words_and_changes_nothing(
    api: Api, support: Colleague, customer: Customer
) -> None:
    kept, case, _ = await merged(api, support)
    happened = await api.happened()
    path = f"/orders/{kept['order_id']}/cases"

    again = await api.post(f"{path}/{case['id']}/merge", {"into_case_id": kept["id"]})
    itself = await api.post(f"{path}/{kept['id']}/merge", {"into_case_id": kept["id"]})
    nowhere = await api.post(f"{path}/{kept['id']}/merge", {"into_case_id": str(UUID(int=7))})

    assert (again.status_code, again.json()["code"]) == (409, "case_is_merged")
    assert again.json()["data"]["into_case_id"] == kept["id"]
    assert (itself.status_code, itself.json()["data"]["field"]) == (422, "into_case_id")
    assert nowhere.status_code == 404
    assert await api.happened() == happened


async def test_a_case_shows_only_open_cases_of_its_order_to_merge_with(api: Api, support: Colleague) -> None:
    order, other = await api.place(), await api.place()
    for each in (order, order, other):
        body = {"topic": "question", "text": f"About {each['number']}", "channel": "email"}
        await api.post(f"/orders/{each['order_id']}/cases", body)
    first, second, elsewhere = await cases_of(api)
    place = f"/console/support/{first['order_id']}/{first['id']}"
    page = (await support.see(place)).text

    assert f'<option value="{second["id"]}"' in page
    assert f'<option value="{elsewhere["id"]}"' not in page
    await api.post(f"/orders/{second['order_id']}/cases/{second['id']}/close")
    assert "Merge with another case" not in (await support.see(place)).text
    refused = await support.send(f"{place}/merge", seen_at=place, into=second["id"])
    assert refused.status_code == 409
    assert "is closed" in told(refused)[0]


async def test_a_case_is_merged_by_who_may_write_in_it(api: Api, customer: Customer) -> None:
    analyst = await somebody(api, "analyst")
    kept, case = await cases_of(api)
    place = f"/console/support/{case['order_id']}/{case['id']}"

    assert "Merge with another case" not in (await analyst.see(place)).text
    assert (await analyst.send(f"{place}/merge", seen_at="/console/account", into=kept["id"])).status_code == 403
    assert len(await cases_of(api)) == 2
