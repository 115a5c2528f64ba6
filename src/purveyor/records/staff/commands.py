"""What may be asked of staff. Personal data and hashes come in here and go no further than rows that can be erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from purveyor.core.messages import Command

ADMIN = "admin"
ROLES = (
    ADMIN,
    "sales",
    "reviewer",
    "finance",
    "picker",
    "packer",
    "shipper",
    "technician",
    "support",
    "returns",
    "analyst",
)

# keys for the API


class CreateApiKey(Command, frozen=True, kw_only=True, tag="staff.create_api_key"):
    """Let a key in, until a day: a year from now where none is given. Only the hash of its secret is ever told."""

    name: str
    prefix: str
    hash: str
    scopes: tuple[str, ...]
    expires_at: datetime | None = None


class RevokeApiKey(Command, frozen=True, kw_only=True, tag="staff.revoke_api_key"):
    """Shut a key out. `having`: the scopes of who asks, so that nobody shuts out what may do more; None for all."""

    key_id: UUID
    having: tuple[str, ...] | None = None


# people


class AddStaff(Command, frozen=True, kw_only=True, tag="staff.add"):
    """Let a person in, under a login of their own. Without a password nobody can sign in with it yet."""

    login: str
    name: str
    roles: tuple[str, ...]
    password_hash: str = ""


class RenameStaff(Command, frozen=True, kw_only=True, tag="staff.rename"):
    """Another login or another name for the same person."""

    staff_id: UUID
    login: str
    name: str


class SetRoles(Command, frozen=True, kw_only=True, tag="staff.set_roles"):
    """What a person does here, and so may do."""

    staff_id: UUID
    roles: tuple[str, ...]


class DisableStaff(Command, frozen=True, kw_only=True, tag="staff.disable"):
    """Shut a person out, at once: all sessions end."""

    staff_id: UUID
    reason: str


class EnableStaff(Command, frozen=True, kw_only=True, tag="staff.enable"):
    """Let a person in again."""

    staff_id: UUID


class EraseStaff(Command, frozen=True, kw_only=True, tag="staff.erase"):
    """Empty name, login and secrets of somebody who is shut out, for ever. What they did stays, under their id."""

    staff_id: UUID
    reason: str


# how they prove who they are


class SetPassword(Command, frozen=True, kw_only=True, tag="staff.set_password"):
    """A new password, as its argon2id hash. It ends a lock-out, and every session but the one that is kept."""

    staff_id: UUID
    password_hash: str
    keep_session_id: UUID | None = None


class RehashPassword(Command, frozen=True, kw_only=True, tag="staff.rehash_password"):
    """The same password under today's parameters. Nothing else changes."""

    staff_id: UUID
    password_id: UUID  # the hash that is replaced
    password_hash: str


class EnrollSecondFactor(Command, frozen=True, kw_only=True, tag="staff.enroll_second_factor"):
    """A secret for time-based codes (RFC 6238). It counts once a first code has been shown."""

    staff_id: UUID
    secret: str  # base 32


class ConfirmSecondFactor(Command, frozen=True, kw_only=True, tag="staff.confirm_second_factor"):
    """A first code was right: from now on every sign-in needs one, or a recovery code."""

    staff_id: UUID
    factor_id: UUID
    step: int  # whose code was shown: Unix time in units of 30 seconds
    recovery_hashes: tuple[str, ...]


class RemoveSecondFactor(Command, frozen=True, kw_only=True, tag="staff.remove_second_factor"):
    """Sign in with the password alone again: because the person wants it, or has lost the device."""

    staff_id: UUID
    reason: str


# sessions


class OpenSession(Command, frozen=True, kw_only=True, tag="staff.open_session"):
    """Somebody has proved who they are: by the password `password_id`, and by the code of a step or a recovery code.

    `now` is the time on the wall: people who sign in live in it, even where the shop's own time is simulated.
    """

    staff_id: UUID
    password_id: UUID
    now: datetime
    token_hash: str
    address: str = ""
    agent: str = ""
    step: int = 0  # of the code, 0 for none
    recovery: int = -1  # place of the recovery code, -1 for none


class NoteFailedSignIn(Command, frozen=True, kw_only=True, tag="staff.note_failed_sign_in"):
    """Somebody tried a login that there is, and could not prove that it is theirs."""

    staff_id: UUID
    now: datetime


class EndSession(Command, frozen=True, kw_only=True, tag="staff.end_session"):
    """Sign out, by choice or because nobody was there for too long."""

    session_id: UUID
    reason: str = "signed out"


class EndAllSessions(Command, frozen=True, kw_only=True, tag="staff.end_all_sessions"):
    """Sign somebody out everywhere, or everywhere else."""

    staff_id: UUID
    keep_session_id: UUID | None = None


class NoteExport(Command, frozen=True, kw_only=True, tag="staff.note_export"):
    """Write down that a list of orders left the house: by which filters, and how many rows."""

    staff_id: UUID
    filters: dict[str, str]
    rows: int
