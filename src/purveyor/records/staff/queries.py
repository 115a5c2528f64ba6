"""What is read of keys."""

from __future__ import annotations

from purveyor.db.reader import Reader
from purveyor.records.staff.state import ApiKey

BY_PREFIX = "SELECT id, name, prefix, hash, scopes, created_at, revoked_at FROM api_key WHERE prefix = $1"
ALL_KEYS = """
    SELECT id, name, prefix, hash, scopes, created_at, revoked_at
      FROM api_key
  ORDER BY created_at, id
     LIMIT $1
"""


async def api_key_by_prefix(read: Reader, prefix: str) -> ApiKey | None:
    return await read.row(ApiKey, BY_PREFIX, prefix)


async def all_api_keys(read: Reader, limit: int = 1_000) -> list[ApiKey]:
    return await read.rows(ApiKey, ALL_KEYS, limit)
