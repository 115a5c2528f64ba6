"""Who comes in, and what is said to those who do not."""

from __future__ import annotations

import pytest

from purveyor.web.auth import api_keys
from purveyor.web.auth.api_keys import Caller, hash_of, make_key
from tests.web.conftest import Api, an_order, key_for


def test_a_new_key_is_kept_as_the_hash_of_its_secret_only() -> None:
    made = make_key()

    assert made.secret.startswith(f"pk_{made.prefix}_")
    assert hash_of(made.secret.removeprefix(f"pk_{made.prefix}_")) == made.hash
    assert made.secret not in made.hash
    assert make_key() != made


@pytest.mark.parametrize(
    ("scopes", "asked", "may"),
    [
        ({"*"}, "review:write", True),
        ({"review:*"}, "review:write", True),
        ({"review:write"}, "review:write", True),
        ({"review:read"}, "review:write", False),
        ({"reviews:*"}, "review:write", False),
        (set(), "review:write", False),
    ],
)
def test_a_scope_opens_its_own_doors(scopes: set[str], asked: str, may: bool) -> None:
    assert Caller("somebody", frozenset(scopes)).may(asked) is may


async def test_nobody_comes_in_without_a_key_of_ours(api: Api) -> None:
    happened = await api.happened()
    known = api.headers["Authorization"]
    for authorization, code in (
        (None, "key_missing"),
        ("Bearer nonsense", "key_malformed"),
        (known.replace("Bearer", "Basic"), "key_malformed"),
        (f"Bearer {make_key().secret}", "key_unknown"),
        (f"{known}x", "key_unknown"),
    ):
        headers = {"Idempotency-Key": "1"} | ({"Authorization": authorization} if authorization else {})
        response = await api.client.post("/api/v1/orders", json=an_order(), headers=headers)

        assert response.status_code == 401
        assert response.json()["code"] == code
        assert "Bearer" in response.headers["WWW-Authenticate"]
    assert await api.happened() == happened


async def test_a_key_without_the_scope_is_told_which_one_it_lacks(api: Api) -> None:
    api.headers["Authorization"] = await key_for(api.house, "orders:read")
    happened = await api.happened()
    response = await api.post("/orders", an_order())

    assert response.status_code == 403
    assert response.json()["data"] == {"needs": "receipt:write", "has": ["orders:read"]}
    assert await api.happened() == happened
    assert (await api.get("/orders")).status_code == 200


async def test_a_revoked_key_is_out_once_it_is_forgotten(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_keys, "KEPT_S", -1)
    mine = dict(api.headers)
    api.headers["Authorization"] = await key_for(api.house, "orders:read", name="shop")
    assert (await api.get("/orders")).status_code == 200
    theirs, api.headers = api.headers, mine
    key_id = next(key["id"] for key in (await api.get("/api-keys")).json()["items"] if key["name"] == "shop")
    assert (await api.post(f"/api-keys/{key_id}/revoke")).status_code == 200
    api.headers = theirs
    response = await api.get("/orders")

    assert response.status_code == 401
    assert response.json()["code"] == "key_revoked"


async def test_the_list_of_keys_shows_neither_secret_nor_hash(api: Api) -> None:
    response = await api.get("/api-keys")

    assert "hash" not in response.text
    assert [key["scopes"] for key in response.json()["items"]] == [["*"]]


async def test_a_key_gives_no_more_than_it_has(api: Api) -> None:
    api.headers["Authorization"] = await key_for(api.house, "staff:*")
    happened = await api.happened()
    body = {"name": "mine", "scopes": ["*"]}
    response = await api.post("/api-keys", body)

    assert response.status_code == 403
    assert await api.happened() == happened
    assert (await api.post("/api-keys", body | {"scopes": ["staff:read"]})).status_code == 201


