"""Signing in: login and password, then a code where there is a second factor.

Whoever fails learns nothing: an unknown login, a wrong password and a login that is locked get the same answer after
the same work.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from purveyor.engine.answers import Answer
from purveyor.records.staff.commands import NoteFailedSignIn, OpenSession, RehashPassword
from purveyor.records.staff.queries import Proofs, proofs_by_login, proofs_of
from purveyor.web.limits import Limit, address_of, network_of
from purveyor.web.passwords import hash_password, is_outdated, is_password
from purveyor.web.problems import Problem
from purveyor.web.second_factor import recovery_place, step_of
from purveyor.web.sessions import Sessions, hash_of, new_token, now_on_the_wall

LONGEST_LOGIN = 254
TICKET_FOR = timedelta(minutes=5)  # between password and code
TICKET = "sign-in ticket"
ACTOR = "staff:signing_in"  # who tries a login has not proved anything yet

_NO = (
    "Login and password do not go together, or too many tries have locked this login for a while. Check both; if you "
    "cannot get in, wait a quarter of an hour or ask an admin for a new password."
)
_NO_CODE = (
    "This code is not right, was used before, or too many tries have locked this login for a while. Wait for the "
    "next code and try that, or use a recovery code."
)


class Entered(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is in. `cookie` is the `Set-Cookie` value that keeps it so."""

    staff_id: UUID
    session_id: UUID
    cookie: str


class CodeWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The password was right, and a code is needed. `ticket` belongs into the form that asks for it."""

    ticket: str


class _Ticket(msgspec.Struct, frozen=True):
    staff_id: UUID
    password_id: UUID
    until: datetime


class SignIn:
    """The way in. One for each process, because it counts tries."""

    def __init__(self, sessions: Sessions, *, now: Callable[[], datetime] = now_on_the_wall) -> None:
        self._sessions = sessions
        self._now = now
        self._by_address = Limit("tries to sign in from here", most=30, every_s=2)
        self._by_login = Limit("tries to sign in with this login", most=10, every_s=30)

    async def with_password(self, request: Any, login: str, password: str) -> Entered | CodeWanted:
        """Open a session, or ask for a code.

        Raises `Problem`: 401 `sign_in_refused` whatever was wrong, and 429 after too many tries.
        """
        login = login.strip().lower()
        self._count(request, login)
        fits = 0 < len(login) <= LONGEST_LOGIN and "\0" not in login
        proofs = await proofs_by_login(self._sessions.house.read, login) if fits else None
        right = await is_password(proofs.password_hash if proofs is not None else "", password)
        if proofs is None or proofs.password_id is None:
            raise _refused(_NO)
        if not right:
            await self._note_failure(proofs.staff_id)
            raise _refused(_NO)
        is_shut = proofs.disabled_at is not None or self._is_locked(proofs)
        if is_shut:  # said before a code is asked for: that it is asked for tells that the password was right
            raise _refused(_NO)
        if proofs.factor_id is not None:
            ticket = _Ticket(proofs.staff_id, proofs.password_id, self._now() + TICKET_FOR)
            return CodeWanted(ticket=self._sessions.seal.seal(TICKET, msgspec.json.encode(ticket).decode()))
        entered = await self._open(request, proofs, proofs.password_id, _NO)
        if is_outdated(proofs.password_hash):
            await self._rehash(proofs.staff_id, proofs.password_id, password)
        return entered

    async def with_code(self, request: Any, ticket: str, code: str) -> Entered:
        """Open a session by a code of the second factor, or a recovery code.

        Raises `Problem`: 401 `ticket_over` when it took too long, 401 `code_refused`, and 429 after too many tries.
        """
        read = self._read_ticket(ticket)
        proofs = await proofs_of(self._sessions.house.read, read.staff_id) if read is not None else None
        if read is None or proofs is None or proofs.password_id is None:
            raise Problem(401, "ticket_over", "That took too long. Please begin again with login and password.")
        self._count(request, proofs.login)
        step = step_of(proofs.factor_secret, code, self._now())
        recovery = recovery_place(code, proofs.recovery) if step is None else -1
        if step is None and recovery < 0:
            await self._note_failure(proofs.staff_id)
            raise _refused(_NO_CODE, "code_refused")
        return await self._open(
            request, proofs, read.password_id, _NO_CODE, "code_refused", step=step or 0, recovery=recovery
        )

    def _is_locked(self, proofs: Proofs) -> bool:
        return proofs.locked_until is not None and self._now() < proofs.locked_until

    def _count(self, request: Any, login: str) -> None:
        self._by_address.take(network_of(address_of(request, self._sessions.house.settings.proxies)))
        self._by_login.take(login[:LONGEST_LOGIN])

    async def _open(
        self,
        request: Any,
        proofs: Proofs,
        password_id: UUID,
        sentence: str,
        code: str = "sign_in_refused",
        *,
        step: int = 0,
        recovery: int = -1,
    ) -> Entered:
        token = new_token()
        command = OpenSession(
            staff_id=proofs.staff_id,
            password_id=password_id,
            now=self._now(),
            token_hash=hash_of(token),
            address=address_of(request, self._sessions.house.settings.proxies),
            agent=str(request.headers.get("user-agent", "")).replace("\0", ""),
            step=step,
            recovery=recovery,
        )
        answer: Answer = await self._sessions.ask(command, f"staff:{proofs.staff_id}")
        if answer.refusal is not None:
            if answer.refusal.code == "code_used":
                await self._note_failure(proofs.staff_id)
            raise _refused(sentence, code)
        self._by_login.forgive(proofs.login)
        before = await self._sessions.signed_in(request)
        if before is not None:  # this browser forgets its token, so nobody would ever end that session
            await self._sessions.end(before, before.session_id)
        session_id = UUID(str(answer.reply["session_id"]))
        return Entered(staff_id=proofs.staff_id, session_id=session_id, cookie=self._sessions.cookie_of(token))

    async def _note_failure(self, staff_id: UUID) -> None:
        await self._sessions.ask(NoteFailedSignIn(staff_id=staff_id, now=self._now()), ACTOR)

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


def _refused(sentence: str, code: str = "sign_in_refused") -> Problem:
    return Problem(401, code, sentence)
