"""What stays of people who signed in: in the journal nothing about them, in the tables what can be erased."""

from __future__ import annotations

from typing import Any

from litestar import Request

from purveyor.core.rows import Row
from purveyor.engine.tables import table_of
from purveyor.insight.verify import verify
from purveyor.records.staff.commands import DisableStaff, EraseStaff
from purveyor.records.staff.queries import all_staff, colleague_by_login, names_of_staff
from purveyor.records.staff.state import Staff, StaffSession
from purveyor.web.http import rate_limits
from tests.web.auth.conftest import PASSWORD, AnyRequest, Browser, Console, second_factor


async def test_the_journal_knows_no_names_logins_hashes_or_secrets(console: Console, browser: Browser) -> None:
    totp, codes, staff = await second_factor(console)
    await browser.code(await browser.sign_in(), codes[0])
    await browser.sign_in("ada", "some wrong password")
    read = console.house.read
    journal = "".join(await read.values("SELECT data::text || actor || key FROM journal WHERE kind LIKE 'staff.%'"))
    log = b"".join(await read.values("SELECT answer || convert_to(key, 'utf8') FROM command_log")).decode()
    hashes = await read.values("SELECT value FROM staff_secret WHERE value <> ''")
    tokens = await read.values("SELECT token_hash FROM staff_device")

    assert str(staff.id) in journal
    assert len(hashes) == 4  # two passwords, the secret, the recovery codes
    for private in ("Somebody", '"ada"', "argon2", PASSWORD, totp.secret, *codes, *hashes, *tokens, "Firefox", "127.0"):
        assert private not in journal
        assert private not in log


async def test_who_left_is_forgotten_and_the_books_stay_whole(console: Console, browser: Browser) -> None:
    await second_factor(console, "pia")
    await browser.sign_in("ada")
    pia = await colleague_by_login(console.house.read, "pia")
    assert pia is not None
    await console.do(DisableStaff(staff_id=pia.id, reason="left"))
    await console.do(EraseStaff(staff_id=pia.id, reason="left"))

    left = await console.house.read.values("SELECT value FROM staff_secret WHERE staff_id = $1", pia.id)
    assert set(left) == {""}
    assert await colleague_by_login(console.house.read, "pia") is None
    assert await names_of_staff(console.house.read, [pia.id]) == {pia.id: ""}
    assert [each.login for each in await all_staff(console.house.read)] == ["ada"]
    assert await console.hire("pia", "packer") != pia.id
    await console.verified()


async def test_verify_finds_what_somebody_changed_by_hand(console: Console, browser: Browser) -> None:
    """The columns of the two tables that the journal rebuilds, and rows that facts refer to."""
    totp, _, _ = await second_factor(console)
    await browser.code(await browser.sign_in(), totp.at(console.wall()))
    await console.verified()
    pool = console.house.pool
    changes: dict[type[Row], dict[str, str]] = {
        Staff: {"password_id": "gen_random_uuid()", "roles": '\'["admin", "sales"]\'', "disabled_at": "now()"}
        | {"failures": "failures + 1", "last_step": "0", "generation": "9", "recovery_used": "'[1]'"},
        StaffSession: {"generation": "9", "ended_at": "now()", "staff_id": "gen_random_uuid()"},
    }
    for kind, columns in changes.items():
        for column, value in columns.items():
            async with pool.acquire() as db:
                await db.execute(f"CREATE TABLE kept AS SELECT * FROM {kind.table}")
                await db.execute(f"UPDATE {kind.table} SET {column} = {value}")
                found = (await verify(pool)).differences
                assert {(each.table, each.column) for each in found} == {(kind.table, column)}, column
                await db.execute(f"DELETE FROM {kind.table}")
                names = ", ".join(table_of(kind).columns)
                await db.execute(f"INSERT INTO {kind.table} SELECT {names} FROM kept")
                await db.execute("DROP TABLE kept")
    await console.verified()
    for table in ("staff_person", "staff_secret", "staff_device"):
        ids = {str(key) for key in await console.house.read.values(f"SELECT id FROM {table}")}
        await pool.execute(f"DELETE FROM {table}")
        assert {each.key for each in (await verify(pool)).differences if each.table == table} == ids


async def test_where_somebody_came_from_is_told_by_our_own_proxies_only(console: Console) -> None:
    headers = [(b"x-forwarded-for", b"evil, 192.0.2.7, 10.0.0.2")]
    scope: Any = {"type": "http", "client": ("10.0.0.1", 1), "headers": headers}
    request: AnyRequest = Request(scope)

    assert [rate_limits.address_of(request, proxies) for proxies in (0, 1, 2, 4)] == [
        "10.0.0.1",
        "10.0.0.2",
        "192.0.2.7",
        "10.0.0.1",
    ]
