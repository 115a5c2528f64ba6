"""Which keys may come in."""

from __future__ import annotations

import re

from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.rules import Decision, decides
from purveyor.core.state import State
from purveyor.records.staff.commands import CreateApiKey, RevokeApiKey
from purveyor.records.staff.facts import ApiKeyCreated, ApiKeyRevoked
from purveyor.records.staff.state import ApiKey

_SCOPE = re.compile(r"\*|[a-z_]+:(read|write|\*)")


class KeyIsRevoked(Refusal):
    """It was shut out before."""

    prefix: str
    sentence = "The key {prefix} was revoked already."


class PrefixTaken(Refusal):
    """Another key has this prefix."""

    prefix: str
    sentence = "There is a key {prefix} already."


@decides(CreateApiKey)
def decide_create(state: State, command: CreateApiKey, call: Call) -> Decision:
    """Refuses with `Invalid` a scope that cannot be, and with `PrefixTaken`."""
    if not command.name.strip():
        raise Invalid(field="name", found=command.name, expected="whose key it is")
    if not command.scopes:
        raise Invalid(field="scopes", found="none", expected="at least one, such as orders:read or *")
    for scope in command.scopes:
        if not _SCOPE.fullmatch(scope):
            raise Invalid(field="scopes", found=scope, expected="such as orders:read, picking:write, review:* or *")
    if state.find(ApiKey, "prefix", command.prefix):
        raise PrefixTaken(prefix=command.prefix)
    yield ApiKeyCreated(
        key_id=call.ids.new(),
        name=command.name,
        prefix=command.prefix,
        hash=command.hash,
        scopes=command.scopes,
    )


@decides(RevokeApiKey)
def decide_revoke(state: State, command: RevokeApiKey, call: Call) -> Decision:
    """Refuses with `NotFound` and `KeyIsRevoked`."""
    key = state.row(ApiKey, command.key_id)
    if key.revoked_at is not None:
        raise KeyIsRevoked(prefix=key.prefix)
    yield ApiKeyRevoked(key_id=key.id)
