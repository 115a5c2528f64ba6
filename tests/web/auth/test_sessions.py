"""What a session allows, and how it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from purveyor.db.reader import Reader
from purveyor.records.staff.commands import DisableStaff, SetRoles
from purveyor.records.staff.queries import colleague_by_login, over
from purveyor.web.auth import sessions as sessions_module
from purveyor.web.auth.sessions import BY_ITSELF, StaffMember, now_on_the_wall
from purveyor.web.http.problem_details import Problem
from tests.web.auth.conftest import NEW, PASSWORD, Browser, Console, browser_of


async def test_a_role_opens_its_own_doors_on_the_server(console: Console, browser: Browser) -> None:
    await console.hire("sam", "sales")
    for login, status in (("pia", 200), ("ada", 200), ("sam", 403)):
        await browser.sign_in(login)
        csrf = (await browser.client.get("/me")).json()["csrf"]
        response = await browser.send("/pick", csrf_token=csrf)
        assert response.status_code == status, login
        await browser.send("/sign-out")
    assert response.json()["data"]["needs"] == "picking:write"


async def test_another_role_counts_at_the_next_page(console: Console, browser: Browser) -> None:
    await browser.sign_in("pia")
    me = (await browser.client.get("/me")).json()
    await console.do(SetRoles(staff_id=UUID(me["id"]), roles=("analyst",)))

    assert (await browser.send("/pick", csrf_token=me["csrf"])).status_code == 403
    assert await browser.me() == 200


async def test_a_form_that_is_not_ours_changes_nothing(console: Console, browser: Browser) -> None:
    await browser.sign_in("pia")
    csrf = (await browser.client.get("/me")).json()["csrf"]
    guest = (await browser.client.get("/sign-in")).json()["csrf"]
    async with browser_of(console) as other:
        await Browser(other).sign_in("pia")
        theirs = (await other.get("/me")).json()["csrf"]
    for token in ("", "nonsense", guest, theirs, f"{csrf}x", "é"):
        response = await browser.send("/pick", csrf_token=token)
        assert (response.status_code, response.json()["code"]) == (403, "form_not_ours")

    assert (await browser.client.post("/pick", headers={"X-CSRF-Token": csrf})).status_code == 200
    assert (await browser.send("/pick", csrf_token=csrf)).status_code == 200


async def test_nobody_signs_another_in_from_another_site(console: Console, browser: Browser) -> None:
    fields = {"login": "ada", "password": PASSWORD}
    assert (await browser.send("/sign-in", **fields)).status_code == 403
    token = (await browser.client.get("/sign-in")).json()["csrf"]
    browser.client.cookies.set("purveyor-guest", "bWFkZSB1cA.bWFkZSB1cA")
    assert (await browser.send("/sign-in", csrf_token=token, **fields)).status_code == 403
    assert await console.facts("staff.session_opened") == 0


async def test_whoever_is_shut_out_is_out_at_the_next_page(console: Console, browser: Browser) -> None:
    await browser.sign_in("pia")
    me = (await browser.client.get("/me")).json()
    await console.do(DisableStaff(staff_id=UUID(me["id"]), reason="left"))

    assert await browser.me() == 401
    assert (await browser.sign_in("pia")).status_code == 401
    await console.sweep()
    assert await console.house.read.values("SELECT ended_at IS NULL FROM staff_session") == [False]
    await console.verified()


async def test_a_password_is_changed_by_who_knows_it_and_other_sessions_end(console: Console, browser: Browser) -> None:
    await browser.sign_in()
    async with browser_of(console) as other:
        elsewhere = Browser(other)
        await elsewhere.sign_in()
        ada = await colleague_by_login(console.house.read, "ada")
        assert ada is not None
        sessions = {each.session_id for each in await console.sessions.list_of(ada.id)}
        assert len(sessions) == 2
        (mine,) = await console.house.read.values("SELECT max(id::text)::uuid FROM staff_session")
        staff = StaffMember(
            id=ada.id,
            name=ada.name,
            login="ada",
            roles=("admin",),
            session_id=UUID(str(mine)),
            csrf="",
            has_second_factor=False,
        )
        with pytest.raises(Problem, match="not your password"):
            await console.accounts.change_password(staff, "wrong", NEW)
        await console.accounts.change_password(staff, PASSWORD, NEW)

        assert (await browser.me(), await elsewhere.me()) == (401, 200)
        await console.sessions.end_others(staff)
        assert await elsewhere.me() == 200
        await console.sessions.end(staff, staff.session_id)
        assert await elsewhere.me() == 401
    await console.verified()


async def test_what_a_page_asks_by_itself_is_nobody_who_is_there(console: Console, browser: Browser) -> None:
    await browser.sign_in()
    seen = "SELECT clock_timestamp() - seen_at > '1 hour' FROM staff_device"
    await console.house.pool.execute("UPDATE staff_device SET seen_at = seen_at - interval '2 hours'")
    assert await browser.me(**{BY_ITSELF: "1"}) == 200
    assert await console.house.read.values(seen) == [True]

    assert await browser.me() == 200, "and who comes right after it counts"
    assert await console.house.read.values(seen) == [False]


async def test_a_session_where_nobody_is_ends_by_itself(console: Console, browser: Browser) -> None:
    await browser.sign_in()
    move = "UPDATE staff_device SET seen_at = seen_at - $1::interval, ends_at = ends_at - $2::interval"
    await console.house.pool.execute(move, timedelta(hours=7, minutes=59), timedelta())
    assert await browser.me() == 200
    (seen,) = await console.house.read.values("SELECT clock_timestamp() - seen_at FROM staff_device")
    assert seen < timedelta(minutes=1), "that somebody was here counts from now"
    assert await over(console.house.read, now_on_the_wall(), 10) == []

    await console.house.pool.execute(move, timedelta(hours=8), timedelta())
    assert await browser.me() == 401
    await console.sweep()
    assert await console.facts("staff.session_ended") == 1
    await browser.sign_in()
    await console.house.pool.execute(move, timedelta(), timedelta(hours=24))
    assert await browser.me() == 401, "and a day is the longest"
    await console.verified()


async def test_most_pages_need_no_look_up(console: Console, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions_module, "KEPT_S", 60)
    await browser.sign_in()
    assert await browser.me() == 200
    looked_up = [0]
    fetch = Reader.rows

    async def counted(reader: Reader, *arguments: Any) -> Any:
        looked_up[0] += 1
        return await fetch(reader, *arguments)

    monkeypatch.setattr(Reader, "rows", counted)
    assert await browser.me() == 200
    assert looked_up == [0]
    await browser.send("/sign-out")
    assert await browser.me() == 401, "a session that is left here is over here at once"


async def test_the_look_up_of_a_session_goes_by_its_index(console: Console, browser: Browser) -> None:
    from purveyor.records.staff.queries import BY_TOKEN

    await browser.sign_in()
    await console.house.pool.execute(
        "INSERT INTO staff_device SELECT gen_random_uuid(), gen_random_uuid(), md5(n::text), '', '', now(), 480, now(),"
        " false FROM generate_series(1, 20000) AS n"
    )
    await console.house.pool.execute("ANALYZE staff_device")
    plan = await console.house.read.values(f"EXPLAIN {BY_TOKEN}", "0" * 64, now_on_the_wall())
    assert any("staff_device_token" in line for line in plan), plan


async def test_a_browser_has_one_session(console: Console, browser: Browser) -> None:
    await browser.sign_in()
    before = browser.client.cookies["purveyor"]
    await browser.sign_in("pia")

    assert (await browser.client.get("/me")).json()["name"] == "Pia Somebody"
    browser.client.cookies.clear()
    browser.client.cookies.set("purveyor", before)
    assert await browser.me() == 401
    assert await console.facts("staff.session_ended") == 1
