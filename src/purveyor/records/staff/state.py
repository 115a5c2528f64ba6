"""Keys as rows."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.messages import Stamp
from purveyor.core.rows import Row
from purveyor.core.rules import applies
from purveyor.core.state import State
from purveyor.records.staff.facts import ApiKeyCreated, ApiKeyRevoked


class ApiKey(Row):
    """A key: found by its prefix, proved by the hash of its secret."""

    table: ClassVar[str] = "api_key"

    id: UUID
    name: str
    prefix: str
    hash: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None = None


@applies(ApiKeyCreated)
def create(state: State, fact: ApiKeyCreated, stamp: Stamp) -> None:
    state.add(ApiKey(fact.key_id, fact.name, fact.prefix, fact.hash, list(fact.scopes), stamp.at))


@applies(ApiKeyRevoked)
def revoke(state: State, fact: ApiKeyRevoked, stamp: Stamp) -> None:
    state.row(ApiKey, fact.key_id).revoked_at = stamp.at
