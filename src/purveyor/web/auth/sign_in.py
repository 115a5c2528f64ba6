"""Signing in: login and password, then a code where there is a second factor.

Whoever fails learns nothing: an unknown login, a wrong password and a login that is locked get the same answer after
the same work.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.refusals import wanted
from purveyor.engine.answers import Answer
from purveyor.records.staff.commands import NoteFailedSignIn, OpenSession, RehashPassword
from purveyor.records.staff.queries import Proofs, proofs_by_login, proofs_of
from purveyor.web.auth.passwords import hash_password, is_outdated, is_password
from purveyor.web.auth.second_factor import kept_secret, recovery_place, step_of
from purveyor.web.auth.sessions import Sessions, hash_of, new_token, now_on_the_wall
from purveyor.web.http.cookies import cookie_name, set_cookie
from purveyor.web.http.problem_details import Problem
from purveyor.web.http.rate_limits import RateLimit, address_of, network_of

LONGEST_LOGIN = 254
TICKET_FOR = timedelta(minutes=5)  # between password and code
TICKET = "sign-in ticket"
ACTOR = "staff:signing_in"  # who tries a login has not proved anything yet

_NO = wanted(
    "Login and password do not go together, or too many tries have locked this login for a while. Check both; if you "
    "cannot get in, wait a quarter of an hour or ask an admin for a new password."
)
_NO_CODE = wanted("This code is not right. Wait for the next code and try that, or use a recovery code.")
# Whoever comes here has given the right password, so what is wrong may be said.
_CODE_USED = wanted(
    "This code was used before, to set up the second factor or to sign in. "
    "Wait for the next one: half a minute at most."
)
_RECOVERY_USED = wanted("This recovery code was used before. Each of them works once: use another one of yours.")
_CODE_LOCKED = wanted("Too many tries have locked this login for a while. Wait a quarter of an hour, or ask an admin.")
_TICKET_OVER = wanted("That took too long, or was finished before. Please begin again with login and password.")
_TOO_LATE = wanted("This password was made for you and had to be changed in time. Ask an admin for a new one.")
KNOWN = "purveyor-known"  # the cookie of a browser in which somebody was signed in
KNOWN_S = 180 * 24 * 3600


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is in. `cookie` is the `Set-Cookie` value that keeps it so."""

    staff_id: UUID
    session_id: UUID
    cookie: str
    known: str  # the value of another: that this browser was here before


class CodeWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The password was right, and a code is needed. `ticket` belongs into the form that asks for it."""

    ticket: str


class _Ticket(msgspec.Struct, frozen=True):
    staff_id: UUID
    password_id: UUID
    until: datetime


class _Place(msgspec.Struct, frozen=True):
    """Where a try comes from: the browser, if this person was signed in there before, else the network."""

    name: str
    is_known: bool


class SignIn:
    """The way in. One for each process, because it counts tries."""

    def __init__(self, sessions: Sessions, *, now: Callable[[], datetime] = now_on_the_wall) -> None:
        self._sessions = sessions
        self._now = now
        self._by_address = RateLimit("tries to sign in from here", most=30, every_s=2)
        self._by_login = RateLimit("tries to sign in with this login", most=50, every_s=60)  # from wherever
        self._by_place = RateLimit("tries to sign in with this login", most=10, every_s=30)

    async def with_password(self, request: Any, login: str, password: str) -> SignedIn | CodeWanted:
        """Open a session, or ask for a code.

        Raises `Problem`: 401 `sign_in_refused` whatever was wrong, and 429 after too many tries.
        """
        login = login.strip().lower()
        place = self._place(request, login)
        self._count(request, login, place)
        fits = 0 < len(login) <= LONGEST_LOGIN and "\0" not in login
        proofs = await proofs_by_login(self._sessions.house.read, login) if fits else None
        right = await is_password(proofs.password_hash if proofs is not None else "", password)
        if proofs is None or proofs.password_id is None:
            raise self._refused(login, "unknown_login", _NO)
        if not right:
            await self._note_failure(proofs, place)
            raise self._refused(login, "password_wrong", _NO)
        is_shut = proofs.disabled_at is not None or proofs.is_locked(place.name, self._now())
        if is_shut:  # said before a code is asked for: that it is asked for tells that the password was right
            raise self._refused(login, "locked", _NO)
        if proofs.password_until is not None and proofs.password_until <= self._now():
            raise self._refused(login, "password_over", _TOO_LATE)
        if proofs.factor_id is not None:
            ticket = _Ticket(proofs.staff_id, proofs.password_id, self._now() + TICKET_FOR)
            return CodeWanted(ticket=self._sessions.seal.seal(TICKET, msgspec.json.encode(ticket).decode()))
        entered = await self._open(request, proofs, proofs.password_id, place)
        if is_outdated(proofs.password_hash):
            await self._rehash(proofs.staff_id, proofs.password_id, password)
        return entered

    async def with_code(self, request: Any, ticket: str, code: str) -> SignedIn:
        """Open a session by a code of the second factor, or a recovery code.

        Raises `Problem`: 401 `ticket_over` when it took too long, 401 `code_refused`, and 429 after too many tries.
        """
        read = self._read_ticket(ticket)
        proofs = await proofs_of(self._sessions.house.read, read.staff_id) if read is not None else None
        if read is None or proofs is None or proofs.password_id is None:
            raise self._refused(proofs.login if proofs else "", "ticket_over", _TICKET_OVER, "ticket_over")
        place = self._place(request, proofs.login)
        self._count(request, proofs.login, place)
        if proofs.is_locked(place.name, self._now()):
            raise self._refused(proofs.login, "locked", _CODE_LOCKED, "code_refused")
        step = step_of(kept_secret(self._sessions.seal, proofs.factor_secret), code, self._now())
        recovery = recovery_place(code, proofs.recovery) if step is None else -1
        if step is None and recovery < 0:
            await self._note_failure(proofs, place)
            raise self._refused(proofs.login, "code_wrong", _NO_CODE, "code_refused")
        return await self._open(
            request,
            proofs,
            read.password_id,
            place,
            step=step or 0,
            recovery=recovery,
            ticket_at=read.until - TICKET_FOR,
        )

    def _place(self, request: Any, login: str) -> _Place:
        """Strangers share neither the browser nor, mostly, the network of the owner, so they lock out themselves."""
        seal = self._sessions.seal
        cookie = request.cookies.get(cookie_name(KNOWN, secure=self._sessions.is_secure), "")
        owner, _, browser = ((seal.unseal(KNOWN, cookie) if cookie else None) or "").partition(" ")
        if browser and owner == seal.tag("login", login):
            return _Place(f"browser:{browser}", is_known=True)
        return _Place("network:" + seal.tag("network", network_of(self._address(request)))[:16], is_known=False)

    def _known(self, login: str, place: _Place) -> str:
        """The cookie of a browser in which somebody is signed in now."""
        browser = place.name.partition(":")[2] if place.is_known else secrets.token_hex(8)
        sealed = self._sessions.seal.seal(KNOWN, f"{self._sessions.seal.tag('login', login)} {browser}")
        return set_cookie(KNOWN, sealed, secure=self._sessions.is_secure, max_age_s=KNOWN_S)

    def _address(self, request: Any) -> str:
        return address_of(request, self._sessions.house.settings.proxies)

    def _count(self, request: Any, login: str, place: _Place) -> None:
        self._by_address.take(network_of(self._address(request)))
        self._by_place.take(f"{login[:LONGEST_LOGIN]} {place.name}")
        if not place.is_known:
            self._by_login.take(login[:LONGEST_LOGIN])

    async def _open(
        self,
        request: Any,
        proofs: Proofs,
        password_id: UUID,
        place: _Place,
        *,
        step: int = 0,
        recovery: int = -1,
        ticket_at: datetime | None = None,
    ) -> SignedIn:
        token = new_token()
        command = OpenSession(
            staff_id=proofs.staff_id,
            password_id=password_id,
            now=self._now(),
            token_hash=hash_of(token),
            address=self._address(request),
            agent=str(request.headers.get("user-agent", "")).replace("\0", ""),
            step=step,
            recovery=recovery,
            place=place.name,
            ticket_at=ticket_at,
        )
        answer: Answer = await self._sessions.ask(command, f"staff:{proofs.staff_id}")
        if answer.refusal is not None:
            if answer.refusal.code == "code_used":
                await self._note_failure(proofs, place)
            raise self._not_opened(proofs, answer.refusal.code, with_code=ticket_at is not None, recovery=recovery)
        self._by_login.forgive(proofs.login)
        self._by_place.forgive(f"{proofs.login} {place.name}")
        before = await self._sessions.signed_in(request)
        if before is not None:  # this browser forgets its token, so nobody would ever end that session
            await self._sessions.end(before, before.session_id)
        session_id = UUID(str(answer.reply["session_id"]))
        return SignedIn(
            staff_id=proofs.staff_id,
            session_id=session_id,
            cookie=self._sessions.cookie_of(token),
            known=self._known(proofs.login, place),
        )

    def _not_opened(self, proofs: Proofs, why: str, *, with_code: bool, recovery: int) -> Problem:
        """What a decision said no to, although password and code are right."""
        if not with_code:
            return self._refused(proofs.login, why, _NO)
        if why == "ticket_used":
            return self._refused(proofs.login, why, _TICKET_OVER, "ticket_over")
        used = _CODE_USED if recovery < 0 else _RECOVERY_USED
        sentence = {"code_used": used, "locked_out": _CODE_LOCKED}.get(why, _NO_CODE)
        return self._refused(proofs.login, why, sentence, "code_refused")

    def _refused(self, login: str, why: str, sentence: str, code: str = "sign_in_refused") -> Problem:
        self._sessions.note_refused(login, why)
        return Problem(401, code, sentence)

    async def _note_failure(self, proofs: Proofs, place: _Place) -> None:
        command = NoteFailedSignIn(staff_id=proofs.staff_id, now=self._now(), place=place.name)
        answer = await self._sessions.ask(command, ACTOR)
        if answer.reply.get("locked"):
            self._sessions.note_locked(proofs.login)

    async def _rehash(self, staff_id: UUID, password_id: UUID, password: str) -> None:
        command = RehashPassword(
            staff_id=staff_id, password_id=password_id, password_hash=await hash_password(password)
        )
        await self._sessions.ask(command, f"staff:{staff_id}")

    def _read_ticket(self, ticket: str) -> _Ticket | None:
        text = self._sessions.seal.unseal(TICKET, ticket)
        if text is None:
            return None
        read = msgspec.json.decode(text, type=_Ticket)
        return read if self._now() < read.until else None
