"""Promises about what providers tell by themselves: once, whatever comes twice, late, out of order, or from others."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from purveyor.adapters.fake_state import webhook
from purveyor.ports.webhooks import BadWebhook, Webhook, check, key_of, sign, signed
from purveyor.stages.receipt.commands import Tender
from purveyor.web.server.app import create_app
from tests.journeys.shop import MONDAY, Placed, Shop, eur

SECRET = "whsec_" + base64.b64encode(b"purveyor and provider know this").decode()
OTHER = "whsec_" + base64.b64encode(b"nobody else should know of this").decode()


class Wire:
    """The provider's end of the line."""

    def __init__(self, client: httpx.AsyncClient, shop: Shop) -> None:
        self.client = client
        self.shop = shop

    async def send(self, provider: str, message: Webhook) -> httpx.Response:
        return await self.client.post(f"/webhooks/{provider}", content=message.body, headers=message.headers)

    async def tell(self, provider: str, event: Any) -> httpx.Response:
        return await self.send(provider, webhook(SECRET, event, self.shop.clock.now()))

    async def facts(self) -> int:
        count: int = await self.shop.house.pool.fetchval("SELECT count(*) FROM journal")
        return count


@pytest.fixture
async def wire(shop: Shop) -> AsyncIterator[Wire]:
    for setting in ("gateway_webhook_secret", "carrier_webhook_secret"):
        msgspec.structs.force_setattr(shop.house.settings, setting, SECRET)
    app = create_app(shop.house)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    opened, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():  # entered and left by one task, as a server does it
            opened.set()
            await over.wait()

    life = asyncio.create_task(live())
    await opened.wait()
    async with httpx.AsyncClient(transport=transport, base_url="http://purveyor") as client:
        yield Wire(client, shop)
    over.set()
    await life


async def under_way(shop: Shop) -> Placed:
    """A parcel that was sent three days ago, and whose scans nobody has told."""
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=2)
    await shop.send()
    shop.clock.advance(timedelta(days=6))
    return order


async def scans_of(shop: Shop) -> list[Any]:
    return (await shop.carrier.due_events()).events


async def test_scans_that_come_backwards_and_twice_deliver_once(shop: Shop, wire: Wire) -> None:
    order = await under_way(shop)
    scans = await scans_of(shop)
    assert len(scans) >= 3

    for scan in reversed(scans):
        response = await wire.tell("carrier", scan)
        assert (response.status_code, response.json()) == (200, {"known": False})
    facts = await wire.facts()
    for scan in scans:
        response = await wire.tell("carrier", scan)
        assert (response.status_code, response.json()) == (200, {"known": True})

    assert await wire.facts() == facts
    assert await shop.units(order) == {"delivered": 2}
    kinds = await shop.house.pool.fetch("SELECT kind FROM journal WHERE kind = 'delivery.shipment_delivered'")
    assert len(kinds) == 1


async def test_what_was_polled_and_is_told_as_well_changes_nothing(shop: Shop, wire: Wire) -> None:
    order = await under_way(shop)
    await shop.wait(minutes=1)
    assert await shop.units(order) == {"delivered": 2}
    facts = await wire.facts()

    for scan in await scans_of(shop):
        assert (await wire.tell("carrier", scan)).status_code == 200
    assert await wire.facts() == facts


async def test_the_gateway_resolves_a_challenge_by_telling_of_it(shop: Shop, wire: Wire) -> None:
    await shop.receive("MUG", 10)
    order = await shop.place(shop.an_order(Tender(method="card", source="card-3ds"), MUG=5))
    payment = await shop.one(order, "payment")
    assert payment["status"] == "action_required"

    shop.gateway.answer_challenge(payment["reference"], passed=True)
    events = (await shop.gateway.due_events()).events
    for event in [*reversed(events), *events]:
        assert (await wire.tell("gateway", event)).status_code == 200

    payment = await shop.one(order, "payment")
    assert (payment["status"], payment["authorized_minor"]) == ("authorized", 6_000)
    assert [charge.authorized for charge in shop.charges(order)] == [eur(6_000)]


@pytest.mark.parametrize("wrong", ["another secret", "changed", "old", "ahead", "unsigned", "empty"])
async def test_what_is_not_from_the_provider_is_refused(shop: Shop, wire: Wire, wrong: str) -> None:
    order = await under_way(shop)
    scan = (await scans_of(shop))[-1]
    now = shop.clock.now()
    message = webhook(SECRET, scan, now)
    match wrong:
        case "another secret":
            message = webhook(OTHER, scan, now)
        case "changed":
            message = Webhook(message.headers, message.body.replace(b"delivered", b"lost"))
        case "old":
            message = webhook(SECRET, scan, now - timedelta(seconds=301))
        case "ahead":
            message = webhook(SECRET, scan, now + timedelta(seconds=301))
        case "unsigned":
            message = Webhook({"content-type": "application/json"}, message.body)
        case _:
            message = Webhook(message.headers | {"webhook-signature": "v1,"}, message.body)
    facts = await wire.facts()

    response = await wire.send("carrier", message)

    assert (response.status_code, response.json()["code"]) == (401, "webhook_refused")
    assert await wire.facts() == facts
    assert await shop.units(order) == {"shipped": 2}


