"""Codes and recovery codes: each opens one session."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from purveyor.records.staff.queries import colleague
from purveyor.secret_key import SecretKey
from purveyor.web.http.problem_details import Problem
from tests.web.auth.conftest import Browser, Console, browser_of, second_factor


async def test_a_second_factor_is_asked_for_and_each_code_opens_one_session(console: Console, browser: Browser) -> None:
    totp, _, _ = await second_factor(console)
    asked = await browser.sign_in()
    assert asked.status_code == 200
    assert await browser.me() == 401, "the password alone opens nothing"

    now = totp.at(console.wall())
    assert (await browser.code(asked, "000000" if now != "000000" else "000001")).json()["code"] == "code_refused"
    assert (await browser.code(asked, totp.at(console.wall() - timedelta(seconds=60)))).status_code == 401
    assert (await browser.code(asked, f"{now[:3]} {now[3:]}")).status_code == 200
    assert await browser.me() == 200
    async with browser_of(console) as other:
        thief = Browser(other)
        again = await thief.code(await thief.sign_in(), now)
        assert again.json()["code"] == "code_refused"
        assert await thief.me() == 401
        used = await thief.code(asked, totp.at(console.wall() + timedelta(seconds=30)))
        assert used.json()["code"] == "ticket_over", "login and password open one session"
        assert await thief.me() == 401
    await console.verified()


async def test_two_browsers_with_the_same_code_at_the_same_moment_open_one_session(console: Console) -> None:
    totp, _, _ = await second_factor(console)
    async with browser_of(console) as one, browser_of(console) as two:
        browsers = [Browser(one), Browser(two)]
        asked = [await each.sign_in() for each in browsers]
        code = totp.at(console.wall())
        came = await asyncio.gather(*(each.code(ticket, code) for each, ticket in zip(browsers, asked, strict=True)))

    assert sorted(response.status_code for response in came) == [200, 401]
    assert await console.facts("staff.session_opened") == 1


async def test_a_secret_from_before_any_was_sealed_is_still_accepted(console: Console, browser: Browser) -> None:
    totp, _, _ = await second_factor(console)
    changed = await console.house.pool.execute(
        "UPDATE staff_secret SET value = $1 WHERE what = 'totp' AND value LIKE 'sealed1:%'", totp.secret
    )
    assert changed == "UPDATE 1"

    answer = await browser.code(await browser.sign_in(), totp.at(console.wall()))

    assert answer.status_code == 200
    assert await browser.me() == 200


async def test_under_another_key_no_code_counts_and_a_recovery_code_does(console: Console, browser: Browser) -> None:
    totp, codes, _ = await second_factor(console)
    other = SecretKey(b"o" * 32).closed("second factor", totp.secret)
    await console.house.pool.execute("UPDATE staff_secret SET value = $1 WHERE what = 'totp'", other)

    refused = await browser.code(await browser.sign_in(), totp.at(console.wall()))
    assert (refused.status_code, refused.json()["code"]) == (401, "code_refused")
    assert (await browser.code(await browser.sign_in(), codes[0])).status_code == 200


async def test_a_recovery_code_opens_one_session(console: Console, browser: Browser) -> None:
    _, codes, staff = await second_factor(console)
    assert len(set(codes)) == 10
    typed = codes[3].upper().replace("-", " ")
    assert (await browser.code(await browser.sign_in(), typed)).status_code == 200
    async with browser_of(console) as other:
        thief = Browser(other)
        assert (await thief.code(await thief.sign_in(), codes[3])).status_code == 401
        assert (await thief.code(await thief.sign_in(), codes[4])).status_code == 200
    found = await colleague(console.house.read, staff.id)
    assert found is not None
    assert (found.has_second_factor, found.recovery_left) == (True, 8)
    await console.verified()


async def test_wrong_codes_lock_the_login_as_wrong_passwords_do(console: Console, browser: Browser) -> None:
    totp, _, _ = await second_factor(console)
    asked = await browser.sign_in()
    for _ in range(5):
        assert (await browser.code(asked, "12345")).status_code == 401

    assert (await browser.code(asked, totp.at(console.wall()))).status_code == 401
    assert (await browser.sign_in()).json()["code"] == "sign_in_refused", "and the password is told by nothing"


async def test_a_ticket_is_ours_and_good_for_five_minutes(console: Console, browser: Browser) -> None:
    totp, _, _ = await second_factor(console)
    asked = await browser.sign_in()
    console.wall.ahead += timedelta(minutes=5)
    code = totp.at(console.wall())
    assert (await browser.code(asked, code)).json()["code"] == "ticket_over"
    body, _, tag = asked.json()["ticket"].partition(".")
    for made_up in ("", "x", f"{body}.", f"{body[:-2]}AA.{tag}", "é.é"):
        assert (await browser.sign_in(ticket=made_up, code=code)).json()["code"] == "ticket_over"
    assert await browser.me() == 401


async def test_a_lost_device_is_reset_by_an_admin(console: Console, browser: Browser) -> None:
    _, _, staff = await second_factor(console)
    await console.accounts.reset_second_factor("staff:test", staff.id, reason="device lost")

    assert (await browser.sign_in()).status_code == 200
    assert await browser.me() == 200
    with pytest.raises(Problem, match="Start setting it up again"):
        await console.accounts.confirm_second_factor(staff, "123456")
