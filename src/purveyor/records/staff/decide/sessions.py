"""Who is in: sign-ins that succeed and fail, lock-outs, and the end of sessions."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.refusals import Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.records.staff.commands import EndAllSessions, EndSession, NoteFailedSignIn, OpenSession
from purveyor.records.staff.decide.credentials import check_kept
from purveyor.records.staff.decide.people import someone_let_in
from purveyor.records.staff.facts import AllSessionsEnded, SessionEnded, SessionOpened, SignInFailed
from purveyor.records.staff.state import Staff, StaffDevice, StaffSession

LONGEST_AGENT = 200  # characters of what a browser says of itself


class LockedOut(Refusal):
    """Too many tries that failed."""

    until: datetime
    sentence = "Too many tries failed: nobody can sign in with this login until {until}."
    instead = ("wait", "ask an admin for a new password")


class TicketUsed(Refusal):
    """Login and password open one session, not several."""

    sentence = "This sign-in was finished before."
    instead = ("sign in again",)


class PasswordOver(Refusal):
    """It was made for the person, and not changed in time."""

    until: datetime
    sentence = "This password was good until {until}."
    instead = ("ask an admin for a new password",)


class PasswordChanged(Refusal):
    """It was proved by a password that is not in force any more."""

    sentence = "The password was changed in the meantime."
    instead = ("sign in again",)


class SecondFactorMissing(Refusal):
    """The password is not enough."""

    sentence = "This needs a code of the second factor."


class CodeUsed(Refusal):
    """A code opens one session."""

    sentence = "This code was used before."
    instead = ("wait for the next code",)


class SessionOver(Refusal):
    """It has ended."""

    session_id: UUID
    sentence = "This session is over."


def locked_from(staff: Staff, place: str) -> datetime | None:
    """Until when nobody signs in as this person from a place."""
    return next((each.locked_until for each in staff.places if each.place == place), None)


@decides(OpenSession)
def decide_open(state: State, command: OpenSession, call: Call) -> Decision:
    """Let somebody in who has proved who they are.

    Refuses with `NotFound`, `StaffShutOut`, `LockedOut`, `TicketUsed`, `PasswordOver`, `PasswordChanged`,
    `SecondFactorMissing` and `CodeUsed`.
    """
    staff = someone_let_in(state, command.staff_id)
    locked_until = locked_from(staff, command.place)
    if locked_until is not None and command.now < locked_until:
        raise LockedOut(until=locked_until.astimezone(state.policies.zone))
    if command.ticket_at is not None and staff.ticket_at is not None and command.ticket_at <= staff.ticket_at:
        raise TicketUsed
    if staff.password_until is not None and staff.password_until <= command.now:
        raise PasswordOver(until=staff.password_until.astimezone(state.policies.zone))
    if staff.password_id != command.password_id:
        raise PasswordChanged
    if staff.factor_id is not None:
        _check_code(staff, command)
    policy = state.policies.sign_in
    session_id, device_id = call.ids.new(), call.ids.new()
    yield StaffDevice(
        id=device_id,
        session_id=session_id,
        token_hash=command.token_hash,
        address=command.address,
        agent=command.agent[:LONGEST_AGENT],
        seen_at=command.now,
        idle_minutes=policy.idle_minutes,
        ends_at=command.now + timedelta(hours=policy.session_hours),
        proved_at=command.now,
    )
    yield SessionOpened(
        staff_id=staff.id,
        session_id=session_id,
        device_id=device_id,
        step=command.step,
        recovery=command.recovery,
        place=command.place,
        ticket_at=command.ticket_at,
    )


def _check_code(staff: Staff, command: OpenSession) -> None:
    if command.step <= 0 and command.recovery < 0:
        raise SecondFactorMissing
    if 0 < command.step <= staff.last_step or command.recovery in staff.recovery_used:
        raise CodeUsed


@decides(NoteFailedSignIn)
def decide_note_failed(state: State, command: NoteFailedSignIn, call: Call) -> Decision:
    """Count it, and lock the login for that place once there are too many. While it is locked nothing counts.

    NIST SP 800-63B, 5.2.2 asks for a limit of failed tries. Only the place is locked that they came from, so that a
    stranger shuts nobody out.
    """
    staff = state.row(Staff, command.staff_id)
    locked_until = locked_from(staff, command.place)
    if locked_until is not None and command.now < locked_until:
        return
    policy = state.policies.sign_in
    failures = 1 + sum(each.failures for each in staff.places if each.place == command.place)
    if failures < policy.failures:
        yield SignInFailed(staff_id=staff.id, failures=failures, place=command.place)
    else:
        until = command.now + timedelta(minutes=policy.locked_minutes)
        yield SignInFailed(staff_id=staff.id, failures=0, locked_until=until, place=command.place)


@decides(EndSession)
def decide_end(state: State, command: EndSession, call: Call) -> Decision:
    """Refuses with `NotFound` and `SessionOver`."""
    session = state.row(StaffSession, command.session_id)
    if session.ended_at is not None:
        raise SessionOver(session_id=session.id)
    state.get(StaffDevice, session.device_id)
    yield SessionEnded(staff_id=session.staff_id, session_id=session.id, why=command.reason)


@decides(EndAllSessions)
def decide_end_all(state: State, command: EndAllSessions, call: Call) -> Decision:
    """Refuses with `NotFound`."""
    staff = state.row(Staff, command.staff_id)
    check_kept(state, staff.id, command.keep_session_id)
    yield AllSessionsEnded(staff_id=staff.id, kept_session_id=command.keep_session_id)
