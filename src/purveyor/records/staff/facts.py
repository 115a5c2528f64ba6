"""What may have happened to keys, people and sessions. No name, no login, no hash: those stand in rows of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact


class ApiKeyCreated(Fact, frozen=True, kw_only=True, tag="staff.api_key_created"):
    """A key may come in."""

    hidden = frozenset({"hash"})

    key_id: UUID
    name: str
    prefix: str
    hash: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None  # None: made before keys had an end

    def reply(self) -> dict[str, Any]:
        return {
            "key_id": self.key_id,
            "name": self.name,
            "prefix": self.prefix,
            "scopes": self.scopes,
            "expires_at": self.expires_at,
        }


class ApiKeyRevoked(Fact, frozen=True, kw_only=True, tag="staff.api_key_revoked"):
    """A key may not come in any more."""

    key_id: UUID


class StaffAdded(Fact, frozen=True, kw_only=True, tag="staff.added"):
    """A person works here."""

    staff_id: UUID
    person_id: UUID  # login and name
    roles: tuple[str, ...]
    added_by: str = ""  # "": from before it was noted

    def reply(self) -> dict[str, Any]:
        return {"staff_id": self.staff_id}


class StaffVouchedFor(Fact, frozen=True, kw_only=True, tag="staff.vouched_for"):
    """Somebody is sure that this login belongs to a person of its own."""

    staff_id: UUID


class StaffRenamed(Fact, frozen=True, kw_only=True, tag="staff.renamed"):
    """Login or name changed; what they were before is emptied."""

    staff_id: UUID
    person_id: UUID


class RolesSet(Fact, frozen=True, kw_only=True, tag="staff.roles_set"):
    """A person does something else here."""

    staff_id: UUID
    roles: tuple[str, ...]


class StaffDisabled(Fact, frozen=True, kw_only=True, tag="staff.disabled"):
    """A person is shut out, and so is every session."""

    staff_id: UUID


class StaffEnabled(Fact, frozen=True, kw_only=True, tag="staff.enabled"):
    """A person may come in again."""

    staff_id: UUID


class StaffErased(Fact, frozen=True, kw_only=True, tag="staff.erased"):
    """The personal data of somebody who worked here is gone: the rows are there, and empty."""

    staff_id: UUID


class PasswordSet(Fact, frozen=True, kw_only=True, tag="staff.password_set"):
    """There is a new password; the hash of the one before is emptied, and the sessions it opened are over."""

    staff_id: UUID
    password_id: UUID
    kept_session_id: UUID | None = None
    until: datetime | None = None  # it was made for the person, who must choose another by then
    by_another: bool = False  # who may know it


class StaffUnlocked(Fact, frozen=True, kw_only=True, tag="staff.unlocked"):
    """Nothing is locked for this person any more."""

    staff_id: UUID


class PasswordRehashed(Fact, frozen=True, kw_only=True, tag="staff.password_rehashed"):
    """The same password is kept under newer parameters."""

    staff_id: UUID
    password_id: UUID


class SecondFactorEnrolled(Fact, frozen=True, kw_only=True, tag="staff.second_factor_enrolled"):
    """A secret was given out; it counts once a code was shown."""

    staff_id: UUID
    factor_id: UUID

    def reply(self) -> dict[str, Any]:
        return {"factor_id": self.factor_id}


class SecondFactorConfirmed(Fact, frozen=True, kw_only=True, tag="staff.second_factor_confirmed"):
    """Every sign-in needs a code from now on."""

    staff_id: UUID
    factor_id: UUID
    recovery_id: UUID
    step: int


class SecondFactorRemoved(Fact, frozen=True, kw_only=True, tag="staff.second_factor_removed"):
    """The password is enough again."""

    staff_id: UUID
    by_another: bool = False


class SessionOpened(Fact, frozen=True, kw_only=True, tag="staff.session_opened"):
    """Somebody signed in. Where from stands in the row of the device."""

    staff_id: UUID
    session_id: UUID
    device_id: UUID
    step: int = 0
    recovery: int = -1
    place: str = ""
    ticket_at: datetime | None = None

    def reply(self) -> dict[str, Any]:
        return {"session_id": self.session_id}


class SignInFailed(Fact, frozen=True, kw_only=True, tag="staff.sign_in_failed"):
    """Somebody could not prove to be who they said, so many times in a row; too many lock the login for a while."""

    staff_id: UUID
    failures: int
    locked_until: datetime | None = None
    place: str = ""

    def reply(self) -> dict[str, Any]:
        return {"locked": self.locked_until is not None}


class SessionEnded(Fact, frozen=True, kw_only=True, tag="staff.session_ended"):
    """Somebody signed out, or was not there for too long."""

    staff_id: UUID
    session_id: UUID


class AllSessionsEnded(Fact, frozen=True, kw_only=True, tag="staff.all_sessions_ended"):
    """Every session of a person is over, or every other one."""

    staff_id: UUID
    kept_session_id: UUID | None = None


class OrdersExported(Fact, frozen=True, kw_only=True, tag="staff.orders_exported"):
    """Somebody took a list of orders along. Of what was searched for, only that it was: it may name a person."""

    staff_id: UUID
    filters: dict[str, str]
    rows: int
