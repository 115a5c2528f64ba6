"""Keys: each has an end, an owner, a space of its own, and no more rights than it was given."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from purveyor.core.vocabulary import Channel
from purveyor.records.staff.commands import CreateApiKey
from purveyor.web.auth import api_keys
from purveyor.web.auth.api_keys import make_key
from tests.web.conftest import Api, an_order, key_for


async def _key(api: Api, name: str, *scopes: str) -> str:
    return await key_for(api.house, *scopes, name=name)


@pytest.mark.parametrize(
    ("mine", "my_key", "theirs", "their_key"),
    [
        ("web", "shop:k1", "web:shop", "k1"),
        ("twin", "k1", "twin", "k1"),
        ("x" * 80, "k1", "x" * 80, "k1"),
        ("a", "b:c", "a:b", "c"),
    ],
)
async def test_what_one_key_asked_is_never_answered_to_another(
    api: Api, mine: str, my_key: str, theirs: str, their_key: str
) -> None:
    api.headers["Authorization"] = await _key(api, mine, "receipt:write")
    first = await api.post("/orders", an_order(), key=my_key)
    api.headers["Authorization"] = await _key(api, theirs, "receipt:write")
    second = await api.post("/orders", an_order(), key=their_key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in second.headers
    assert first.json()["order_id"] != second.json()["order_id"]


async def test_two_keys_of_one_name_are_two_in_the_journal(api: Api) -> None:
    for _ in range(2):
        api.headers["Authorization"] = await _key(api, "twin", "receipt:write")
        assert (await api.post("/orders", an_order())).status_code == 201
    actors = await api.house.read.values("SELECT DISTINCT actor FROM journal WHERE kind = 'receipt.order_placed'")

    assert len(actors) == 2
    assert all(str(actor).startswith("key:") for actor in actors)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\nb", "\x1b[31mred", "a\u202eb", "\x9b1m"])
async def test_a_key_has_a_name_that_can_be_shown(api: Api, name: str) -> None:
    happened = await api.happened()
    response = await api.post("/api-keys", {"name": name, "scopes": ["orders:read"]})

    assert response.status_code == 422
    assert response.json()["data"]["field"] == "name"
    assert await api.happened() == happened


async def test_a_key_has_an_end_and_says_who_made_it(api: Api) -> None:
    made = (await api.post("/api-keys", {"name": "till", "scopes": ["orders:read"]})).json()["reply"]
    listed = {each["prefix"]: each for each in (await api.get("/api-keys")).json()["items"]}
    mine = next(prefix for prefix in listed if prefix != made["prefix"])

    assert listed[made["prefix"]]["expires_at"] == made["expires_at"] > listed[made["prefix"]]["created_at"]
    assert listed[made["prefix"]]["made_by"] == f"key:{mine}"
    assert listed[made["prefix"]]["used_at"] is None
    assert listed[mine]["used_at"] is not None


@pytest.mark.parametrize("ends", ["2020-01-01T00:00:00Z", "2150-01-01T00:00:00Z"])
async def test_an_end_is_neither_past_nor_far_away(api: Api, ends: str) -> None:
    response = await api.post("/api-keys", {"name": "till", "scopes": ["orders:read"], "expires_at": ends})

    assert response.status_code == 422
    assert response.json()["data"]["field"] == "expires_at"


async def test_a_key_whose_time_is_up_is_out(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "KEPT_S", -1)
    made = make_key()
    soon = api.house.outside.clock.now() + timedelta(milliseconds=400)
    command = CreateApiKey(name="short", prefix=made.prefix, hash=made.hash, scopes=("orders:read",), expires_at=soon)
    assert (await api.house.committer.submit(command, key="short", actor="staff:test")).accepted
    api.headers["Authorization"] = f"Bearer {made.secret}"
    while (response := await api.get("/orders")).status_code == 200:
        assert api.house.outside.clock.now() < soon + timedelta(seconds=5)

    assert response.status_code == 401
    assert response.json()["code"] == "key_expired"


async def test_a_key_shuts_out_no_key_that_may_do_more(api: Api) -> None:
    strong = next(key["id"] for key in (await api.get("/api-keys")).json()["items"])
    api.headers["Authorization"] = await _key(api, "clerk", "staff:*")
    weak = (await api.post("/api-keys", {"name": "weak", "scopes": ["staff:read"]})).json()["reply"]["key_id"]
    refused = await api.post(f"/api-keys/{strong}/revoke")

    assert refused.status_code == 409
    assert refused.json()["code"] == "key_may_more"
    assert (await api.post(f"/api-keys/{strong}/revoke", {"having": ["*"]})).status_code == 422
    assert (await api.post(f"/api-keys/{weak}/revoke")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({"lines": [{"sku": "MUG", "quantity": 1, "unit_price": {"minor": 0, "currency": "EUR"}}]}, "receipt:price"),
        (
            {"lines": [{"sku": "MUG", "quantity": 1, "discount": {"minor": 100, "currency": "EUR"}}]},
            "receipt:price",
        ),
        ({"discount": {"minor": 100, "currency": "EUR"}}, "receipt:price"),
        ({"shipping": {"minor": 0, "currency": "EUR"}}, "receipt:price"),
        ({"tenders": [{"method": "cash"}]}, "counter:write"),
        ({"tenders": [{"method": "card_present"}]}, "counter:write"),
        ({"terms": "at_counter"}, "counter:write"),
        *(({"channel": each, "tenders": [{"method": "cash"}]}, "counter:write") for each in get_args(Channel)),
    ],
)
async def test_prices_and_cash_are_not_said_by_everybody_who_places_orders(
    api: Api, changes: dict[str, object], needs: str
) -> None:
    happened = await api.happened()
    mine = api.headers["Authorization"]
    api.headers["Authorization"] = await _key(api, "shop", "receipt:write")
    happened += 1
    response = await api.post("/orders", {**an_order(), **changes})

    assert response.status_code == 403
    assert response.json()["data"]["needs"] == needs
    assert (await api.post("/orders", {**an_order(), **changes}, dry_run="true")).status_code == 403
    assert await api.happened() == happened
    api.headers["Authorization"] = mine
    assert (await api.post("/orders", {**an_order(), **changes})).status_code == 201


async def test_cash_is_taken_at_the_counter(api: Api) -> None:
    api.headers["Authorization"] = await _key(api, "till", "receipt:write", "counter:write")
    order = an_order(channel="in_person", terms="at_counter", tenders=[{"method": "cash"}])

    assert (await api.post("/orders", order)).status_code == 201


async def test_units_for_nothing_are_sent_by_those_who_put_things_right(api: Api) -> None:
    placed = await api.place()
    line = (await api.get(f"/orders/{placed['number']}")).json()["lines"][0]["id"]
    body = {"units": [{"line_id": line, "quantity": 1}], "free": True}
    api.headers["Authorization"] = await _key(api, "shop", "review:write")
    refused = await api.post(f"/orders/{placed['order_id']}/units", body)

    assert refused.status_code == 403
    assert refused.json()["data"]["needs"] == "support:resolve"
