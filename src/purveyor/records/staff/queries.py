"""What is read of keys, people and sessions; and which sessions are over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from purveyor.core.rows import ApiKey
from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.records.staff.commands import EndSession
from purveyor.records.staff.state import FailedPlace

BY_PREFIX = """
    SELECT id, name, prefix, hash, scopes, created_at, revoked_at, expires_at, made_by FROM api_key WHERE prefix = $1
"""
ALL_KEYS = """
    SELECT k.id, k.name, k.prefix, k.scopes, k.created_at, k.revoked_at, k.expires_at, k.made_by, u.used_at
      FROM api_key k LEFT JOIN api_key_use u ON u.key_id = k.id
  ORDER BY k.created_at, k.id
     LIMIT $1
"""
KEY_NAMES = "SELECT prefix, name FROM api_key WHERE prefix = ANY($1::text[])"
# No fact either: when a key came in last, as exactly as it is worth a write.
NOTE_USED = """
    INSERT INTO api_key_use AS u (key_id, used_at) VALUES ($1, $2)
    ON CONFLICT (key_id) DO UPDATE SET used_at = excluded.used_at
     WHERE u.used_at < excluded.used_at - make_interval(mins => 5)
"""


class KeySeen(msgspec.Struct, frozen=True, kw_only=True):
    """A key without its secret, and without the hash of it. `used_at` is exact to five minutes."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None
    made_by: str
    used_at: datetime | None

    def is_over(self, now: datetime) -> bool:
        """Whether its time is up; a key from before keys had an end has none."""
        return self.expires_at is not None and self.expires_at <= now


async def api_key_by_prefix(read: Reader, prefix: str) -> ApiKey | None:
    return await read.row(ApiKey, BY_PREFIX, prefix)


async def all_api_keys(read: Reader, limit: int = 1_000) -> list[KeySeen]:
    return await read.rows(KeySeen, ALL_KEYS, limit)


class _KeyName(msgspec.Struct):
    prefix: str
    name: str


async def names_of_keys(read: Reader, prefixes: list[str]) -> dict[str, str]:
    """Names by prefix: for actors such as `key:<prefix>` in the journal."""
    return {row.prefix: row.name for row in await read.rows(_KeyName, KEY_NAMES, prefixes)}


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works here, as lists show them."""

    id: UUID
    login: str
    name: str
    roles: list[str]
    added_at: datetime
    signed_in_at: datetime | None
    locked_until: datetime | None
    disabled_at: datetime | None
    has_password: bool
    has_second_factor: bool
    recovery_left: int
    password_until: datetime | None


_COLLEAGUE = """
    SELECT s.id, p.login, p.name, s.roles, s.added_at, s.signed_in_at, s.locked_until, s.disabled_at,
           s.password_id IS NOT NULL AS has_password, s.factor_id IS NOT NULL AS has_second_factor,
           coalesce(cardinality(string_to_array(r.value, ' ')), 0) - jsonb_array_length(s.recovery_used)
               AS recovery_left, s.password_until
      FROM staff s JOIN staff_person p ON p.id = s.person_id LEFT JOIN staff_secret r ON r.id = s.recovery_id
"""
ALL_STAFF = f"{_COLLEAGUE} WHERE s.erased_at IS NULL ORDER BY p.login, s.id LIMIT $1"
BY_LOGIN = f"{_COLLEAGUE} WHERE p.login = $1 AND p.login <> ''"
BY_ID = f"{_COLLEAGUE} WHERE s.id = $1"
KNOWN = """
    -- What everybody in the house knows of one another.
    SELECT p.login, p.name FROM staff s JOIN staff_person p ON p.id = s.person_id
     WHERE s.erased_at IS NULL ORDER BY s.id DESC LIMIT $1
"""
NAMES = "SELECT s.id, p.name FROM staff s JOIN staff_person p ON p.id = s.person_id WHERE s.id = ANY($1::uuid[])"


async def all_staff(read: Reader, limit: int = 1_000) -> list[Colleague]:
    return await read.rows(Colleague, ALL_STAFF, limit)


async def colleague_by_login(read: Reader, login: str) -> Colleague | None:
    """Somebody by login, in lower case."""
    return await read.row(Colleague, BY_LOGIN, login)


async def colleague(read: Reader, staff_id: UUID) -> Colleague | None:
    return await read.row(Colleague, BY_ID, staff_id)


class _Known(msgspec.Struct):
    login: str
    name: str


async def logins_and_names(read: Reader, limit: int = 1_000) -> list[str]:
    """Of all who work here, the newest first."""
    return [text for row in await read.rows(_Known, KNOWN, limit) for text in (row.login, row.name)]


class _Name(msgspec.Struct):
    id: UUID
    name: str


async def names_of_staff(read: Reader, ids: list[UUID]) -> dict[UUID, str]:
    """Names by id, empty for those who were erased: for actors such as `staff:<id>` in the journal."""
    return {row.id: row.name for row in await read.rows(_Name, NAMES, ids)}


CALLED = """
    -- By the whole login, or by its first part. Those who work here are few.
    SELECT p.login, p.name FROM staff s JOIN staff_person p ON p.id = s.person_id
     WHERE s.erased_at IS NULL AND (p.login = ANY($1::text[]) OR split_part(p.login, '@', 1) = ANY($1::text[]))
  ORDER BY p.login
     LIMIT $2
