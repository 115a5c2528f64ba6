"""What may have happened to keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact


class ApiKeyCreated(Fact, frozen=True, kw_only=True, tag="staff.api_key_created"):
    """A key may come in."""

    key_id: UUID
    name: str
    prefix: str
    hash: str
    scopes: tuple[str, ...]

    def reply(self) -> dict[str, Any]:
        return {"key_id": self.key_id, "name": self.name, "prefix": self.prefix, "scopes": self.scopes}


class ApiKeyRevoked(Fact, frozen=True, kw_only=True, tag="staff.api_key_revoked"):
    """A key may not come in any more."""

    key_id: UUID
