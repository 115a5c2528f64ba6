"""Keys, people and sessions as rows, and how facts change them.

What can be erased stands in three tables that the journal only refers to: `staff_person`, `staff_secret` and
`staff_device`. Their rows are never changed but to be emptied: something new gets a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar
from uuid import UUID

import msgspec

from purveyor.core.messages import Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import ApiKey, Counter, Row, StaffOrigin
from purveyor.core.state import State
from purveyor.core.vocabulary import ADMIN
from purveyor.records.staff import facts

ADMINS = "staff.admins"  # the counter of those who are enabled


class FailedPlace(msgspec.Struct, array_like=True, gc=False):
    """Where somebody failed to sign in: how often in a row, and until when nobody may from there."""

    place: str
    failures: int
    locked_until: datetime | None = None


MOST_PLACES = 50  # that are remembered for a person: the oldest are forgotten first


class Staff(Row):
    """Somebody who works here: what they may do, and how they prove who they are."""

    table: ClassVar[str] = "staff"

    id: UUID
    person_id: UUID
    roles: list[str]
    added_at: datetime
    password_id: UUID | None = None
    pending_factor_id: UUID | None = None  # enrolled, and no code was shown yet
    factor_id: UUID | None = None
    recovery_id: UUID | None = None
    recovery_used: list[int] = msgspec.field(default_factory=list)  # places of recovery codes that were used
    last_step: int = 0  # of the newest code that was used, so that none is used twice
    failures: int = 0  # in a row
    locked_until: datetime | None = None
    generation: int = 0  # sessions of an earlier one are over
    signed_in_at: datetime | None = None
    disabled_at: datetime | None = None
    erased_at: datetime | None = None
    password_until: datetime | None = None  # it was made for the person, who must choose another by then
    ticket_at: datetime | None = None  # of the newest ticket that opened a session
    places: list[FailedPlace] = msgspec.field(default_factory=list)

    @property
    def is_admin(self) -> bool:
        """Whether this one is among the admins who are enabled."""
        return ADMIN in self.roles and self.disabled_at is None


class StaffSession(Row):
    """From a sign-in to its end."""

    table: ClassVar[str] = "staff_session"

    id: UUID
    staff_id: UUID
    device_id: UUID
    generation: int
    opened_at: datetime
    ended_at: datetime | None = None


class StaffPerson(Row):
    """Login and name. Erasable."""

    table: ClassVar[str] = "staff_person"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    login: str  # lower case
    name: str
    erased: bool = False


class StaffSecret(Row):
    """The hash of a password, the secret of a second factor, the hashes of recovery codes. Erasable."""

    table: ClassVar[str] = "staff_secret"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    staff_id: UUID
    what: str  # password | totp | recovery
    value: str
    erased: bool = False


class StaffDevice(Row):
    """The browser of a session: the hash of its token, where it is, when it was seen. Emptied when the session ends.

    Its times are those on the wall. `seen_at` is no fact: nobody's movements are kept for ever.
    """

    table: ClassVar[str] = "staff_device"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    session_id: UUID
    token_hash: str
    address: str
    agent: str
    seen_at: datetime
    idle_minutes: int  # the session ends when it was not seen for so long
    ends_at: datetime  # and now at the latest
    erased: bool = False
    proved_at: datetime | None = None  # when the password was given last; no fact either


# keys


@applies(facts.ApiKeyCreated)
def create(state: State, fact: facts.ApiKeyCreated, stamp: Stamp) -> None:
    state.add(
        ApiKey(
            fact.key_id,
            fact.name,
            fact.prefix,
            fact.hash,
            list(fact.scopes),
            stamp.at,
            expires_at=fact.expires_at,
            made_by=stamp.actor,
        )
    )


@applies(facts.ApiKeyRevoked)
def revoke(state: State, fact: facts.ApiKeyRevoked, stamp: Stamp) -> None:
    state.row(ApiKey, fact.key_id).revoked_at = stamp.at


# people


@applies(facts.StaffAdded)
def add(state: State, fact: facts.StaffAdded, stamp: Stamp) -> None:
    staff = Staff(fact.staff_id, fact.person_id, list(fact.roles), stamp.at)
    state.add(staff)
    if fact.added_by:
        state.add(StaffOrigin(staff.id, fact.added_by))
    _count_admins(state, int(staff.is_admin))


@applies(facts.StaffVouchedFor)
def vouch(state: State, fact: facts.StaffVouchedFor, stamp: Stamp) -> None:
    origin = _origin(state, fact.staff_id)
    origin.added_by, origin.reset_by, origin.reset_at = stamp.actor, "", None


def _origin(state: State, staff_id: UUID) -> StaffOrigin:
    origin = state.get(StaffOrigin, staff_id)
    if origin is None:
        origin = StaffOrigin(staff_id)
        state.add(origin)
    return origin


def _note_reset(state: State, staff_id: UUID, stamp: Stamp) -> None:
    origin = _origin(state, staff_id)
    origin.reset_by, origin.reset_at = stamp.actor, stamp.at


@applies(facts.StaffRenamed)
def rename(state: State, fact: facts.StaffRenamed, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    forget_person(state, staff.person_id)
    staff.person_id = fact.person_id


@applies(facts.RolesSet)
def set_roles(state: State, fact: facts.RolesSet, stamp: Stamp) -> None:
    with _recounted(state, fact.staff_id) as staff:
        staff.roles = list(fact.roles)


@applies(facts.StaffDisabled)
def disable(state: State, fact: facts.StaffDisabled, stamp: Stamp) -> None:
    with _recounted(state, fact.staff_id) as staff:
        staff.disabled_at = stamp.at
        staff.generation += 1


@applies(facts.StaffEnabled)
def enable(state: State, fact: facts.StaffEnabled, stamp: Stamp) -> None:
    with _recounted(state, fact.staff_id) as staff:
        staff.disabled_at = None
        _unlock(staff)


@applies(facts.StaffErased)
def erase(state: State, fact: facts.StaffErased, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    forget_person(state, staff.person_id)
    for secret_id in (staff.password_id, staff.pending_factor_id, staff.factor_id, staff.recovery_id):
        forget_secret(state, secret_id)
    staff.password_id = staff.pending_factor_id = staff.factor_id = staff.recovery_id = None
    staff.erased_at = stamp.at


# proofs


@applies(facts.PasswordSet)
def set_password(state: State, fact: facts.PasswordSet, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    forget_secret(state, staff.password_id)
    staff.password_id = fact.password_id
    staff.password_until = fact.until
    if fact.by_another:
        _note_reset(state, staff.id, stamp)
    _unlock(staff)
    _end_others(state, staff, fact.kept_session_id)


@applies(facts.StaffUnlocked)
def unlock(state: State, fact: facts.StaffUnlocked, stamp: Stamp) -> None:
    _unlock(state.row(Staff, fact.staff_id))


def _unlock(staff: Staff) -> None:
    staff.failures = 0
    staff.locked_until = None
    staff.places = []


@applies(facts.PasswordRehashed)
def rehash(state: State, fact: facts.PasswordRehashed, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    forget_secret(state, staff.password_id)
    staff.password_id = fact.password_id


@applies(facts.SecondFactorEnrolled)
def enroll(state: State, fact: facts.SecondFactorEnrolled, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    forget_secret(state, staff.pending_factor_id)
    staff.pending_factor_id = fact.factor_id


@applies(facts.SecondFactorConfirmed)
def confirm(state: State, fact: facts.SecondFactorConfirmed, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    forget_secret(state, staff.factor_id)
    forget_secret(state, staff.recovery_id)
    staff.pending_factor_id = None
    staff.factor_id = fact.factor_id
    staff.recovery_id = fact.recovery_id
    staff.recovery_used = []
    staff.last_step = fact.step


@applies(facts.SecondFactorRemoved)
def remove(state: State, fact: facts.SecondFactorRemoved, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    for secret_id in (staff.pending_factor_id, staff.factor_id, staff.recovery_id):
        forget_secret(state, secret_id)
    staff.pending_factor_id = staff.factor_id = staff.recovery_id = None
    staff.recovery_used = []
    if fact.by_another:
        _note_reset(state, staff.id, stamp)


# sessions


@applies(facts.SessionOpened)
def open_session(state: State, fact: facts.SessionOpened, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    staff.failures = 0
    staff.locked_until = None
    staff.places = [each for each in staff.places if each.place != fact.place]
    staff.ticket_at = fact.ticket_at or staff.ticket_at
    staff.signed_in_at = stamp.at
    staff.last_step = max(staff.last_step, fact.step)
    if fact.recovery >= 0:
        staff.recovery_used = [*staff.recovery_used, fact.recovery]
    state.add(StaffSession(fact.session_id, staff.id, fact.device_id, staff.generation, stamp.at))


@applies(facts.SignInFailed)
def fail(state: State, fact: facts.SignInFailed, stamp: Stamp) -> None:
    staff = state.row(Staff, fact.staff_id)
    staff.failures = fact.failures
    staff.locked_until = fact.locked_until
    places = [each for each in staff.places if each.place != fact.place]
    staff.places = [*places, FailedPlace(fact.place, fact.failures, fact.locked_until)][-MOST_PLACES:]


@applies(facts.SessionEnded)
def end_session(state: State, fact: facts.SessionEnded, stamp: Stamp) -> None:
    session = state.row(StaffSession, fact.session_id)
    session.ended_at = stamp.at
    device = state.get(StaffDevice, session.device_id)
    if device is not None:  # a replay has none, and needs none
        device.token_hash = device.address = device.agent = ""
        device.erased = True


@applies(facts.AllSessionsEnded)
def end_all_sessions(state: State, fact: facts.AllSessionsEnded, stamp: Stamp) -> None:
    _end_others(state, state.row(Staff, fact.staff_id), fact.kept_session_id)


def _end_others(state: State, staff: Staff, kept: UUID | None) -> None:
    """Sessions of an earlier generation are over at once; a sweep takes note of their end, one by one."""
    staff.generation += 1
    if kept is not None:
        state.row(StaffSession, kept).generation = staff.generation


def forget_person(state: State, person_id: UUID) -> None:
    """Empty login and name."""
    person = state.get(StaffPerson, person_id)
    if person is not None:
        person.login = person.name = ""
        person.erased = True


def forget_secret(state: State, secret_id: UUID | None) -> None:
    """Empty a hash or a secret."""
    secret = state.get(StaffSecret, secret_id) if secret_id is not None else None
    if secret is not None:
        secret.value = ""
        secret.erased = True


@contextmanager
def _recounted(state: State, staff_id: UUID) -> Iterator[Staff]:
    """A change that may make an admin of somebody, or one less."""
    staff = state.row(Staff, staff_id)
    before = staff.is_admin
    yield staff
    _count_admins(state, staff.is_admin - before)


def _count_admins(state: State, more: int) -> None:
    counter = state.get(Counter, ADMINS)
    if counter is None:
        state.add(Counter(ADMINS, more))
    else:
        counter.value += more
