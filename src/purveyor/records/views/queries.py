"""What is read of saved views."""

from __future__ import annotations

from uuid import UUID

import msgspec

from purveyor.db.reader import Reader


class ViewSeen(msgspec.Struct, frozen=True):
    """A view of one's own."""

    id: UUID
    name: str
    query: str


VIEWS = """
    -- In the order in which they were saved.
    SELECT v.id, t.name, t.query
      FROM saved_view v JOIN view_text t ON t.id = v.words_id
     WHERE v.owner = $1 AND v.deleted_at IS NULL
  ORDER BY v.saved_at, v.id
     LIMIT $2
"""


async def views_of(read: Reader, owner: str, limit: int = 50) -> list[ViewSeen]:
    """The views of `staff:<id>`."""
    return await read.rows(ViewSeen, VIEWS, owner, limit)
