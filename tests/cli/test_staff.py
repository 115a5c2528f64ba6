from __future__ import annotations

import io
import sys

import asyncpg
import pytest

from purveyor.cli import staff as verb
from purveyor.cli.startup import house_of
from purveyor.core.vocabulary import ROLES
from purveyor.records.staff.queries import proofs_by_login
from purveyor.web.auth.passwords import is_password
from tests.cli.conftest import Desk

PASSWORD = "correct horse battery"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Standard input, with a password in it."""
    text = io.StringIO(f"{PASSWORD}\n")
    monkeypatch.setattr(sys, "stdin", text)
    return text


async def test_somebody_is_let_in_with_a_password_from_standard_input(desk: Desk, typed: io.StringIO) -> None:
    done = await desk.run("staff", "add", "Ada@shop.example", "--name", "Ada Castellanos")
    (ada,) = (await desk.run("staff", "list", "--json")).json

    assert "may sign in now, as admin" in done.text
    assert (ada["login"], ada["name"], ada["roles"]) == ("ada@shop.example", "Ada Castellanos", ["admin"])
    assert PASSWORD not in done.text
    listed = (await desk.run("staff", "list")).text
    assert "ada@shop.example" in listed
    assert "argon2" not in listed
    async with house_of(desk.settings) as house:
        proofs = await proofs_by_login(house.read, "ada@shop.example")
    assert proofs is not None
    assert await is_password(proofs.password_hash, PASSWORD)


async def test_what_cannot_be_is_told_in_words(desk: Desk, typed: io.StringIO) -> None:
    assert "expected some of admin, sales" in (await desk.run("staff", "add", "bo", "--roles", "boss", status=2)).text
    typed.truncate(0)
    assert (
        "must be 12 to 256 characters; you sent 0 characters" in (await desk.run("staff", "add", "bo", status=2)).text
    )
    assert "Nobody has the login bo." in (await desk.run("staff", "disable", "bo", "--reason", "x", status=2)).text
    assert (await desk.run("staff", "list", "--json")).json == []
    assert "lets the first one in" in (await desk.run("staff", "list")).text


async def test_a_database_that_goes_away_meanwhile_is_told_in_words(desk: Desk, typed: io.StringIO) -> None:
    db = await asyncpg.connect(desk.database)
    await db.execute("""
        CREATE FUNCTION shut_down() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'terminating connection' USING ERRCODE = '57P01'; END $$;
        CREATE TRIGGER shut_down BEFORE INSERT ON command_log EXECUTE FUNCTION shut_down();
    """)
    await db.close()

    told = (await desk.run("staff", "add", "ada", status=2)).text

    assert "did not answer (terminating connection)" in told
    assert "Traceback" not in told
    assert (await desk.run("staff", "list", "--json")).json == []


async def test_the_only_admin_stays(desk: Desk, typed: io.StringIO) -> None:
    await desk.run("staff", "add", "ada")
    assert "only admin" in (await desk.run("staff", "disable", "ada", "--reason", "left", status=2)).text
    assert "only admin" in (await desk.run("staff", "set-roles", "ada", "--roles", "sales", status=2)).text
    typed.seek(0)
    await desk.run("staff", "add", "bo", "--roles", "picker,admin")
    await desk.run("staff", "disable", "ada", "--reason", "left")
    ada, bo = (await desk.run("staff", "list", "--json")).json

    assert ada["disabled_at"] is not None
    assert bo["roles"] == ["admin", "picker"]
    assert "disabled" in (await desk.run("staff", "list")).text
    await desk.run("staff", "enable", "ada")
    await desk.run("staff", "reset-second-factor", "ada")
    typed.seek(0)
    await desk.run("staff", "set-password", "ada")
    assert (await desk.run("verify")).status == 0


async def test_the_demo_has_a_login_for_every_role_and_can_be_started_again(desk: Desk) -> None:
    async with house_of(desk.settings) as house:
        first = await verb.demo_staff(house)
        again = await verb.demo_staff(house)
        proofs = await proofs_by_login(house.read, "pia@demo")

    assert {each.role for each in first} == set(ROLES)
    assert proofs is not None
    assert not await is_password(proofs.password_hash, first[0].password)
    assert await is_password(proofs.password_hash, again[0].password)
    db = await asyncpg.connect(desk.database)
    journal = str(await db.fetch("SELECT data, actor FROM journal"))
    await db.close()
    assert "@demo" not in journal
    assert "Castellanos" not in journal
