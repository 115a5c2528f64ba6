"""Who comes in, and what is said to those who do not."""

from __future__ import annotations

import pytest

from purveyor.web import keys
from purveyor.web.keys import Caller, hash_of, make_key
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
    monkeypatch.setattr(keys, "KEPT_S", -1)
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
    made = make_key()
    happened = await api.happened()
    body = {"name": "mine", "prefix": made.prefix, "hash": made.hash, "scopes": ["*"]}
    response = await api.post("/api-keys", body)

    assert response.status_code == 403
    assert await api.happened() == happened
    assert (await api.post("/api-keys", body | {"scopes": ["staff:read"]})).status_code == 201


async def test_two_callers_may_use_the_same_idempotency_key(api: Api) -> None:
    first = await api.post("/orders", an_order(), key="1")
    api.headers["Authorization"] = await key_for(api.house, "*", name="other")
    second = await api.post("/orders", an_order(("TEE", 1)), key="1")

    assert (first.status_code, second.status_code) == (201, 201)


async def test_who_asked_stands_in_the_journal(api: Api) -> None:
    placed = await api.place()
    event = (await api.get(f"/orders/{placed['number']}/timeline")).json()["items"][-1]

    assert event["kind"] == "receipt.order_placed"
    assert event["actor"] == "key:test"
