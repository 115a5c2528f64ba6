"""One's own account, and what asks for the password once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pyotp
import pytest
from litestar import Request

from purveyor.adapters.clocks import SimulatedClock
from purveyor.core.approval_limits import OPERATOR
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.staff.queries import colleague_by_login
from purveyor.web.auth import sessions
from purveyor.web.auth.accounts import Accounts
from purveyor.web.auth.sessions import Sessions
from tests.web.conftest import Api
from tests.web.console.staff import PASSWORD, Colleague, somebody, told


def api_secret(api: Api, kept: str) -> str:
    """The secret as an authenticator app has it: it is kept sealed."""
    return Sessions(api.house).seal.opened("second factor", kept)


async def _need(api: Api, *roles: str) -> None:
    policy = SetPolicy(name="sign_in", data={"second_factor_for": roles})
    assert (await api.house.committer.submit(policy, key=f"need {roles}", actor=OPERATOR)).accepted


async def test_a_role_that_needs_a_second_factor_does_nothing_before_it_has_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "KEPT_S", -1)
    await _need(api, "finance")
    finn, pia = await somebody(api, "finance"), await somebody(api, "picker")
    for path in ("/console", "/console/payments", "/console/orders"):
        assert (await finn.see(path)).headers["location"] == "/console/account"
    happened = await api.happened()
    answer = await finn.send("/console/payments/ask", seen_at="/console/account", order="x")
    assert answer.headers["location"] == "/console/account"
    assert await api.happened() == happened
    assert (await pia.see("/console/picking")).status_code == 200

    await finn.send("/console/account/second-factor", seen_at="/console/account", password=PASSWORD)
    (secret,) = await api.house.read.values("SELECT value FROM staff_secret WHERE what = 'totp' AND value <> ''")
    code = pyotp.TOTP(api_secret(api, secret)).now()
    confirmed = await finn.send("/console/account/second-factor/confirm", seen_at="/console/account", code=code)
    assert confirmed.status_code == 200
    assert (await finn.see("/console/payments")).status_code == 200


async def test_the_default_asks_admins_and_finance_for_a_second_factor(api: Api) -> None:
    assert (await api.get("/policies")).json()["sign_in"]["second_factor_for"] == []  # as these tests set it
    reset = SetPolicy(name="sign_in", data={})
    assert (await api.house.committer.submit(reset, key="reset", actor=OPERATOR)).accepted

    assert (await api.get("/policies")).json()["sign_in"]["second_factor_for"] == ["admin", "finance"]


async def test_what_lets_others_in_asks_for_a_password_of_the_last_minutes(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "KEPT_S", -1)
    monkeypatch.setattr(sessions, "FRESH", timedelta(0))
    admin = await somebody(api, "admin")
    happened = await api.happened()
    for path, seen_at, fields in (
        ("/console/staff", "/console/staff", {"name": "Bo", "login": "bo@test", "roles": "picker"}),
        ("/console/keys", "/console/keys", {"name": "till", "scopes": "orders:read"}),
    ):
        answer = await admin.send(path, seen_at=seen_at, **fields)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/console/account/confirm")
    assert await api.happened() == happened

    monkeypatch.setattr(sessions, "FRESH", timedelta(minutes=10))
    wrong = await admin.send("/console/account/confirm", password="not mine at all")
    assert wrong.status_code == 403
    right = await admin.send("/console/account/confirm", password=PASSWORD, next="/console/staff")
    assert right.headers["location"] == "/console/staff"
    done = await admin.send("/console/keys", name="till", scopes="orders:read")
    assert done.status_code == 200
    assert "pk_" in done.text


async def test_an_admins_own_ways_in_are_changed_under_my_account_alone(api: Api) -> None:
    admin = await somebody(api, "admin")
    me = await colleague_by_login(api.house.read, "admin@test")
    assert me is not None
    page = f"/console/staff/{me.id}"
    happened = await api.happened()
    for path, fields in (
        ("password", {"password": "staple of another colour"}),
        ("second-factor", {}),
        ("roles", {"roles": ["admin", "finance"]}),
    ):
        answer = await admin.send(f"{page}/{path}", seen_at=page, **fields)
        assert answer.status_code == 409, path
    assert await api.happened() == happened
    again = Colleague(api, admin.browser)
    assert (await again.see("/console/staff")).status_code == 200


async def test_a_page_that_stays_open_does_not_keep_the_session(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "KEPT_S", -1)
    admin = await somebody(api, "admin")
    long_ago = "UPDATE staff_device SET seen_at = seen_at - interval '1 hour' RETURNING seen_at"
    before = await api.house.pool.fetchval(long_ago)
    token = next(cookie.value or "" for cookie in admin.browser.cookies.jar if cookie.name == sessions.COOKIE)
    headers = [(b"cookie", f"{sessions.COOKIE}={token}".encode())]
    scope: Any = {"type": "http", "path": sessions.LIVE, "headers": headers}
    stream: Any = Request(scope)
    assert await Sessions(api.house).signed_in(stream) is not None
    assert await api.house.pool.fetchval("SELECT seen_at FROM staff_device") == before

    await admin.see("/console/staff")
    assert await api.house.pool.fetchval("SELECT seen_at FROM staff_device") > before


async def test_hours_are_those_of_the_zone_that_somebody_chose_and_days_stay_the_shops(api: Api) -> None:
    order = await api.place()
    page = f"/console/orders/{order['number']}"
    # 23:30 in UTC, which the shop has: already the next day in Tokyo.
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    await api.house.pool.execute("UPDATE orders SET placed_at = $1, promised_at = $1", late)
    tomoko, other = await somebody(api, "support"), await somebody(api, "reviewer")
    before = await tomoko.see(page)
    chosen = await tomoko.send("/console/account/times", seen_at="/console/account", language="en", zone="Asia/Tokyo")
    after, colleagues = (await tomoko.see(page)).text, (await other.see(page)).text

    assert chosen.status_code == 303, chosen.text
    assert "11:30" in before.text
    assert "8:30" in after
    assert "11:30" not in after
    assert "Mar 2, 2026" in after, "the day that was promised"
    assert "11:30" in colleagues
    account = (await tomoko.see("/console/account")).text
    assert '<option value="Asia/Tokyo" selected>' in account
    await tomoko.send("/console/account/times", seen_at="/console/account", language="de", zone="")
    again = (await tomoko.see(page)).text
    assert "23:30" in again
    assert '<html lang="de"' in again


async def test_a_zone_or_language_that_does_not_exist_is_refused_beside_its_field(api: Api) -> None:
    pia = await somebody(api, "picker")
    for language, zone in (("en", "Mars/Olympus"), ("en", "../etc/passwd"), ("xx", "")):
        answer = await pia.send("/console/account/times", seen_at="/console/account", language=language, zone=zone)
        assert answer.status_code == 422
        assert "zone=" not in answer.headers.get("set-cookie", "")


async def test_when_a_browser_was_seen_is_told_by_the_clock_of_the_shop(api: Api) -> None:
    ada = await somebody(api, "admin")
    clock = SimulatedClock(datetime(2031, 3, 2, 12, tzinfo=UTC))
    msgspec.structs.force_setattr(api.house.outside, "clock", clock)
    pages = [(await ada.see(path)).text for path in ("/console/account", "/console/staff")]

    for page in pages:
        assert "Mar 2, 2031, 11:5" in page or "Mar 2, 2031, 12:00" in page, "as long ago as it is"


async def test_the_page_with_the_recovery_codes_knows_that_the_second_factor_is_on(api: Api) -> None:
    await _need(api, "finance")
    finn = await somebody(api, "finance")
    assert "data-door" in (await finn.see("/console/account")).text
    await finn.send("/console/account/second-factor", seen_at="/console/account", password=PASSWORD)
    (secret,) = await api.house.read.values("SELECT value FROM staff_secret WHERE what = 'totp' AND value <> ''")
    code = pyotp.TOTP(api_secret(api, secret)).now()

    page = await finn.send("/console/account/second-factor/confirm", seen_at="/console/account", code=code)

    assert told(page) == ["The second factor is on. Keep the recovery codes in a safe place."]
    assert "On: a code is asked for at every sign-in." in page.text
    assert "Off. With it" not in page.text
    assert "data-door" not in page.text
    assert 'action="/console/account/times"' in page.text


async def test_a_form_that_is_refused_shows_the_account_as_it_is_by_now(api: Api) -> None:
    finn = await somebody(api, "finance")
    await finn.send("/console/account/second-factor", seen_at="/console/account", password=PASSWORD)
    (secret,) = await api.house.read.values("SELECT value FROM staff_secret WHERE what = 'totp' AND value <> ''")
    code = pyotp.TOTP(api_secret(api, secret)).now()
    elsewhere = Sessions(api.house)  # another process, of which this one hears nothing
    token = next(cookie.value or "" for cookie in finn.browser.cookies.jar if cookie.name == sessions.COOKIE)
    scope: Any = {"type": "http", "path": "/", "headers": [(b"cookie", f"{sessions.COOKIE}={token}".encode())]}
    member = await elsewhere.signed_in(Request(scope))
    assert member is not None
    await Accounts(elsewhere).confirm_second_factor(member, code)

    page = await finn.send("/console/account/second-factor/confirm", seen_at="/console/account", code=code)

    assert page.status_code == 409
    assert "On: a code is asked for at every sign-in." in page.text
