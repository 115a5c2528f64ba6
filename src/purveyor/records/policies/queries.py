"""What is read of policies."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.policies import Policies
from purveyor.db.reader import Reader
from purveyor.engine.jobs import DueCommand, sweep
from purveyor.records.policies.commands import ApplyPolicyDeadline
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
    -- The newest first. By the index journal_security.
    SELECT seq, at, actor, (data->>'number')::bigint AS number, data->'data' AS data
      FROM journal_row
     WHERE order_id IS NULL AND split_part(kind, '.', 1) IN ('staff', 'policies', 'webhooks')
       AND kind = 'policies.set' AND data->>'name' = $1
  ORDER BY seq DESC
     LIMIT $2
"""


async def versions_of(read: Reader, name: str, limit: int = 50) -> list[Version]:
    """Who set a policy when, and to what."""
    return await read.rows(Version, VERSIONS, name, limit)


async def policy_rows(read: Reader) -> list[Policy]:
    """The documents that were set, as they stand."""
    return await read.rows(Policy, POLICIES)


class PolicyWaiting(msgspec.Struct, frozen=True):
    """A policy that allows more than before and waits for a second admin, or until `due_at` where there is none."""

    id: UUID
    name: str
    data: Any
    asked_by: str
    asked_at: datetime
    due_at: datetime | None


WAITING = """
    -- The oldest first.
    SELECT id, name, data, asked_by, asked_at, due_at FROM policy_request
     WHERE status = 'waiting'
  ORDER BY asked_at, id
     LIMIT 100
"""


async def policies_waiting(read: Reader) -> list[PolicyWaiting]:
    """What other admins are asked about."""
    return await read.rows(PolicyWaiting, WAITING)


DUE = "SELECT id FROM policy_request WHERE status = 'waiting' AND due_at < $1 ORDER BY due_at, id LIMIT $2"


@sweep("policies.deadline", every_s=60)
async def past_deadline(read: Reader, now: datetime, limit: int) -> list[DueCommand]:
    """What the only admin of a shop wanted to loosen, and took a day to think about."""
    return [
        DueCommand(f"policies.deadline:{request_id}", ApplyPolicyDeadline(request_id=request_id))
        for request_id in await read.values(DUE, now, limit)
    ]
