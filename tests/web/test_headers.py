"""Every answer guards itself, and what is for those who run the shop is not for everybody."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.settings import Settings, SettingsError
from tests.web.conftest import Api
from tests.web.order_page.conftest import Counter

EVERYTHING = (
    "/",
    "/health",
    "/ready",
    "/metrics",
    "/api/docs",
    "/api/openapi.json",
    "/api/v1/orders",
    "/nowhere",
    "/o/x",
)
INSIDE = ("/ready", "/metrics", "/api/docs", "/api/openapi.json")


async def test_every_answer_says_what_it_is_and_is_not_kept(api: Api) -> None:
    for path in EVERYTHING:
        answer = await api.client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["cache-control"] == "no-store", path
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
        assert len(answer.headers.get_list("content-security-policy")) == 1
        assert "strict-transport-security" not in answer.headers
    order = await api.place()
    assert (await api.get(f"/orders/{order['order_id']}")).headers["cache-control"] == "no-store"


async def test_over_https_browsers_are_told_to_stay_there(api: Api) -> None:
    msgspec.structs.force_setattr(api.house.settings, "public_url", "https://shop.example")
    for path in EVERYTHING:
        assert (await api.client.get(path)).headers["strict-transport-security"] == "max-age=31536000", path


async def test_the_description_of_the_api_loads_nothing_from_elsewhere(api: Api) -> None:
    policy = (await api.client.get("/api/docs")).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
async def test_what_came_by_a_proxy_may_come_from_anywhere(api: Api, header: str) -> None:
    for path in INSIDE:
        assert (await api.client.get(path)).status_code == 200, path
        assert (await api.client.get(path, headers={header: "127.0.0.1"})).status_code == 404, path
    assert (await api.client.get("/health", headers={header: "203.0.113.9"})).status_code == 200


async def test_behind_a_known_proxy_the_address_that_it_saw_counts(api: Api) -> None:
    settings = api.house.settings
    msgspec.structs.force_setattr(settings, "proxies", 1)
    msgspec.structs.force_setattr(settings, "inside_networks", "10.20.0.0/16")

    async def status(seen: str) -> int:
        return (await api.client.get("/metrics", headers={"x-forwarded-for": seen})).status_code

    assert await status("10.20.3.4") == 200
    assert await status("::ffff:10.20.3.4") == 200
    assert await status("10.20.3.4, 203.0.113.9") == 404, "what stands before it may be made up"
    assert await status("10.21.0.1") == 404
    assert await status("nonsense") == 404


def test_networks_that_are_none_are_refused() -> None:
    for name in ("PURVEYOR_INSIDE_NETWORKS", "PURVEYOR_WEBHOOK_NETWORKS"):
        with pytest.raises(SettingsError, match="must be networks"):
            Settings.from_environment({name: "10.0.0.0/33"})


async def test_an_orders_page_takes_so_many_requests_and_no_more(api: Api) -> None:
    customer = await Counter(api).order()
    hidden = await customer.hidden("/help")
    sent = {"csrf_token": hidden["csrf_token"], "topic": "question", "text": "Where is it?"}
    statuses = [
        (await customer.browser.post(f"{customer.path}/help", data=sent | {"key": f"k{number}"})).status_code
        for number in range(40)
    ]

    assert statuses.count(303) == 30
    assert statuses[-1] == 429
    assert await api.house.read.values("SELECT count(*) FROM support_case") == [30]
