"""Sessions of staff in browsers: a random token in a cookie, its hash in a row, looked up at the door."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import msgspec

from purveyor.core.messages import Command
from purveyor.engine.answers import Answer
from purveyor.records.policies.queries import load_policies
from purveyor.records.staff.commands import EndAllSessions, EndSession
from purveyor.records.staff.queries import NOTE_PROVED, NOTE_SEEN, OpenSessionRow, session_by_token, sessions_of
from purveyor.records.staff.scopes import allows
from purveyor.secret_key import seal_of
from purveyor.web.auth.csrf import Csrf
from purveyor.web.auth.roles import roles_with, scopes_of
from purveyor.web.http import security_log
from purveyor.web.http.app_context import House
from purveyor.web.http.cookies import cookie_name, is_secure, set_cookie
from purveyor.web.http.problem_details import Problem

COOKIE = "purveyor"
TOKEN_BYTES = 32
LONGEST_TOKEN = 64  # characters that are looked at
KEPT_S = 5.0  # a session that another process ended may still come in for so long
MOST_KEPT = 10_000
FRESH = timedelta(minutes=10)  # for which a password that was given counts as given now
LIVE = "/console/live"  # comes back by itself while a page is open, and so says nothing about a person
BY_ITSELF = "purveyor-by-itself"  # the header of what a page asks for when something has happened
SEEN_EVERY = timedelta(minutes=5)  # how exactly it is known when somebody was here


class StaffMember(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Who is signed in."""

    id: UUID
    name: str
    login: str
    roles: tuple[str, ...]
    session_id: UUID
    csrf: str  # belongs into every form
    has_second_factor: bool
    proved_at: datetime | None = None  # when the password was given last
    must_change_password: bool = False  # it was made for the person
    must_enroll: bool = False  # one of the roles needs a second factor, and there is none

    @cached_property
    def scopes(self) -> frozenset[str]:
        return scopes_of(self.roles)

    def has_just_proved(self, now: datetime) -> bool:
        """Whether the password was given a short while ago: for what makes others come in, or changes the rules."""
        return self.proved_at is not None and now - self.proved_at < FRESH

    @property
    def actor(self) -> str:
        """As the journal has it: no name, because the journal is never erased."""
        return f"staff:{self.id}"

    def may(self, scope: str) -> bool:
        """Whether one of the roles allows it: `picking:write`."""
        return allows(self.scopes, scope)


def may(staff: StaffMember | None, scope: str) -> bool:
    return staff is not None and staff.may(scope)


def now_on_the_wall() -> datetime:
    """The real time. People who sign in live in it, even where the shop's own time is simulated."""
    return datetime.now(UTC)


