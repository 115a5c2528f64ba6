"""A console with nothing but a door: staff signs in over HTTP, on the real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pyotp
import pytest
from litestar import Litestar, Request, get, post
from litestar.response.base import ASGIResponse

from purveyor.core.messages import Command
from purveyor.insight.verify import verify
from purveyor.records.staff.queries import colleague_by_login
from purveyor.web.auth import sessions as sessions_module
from purveyor.web.auth.accounts import Accounts
from purveyor.web.auth.sessions import Sessions, StaffMember, now_on_the_wall
from purveyor.web.auth.sign_in import CodeWanted, SignIn
from purveyor.web.http.problem_details import Problem
from purveyor.wiring import House
from purveyor.worker.sweeper import Sweeper

PASSWORD = "correct horse battery"
NEW = "staple of another colour"
AnyRequest = Request[Any, Any, Any]


class Wall:
    """A clock on the wall that a test can put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return now_on_the_wall() + self.ahead


class Console:
    """What a browser has before it: a page to sign in, one to see who is in, one that changes something."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.wall = Wall()
        self.sessions = Sessions(house)
        self.accounts = Accounts(self.sessions, now=self.wall)
        self.sign_in = SignIn(self.sessions, now=self.wall)

    @property
    def app(self) -> Litestar:
        async def form_of(request: AnyRequest) -> dict[str, str]:
            return {name: str(value) for name, value in (await request.form()).items()}

        @get("/sign-in")
        async def page(request: AnyRequest) -> ASGIResponse:
            token, cookie = self.sessions.csrf.of_guest(request)
            return _answer({"csrf": token}, cookie)

        @post("/sign-in")
        async def enter(request: AnyRequest) -> ASGIResponse:
            form = await form_of(request)
            self.sessions.check_form(request, await self.sessions.signed_in(request), form.get("csrf_token", ""))
            if "ticket" in form:
                by_code = await self.sign_in.with_code(request, form["ticket"], form["code"])
                return _answer({}, by_code.cookie, by_code.known)
            came = await self.sign_in.with_password(request, form["login"], form["password"])
            if isinstance(came, CodeWanted):
                return _answer({"ticket": came.ticket})
            return _answer({}, came.cookie, came.known)

        @get("/me")
        async def me(request: AnyRequest) -> ASGIResponse:
            staff = await self.sessions.admit(request)
            return _answer({"id": staff.id, "name": staff.name, "roles": staff.roles, "csrf": staff.csrf})

        @post("/pick")
        async def pick(request: AnyRequest) -> ASGIResponse:
            staff = await self.sessions.admit(request, "picking:write")
            self.sessions.check_form(request, staff, (await form_of(request)).get("csrf_token", ""))
            return _answer({"picked": True})

        @post("/sign-out")
        async def leave(request: AnyRequest) -> ASGIResponse:
            return _answer({}, await self.sessions.sign_out(request))

        return Litestar(
            [page, enter, me, pick, leave],
            exception_handlers={Problem: lambda _, problem: problem.framework_response},
            openapi_config=None,
            logging_config=None,
        )

    async def hire(self, login: str, *roles: str, password: str = PASSWORD) -> UUID:
        return await self.accounts.add("staff:test", login, f"{login.title()} Somebody", roles, password)

    async def do(self, command: Command) -> None:
        given = await self.house.committer.submit(command, key=f"test {uuid4()}", actor="staff:test")
        assert given.accepted, given.body

    async def sweep(self) -> None:
        house = self.house
        outside = msgspec.structs.replace(house.outside, read=house.read)
        await Sweeper(house.pool, house.committer, outside).sweep_due()

    async def verified(self) -> None:
        report = await verify(self.house.pool)
        assert report.differences == []
        assert report.facts > 0

    async def facts(self, kind: str) -> int:
        (count,) = await self.house.read.values("SELECT count(*) FROM journal WHERE kind = $1", kind)
        return int(count)


class Browser:
    """A client with cookies, that fills in forms."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """A form as the page had it, with its token."""
        return await self.client.post(path, data=fields)

    async def sign_in(self, login: str = "ada", password: str = PASSWORD, **fields: str) -> httpx.Response:
        token = (await self.client.get("/sign-in")).json()["csrf"]
        sent = {"login": login, "password": password} | fields
        me = await self.client.get("/me")
        return await self.send("/sign-in", csrf_token=me.json()["csrf"] if me.status_code == 200 else token, **sent)

    async def code(self, answer: httpx.Response, code: str) -> httpx.Response:
        return await self.sign_in(ticket=answer.json()["ticket"], code=code)

    async def me(self, **headers: str) -> int:
        return (await self.client.get("/me", headers=headers)).status_code


def _answer(body: Any, *cookies: str) -> ASGIResponse:
    response = ASGIResponse(body=msgspec.json.encode(body), media_type="application/json", encoding="utf-8")
    for cookie in filter(None, cookies):
        response.headers.add("set-cookie", cookie)
    return response


@pytest.fixture
async def console(house: House, monkeypatch: pytest.MonkeyPatch) -> Console:
    """Ada is the admin and Pia a picker. Nothing is remembered between two pages."""
    monkeypatch.setattr(sessions_module, "KEPT_S", -1)
    console = Console(house)
    await console.hire("ada", "admin")
    await console.hire("pia", "picker")
    return console


def browser_of(console: Console, base_url: str = "http://purveyor", address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=console.app, client=(address, 123))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url=base_url, headers={"User-Agent": "Firefox 128"})


@pytest.fixture
async def browser(console: Console) -> AsyncIterator[Browser]:
    async with browser_of(console) as client:
        yield Browser(client)


async def second_factor(console: Console, login: str = "ada") -> tuple[pyotp.TOTP, list[str], StaffMember]:
    """Set up by its owner, with a first code that is 90 seconds old by now."""
    found = await colleague_by_login(console.house.read, login)
    assert found is not None
    staff = StaffMember(
        id=found.id, name=found.name, login=login, roles=(), session_id=found.id, csrf="", has_second_factor=False
    )
    begun = await console.accounts.begin_second_factor(staff, PASSWORD)
    totp = pyotp.TOTP(begun.secret)
    assert begun.address == totp.provisioning_uri(name=login, issuer_name="Purveyor")
    codes = await console.accounts.confirm_second_factor(staff, totp.at(console.wall()))
    console.wall.ahead += timedelta(seconds=90)
    return totp, codes, staff
