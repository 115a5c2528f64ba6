"""What may be asked of staff."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.messages import Command


class CreateApiKey(Command, frozen=True, kw_only=True, tag="staff.create_api_key"):
    """Let a key in. Only the hash of its secret is ever told."""

    name: str
    prefix: str
    hash: str
    scopes: tuple[str, ...]


class RevokeApiKey(Command, frozen=True, kw_only=True, tag="staff.revoke_api_key"):
    """Shut a key out."""

    key_id: UUID
