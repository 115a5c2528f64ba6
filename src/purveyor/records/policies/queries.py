"""What is read of policies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from purveyor.core.policies import Policies
from purveyor.db.reader import Reader
from purveyor.records.policies.state import Policy, in_force

POLICIES = "SELECT name, version, data FROM policy ORDER BY name"


async def load_policies(read: Reader) -> Policies:
    """All policies that are in force now."""
    return msgspec.structs.replace(in_force(await read.rows(Policy, POLICIES)), home_zone=read.zone)


class Version(msgspec.Struct, frozen=True):
    """A policy as it was set: by whom, when, and what it said."""

    seq: int
    at: datetime
    actor: str
    number: int
    data: Any


VERSIONS = """
    -- The newest first.
    SELECT seq, at, actor, (data->>'number')::bigint AS number, data->'data' AS data
      FROM journal
     WHERE kind = 'policies.set' AND data->>'name' = $1
  ORDER BY seq DESC
     LIMIT $2
"""


async def versions_of(read: Reader, name: str, limit: int = 50) -> list[Version]:
    """Who set a policy when, and to what."""
    return await read.rows(Version, VERSIONS, name, limit)


async def policy_rows(read: Reader) -> list[Policy]:
    """The documents that were set, as they stand."""
    return await read.rows(Policy, POLICIES)
