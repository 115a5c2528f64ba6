"""Who works here, and as what. One admin who can come in always stays."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from purveyor.core.approval_limits import OPERATOR
from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Counter, StaffOrigin
from purveyor.core.state import State
from purveyor.core.vocabulary import ADMIN, ROLES
from purveyor.records.staff.commands import (
    AddStaff,
    DisableStaff,
    EnableStaff,
    EraseStaff,
    RenameStaff,
    SetRoles,
    VouchForStaff,
)
from purveyor.records.staff.facts import (
    PasswordSet,
    RolesSet,
    StaffAdded,
    StaffDisabled,
    StaffEnabled,
    StaffErased,
    StaffRenamed,
    StaffVouchedFor,
)
from purveyor.records.staff.state import ADMINS, Staff, StaffPerson, StaffSecret

_LOGIN = re.compile(r"[^\s@\x00-\x1f]+(@[^\s@\x00-\x1f]+)?")
LONGEST_LOGIN = 254  # characters: of an e-mail address (RFC 5321, 4.5.3.1.3)
LONGEST_NAME = 100


class LoginTaken(Refusal):
    """Somebody else has it. The login itself is not repeated: refusals are kept."""

    sentence = "Somebody has this login already."
    instead = ("choose another login",)


class LastAdmin(Refusal):
    """Nobody could let anybody in any more."""

    sentence = "This is the only admin who can come in."
    instead = ("make somebody else an admin first",)


class StaffShutOut(Refusal):
    """It needs somebody who may come in."""

    staff_id: UUID
    sentence = "This person is shut out."
    instead = ("let the person in again",)


class StaffErasedBefore(Refusal):
    """Nothing is left of the person but an id."""

    staff_id: UUID
    sentence = "The data of this person was erased before."


class StillLetIn(Refusal):
    """Only who is shut out can be erased."""

    staff_id: UUID
    sentence = "This person may still come in."
    instead = ("shut the person out first",)


class NotYoursToVouch(Refusal):
    """Who lets logins in could vouch for those that he made for himself."""

    staff_id: UUID
    sentence = "Only whoever runs the shop vouches for a login."
    instead = ("use `purveyor staff vouch` at the command line",)


@decides(AddStaff)
def decide_add(state: State, command: AddStaff, call: Call) -> Decision:
    """Refuses with `LoginTaken` and `Invalid`."""
    state.get(Counter, ADMINS)
    login = _login(state, command.login)
    roles = _roles(command.roles)
    staff_id, person_id = call.ids.new(), call.ids.new()
    yield StaffPerson(id=person_id, login=login, name=_name(command.name))
    added = StaffAdded(staff_id=staff_id, person_id=person_id, roles=roles, added_by=call.actor)
    if not command.password_hash:
        yield added
        return
    password_id = call.ids.new()
    yield StaffSecret(id=password_id, staff_id=staff_id, what="password", value=command.password_hash)
    yield added
    yield PasswordSet(staff_id=staff_id, password_id=password_id, until=command.password_until)


@decides(VouchForStaff)
def decide_vouch(state: State, command: VouchForStaff, call: Call) -> Decision:
    """Refuses with `NotFound` and `StaffErasedBefore`, and with `NotYoursToVouch` whoever is at no command line."""
    staff = someone(state, command.staff_id)
    if call.actor != OPERATOR:
        raise NotYoursToVouch(staff_id=staff.id)
    state.get(StaffOrigin, staff.id)
    yield StaffVouchedFor(staff_id=staff.id)


@decides(RenameStaff)
def decide_rename(state: State, command: RenameStaff, call: Call) -> Decision:
    """Refuses with `NotFound`, `StaffErasedBefore`, `LoginTaken` and `Invalid`; what is so already stays so."""
    staff = someone(state, command.staff_id)
    person = state.row(StaffPerson, staff.person_id)
    login, name = _login(state, command.login, but=person.id), _name(command.name)
    if (login, name) == (person.login, person.name):
        return
    person_id = call.ids.new()
    yield StaffPerson(id=person_id, login=login, name=name)
    yield StaffRenamed(staff_id=staff.id, person_id=person_id)


@decides(SetRoles)
def decide_set_roles(state: State, command: SetRoles, call: Call) -> Decision:
    """Refuses with `NotFound`, `StaffErasedBefore`, `LastAdmin` and `Invalid`; what is so already stays so."""
    staff = someone(state, command.staff_id)
    roles = _roles(command.roles)
    if ADMIN not in roles:
        _check_not_last(state, staff)
    if list(roles) != staff.roles:
        yield RolesSet(staff_id=staff.id, roles=roles)


@decides(DisableStaff)
def decide_disable(state: State, command: DisableStaff, call: Call) -> Decision:
    """Refuses with `NotFound` and `LastAdmin`; who is shut out already stays so. The reason is no text about them."""
    staff = state.row(Staff, command.staff_id)
    _check_not_last(state, staff)
    if staff.disabled_at is None:
        yield StaffDisabled(staff_id=staff.id, why=command.reason)


@decides(EnableStaff)
def decide_enable(state: State, command: EnableStaff, call: Call) -> Decision:
    """Refuses with `NotFound` and `StaffErasedBefore`; who may come in already still may."""
    staff = someone(state, command.staff_id)
    state.get(Counter, ADMINS)
    if staff.disabled_at is not None:
        yield StaffEnabled(staff_id=staff.id)


@decides(EraseStaff)
def decide_erase(state: State, command: EraseStaff, call: Call) -> Decision:
    """Refuses with `NotFound`, `StaffErasedBefore` and `StillLetIn`. The reason is no text about the person."""
    staff = someone(state, command.staff_id)
    if staff.disabled_at is None:
        raise StillLetIn(staff_id=staff.id)
    state.get(StaffPerson, staff.person_id)
    secrets_of(state, staff)
    yield StaffErased(staff_id=staff.id, why=command.reason)


def someone(state: State, staff_id: UUID) -> Staff:
    """Whose data is still there; refuses with `NotFound` and `StaffErasedBefore`."""
    staff = state.row(Staff, staff_id)
    if staff.erased_at is not None:
        raise StaffErasedBefore(staff_id=staff_id)
    return staff


def someone_let_in(state: State, staff_id: UUID) -> Staff:
    """Who may come in; refuses with `NotFound` and `StaffShutOut`."""
    staff = state.row(Staff, staff_id)
    if staff.disabled_at is not None:
        raise StaffShutOut(staff_id=staff_id)
    return staff


def secrets_of(state: State, staff: Staff) -> None:
    """Load what may be emptied next."""
    for secret_id in (staff.password_id, staff.pending_factor_id, staff.factor_id, staff.recovery_id):
        if secret_id is not None:
            state.get(StaffSecret, secret_id)


def _login(state: State, given: str, but: UUID | None = None) -> str:
    login = given.strip().lower()
    if not _LOGIN.fullmatch(login) or len(login) > LONGEST_LOGIN:
        # What was found is not repeated: refusals are kept, and a login may be somebody's e-mail address.
        raise Invalid(field="login", found="something else", expected="a short name or an e-mail address, no blanks")
    if any(person.login == login and person.id != but for person in state.find(StaffPerson, "login", login)):
        raise LoginTaken
    return login


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        raise Invalid(field="name", found=f"{len(name)} characters", expected=f"1 to {LONGEST_NAME} characters")
    return name


def _roles(given: Iterable[str]) -> tuple[str, ...]:
    roles = tuple(sorted(set(given), key=lambda role: ROLES.index(role) if role in ROLES else -1))
    if not roles:
        raise Invalid(field="roles", found="none", expected=f"at least one of {', '.join(ROLES)}")
    if roles[0] not in ROLES:
        raise Invalid(field="roles", found=roles[0], expected=f"one of {', '.join(ROLES)}")
    return roles


def _check_not_last(state: State, staff: Staff) -> None:
    admins = state.get(Counter, ADMINS)
    if staff.is_admin and (admins is None or admins.value <= 1):
        raise LastAdmin
