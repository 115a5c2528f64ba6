"""What people do with their own way in, and admins with that of others: passwords and second factors.

Each of these proves or hashes something first and then asks a command; the rules stand in `records/staff`. What is
refused is raised as the `Problem` that the API would answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from purveyor.core.messages import Command
from purveyor.engine.answers import Answer
from purveyor.records.policies.queries import load_policies
from purveyor.records.staff.commands import (
    BY_ITS_OWNER,
    AddStaff,
    ConfirmSecondFactor,
    EnrollSecondFactor,
    NoteFailedSignIn,
    RemoveSecondFactor,
    SetPassword,
)
from purveyor.records.staff.queries import Proofs, logins_and_names, proofs_of
from purveyor.web.auth.passwords import check_password, hash_password, is_password
from purveyor.web.auth.second_factor import (
    KEPT_AS,
    address_of_secret,
    kept_secret,
    new_recovery_codes,
    new_secret,
    recovery_hash,
    step_of,
)
from purveyor.web.auth.sessions import Sessions, StaffMember, now_on_the_wall
from purveyor.web.http.problem_details import Problem, refused
from purveyor.web.http.rate_limits import RateLimit

MADE_FOR = timedelta(hours=72)  # that a password is good which was made for somebody
ISSUER = "Purveyor"  # as authenticator apps show it


class Enrollment(msgspec.Struct, frozen=True, kw_only=True):
    """A second factor that waits for its first code. Shown to its owner, and kept nowhere else."""

    factor_id: UUID
    secret: str  # to be typed
    address: str  # otpauth://..., for a QR code


class Accounts:
    """The ways in of staff."""

    def __init__(self, sessions: Sessions, *, now: Callable[[], datetime] = now_on_the_wall) -> None:
        self._sessions = sessions
        self._read = sessions.house.read
        self._now = now
        self._tries = RateLimit("tries", most=5, every_s=60)

    async def add(
        self, actor: str, login: str, name: str, roles: Iterable[str], password: str, *, is_made: bool = False
    ) -> UUID:
        """Let a person in. `is_made`: the password was made here, so another must be chosen within three days.

        Raises `Invalid` for a password that is too easy, `Problem` for what is refused.
        """
        await self._check(password, login, name)
        hashed = await hash_password(password)
        until = self._now() + MADE_FOR if is_made else None
        command = AddStaff(login=login, name=name, roles=tuple(roles), password_hash=hashed, password_until=until)
        answer = await self._ask(command, actor)
        return UUID(str(answer.reply["staff_id"]))

    async def set_password(self, actor: str, staff_id: UUID, password: str, *, is_made: bool = False) -> None:
        """A new password by an admin: every session of the person ends, and so do lock-outs. `is_made` as in `add`."""
        until = self._now() + MADE_FOR if is_made else None
        await self._set_password(actor, await self._proofs(staff_id), password, None, until)

    async def confirm_password(self, staff: StaffMember, password: str) -> None:
        """Who is signed in says the password once more. Raises as `change_password`."""
        await self._prove(staff, password)
        await self._sessions.note_proved(staff)

    async def change_password(self, staff: StaffMember, old: str, new: str) -> None:
        """Somebody's own. Every session but this one ends.

        Raises `Problem`: 403 `password_wrong` and 429; `Invalid` for a new one that is too easy.
        """
        proofs = await self._prove(staff, old)
        await self._set_password(staff.actor, proofs, new, staff.session_id)

    async def begin_second_factor(self, staff: StaffMember, password: str) -> Enrollment:
        """Give a secret out. Nothing changes at sign-in until `confirm_second_factor`. Raises as `change_password`."""
        await self._prove(staff, password)
        secret = new_secret()
        answer = await self._ask(
            EnrollSecondFactor(staff_id=staff.id, secret=self._sessions.seal.closed(KEPT_AS, secret)), staff.actor
        )
        return Enrollment(
            factor_id=UUID(str(answer.reply["factor_id"])),
            secret=secret,
            address=address_of_secret(secret, staff.login, ISSUER),
        )

    async def pending_second_factor(self, staff: StaffMember) -> Enrollment | None:
        """The one that waits for its first code, to be shown again after a wrong one."""
        proofs = await self._proofs(staff.id)
        if proofs.pending_factor_id is None:
            return None
        secret = kept_secret(self._sessions.seal, proofs.pending_secret)
        if not secret:
            return None
        address = address_of_secret(secret, staff.login, ISSUER)
        return Enrollment(factor_id=proofs.pending_factor_id, secret=secret, address=address)

    async def confirm_second_factor(self, staff: StaffMember, code: str) -> list[str]:
        """The second factor counts from now on. The answer are recovery codes, to be shown once.

        Raises `Problem`: 409 `not_enrolled`, 403 `code_wrong`, 429.
        """
        self._tries.take(f"code {staff.id}")
        proofs = await self._proofs(staff.id)
        step = step_of(kept_secret(self._sessions.seal, proofs.pending_secret), code, self._now())
        if proofs.pending_factor_id is None:
            raise Problem(409, "not_enrolled", "No second factor waits to be confirmed. Start setting it up again.")
        if step is None:
            self._sessions.note_refused(staff.login, "code_wrong")
            raise Problem(
                403,
                "code_wrong",
                "This code is not right. Check that the clock of your device is right, and try the next code.",
            )
        codes = new_recovery_codes()
        command = ConfirmSecondFactor(
            staff_id=staff.id,
            factor_id=proofs.pending_factor_id,
            step=step,
            recovery_hashes=tuple(recovery_hash(each) for each in codes),
        )
        await self._ask(command, staff.actor)
        self._sessions.forget(staff_id=staff.id)
        return codes

    async def remove_second_factor(self, staff: StaffMember, password: str) -> None:
        """Somebody's own. Raises as `change_password`."""
        await self._prove(staff, password)
        await self.reset_second_factor(staff.actor, staff.id, reason=BY_ITS_OWNER)

    async def reset_second_factor(self, actor: str, staff_id: UUID, *, reason: str) -> None:
        """By an admin, for somebody who has lost the device."""
        await self._ask(RemoveSecondFactor(staff_id=staff_id, reason=reason), actor)
        self._sessions.forget(staff_id=staff_id)

    async def _check(self, password: str, login: str, name: str) -> None:
        shop = (await load_policies(self._read)).seller.name
        own = (login, login.partition("@")[0], *name.split(), *shop.split())
        check_password(password, *own, colleagues=await logins_and_names(self._read))

    async def _set_password(
        self, actor: str, proofs: Proofs, password: str, keep: UUID | None, until: datetime | None = None
    ) -> None:
        await self._check(password, proofs.login, proofs.name)
        hashed = await hash_password(password)
        command = SetPassword(staff_id=proofs.staff_id, password_hash=hashed, keep_session_id=keep, until=until)
        await self._ask(command, actor)
        self._sessions.forget(staff_id=proofs.staff_id)

    async def _prove(self, staff: StaffMember, password: str) -> Proofs:
        self._tries.take(f"password {staff.id}")
        proofs = await self._proofs(staff.id)
        if not await is_password(proofs.password_hash, password):
            self._sessions.note_refused(proofs.login, "password_wrong")
            answer = await self._ask(NoteFailedSignIn(staff_id=staff.id, now=self._now()), staff.actor)
            if answer.reply.get("locked"):
                self._sessions.note_locked(proofs.login)
            raise Problem(403, "password_wrong", "This is not your password. Nothing was changed.")
        self._tries.forgive(f"password {staff.id}")
        return proofs

    async def _proofs(self, staff_id: UUID) -> Proofs:
        proofs = await proofs_of(self._read, staff_id)
        if proofs is None:
            raise Problem(404, "not_found", f"There is no staff {staff_id}.")
        return proofs

    async def _ask(self, command: Command, actor: str) -> Answer:
        answer = await self._sessions.ask(command, actor)
        if answer.refusal is not None:
            raise refused(answer.refusal)
        return answer