class Sessions:
    """Knows the sessions that were here lately, so that most pages need no look-up, and the others one."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.seal = seal_of(house.settings.secret_key, house.settings.data_dir)
        self.csrf = Csrf(self.seal, house.settings)
        self.is_secure = is_secure(house.settings)
        self._known: dict[tuple[str, bool], tuple[float, StaffMember | None]] = {}

    async def signed_in(self, request: Any) -> StaffMember | None:
        """Who sends a request, or None."""
        token = self.token_in(request)
        if not token:
            return None
        digest, by_itself = hash_of(token), comes_by_itself(request)
        known = self._known.get((digest, by_itself))  # apart: what comes by itself must not hide a person who is there
        if known is not None and known[0] > monotonic():
            return known[1]
        staff = await self._look_up(token, digest, by_itself=by_itself)
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[digest, by_itself] = (monotonic() + KEPT_S, staff)
        return staff

    async def admit(self, request: Any, scope: str = "") -> StaffMember:
        """Who sends a request. Raises `Problem`: 401 for nobody, 403 for whoever may not do this."""
        staff = await self.signed_in(request)
        if staff is None:
            raise Problem(401, "signed_out", "Please sign in: nobody is signed in here, or the session is over.")
        if scope and not staff.may(scope):
            security_log.note("scope.refused", actor=staff.actor, needs=scope)
            raise Problem(
                403,
                "scope_missing",
                f"This is not part of your work here: it is that of {', '.join(roles_with(scope))}.",
                data={"needs": scope, "has": sorted(staff.scopes)},
                instead=("ask an admin for another role",),
            )
        return staff

    def check_form(self, request: Any, staff: StaffMember | None, field: str = "") -> None:
        """Raises `Problem` (403) unless a form is ours; `field` is what it has in `csrf_token`."""
        self.csrf.check(request, staff.csrf if staff is not None else None, field)

    async def note_proved(self, staff: StaffMember) -> None:
        """The password was given once more."""
        await self.house.pool.execute(NOTE_PROVED, staff.session_id, now_on_the_wall())
        self.forget(session_id=staff.session_id)

    def note_refused(self, login: str, why: str) -> None:
        """A proof of somebody was none. The security log has the login as a keyed hash."""
        security_log.note("auth.refused", why=why, login=self._login_hash(login))

    def note_locked(self, login: str) -> None:
        """After too many of them, nobody signs in with this login from there for a while."""
        security_log.note("auth.locked", login=self._login_hash(login))

    def _login_hash(self, login: str) -> str:
        return self.seal.tag("login", login)[:12]

    async def list_of(self, staff_id: UUID) -> list[OpenSessionRow]:
        """Where somebody is signed in, seen last first."""
        return await sessions_of(self.house.read, staff_id, now_on_the_wall())

    async def sign_out(self, request: Any) -> str:
        """End the session of a request. The answer is the `Set-Cookie` value that takes the cookie away."""
        staff = await self.signed_in(request)
        if staff is not None:
            await self.end(staff, staff.session_id)
        return set_cookie(COOKIE, "", secure=self.is_secure, max_age_s=0)

    async def end(self, by: StaffMember, session_id: UUID) -> Answer:
        """End one session; refused as `not_found` or `session_over`."""
        answer = await self.ask(EndSession(session_id=session_id), by.actor)
        self.forget(session_id=session_id)
        return answer

    async def end_others(self, staff: StaffMember) -> Answer:
        """Sign somebody out everywhere but here."""
        answer = await self.ask(EndAllSessions(staff_id=staff.id, keep_session_id=staff.session_id), staff.actor)
        self.forget(staff_id=staff.id)
        return answer

    async def ask(self, command: Command, actor: str) -> Answer:
        """A command that is asked once: sign-ins are not repeated."""
        given = await self.house.committer.submit(command, key=f"sign-in:{uuid4()}", actor=actor)
        return given.answer

    def forget(self, *, staff_id: UUID | None = None, session_id: UUID | None = None) -> None:
        """Look these up again at their next page: something about them has changed."""
        self._known = {
            kept: (until, staff)
            for kept, (until, staff) in self._known.items()
            if staff is None or (staff.id != staff_id and staff.session_id != session_id)
        }

    def token_in(self, request: Any) -> str:
        token: str = request.cookies.get(cookie_name(COOKIE, secure=self.is_secure), "")
        return token if len(token) <= LONGEST_TOKEN else ""

    def cookie_of(self, token: str) -> str:
        """The `Set-Cookie` value of a new session. It goes with the browser; how long it counts, the row says."""
        return set_cookie(COOKIE, token, secure=self.is_secure)

    async def _look_up(self, token: str, digest: str, *, by_itself: bool) -> StaffMember | None:
        now = now_on_the_wall()
        row = await session_by_token(self.house.read, digest, now)
        if row is None:
            return None
        if now - row.seen_at >= SEEN_EVERY and not by_itself:
            await self.house.pool.execute(NOTE_SEEN, row.device_id, now)
        needing = (await load_policies(self.house.read)).sign_in.second_factor_for
        return StaffMember(
            id=row.staff_id,
            name=row.name,
            login=row.login,
            roles=tuple(row.roles),
            session_id=row.session_id,
            csrf=self.csrf.of_session(token),
            has_second_factor=row.has_second_factor,
            proved_at=row.proved_at,
            must_change_password=row.password_until is not None,
            must_enroll=not row.has_second_factor and any(role in needing for role in row.roles),
        )


def comes_by_itself(request: Any) -> bool:
    """Whether a page that is open asks, because something happened in the shop, and not whoever sits before it."""
    return request.scope["path"] == LIVE or BY_ITSELF in request.headers


def new_token() -> str:
    """256 bits from the system's random source."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """SHA-256 in hex: nobody guesses 256 random bits, so a fast hash is right."""
    return hashlib.sha256(token.encode()).hexdigest()
