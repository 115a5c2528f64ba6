"""Webhooks in the console: added with a secret that is shown once, watched, paused, told again, removed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from html import unescape

import msgspec
import pytest

from purveyor.adapters.clocks import SimulatedClock
from purveyor.adapters.webhooks.http import HttpSender
from purveyor.secret_key import seal_of
from purveyor.worker.webhook_dispatcher import WebhookDispatcher
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told
from tests.web.webhook_receiver import Receiver, listening

PLACE = "/console/webhooks"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")
NUMBER = re.compile(r"/deliveries/(\d+)")


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin", login="ada@test")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with listening() as opened:
        yield opened


async def tell(api: Api) -> int:
    """A worker that looks once."""
    sender = HttpSender(reach=api.house.settings.webhook_reach)
    sealing = partial(seal_of, api.house.settings.secret_key, api.house.settings.data_dir)
    sent = await WebhookDispatcher(api.house.pool, api.house.committer, sender, sealing, pauses_s=()).drain()
    await sender.close()
    return sent


async def added(api: Api, admin: Colleague, url: str, **fields: str) -> str:
    """The page of a new webhook."""
    answer = await admin.send(PLACE, url=url, **({"topics": "*"} | fields))
    assert answer.status_code == 200, answer.text
    (found,) = await api.house.read.values("SELECT id FROM webhook ORDER BY added_at DESC LIMIT 1")
    return f"{PLACE}/{found}"


async def test_the_page_says_that_nobody_is_told_and_how_to_ask(admin: Colleague) -> None:
    page = await admin.see(PLACE)

    assert page.status_code == 200
    assert "No program is told" in page.text
    assert "/api/v1/changes?since=0" in page.text


async def test_a_secret_is_shown_once_and_the_same_when_the_form_comes_twice(
    api: Api, admin: Colleague, receiver: Receiver
) -> None:
    first = await admin.send(PLACE, key="twice", url=receiver.url, topics="*", description="<b>ERP</b>")
    second = await admin.send(PLACE, key="twice", url=receiver.url, topics="*", description="<b>ERP</b>")

    (secret,) = set(SECRET.findall(unescape(first.text)))
    assert set(SECRET.findall(unescape(second.text))) == {secret}
    assert await api.house.read.values("SELECT count(*) FROM webhook") == [1]
    page = await admin.see(PLACE)
    assert secret not in unescape(page.text)
    assert "&lt;b&gt;ERP" in page.text
    assert "<b>ERP" not in page.text
    await api.place(("MUG", 1))
    await tell(api)
    receiver.heard[0].check(secret)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://erp.example.com/hook", "http:// is for localhost and private addresses"),
        ("https://ada:word@erp.example.com/", "a name or a password before the host"),
        ("erp", "an address such as https://"),
    ],
)
async def test_a_wrong_address_is_refused_in_words_beside_its_field(
    api: Api, admin: Colleague, url: str, said: str
) -> None:
    answer = await admin.send(PLACE, url=url, topics="payment.*")

    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert 'id="f-url-hint"' in answer.text
    assert f'value="{url}"' in answer.text, "what was typed is kept"
    assert re.search(r'value="payment\.\*" checked', answer.text)
    assert await api.house.read.values("SELECT count(*) FROM webhook") == [0]


async def test_the_log_shows_what_was_told_and_tells_it_again(api: Api, admin: Colleague, receiver: Receiver) -> None:
    page = await added(api, admin, receiver.url, topics="receipt.*")
    order = await api.place(("MUG", 1))
    receiver.reply = lambda _: 503
    await tell(api)

    log = await admin.see(page)
    assert "Needs attention" in log.text
    assert "receipt.order_placed" in log.text
    assert f"/console/orders/{order['number']}" in log.text
    assert "503" in log.text
    number = NUMBER.findall(log.text)[0]
    details = await admin.see(f"{page}/deliveries/{number}")
    assert "from a private network" in details.text
    assert str(order["order_id"]) in details.text

    receiver.reply = lambda _: 200
    answer = await admin.send(f"{page}/replay", seen_at=page, delivery=number)
    assert answer.status_code == 303
    await tell(api)
    assert "Delivered" in (await admin.see(f"{page}/deliveries/{number}")).text
    assert len(receiver.heard) == 2

    assert (await admin.send(f"{page}/replay", seen_at=page, since="0")).status_code == 303
    await tell(api)
    assert len(receiver.heard) == 3
    wrong = await admin.send(f"{page}/replay", seen_at=page, delivery="4711")
    assert wrong.status_code == 422
    assert told(wrong)


async def test_jobs_and_deliveries_were_at_the_time_of_the_shop(api: Api, admin: Colleague, receiver: Receiver) -> None:
    page = await added(api, admin, receiver.url, topics="receipt.*")
    await api.place(("MUG", 1))
    await api.house.job_runner.drain()
    receiver.reply = lambda _: 503
    await tell(api)
    await api.place(("MUG", 1))
    number = NUMBER.findall((await admin.see(page)).text)[0]
    clock = SimulatedClock(datetime(2031, 3, 8, 12, tzinfo=UTC))
    msgspec.structs.force_setattr(api.house.outside, "clock", clock)

    real = f", {datetime.now(UTC):%Y}, "
    for path, from_facts in (("/console/jobs", 0), (page, 1), (f"{page}/deliveries/{number}", 0)):
        text = (await admin.see(path)).text
        assert "Mar 8, 2031, " in text, path
        assert text.count(real) <= from_facts, f"{path}: only when it was added"


async def test_pause_go_on_test_rotate_change_and_remove(api: Api, admin: Colleague, receiver: Receiver) -> None:
    page = await added(api, admin, receiver.url)
    assert (await admin.send(f"{page}/pause", seen_at=page)).status_code == 303
    assert "Paused by hand." in (await admin.see(page)).text
    await admin.send(f"{page}/test", seen_at=page)
    assert await tell(api) == 0
    await admin.send(f"{page}/resume", seen_at=page)
    assert await tell(api) == 1

    rotated = await admin.send(f"{page}/rotate", seen_at=page)
    (secret,) = set(SECRET.findall(unescape(rotated.text)))
    assert secret not in unescape((await admin.see(page)).text)

    wrong = await admin.send(f"{page}/change", seen_at=page, url="http://8.8.8.8/", topics="*", description="New")
    assert wrong.status_code == 422
    assert 'value="http://8.8.8.8/"' in wrong.text
    changed = await admin.send(f"{page}/change", seen_at=page, url=receiver.url, topics="stock.*", description="New")
    assert changed.status_code == 303
    assert "New" in (await admin.see(PLACE)).text

    assert (await admin.send(f"{page}/remove", seen_at=page)).status_code == 303
    assert receiver.url not in (await admin.see(PLACE)).text
    assert (await admin.see(page)).status_code == 404


async def test_only_an_admin_comes_in(api: Api) -> None:
    finance = await somebody(api, "finance")

    assert (await finance.see(PLACE)).status_code == 403
    answer = await finance.send(PLACE, seen_at="/console", url="https://erp.example.com/", topics="*")
    assert answer.status_code == 403
    assert await api.house.read.values("SELECT count(*) FROM webhook") == [0]
