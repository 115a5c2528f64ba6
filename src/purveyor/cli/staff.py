"""`purveyor staff ...`: who may sign in at the console. Passwords come from the keyboard or standard input."""

from __future__ import annotations

import getpass
import secrets
import sys
from typing import NamedTuple

from purveyor.cli.startup import OPERATOR, CannotDo, ask, house_of, out, print_json
from purveyor.cli.tables import PlainTable
from purveyor.cli.times import written
from purveyor.core.refusals import Refusal
from purveyor.core.vocabulary import ROLES
from purveyor.db.shop_timezone import shop_zone
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.staff.commands import (
    DisableStaff,
    EnableStaff,
    RemoveSecondFactor,
    SetRoles,
    UnlockStaff,
    VouchForStaff,
)
from purveyor.records.staff.queries import Colleague, all_staff, colleague_by_login
from purveyor.settings import Settings
from purveyor.simulation.shop import TECHNICIANS
from purveyor.web.auth.accounts import Accounts
from purveyor.web.auth.sessions import Sessions
from purveyor.web.http.problem_details import Problem
from purveyor.wiring import House

DEMO = (
    ("ada@demo", "Ada Castellanos", "admin"),
    ("sam@demo", "Sam Okafor", "sales"),
    ("rita@demo", "Rita Lindqvist", "reviewer"),
    ("finn@demo", "Finn Marchetti", "finance"),
    ("pia@demo", "Pia Novak", "picker"),
    ("paul@demo", "Paul Adeyemi", "packer"),
    ("sven@demo", "Sven Carvalho", "shipper"),
    ("tara@demo", TECHNICIANS["tara"], "technician"),
    ("susi@demo", "Susi Fernández", "support"),
    ("rosa@demo", "Rosa Yilmaz", "returns"),
    ("anna@demo", "Anna Petrov", "analyst"),
)
#: Who works there too, with free time of their own; one login a role is told.
COLLEAGUES = tuple((f"{code}@demo", name, "technician") for code, name in TECHNICIANS.items() if code != "tara")


class DemoLogin(NamedTuple):
    login: str
    role: str
    password: str


async def add(settings: Settings, login: str, name: str, roles: str) -> int:
    """A person with a password, typed twice or read from standard input."""
    wanted = _roles(roles)
    password = read_password(f"Password for {login}: ")
    async with house_of(settings, providers=False) as house:
        try:
            await Accounts(Sessions(house)).add(OPERATOR, login, name or login, wanted, password)
        except (Refusal, Problem) as no:
            raise CannotDo(str(no)) from no
    out.print(f"{login} may sign in now, as {', '.join(wanted)}.")
    return 0


async def list_all(settings: Settings, *, json: bool) -> int:
    async with house_of(settings, providers=False) as house:
        found = await all_staff(house.read)
        zone = await shop_zone(house.read)
    if json:
        print_json([{name: getattr(each, name) for name in each.__struct_fields__} for each in found])
        return 0
    if not found:
        out.print("Nobody can sign in yet. `purveyor staff add LOGIN --roles admin` lets the first one in.")
        return 0
    table = PlainTable("login", "name", "roles", "second factor", "last seen in", "")
    for each in found:
        seen = written(each.signed_in_at, zone, otherwise="never")
        state = "disabled" if each.disabled_at else "" if each.has_password else "no password"
        factor = f"yes, {each.recovery_left} recovery codes" if each.has_second_factor else "no"
        table.add_row(each.login, each.name, ", ".join(each.roles), factor, seen, state)
    out.print(table)
    return 0


async def set_password(settings: Settings, login: str) -> int:
    """It ends every session of the person, and a lock-out."""
    password = read_password(f"New password for {login}: ")
    async with house_of(settings, providers=False) as house:
        found = await _named(house, login)
        try:
            await Accounts(Sessions(house)).set_password(OPERATOR, found.id, password)
        except (Refusal, Problem) as no:
            raise CannotDo(str(no)) from no
    out.print(f"{found.login} has a new password. All sessions of this login are over.")
    return 0


async def set_roles(settings: Settings, login: str, roles: str) -> int:
    wanted = _roles(roles)
    async with house_of(settings, providers=False) as house:
        found = await _named(house, login)
        await ask(house, SetRoles(staff_id=found.id, roles=wanted))
    out.print(f"{found.login} is {', '.join(wanted)} now.")
    return 0


async def vouch(settings: Settings, login: str) -> int:
    """It counts as a second person, whoever made it."""
    async with house_of(settings, providers=False) as house:
        found = await _named(house, login)
        await ask(house, VouchForStaff(staff_id=found.id))
    out.print(f"{found.login} counts as a person of its own, also for who made this login.")
    return 0


async def disable(settings: Settings, login: str, reason: str) -> int:
    async with house_of(settings, providers=False) as house:
        found = await _named(house, login)
        await ask(house, DisableStaff(staff_id=found.id, reason=reason))
    out.print(f"{found.login} is shut out. A running server forgets this login within seconds.")
    return 0


async def enable(settings: Settings, login: str) -> int:
    async with house_of(settings, providers=False) as house:
        found = await _named(house, login)
        await ask(house, EnableStaff(staff_id=found.id))
    out.print(f"{found.login} may sign in again.")
    return 0


async def unlock(settings: Settings, login: str) -> int:
    """Too many tries failed, and it was the person."""
    async with house_of(settings, providers=False) as house:
        found = await _named(house, login)
        await ask(house, UnlockStaff(staff_id=found.id))
    out.print(f"Nothing is locked for {found.login} any more.")
    return 0


async def reset_second_factor(settings: Settings, login: str, reason: str) -> int:
    async with house_of(settings, providers=False) as house:
        found = await _named(house, login)
        await ask(house, RemoveSecondFactor(staff_id=found.id, reason=reason))
    out.print(f"{found.login} signs in with the password alone until a second factor is set up again.")
    return 0


async def demo_staff(house: House, password: str = "") -> list[DemoLogin]:
    """One login a role, all with one password: a new one each time where none is given. May be called again."""
    password = password or f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}"
    accounts = Accounts(Sessions(house))
    await ask(house, SetPolicy(name="sign_in", data={"second_factor_for": []}))  # visitors of a demo have no device
    logins = []
    for login, name, role in DEMO + COLLEAGUES:
        found = await colleague_by_login(house.read, login)
        if found is None:
            await accounts.add(OPERATOR, login, name, (role,), password)
        else:
            await accounts.set_password(OPERATOR, found.id, password)
        logins.append(DemoLogin(login, role, password))
    return logins[: len(DEMO)]


def read_password(prompt: str) -> str:
    """Typed twice without being shown; the first line of standard input where that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(prompt)
    if getpass.getpass("The same again: ") != password:
        raise CannotDo("These were two different passwords. Nothing was changed.")
    return password


async def _named(house: House, login: str) -> Colleague:
    found = await colleague_by_login(house.read, login.strip().lower())
    if found is None:
        raise CannotDo(f"Nobody has the login {login}. `purveyor staff list` shows all.")
    return found


def _roles(text: str) -> tuple[str, ...]:
    roles = tuple(role.strip() for role in text.split(",") if role.strip())
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise CannotDo(f"--roles: found {', '.join(unknown) or 'none'}, expected some of {', '.join(ROLES)}.")
    return roles