async def test_what_we_know_nothing_of_is_to_be_sent_again(shop: Shop, wire: Wire) -> None:
    await under_way(shop)
    scan = msgspec.structs.replace((await scans_of(shop))[0], tracking_number="NOT-OURS")

    assert (await wire.tell("carrier", scan)).json()["code"] == "unknown_parcel"
    assert (await wire.tell("postman", scan)).json()["code"] == "no_such_webhook"
    assert (await wire.tell("gateway", scan)).json()["code"] == "invalid_event"
    again = msgspec.structs.replace(scan, tracking_number=(await scans_of(shop))[0].tracking_number)
    assert (await wire.tell("carrier", again)).status_code == 200, "a refusal is not kept"


@pytest.mark.parametrize("event_id", ["", " ", "e" * 201])
async def test_an_event_whose_id_tells_it_from_no_other_is_refused(shop: Shop, wire: Wire, event_id: str) -> None:
    await under_way(shop)
    scan = (await scans_of(shop))[0]
    facts = await wire.facts()

    response = await wire.tell("carrier", msgspec.structs.replace(scan, event_id=event_id))

    assert (response.status_code, response.json()["code"]) == (422, "invalid_event")
    assert "event_id must be" in response.json()["detail"]
    assert await wire.facts() == facts


async def test_an_event_that_says_something_else_the_second_time_is_refused(shop: Shop, wire: Wire) -> None:
    await under_way(shop)
    scan = (await scans_of(shop))[0]
    assert (await wire.tell("carrier", scan)).status_code == 200
    facts = await wire.facts()

    response = await wire.tell("carrier", msgspec.structs.replace(scan, status="lost"))

    assert (response.status_code, response.json()["code"]) == (422, "event_changed")
    assert await wire.facts() == facts


async def test_without_a_secret_nobody_is_heard(shop: Shop, wire: Wire) -> None:
    await under_way(shop)
    msgspec.structs.force_setattr(shop.house.settings, "carrier_webhook_secret", None)

    assert (await wire.tell("carrier", (await scans_of(shop))[0])).status_code == 404


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the reference implementations (standard-webhooks, libraries)."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    at = MONDAY.fromtimestamp(1614265330, MONDAY.tzinfo)
    body = b'{"test": 2432232314}'

    assert check(secret, headers, body, at) == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    both = headers | {"webhook-signature": f"v1,{'A' * 43}= {headers['webhook-signature']}"}
    assert check(secret, both, body, at), "one of several signatures is enough"
    with pytest.raises(BadWebhook, match="signature"):
        check(secret, headers, body + b" ", at)


@pytest.mark.parametrize("secret", ["", "secret", "whsec_", "whsec_!!", "whsec_c2hvcnQ="])
def test_a_secret_that_is_none_is_told(secret: str) -> None:
    with pytest.raises(ValueError, match=r"secret|base64"):
        key_of(secret)
    with pytest.raises(ValueError, match=r"secret|base64"):
        signed(secret, "1", "test", {}, MONDAY)


@pytest.mark.parametrize(
    ("provider", "field"),
    [
        *(("carrier", field) for field in ("event_id", "tracking_number", "place", "carrier_status")),
        *(("gateway", field) for field in ("event_id", "key", "reference", "reason")),
    ],
)
async def test_an_event_is_held_against_its_bounds_before_anything_is_looked_up(
    wire: Wire, provider: str, field: str
) -> None:
    events: dict[str, dict[str, Any]] = {
        "carrier": {"tracking_number": "T", "status": "delivered", "place": "", "carrier_status": "", "sequence": 1},
        "gateway": {"key": "k", "outcome": "done", "reference": "", "reason": ""},
    }
    for text in ("a\0b", "x" * 2_001):
        event = {"event_id": "e", "at": "2026-03-02T12:00:00Z", **events[provider], field: text}
        answer = await wire.send(provider, signed(SECRET, "m", "event", event, wire.shop.clock.now()))

        assert answer.status_code == 422, answer.text
        assert answer.json()["data"]["field"] == field
        assert "xxx" not in answer.text


@pytest.mark.parametrize("whole", ['{"type":"t","timestamp":"2026-03-02T12:00:00Z","data":DATA}', "DATA"])
async def test_an_event_that_is_nested_without_end_is_refused_in_words(wire: Wire, whole: str) -> None:
    for data in ("[" * 300 + "]" * 300, '{"event_id":' * 300 + "1" + "}" * 300):
        message = sign((SECRET,), "m", whole.replace("DATA", data).encode(), wire.shop.clock.now())
        answer = await wire.send("carrier", message)

        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")
        assert "nested deeper than 100 levels" in answer.json()["detail"]
