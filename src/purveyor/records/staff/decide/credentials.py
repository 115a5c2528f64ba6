"""How people prove who they are: a password, and a second factor for those who have one."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid, NotFound, Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import StaffOrigin
from purveyor.core.state import State
from purveyor.records.staff.commands import (
    ConfirmSecondFactor,
    EnrollSecondFactor,
    RehashPassword,
    RemoveSecondFactor,
    SetPassword,
    UnlockStaff,
)
from purveyor.records.staff.decide.people import secrets_of, someone, someone_let_in
from purveyor.records.staff.facts import (
    PasswordRehashed,
    PasswordSet,
    SecondFactorConfirmed,
    SecondFactorEnrolled,
    SecondFactorRemoved,
    StaffUnlocked,
)
from purveyor.records.staff.state import StaffSecret, StaffSession

ARGON2ID = "$argon2id$"


class NotEnrolled(Refusal):
    """There is no secret that waits for its first code, or it is another one."""

    staff_id: UUID
    sentence = "No second factor waits to be confirmed."
    instead = ("start setting it up again",)


@decides(SetPassword)
def decide_set_password(state: State, command: SetPassword, call: Call) -> Decision:
    """Refuses with `NotFound`, `StaffErasedBefore` and `Invalid`."""
    staff = someone(state, command.staff_id)
    _check_hash(command.password_hash)
    check_kept(state, staff.id, command.keep_session_id)
    secrets_of(state, staff)
    password_id = call.ids.new()
    yield StaffSecret(id=password_id, staff_id=staff.id, what="password", value=command.password_hash)
    yield PasswordSet(
        staff_id=staff.id,
        password_id=password_id,
        kept_session_id=command.keep_session_id,
        until=command.until,
        by_another=_is_of_another(state, staff.id, call),
    )


@decides(UnlockStaff)
def decide_unlock(state: State, command: UnlockStaff, call: Call) -> Decision:
    """Refuses with `NotFound` and `StaffErasedBefore`; nothing to do where nothing is locked or counted."""
    staff = someone(state, command.staff_id)
    if staff.places or staff.failures or staff.locked_until is not None:
        yield StaffUnlocked(staff_id=staff.id)


@decides(RehashPassword)
def decide_rehash(state: State, command: RehashPassword, call: Call) -> Decision:
    """Refuses with `NotFound` and `Invalid`; a password that was changed meanwhile stays."""
    staff = someone(state, command.staff_id)
    _check_hash(command.password_hash)
    if staff.password_id != command.password_id:
        return
    secrets_of(state, staff)
    password_id = call.ids.new()
    yield StaffSecret(id=password_id, staff_id=staff.id, what="password", value=command.password_hash)
    yield PasswordRehashed(staff_id=staff.id, password_id=password_id)


@decides(EnrollSecondFactor)
def decide_enroll(state: State, command: EnrollSecondFactor, call: Call) -> Decision:
    """Refuses with `NotFound` and `StaffShutOut`. What is in force stays so until the new one is confirmed."""
    staff = someone_let_in(state, command.staff_id)
    secrets_of(state, staff)
    factor_id = call.ids.new()
    yield StaffSecret(id=factor_id, staff_id=staff.id, what="totp", value=command.secret)
    yield SecondFactorEnrolled(staff_id=staff.id, factor_id=factor_id)


@decides(ConfirmSecondFactor)
def decide_confirm(state: State, command: ConfirmSecondFactor, call: Call) -> Decision:
    """Refuses with `NotFound`, `StaffShutOut` and `NotEnrolled`."""
    staff = someone_let_in(state, command.staff_id)
    if staff.pending_factor_id is None or staff.pending_factor_id != command.factor_id:
        raise NotEnrolled(staff_id=staff.id)
    secrets_of(state, staff)
    recovery_id = call.ids.new()
    hashes = " ".join(command.recovery_hashes)
    yield StaffSecret(id=recovery_id, staff_id=staff.id, what="recovery", value=hashes)
    yield SecondFactorConfirmed(
        staff_id=staff.id, factor_id=command.factor_id, recovery_id=recovery_id, step=command.step
    )


@decides(RemoveSecondFactor)
def decide_remove(state: State, command: RemoveSecondFactor, call: Call) -> Decision:
    """Refuses with `NotFound`; who has none keeps none."""
    staff = someone(state, command.staff_id)
    if staff.factor_id is None and staff.pending_factor_id is None:
        return
    secrets_of(state, staff)
    by_another = _is_of_another(state, staff.id, call)
    yield SecondFactorRemoved(staff_id=staff.id, by_another=by_another, why=command.reason)


def _is_of_another(state: State, staff_id: UUID, call: Call) -> bool:
    """Whether somebody changes what proves another person. What is noted of it then is loaded."""
    if call.actor in (f"staff:{staff_id}", OPERATOR):
        return False
    state.get(StaffOrigin, staff_id)
    return True


def check_kept(state: State, staff_id: UUID, session_id: UUID | None) -> None:
    """A session that is kept is one of this person; refuses with `NotFound`."""
    if session_id is not None and state.row(StaffSession, session_id).staff_id != staff_id:
        raise NotFound(what="session", id=session_id)


def _check_hash(found: str) -> None:
    if not found.startswith(ARGON2ID):
        raise Invalid(field="password_hash", found="something else", expected="a hash of the kind argon2id")
