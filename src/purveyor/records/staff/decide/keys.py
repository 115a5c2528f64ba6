"""Which keys may come in."""

from __future__ import annotations

from datetime import timedelta

from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import ApiKey
from purveyor.core.state import State
from purveyor.records.staff.commands import CreateApiKey, RevokeApiKey
from purveyor.records.staff.facts import ApiKeyCreated, ApiKeyRevoked
from purveyor.records.staff.scopes import all_scopes, allows, is_scope

LONGEST_NAME = 80
MOST_SCOPES = 200
GOOD_FOR = timedelta(days=365)  # where no end is given
LONGEST = timedelta(days=3 * 366)


class KeyIsRevoked(Refusal):
    """It was shut out before."""

    prefix: str
    sentence = "The key {prefix} was revoked already."


class KeyMayMore(Refusal):
    """Whoever may do less does not shut out what may do more."""

    prefix: str
    more: list[str]
    sentence = "The key {prefix} may do what you may not: {more}. Somebody who may do that can revoke it."


class PrefixTaken(Refusal):
    """Another key has this prefix."""

    prefix: str
    sentence = "There is a key {prefix} already."


@decides(CreateApiKey)
def decide_create(state: State, command: CreateApiKey, call: Call) -> Decision:
    """Refuses with `Invalid` a name, a scope or an end that cannot be, and with `PrefixTaken`."""
    name = command.name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        found = "nothing" if not name else f"{len(name)} characters" if name.isprintable() else "unprintable characters"
        raise Invalid(
            field="name", found=found, expected=f"the name of whose key it is, 1 to {LONGEST_NAME} printable characters"
        )
    expires_at = command.expires_at or call.at + GOOD_FOR
    if not call.at < expires_at <= call.at + LONGEST:
        raise Invalid(field="expires_at", found=expires_at, expected=f"a time within {LONGEST.days} days from now")
    if not 1 <= len(command.scopes) <= MOST_SCOPES:
        raise Invalid(
            field="scopes", found=len(command.scopes) or "none", expected="at least one, such as orders:read or *"
        )
    for scope in command.scopes:
        if not is_scope(scope):
            raise Invalid(
                field="scopes",
                found=scope,
                expected=f"*, all of an area such as review:*, or one of {', '.join(all_scopes())}",
            )
    if state.find(ApiKey, "prefix", command.prefix):
        raise PrefixTaken(prefix=command.prefix)
    yield ApiKeyCreated(
        key_id=call.ids.new(),
        name=name,
        prefix=command.prefix,
        hash=command.hash,
        scopes=command.scopes,
        expires_at=expires_at,
    )


@decides(RevokeApiKey)
def decide_revoke(state: State, command: RevokeApiKey, call: Call) -> Decision:
    """Refuses with `NotFound`, `KeyMayMore` and `KeyIsRevoked`."""
    key = state.row(ApiKey, command.key_id)
    more = [scope for scope in key.scopes if command.having is not None and not allows(command.having, scope)]
    if more:
        raise KeyMayMore(prefix=key.prefix, more=more)
    if key.revoked_at is not None:
        raise KeyIsRevoked(prefix=key.prefix)
    yield ApiKeyRevoked(key_id=key.id)
