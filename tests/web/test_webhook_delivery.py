"""Other programs are told what happens: signed, in order for each order, again when it failed, and never doubled."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from purveyor.adapters.webhooks.http import HttpSender
from purveyor.insight.verify import verify
from purveyor.ports.webhooks import BadWebhook
from purveyor.secret_key import SecretKey, seal_of
from purveyor.worker.webhook_dispatcher import UNREADABLE, WebhookDispatcher
from tests.web.conftest import Api
from tests.web.webhook_receiver import Message, Receiver, listening

SOON = (0.0,) * 3


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with listening() as opened:
        yield opened


@pytest.fixture
async def webhook_dispatcher(api: Api) -> AsyncIterator[WebhookDispatcher]:
    opened = another(api)
    yield opened
    await opened._sender.close()


def another(api: Api, pauses_s: tuple[float, ...] = SOON, timeout_s: float = 5.0) -> WebhookDispatcher:
    sender = HttpSender(timeout_s, api.house.settings.webhook_reach)
    return WebhookDispatcher(api.house.pool, api.house.committer, sender, partial(seal, api), pauses_s=pauses_s)


def seal(api: Api) -> SecretKey:
    return seal_of(api.house.settings.secret_key, api.house.settings.data_dir)


async def add(api: Api, url: str, **changes: Any) -> tuple[str, str]:
    """A webhook by its id, and its secret."""
    answer = (await api.post("/webhooks", {"url": url, **changes})).json()
    return answer["reply"]["webhook_id"], answer["reply"]["secret"]


async def changes(api: Api, since: int = 0) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get("/changes", since=since, limit=200)).json()["items"]
    return items


async def log(api: Api, webhook_id: str, **asked: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await api.get(f"/webhooks/{webhook_id}/deliveries", **asked)).json()["items"]
    return items


async def test_a_message_is_the_change_that_the_feed_gives_signed_by_the_secret(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    before = (await changes(api))[-1]["seq"]
    _, secret = await add(api, receiver.url)
    order = await api.place(("MUG", 2))

    await webhook_dispatcher.drain()

    assert sorted(receiver.seqs()) == [each["seq"] for each in await changes(api, before)]
    assert sorted((message.said["data"] for message in receiver.heard), key=lambda each: each["seq"]) == await changes(
        api, before
    )
    first = receiver.heard[0]
    assert first.said["type"] == first.said["data"]["kind"] == "receipt.order_placed"
    assert first.said["timestamp"] == first.said["data"]["at"]
    assert first.order_id == order["order_id"]
    assert {message.check(secret) for message in receiver.heard} == {message.id for message in receiver.heard}
    assert len({message.id for message in receiver.heard}) == len(receiver.heard)
    with pytest.raises(BadWebhook):
        Message(first.headers, first.body + b" ").check(secret)


async def test_nothing_is_told_of_what_happened_before_or_is_not_asked_for(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    await api.place(("MUG", 1))
    webhook_id, _ = await add(api, receiver.url, topics=["receipt.order_placed", "stock.*"])
    await api.post("/stock/receive", {"items": [{"sku": "MUG", "location": "main", "quantity": 1}]})
    await api.place(("MUG", 1))

    await webhook_dispatcher.drain()

    # What is about different things is told side by side.
    assert sorted(message.said["type"] for message in receiver.heard) == ["receipt.order_placed", "stock.received"]
    seen = (await api.get(f"/webhooks/{webhook_id}")).json()
    assert seen["delivered_at"] is not None
    assert (seen["waiting"], seen["failing"], seen["given_up"]) == (0, 0, 0)


async def test_an_orders_changes_come_in_their_order_even_when_the_first_fails(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    await add(api, receiver.url)
    orders = [(await api.place(("MUG", 1)))["order_id"] for _ in range(4)]
    failed: Tally[int] = Tally()

    def sometimes(message: Message) -> int:
        failed[message.seq] += 1
        return 500 if failed[message.seq] <= message.seq % 3 else 200

    receiver.reply = sometimes
    receiver.delay_s = 0.01
    while await webhook_dispatcher.drain():
        pass

    for order_id in orders:
        mine = [message.seq for message in receiver.heard if message.order_id == order_id]
        assert mine == sorted(mine), "a later one came before an earlier one was taken"
        assert set(mine) == {each["seq"] for each in await changes(api) if each["order_id"] == order_id}
    assert receiver.at_once > 1, "orders do not wait for each other"
    assert max(failed.values()) == 3


async def test_what_fails_is_tried_again_after_growing_pauses_then_given_up_and_the_next_goes_on(
    api: Api, receiver: Receiver
) -> None:
    webhook_id, _ = await add(api, receiver.url, topics=["receipt.order_placed", "review.*"])
    order = await api.place(("MUG", 1))
    receiver.reply = lambda message: 500 if message.said["type"] == "receipt.order_placed" else 204
    webhook_dispatcher = another(api, pauses_s=(0.0, 3_600.0))
    await webhook_dispatcher.drain()

    assert [message.said["type"] for message in receiver.heard] == ["receipt.order_placed"] * 2
    (failed,) = await log(api, webhook_id, status="failed")
    assert (failed["tries"], failed["failures"], failed["answer_status"]) == (2, 2, 500)
    assert failed["answer"] == "an answer of 10 bytes from a private network"
    left = datetime.fromisoformat(failed["next_at"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    assert len(await log(api, webhook_id, status="waiting")) > 0

    await api.house.pool.execute("UPDATE webhook_delivery SET next_at = now() WHERE id = $1", failed["id"])
    await webhook_dispatcher.drain()

    (given_up,) = await log(api, webhook_id, status="given_up")
    assert given_up["id"] == failed["id"]
    details = (await api.get(f"/webhooks/{webhook_id}/deliveries/{failed['id']}")).json()
    assert [each["number"] for each in details["tries"]] == [3, 2, 1]
    assert await log(api, webhook_id, status="waiting") == []
    assert {message.order_id for message in receiver.heard} == {order["order_id"]}
    assert receiver.heard[-1].said["type"].startswith("review.")
    await webhook_dispatcher._sender.close()


async def test_given_up_changes_are_told_again_when_asked(api: Api, receiver: Receiver) -> None:
    webhook_id, _ = await add(api, receiver.url)
    await api.place(("MUG", 1))
    receiver.reply = lambda _: 500
    webhook_dispatcher = another(api, pauses_s=())
    await webhook_dispatcher.drain()
    given_up = await log(api, webhook_id, status="given_up")
    receiver.reply = lambda _: 200
    receiver.heard.clear()

    assert (await api.post(f"/webhooks/{webhook_id}/replay-given-up")).json() == {"deliveries": len(given_up)}
    await webhook_dispatcher.drain()

    assert receiver.seqs() == sorted(each["seq"] for each in given_up)
    assert await log(api, webhook_id, status="given_up") == []
    await webhook_dispatcher._sender.close()


async def test_one_change_and_all_since_a_number_or_a_time_are_told_again_with_the_same_ids(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    webhook_id, _ = await add(api, receiver.url)
    await api.place(("MUG", 1))
    await api.place(("MUG", 1))
    await webhook_dispatcher.drain()
    first = {message.seq: message.id for message in receiver.heard}
    seqs = sorted(first)
    number = next(each["id"] for each in await log(api, webhook_id) if each["seq"] == seqs[0])
    receiver.heard.clear()

    await api.post(f"/webhooks/{webhook_id}/deliveries/{number}/replay")
    await webhook_dispatcher.drain()
    assert [(message.seq, message.id) for message in receiver.heard] == [(seqs[0], first[seqs[0]])]

    receiver.heard.clear()
    answer = await api.post(f"/webhooks/{webhook_id}/replay", since=seqs[2])
    assert answer.json() == {"since": seqs[2]}
    await webhook_dispatcher.drain()
    assert sorted(receiver.seqs()) == seqs[3:]

    receiver.heard.clear()
    hour_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert (await api.post(f"/webhooks/{webhook_id}/replay", since_time=hour_ago)).json() == {"since": 0}
    await webhook_dispatcher.drain()
    assert set(seqs) < set(receiver.seqs()), "since the shop was opened"

    assert (await api.post(f"/webhooks/{webhook_id}/replay")).status_code == 422
    assert (await api.post(f"/webhooks/{webhook_id}/deliveries/99999/replay")).status_code == 404


async def test_two_workers_double_nothing(api: Api, receiver: Receiver) -> None:
    await add(api, receiver.url)
    receiver.delay_s = 0.005
    workers = [another(api), another(api)]
    stopping = asyncio.Event()
    running = [asyncio.create_task(worker.run(stopping)) for worker in workers]
    orders = [(await api.place(("MUG", 1)))["order_id"] for _ in range(12)]
    expected = {each["seq"] for each in await changes(api) if each["order_id"] in orders}
    async with asyncio.timeout(20):
        while not expected <= set(receiver.seqs()):  # noqa: ASYNC110 (another program has no event for us)
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.7)
    stopping.set()
    await asyncio.gather(*running)

    assert Tally(receiver.seqs()).most_common(1)[0][1] == 1
    for order_id in orders:
        mine = [message.seq for message in receiver.heard if message.order_id == order_id]
        assert mine == sorted(mine)


async def test_a_worker_that_died_lets_go_of_what_it_had_taken(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    await add(api, receiver.url)
    await api.place(("MUG", 1))
    await webhook_dispatcher.fill()
    await api.house.pool.execute("UPDATE webhook_delivery SET claimed_until = now() + interval '1 minute'")
    assert await webhook_dispatcher.drain() == 0

    await api.house.pool.execute("UPDATE webhook_delivery SET claimed_until = now() - interval '1 second'")
    assert await webhook_dispatcher.drain() > 0


async def test_410_pauses_and_what_happens_meanwhile_is_told_afterwards(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    webhook_id, _ = await add(api, receiver.url)
    await api.place(("MUG", 1))
    receiver.reply = lambda _: 410
    await webhook_dispatcher.drain()

    seen = (await api.get(f"/webhooks/{webhook_id}")).json()
    assert seen["active"] is False
    assert "410" in seen["paused_why"]
    heard = len(receiver.heard)
    later = await api.place(("MUG", 1))
    assert await webhook_dispatcher.drain() == 0
    assert len(receiver.heard) == heard

    receiver.reply = lambda _: 200
    await api.post(f"/webhooks/{webhook_id}/change", {"active": True})
    await webhook_dispatcher.drain()
    assert later["order_id"] in {message.order_id for message in receiver.heard}
    assert await log(api, webhook_id, status="failed") == []


async def test_whoever_is_slow_redirects_or_is_not_there_has_failed(api: Api, receiver: Receiver) -> None:
    slow, _ = await add(api, receiver.url, topics=["receipt.order_placed"])
    away, _ = await add(api, "http://127.0.0.1:9/", topics=["receipt.order_placed"])
    receiver.delay_s = 1.0
    await api.place(("MUG", 1))
    webhook_dispatcher = another(api, pauses_s=(3_600.0,), timeout_s=0.2)
    await webhook_dispatcher.drain()

    (late,), (absent,) = await log(api, slow), await log(api, away)
    assert (late["status"], late["answer_status"]) == ("failed", None)
    assert "0.2 seconds" in late["answer"]
    assert late["milliseconds"] < 900
    assert absent["answer"].startswith("the connection was refused: Connect")

    receiver.delay_s, receiver.reply = 0.0, lambda _: 302
    heard = len(receiver.heard)
    await api.post(f"/webhooks/{slow}/deliveries/{late['id']}/replay")
    await webhook_dispatcher.drain()
    assert len(receiver.heard) == heard + 1, "it was not followed"
    (moved,) = await log(api, slow)
    assert (moved["status"], moved["answer_status"]) == ("failed", 302)
    await webhook_dispatcher._sender.close()


async def test_both_secrets_sign_for_a_day_and_the_old_one_no_more_at_once(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    webhook_id, old = await add(api, receiver.url, topics=["receipt.*"])
    answer = await api.post(f"/webhooks/{webhook_id}/rotate-secret", key="rotate")
    new = answer.json()["reply"]["secret"]
    again = await api.post(f"/webhooks/{webhook_id}/rotate-secret", key="rotate")
    await api.place(("MUG", 1))
    await webhook_dispatcher.drain()

    assert again.json()["reply"]["secret"] is None
    assert receiver.heard[0].check(old) == receiver.heard[0].check(new)
    newest = (await api.post(f"/webhooks/{webhook_id}/rotate-secret", {"at_once": True})).json()["reply"]["secret"]
    await api.place(("MUG", 1))
    await webhook_dispatcher.drain()
    receiver.heard[-1].check(newest)
    for secret in (old, new):
        with pytest.raises(BadWebhook):
            receiver.heard[-1].check(secret)


async def test_a_test_is_sent_once_and_says_that_it_is_one(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    webhook_id, secret = await add(api, receiver.url)
    first = (await api.post(f"/webhooks/{webhook_id}/test")).json()
    assert (await api.post(f"/webhooks/{webhook_id}/test")).json() == first
    await webhook_dispatcher.drain()

    (message,) = receiver.heard
    message.check(secret)
    assert message.said["type"] == "webhooks.test"


async def test_what_is_removed_is_told_nothing_and_verify_finds_nothing_wrong(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    webhook_id, _ = await add(api, receiver.url)
    kept, _ = await add(api, receiver.url, topics=["receipt.*"])
    await api.post(f"/webhooks/{kept}/rotate-secret")
    await api.post(f"/webhooks/{kept}/change", {"url": f"{receiver.url}/new", "active": False, "reason": "night"})
    await api.place(("MUG", 1))
    await webhook_dispatcher.fill()
    await api.post(f"/webhooks/{webhook_id}/remove")

    assert await webhook_dispatcher.drain() == 0
    assert [each["id"] for each in (await api.get("/webhooks")).json()["items"]] == [kept]
    assert (await api.get(f"/webhooks/{webhook_id}")).status_code == 404
    assert (await api.post(f"/webhooks/{webhook_id}/test")).status_code == 404
    left = await api.house.pool.fetch("SELECT url FROM webhook_place WHERE url <> ''")
    assert [row["url"] for row in left] == [f"{receiver.url}/new"]
    report = await verify(api.house.pool)
    assert report.differences == []


async def test_no_secret_stands_in_clear_where_it_is_kept_neither_the_new_nor_the_old_one(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    webhook_id, old = await add(api, receiver.url, topics=["receipt.*"])
    new = (await api.post(f"/webhooks/{webhook_id}/rotate-secret")).json()["reply"]["secret"]
    kept = [row["value"] for row in await api.house.pool.fetch("SELECT value FROM webhook_secret")]

    assert len(kept) == 2
    assert all(each.startswith("sealed1:") and old not in each and new not in each for each in kept)
    await api.place(("MUG", 1))
    await webhook_dispatcher.drain()
    receiver.heard[0].check(old)
    receiver.heard[0].check(new)


async def test_a_secret_from_before_any_was_sealed_still_signs(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    webhook_id, secret = await add(api, receiver.url, topics=["receipt.*"])
    await api.house.pool.execute("UPDATE webhook_secret SET value = $1", secret)
    await api.place(("MUG", 1))
    await webhook_dispatcher.drain()
    receiver.heard[-1].check(secret)

    new = (await api.post(f"/webhooks/{webhook_id}/rotate-secret")).json()["reply"]["secret"]
    await api.place(("MUG", 1))
    await webhook_dispatcher.drain()
    receiver.heard[-1].check(secret)
    receiver.heard[-1].check(new)


async def test_under_another_key_nothing_is_sent_until_there_is_a_new_secret(
    api: Api, receiver: Receiver, webhook_dispatcher: WebhookDispatcher
) -> None:
    webhook_id, secret = await add(api, receiver.url, topics=["receipt.*"])
    other = SecretKey(b"o" * 32).closed("webhook secret", secret)
    await api.house.pool.execute("UPDATE webhook_secret SET value = $1", other)
    await api.place(("MUG", 1))
    await webhook_dispatcher.drain()
    assert receiver.heard == []
    assert {each["answer"] for each in await log(api, webhook_id)} == {UNREADABLE}

    new = (await api.post(f"/webhooks/{webhook_id}/rotate-secret")).json()["reply"]["secret"]
    await api.post(f"/webhooks/{webhook_id}/replay-given-up")
    await api.place(("MUG", 1))
    await webhook_dispatcher.drain()
    assert receiver.heard
    receiver.heard[-1].check(new)


async def test_neither_secret_nor_address_is_found_in_journal_or_log_of_commands(api: Api) -> None:
    _, secret = await add(api, "https://erp.example.com/hook?token=hidden")

    for table in ("journal", "command_log"):
        rows = await api.house.pool.fetch(f"SELECT t::text AS text FROM {table} AS t")
        assert not any(secret in row["text"] or "token=hidden" in row["text"] for row in rows)
    answers = await api.house.pool.fetch("SELECT convert_from(answer, 'UTF8') AS text FROM command_log")
    assert not any(secret in row["text"] for row in answers)
    assert not any(each["kind"].startswith("webhooks.") for each in await changes(api))


async def test_where_nobody_wants_to_be_told_the_journal_is_not_looked_at(
    api: Api, webhook_dispatcher: WebhookDispatcher
) -> None:
    await api.place(("MUG", 1))
    assert await webhook_dispatcher.drain() == 0

    assert await api.house.pool.fetchval("SELECT count(*) FROM webhook_delivery") == 0
