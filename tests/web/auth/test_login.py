"""Login and password: who comes in, and what is said to those who do not."""

from __future__ import annotations

import statistics
from datetime import timedelta
from time import perf_counter
from uuid import UUID

import msgspec
import pytest

from purveyor.records.staff.commands import RehashPassword
from purveyor.records.staff.queries import colleague_by_login
from tests.web.auth.conftest import NEW, PASSWORD, Browser, Console, browser_of


async def test_login_and_password_open_a_session_until_it_is_left(console: Console, browser: Browser) -> None:
    assert await browser.me() == 401
    entered = await browser.sign_in(" ADA ")
    assert entered.status_code == 200

    me = (await browser.client.get("/me")).json()
    assert (me["name"], me["roles"]) == ("Ada Somebody", ["admin"])
    (session,) = await console.sessions.list_of(UUID(me["id"]))
    assert (session.address, session.agent) == ("127.0.0.1", "Firefox 128")
    token = browser.client.cookies["purveyor"]
    left = await browser.send("/sign-out")
    assert "Max-Age=0" in left.headers.get_list("set-cookie")[0]
    assert "purveyor" not in browser.client.cookies
    browser.client.cookies.set("purveyor", token)
    assert await browser.me() == 401, "the token itself is over, not only the cookie"
    assert await console.sessions.list_of(UUID(me["id"])) == []
    await console.verified()


@pytest.mark.parametrize("public_url", [None, "https://shop.example"])
async def test_the_cookie_is_kept_from_scripts_other_sites_and_other_hosts(
    console: Console, public_url: str | None
) -> None:
    settings = msgspec.structs.replace(console.house.settings, public_url=public_url)
    secure = Console(msgspec.structs.replace(console.house, settings=settings))
    async with browser_of(secure, public_url or "http://purveyor") as client:
        browser = Browser(client)
        cookie = (await browser.sign_in()).headers.get_list("set-cookie")[0]
        assert await browser.me() == 200

    name, _, rest = cookie.partition("=")
    assert name == ("__Host-purveyor" if public_url else "purveyor")
    flags = set(rest.split("; ")[1:])
    assert flags == {"Path=/", "HttpOnly", "SameSite=Lax"} | ({"Secure"} if public_url else set())
    assert len(rest.partition(";")[0]) == 43, "32 random bytes"


async def test_whoever_fails_learns_nothing(console: Console, browser: Browser) -> None:
    await console.hire("bo", "sales")
    for _ in range(5):
        await browser.sign_in("bo", "wrong")
    wrong = await browser.sign_in("ada", "wrong password")
    refused = [
        wrong,
        await browser.sign_in("nobody", PASSWORD),
        await browser.sign_in("", ""),
        await browser.sign_in("x" * 10_000, "y" * 10_000),
        await browser.sign_in("bo", PASSWORD),  # locked, and the password is right
    ]

    assert {response.status_code for response in refused} == {401}
    assert {response.text for response in refused} == {wrong.text}
    assert wrong.json()["code"] == "sign_in_refused"
    assert await browser.me() == 401
    assert await console.facts("staff.session_opened") == 0


async def test_an_unknown_login_takes_as_long_as_a_wrong_password(console: Console, browser: Browser) -> None:
    async def seconds(login: str) -> float:
        started = perf_counter()
        await browser.sign_in(login, "wrong password")
        return perf_counter() - started

    await seconds("nobody")  # makes the hash of nobody
    known = statistics.median([await seconds("ada") for _ in range(3)])
    unknown = statistics.median([await seconds("nobody") for _ in range(3)])
    assert known / 3 < unknown < known * 3


async def test_too_many_failures_lock_the_login_and_the_lock_ends(console: Console, browser: Browser) -> None:
    for _ in range(5):
        assert (await browser.sign_in("ada", "wrong")).status_code == 401
    assert (await browser.sign_in()).status_code == 401
    assert (await browser.sign_in("pia")).status_code == 200, "others come in"
    before = await console.facts("staff.sign_in_failed")
    assert (await browser.sign_in("ada", "wrong")).status_code == 401
    assert await console.facts("staff.sign_in_failed") == before, "nothing counts while it is locked"

    console.wall.ahead = timedelta(minutes=15)
    assert (await browser.sign_in()).status_code == 200
    assert (await browser.client.get("/me")).json()["name"] == "Ada Somebody"
    await console.verified()


async def test_a_new_password_by_an_admin_ends_the_lock_and_all_sessions(console: Console, browser: Browser) -> None:
    await browser.sign_in("pia")
    pia = await colleague_by_login(console.house.read, "pia")
    assert pia is not None
    for _ in range(5):
        async with browser_of(console) as other:
            await Browser(other).sign_in("pia", "wrong")
    await console.accounts.set_password("staff:test", pia.id, NEW)

    assert await browser.me() == 401
    assert (await browser.sign_in("pia")).status_code == 401
    assert (await browser.sign_in("pia", NEW)).status_code == 200


async def test_nobody_tries_without_end(console: Console, browser: Browser) -> None:
    answers = [await browser.sign_in("nobody", "wrong") for _ in range(11)]

    assert [response.status_code for response in answers] == [401] * 10 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 30
    assert answers[-1].json()["code"] == "too_many_tries"
    assert (await browser.sign_in()).status_code == 200, "another login is not concerned"


async def test_a_hash_of_yesterdays_parameters_is_made_anew(console: Console, browser: Browser) -> None:
    from argon2 import PasswordHasher

    ada = await colleague_by_login(console.house.read, "ada")
    assert ada is not None
    (password_id,) = await console.house.read.values("SELECT password_id FROM staff WHERE id = $1", ada.id)
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    await console.do(RehashPassword(staff_id=ada.id, password_id=password_id, password_hash=weak))
    await browser.sign_in()

    hashes = await console.house.read.values(
        "SELECT value FROM staff_secret WHERE staff_id = $1 AND value <> ''", ada.id
    )
    assert len(hashes) == 1
    assert "m=65536,t=3,p=4" in hashes[0]
    assert await browser.me() == 200
    assert (await browser.sign_in()).status_code == 200
    await console.verified()