"""


async def names_by_code(read: Reader, codes: list[str], limit: int = 1_000) -> dict[str, str]:
    """Names by login, and by the first part of a login where that is nobody else's. `codes` in lower case."""
    found = await read.rows(_Known, CALLED, codes, limit)
    by_part: dict[str, list[str]] = {}
    for row in found:
        by_part.setdefault(row.login.partition("@")[0], []).append(row.name)
    short = {part: names[0] for part, names in by_part.items() if len(names) == 1}
    return short | {row.login: row.name for row in found}


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody's sign-in is held against. Never shown, never logged."""

    staff_id: UUID
    login: str
    name: str
    places: list[FailedPlace]
    disabled_at: datetime | None
    password_until: datetime | None
    password_id: UUID | None
    password_hash: str
    factor_id: UUID | None
    factor_secret: str
    pending_factor_id: UUID | None
    pending_secret: str
    recovery_hashes: str  # joined by blanks; "" once there are none

    def is_locked(self, place: str, now: datetime) -> bool:
        """Whether nobody may sign in from there."""
        return any(
            each.place == place and each.locked_until is not None and now < each.locked_until for each in self.places
        )

    @property
    def recovery(self) -> list[str]:
        return self.recovery_hashes.split()


_PROOFS = """
    SELECT s.id AS staff_id, p.login, p.name, s.places, s.disabled_at, s.password_until,
           s.password_id, coalesce(w.value, '') AS password_hash,
           s.factor_id, coalesce(f.value, '') AS factor_secret,
           s.pending_factor_id, coalesce(n.value, '') AS pending_secret, coalesce(r.value, '') AS recovery_hashes
      FROM staff s JOIN staff_person p ON p.id = s.person_id
           LEFT JOIN staff_secret w ON w.id = s.password_id
           LEFT JOIN staff_secret f ON f.id = s.factor_id
           LEFT JOIN staff_secret n ON n.id = s.pending_factor_id
           LEFT JOIN staff_secret r ON r.id = s.recovery_id
"""
PROOFS_BY_LOGIN = f"{_PROOFS} WHERE p.login = $1 AND p.login <> ''"
PROOFS_BY_ID = f"{_PROOFS} WHERE s.id = $1"


async def proofs_by_login(read: Reader, login: str) -> Proofs | None:
    return await read.row(Proofs, PROOFS_BY_LOGIN, login)


async def proofs_of(read: Reader, staff_id: UUID) -> Proofs | None:
    return await read.row(Proofs, PROOFS_BY_ID, staff_id)


class OpenSessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A session that is not over, and whose it is. Times are those on the wall."""

    session_id: UUID
    device_id: UUID
    staff_id: UUID
    login: str
    name: str
    roles: list[str]
    has_second_factor: bool
    password_until: datetime | None
    proved_at: datetime | None
    address: str
    agent: str
    opened_at: datetime
    seen_at: datetime
    idle_minutes: int
    ends_at: datetime


_OPEN = """
    SELECT t.id AS session_id, d.id AS device_id, s.id AS staff_id, p.login, p.name, s.roles,
           s.factor_id IS NOT NULL AS has_second_factor, s.password_until, d.proved_at, d.address, d.agent,
           t.opened_at, d.seen_at, d.idle_minutes, d.ends_at
      FROM staff_device d
           JOIN staff_session t ON t.id = d.session_id AND t.ended_at IS NULL
           JOIN staff s ON s.id = t.staff_id AND s.generation = t.generation AND s.disabled_at IS NULL
           JOIN staff_person p ON p.id = s.person_id
"""
IN_TIME = "d.ends_at > $2 AND d.seen_at + make_interval(mins => d.idle_minutes::int) > $2"
BY_TOKEN = f"{_OPEN} WHERE d.token_hash = $1 AND d.token_hash <> '' AND {IN_TIME}"
OF_STAFF = f"{_OPEN} WHERE t.staff_id = $1 AND {IN_TIME} ORDER BY d.seen_at DESC, t.id LIMIT $3"
# The one write outside of the journal: when a browser was here is no fact, and is forgotten with its session.
NOTE_PROVED = "UPDATE staff_device SET proved_at = $2 WHERE session_id = $1 AND token_hash <> ''"
NOTE_SEEN = "UPDATE staff_device SET seen_at = $2 WHERE id = $1 AND seen_at < $2"


async def session_by_token(read: Reader, token_hash: str, now: datetime) -> OpenSessionRow | None:
    """The session of a token, unless it is over. One index look-up and three by primary key."""
    return await read.row(OpenSessionRow, BY_TOKEN, token_hash, now)


async def sessions_of(read: Reader, staff_id: UUID, now: datetime, limit: int = 100) -> list[OpenSessionRow]:
    """The open sessions of a person, seen last first."""
    return await read.rows(OpenSessionRow, OF_STAFF, staff_id, now, limit)


OVER = """
    -- Idle for too long, too old, or ended with all others of their owner: sessions whose end is not noted yet.
    SELECT t.id
      FROM staff_session t JOIN staff_device d ON d.id = t.device_id JOIN staff s ON s.id = t.staff_id
     WHERE t.ended_at IS NULL
       AND (s.generation <> t.generation OR d.ends_at <= clock_timestamp()
            OR d.seen_at + make_interval(mins => d.idle_minutes::int) <= clock_timestamp())
  ORDER BY t.id
     LIMIT $1
"""


@sweep("staff.session_over", every_s=60)
async def over(read: Reader, _now: datetime, limit: int) -> list[DueCommand]:
    """By the clock on the wall, as browsers have it."""
    return [
        DueCommand(f"staff.session_over:{session_id}", EndSession(session_id=session_id, reason="over"))
        for session_id in await read.values(OVER, limit)
    ]
