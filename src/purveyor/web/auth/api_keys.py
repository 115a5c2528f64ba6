"""Keys for the API: made once, kept as a hash, looked up at the door."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime
from time import monotonic
from typing import NamedTuple

import msgspec

from purveyor.records.staff.queries import NOTE_USED, api_key_by_prefix
from purveyor.records.staff.scopes import allows
from purveyor.secret_key import SecretKey
from purveyor.web.http import security_log
from purveyor.web.http.app_context import House
from purveyor.web.http.problem_details import Problem

KEPT_S = 5.0  # a key that was revoked may still come in for so long
MOST_KEPT = 10_000
LONGEST_PREFIX = 20  # that is written down of a key that is none
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="purveyor"'}


class NewKey(NamedTuple):
    secret: str  # the whole key, shown once: pk_<prefix>_<secret>
    prefix: str
    hash: str


class Caller(msgspec.Struct, frozen=True):
    """Who is at the door. Names may be alike, so what is done with a key stands in the journal under its prefix."""

    name: str
    scopes: frozenset[str]
    prefix: str = ""

    @property
    def actor(self) -> str:
        return f"key:{self.prefix}"

    def may(self, scope: str) -> bool:
        return allows(self.scopes, scope)

    def check(self, lacks: str) -> None:
        """Raises `Problem` (403) where there is a scope that this key lacks."""
        if lacks:
            security_log.note("scope.refused", actor=self.actor, needs=lacks)
            raise Problem(
                403,
                "scope_missing",
                f"The key {self.name} may not do this: it needs the scope {lacks}.",
                data={"needs": lacks, "has": sorted(self.scopes)},
            )


def make_key() -> NewKey:
    """A new key. Its secret has 256 bits from the system's random source."""
    prefix = secrets.token_hex(6)
    secret = secrets.token_urlsafe(32)
    return NewKey(f"pk_{prefix}_{secret}", prefix, hash_of(secret))


def key_of(seal: SecretKey, request: str) -> NewKey:
    """The key for a request to make one, the same one when it is sent again.

    An HMAC-SHA-256 under the secret of this installation: nobody else can tell it, and it has 256 bits as well.
    """
    prefix = hashlib.sha256(seal.tag("api key prefix", request).encode()).hexdigest()[:12]
    secret = seal.tag("api key secret", request)
    return NewKey(f"pk_{prefix}_{secret}", prefix, hash_of(secret))


def hash_of(secret: str) -> str:
    """SHA-256 in hex.

    Slow hashes such as Argon2 make guessing of passwords expensive. Nobody guesses 256 random bits, and this
    hash is computed for requests, so a fast one is right here.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiKeys:
    """Knows the keys that came in lately, so that most requests need no look-up."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: dict[bytes, tuple[float, Caller]] = {}

    async def admit(self, authorization: str | None, scope: str) -> Caller:
        """Raises `Problem`: 401 without a key that is in force, 403 when it may not do this."""
        caller = await self._caller(authorization)
        caller.check("" if caller.may(scope) else scope)
        return caller

    async def _caller(self, authorization: str | None) -> Caller:
        if not authorization:
            raise _unknown("key_missing", "This needs an API key, in the header Authorization: Bearer pk_...")
        digest = hashlib.sha256(authorization.encode()).digest()  # the memory of a process needs no secrets either
        known = self._known.get(digest)
        if known is not None and known[0] > monotonic():
            return known[1]
        caller = await self._look_up(authorization)
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[digest] = (monotonic() + KEPT_S, caller)
        return caller

    async def _look_up(self, authorization: str) -> Caller:
        scheme, _, token = authorization.partition(" ")
        kind, _, rest = token.strip().partition("_")
        prefix, _, secret = rest.partition("_")
        if scheme.lower() != "bearer" or kind != "pk" or not secret or "\0" in prefix:
            raise _unknown("key_malformed", "An API key looks like pk_<prefix>_<secret>, after the word Bearer.")
        key = await api_key_by_prefix(self._house.read, prefix)
        if key is None or not hmac.compare_digest(key.hash, hash_of(secret)):
            raise _unknown("key_unknown", "There is no such API key.", prefix[:LONGEST_PREFIX])
        if key.revoked_at is not None:
            raise _unknown("key_revoked", f"The API key {prefix} was revoked.", prefix)
        if key.expires_at is not None and key.expires_at <= self._house.outside.clock.now():
            raise _unknown(
                "key_expired", f"The API key {prefix} was good until {key.expires_at:%Y-%m-%d %H:%M %Z}.", prefix
            )
        await self._house.pool.execute(NOTE_USED, key.id, datetime.now(UTC))
        return Caller(key.name, frozenset(key.scopes), key.prefix)


def _unknown(code: str, detail: str, prefix: str = "") -> Problem:
    security_log.note("key.refused", code=code, prefix=prefix)
    return Problem(401, code, detail, headers=CHALLENGE)
