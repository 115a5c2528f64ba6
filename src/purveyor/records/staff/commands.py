"""What may be asked of staff. Personal data and hashes come in here and go no further than rows that can be erased."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from purveyor.core.field_types import Line, Mail, Moment, Name, Number, Reason, Word, Words
from purveyor.core.messages import Command, Job

BY_ITS_OWNER = "by its owner"  # why a second factor was removed, where its owner wanted it

# keys for the API


class CreateApiKey(Command, frozen=True, kw_only=True, tag="staff.create_api_key"):
    """Let a key in, until a day: a year from now where none is given. Only the hash of its secret is ever told."""

    name: Name
    prefix: Word
    hash: Line
    scopes: Words
    expires_at: Moment | None = None


class RevokeApiKey(Command, frozen=True, kw_only=True, tag="staff.revoke_api_key"):
    """Shut a key out. `having`: the scopes of who asks, so that nobody shuts out what may do more; None for all."""

    key_id: UUID
    having: Words | None = None


# people


class AddStaff(Command, frozen=True, kw_only=True, tag="staff.add"):
    """Let a person in, under a login of their own. Without a password nobody can sign in with it yet."""

    login: Mail
    name: Name
    roles: Words
    password_hash: Line = ""
    password_until: Moment | None = None  # where it was made for the person, who must choose another by then


class VouchForStaff(Command, frozen=True, kw_only=True, tag="staff.vouch"):
    """Say that a login belongs to a person of its own, whoever made it."""

    staff_id: UUID


class RenameStaff(Command, frozen=True, kw_only=True, tag="staff.rename"):
    """Another login or another name for the same person."""

    staff_id: UUID
    login: Mail
    name: Name


class SetRoles(Command, frozen=True, kw_only=True, tag="staff.set_roles"):
    """What a person does here, and so may do."""

    staff_id: UUID
    roles: Words


class DisableStaff(Command, frozen=True, kw_only=True, tag="staff.disable"):
    """Shut a person out, at once: all sessions end."""

    staff_id: UUID
    reason: Reason


class EnableStaff(Command, frozen=True, kw_only=True, tag="staff.enable"):
    """Let a person in again."""

    staff_id: UUID


class EraseStaff(Command, frozen=True, kw_only=True, tag="staff.erase"):
    """Empty name, login and secrets of somebody who is shut out, for ever. What they did stays, under their id."""

    staff_id: UUID
    reason: Reason


# how they prove who they are


class SetPassword(Command, frozen=True, kw_only=True, tag="staff.set_password"):
    """A new password, as its argon2id hash. It ends a lock-out, and every session but the one that is kept."""

    staff_id: UUID
    password_hash: Line
    keep_session_id: UUID | None = None
    until: Moment | None = None  # where it was made for the person, who must choose another by then


class UnlockStaff(Command, frozen=True, kw_only=True, tag="staff.unlock"):
    """End every lock-out of a person."""

    staff_id: UUID


class RehashPassword(Command, frozen=True, kw_only=True, tag="staff.rehash_password"):
    """The same password under today's parameters. Nothing else changes."""

    staff_id: UUID
    password_id: UUID  # the hash that is replaced
    password_hash: Line


class EnrollSecondFactor(Command, frozen=True, kw_only=True, tag="staff.enroll_second_factor"):
    """A secret for time-based codes (RFC 6238). It counts once a first code has been shown."""

    staff_id: UUID
    secret: Line  # base 32


class ConfirmSecondFactor(Command, frozen=True, kw_only=True, tag="staff.confirm_second_factor"):
    """A first code was right: from now on every sign-in needs one, or a recovery code."""

    staff_id: UUID
    factor_id: UUID
    step: Number  # whose code was shown: Unix time in units of 30 seconds
    recovery_hashes: Words


class RemoveSecondFactor(Command, frozen=True, kw_only=True, tag="staff.remove_second_factor"):
    """Sign in with the password alone again: because the person wants it, or has lost the device."""

    staff_id: UUID
    reason: Reason


# sessions


class OpenSession(Command, frozen=True, kw_only=True, tag="staff.open_session"):
    """Somebody has proved who they are: by the password `password_id`, and by the code of a step or a recovery code.

    `now` is the time on the wall: people who sign in live in it, even where the shop's own time is simulated.
    """

    staff_id: UUID
    password_id: UUID
    now: Moment
    token_hash: Line
    address: Name = ""
    agent: Line = ""
    step: Number = 0  # of the code, 0 for none
    recovery: Annotated[int, Meta(ge=-1, le=1_000)] = -1  # place of the recovery code, -1 for none
    place: Line = ""  # where it comes from, as a keyed hash: of the browser that was here before, or of the network
    ticket_at: Moment | None = None  # when the ticket was given out that led to the code: it is used once


class NoteFailedSignIn(Command, frozen=True, kw_only=True, tag="staff.note_failed_sign_in"):
    """Somebody tried a login that there is, and could not prove that it is theirs."""

    staff_id: UUID
    now: Moment
    place: Line = ""  # as in `OpenSession`: only this place is locked


class EndSession(Command, frozen=True, kw_only=True, tag="staff.end_session"):
    """Sign out, by choice or because nobody was there for too long."""

    session_id: UUID
    reason: Reason = "signed out"


class EndAllSessions(Command, frozen=True, kw_only=True, tag="staff.end_all_sessions"):
    """Sign somebody out everywhere, or everywhere else."""

    staff_id: UUID
    keep_session_id: UUID | None = None


class NoteExport(Command, frozen=True, kw_only=True, tag="staff.note_export"):
    """Write down that a list of orders left the house: by which filters, and how many rows."""

    staff_id: UUID
    filters: Annotated[dict[Word, Line], Meta(max_length=100)]
    rows: Number


# what is done outside


class TellStaff(Job, frozen=True, kw_only=True, tag="staff.tell"):
    """Mail a person, or every admin, that something about signing in or about money has changed."""

    what: Literal[
        "password_reset", "second_factor_off", "roles_set", "locked", "policy_set", "policy_asked", "staff_added"
    ]
    staff_id: UUID | None = None  # None: every admin
    policy: Word = ""
