from __future__ import annotations

import asyncpg

from tests.cli.conftest import Desk


async def test_a_key_is_shown_once_and_kept_as_a_hash(desk: Desk) -> None:
    made = (await desk.run("keys", "create", "web shop", "--scopes", "receipt:write, orders:read", "--json")).json

    assert set(made) == {"key", "prefix", "scopes", "expires_at"}
    assert made["scopes"] == ["receipt:write", "orders:read"]
    assert made["prefix"] in made["key"]
    listed = await desk.run("keys", "list")
    assert made["prefix"] in listed.out
    assert "web shop" in listed.out
    assert made["key"] not in listed.out
    db = await asyncpg.connect(desk.database)
    stored = str(await db.fetch("SELECT * FROM api_key")) + str(await db.fetch("SELECT data FROM journal"))
    await db.close()
    assert made["key"].rpartition("_")[2] not in stored


async def test_a_key_for_people_says_how_it_is_used(desk: Desk) -> None:
    done = await desk.run("keys", "create", "till", "--scopes", "*")

    assert done.out.startswith("pk_")
    assert "Authorization: Bearer" in done.out


async def test_what_a_key_may_do_and_until_when_is_said(desk: Desk) -> None:
    assert "--scopes" in (await desk.run("keys", "create", "till", status=2)).text
    assert "--days" in (await desk.run("keys", "create", "x", "--scopes", "*", "--days", "0", status=2)).text
    await desk.run("keys", "create", "till", "--scopes", "orders:read", "--days", "30")
    (key,) = (await desk.run("keys", "list", "--json")).json

    assert key["expires_at"] > key["created_at"]
    assert key["made_by"] == "staff:operator"


async def test_a_revoked_key_is_revoked_once(desk: Desk) -> None:
    prefix = (await desk.run("keys", "create", "till", "--scopes", "*", "--json")).json["prefix"]

    await desk.run("keys", "revoke", prefix)
    again = await desk.run("keys", "revoke", prefix, status=2)

    assert "revoked already" in again.text
    (key,) = (await desk.run("keys", "list", "--json")).json
    assert key["revoked_at"] is not None


async def test_a_prefix_that_nobody_has_and_a_scope_that_cannot_be_are_told_in_words(desk: Desk) -> None:
    assert "There is no key with the prefix nobody." in (await desk.run("keys", "revoke", "nobody", status=2)).text
    assert "orders:fly" in (await desk.run("keys", "create", "x", "--scopes", "orders:fly", status=2)).text
    assert (await desk.run("keys", "list", "--json")).json == []
