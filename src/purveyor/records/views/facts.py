"""What may have happened to saved views. Name and filters may speak of people: they stand in a row of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.core.messages import Fact


class ViewSaved(Fact, frozen=True, kw_only=True, tag="views.saved"):
    """Somebody keeps filters."""

    view_id: UUID
    owner: str
    words_id: UUID

    def reply(self) -> dict[str, Any]:
        return {"view_id": self.view_id}


class ViewDeleted(Fact, frozen=True, kw_only=True, tag="views.deleted"):
    """A view is not wanted any more; its name and filters are emptied."""

    view_id: UUID