async def test_a_key_is_made_here_and_shown_once(api: Api) -> None:
    body = {"name": "till", "scopes": ["orders:read"]}
    first = await api.post("/api-keys", body, key="a key for the till")
    again = await api.post("/api-keys", body, key="a key for the till")
    other = await api.post("/api-keys", body, key="a key for the other till")

    assert first.status_code == again.status_code == other.status_code == 201
    made, repeated = first.json()["reply"], again.json()["reply"]
    assert made["api_key"].startswith(f"pk_{made['prefix']}_")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (repeated["api_key"], repeated["key_id"]) == (None, made["key_id"])
    assert "never again" in repeated["note"]
    assert other.json()["reply"]["api_key"] != made["api_key"]
    assert other.json()["reply"]["prefix"] != made["prefix"]

    api.headers["Authorization"] = f"Bearer {made['api_key']}"
    assert (await api.get("/orders")).status_code == 200
    assert (await api.get("/api-keys")).status_code == 403


async def test_the_secret_of_a_key_is_kept_nowhere(api: Api) -> None:
    made = (await api.post("/api-keys", {"name": "till", "scopes": ["orders:read"]})).json()["reply"]["api_key"]
    secret = made.split("_", 2)[2]

    for table, column in (
        ("journal", "data::text"),
        ("command_log", "convert_from(answer, 'UTF8')"),
        ("api_key", "hash"),
    ):
        texts = await api.house.read.values(f"SELECT {column} FROM {table}")
        assert texts
        assert not [text for text in texts if secret in text]


async def test_a_key_that_is_only_tried_is_not_shown(api: Api) -> None:
    happened = await api.happened()
    tried = await api.post("/api-keys", {"name": "till", "scopes": ["orders:read"]}, dry_run="true")

    assert tried.status_code == 200
    assert "pk_" not in tried.text
    assert await api.happened() == happened
    body = {"name": "till", "scopes": ["orders:read"], "prefix": "abc", "hash": "0" * 64}
    assert (await api.post("/api-keys", body)).status_code == 422


async def test_two_callers_may_use_the_same_idempotency_key(api: Api) -> None:
    first = await api.post("/orders", an_order(), key="1")
    api.headers["Authorization"] = await key_for(api.house, "*", name="other")
    second = await api.post("/orders", an_order(("TEE", 1)), key="1")

    assert (first.status_code, second.status_code) == (201, 201)


async def test_who_asked_stands_in_the_journal(api: Api) -> None:
    placed = await api.place()
    event = (await api.get(f"/orders/{placed['number']}/timeline")).json()["items"][-1]

    assert event["kind"] == "receipt.order_placed"
    prefix = (await api.get("/api-keys")).json()["items"][0]["prefix"]
    assert event["actor"] == f"key:{prefix}"


async def test_a_guest_is_found_by_mail_and_erased(api: Api) -> None:
    order_id = (await api.place())["order_id"]
    found = await api.get("/personal-data", email="Ann@Example.com")
    assert found.json() == {"customers": [], "orders": [order_id]}

    api.headers["Authorization"] = await key_for(api.house, "orders:*")
    assert (await api.post(f"/orders/{order_id}/erase-person", {"reason": "asked"})).status_code == 403
    api.headers["Authorization"] = await key_for(api.house, "customers:*", name="clerk")
    tried = await api.post(f"/orders/{order_id}/erase-person", {"reason": "asked"}, dry_run="true")
    assert [fact["kind"] for fact in tried.json()["facts"]] == ["customers.order_person_erased"]
    assert (await api.get("/personal-data", email="ann@example.com")).json()["orders"] == [order_id]

    assert (await api.post(f"/orders/{order_id}/erase-person", {"reason": "asked"})).status_code == 200
    assert (await api.get("/personal-data", email="ann@example.com")).json() == {"customers": [], "orders": []}
    again = await api.post(f"/orders/{order_id}/erase-person", {"reason": "asked"})
    assert again.json()["code"] == "nothing_to_erase"
