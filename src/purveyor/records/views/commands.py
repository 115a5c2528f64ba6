"""What may be asked of saved views."""

from __future__ import annotations

from uuid import UUID

from purveyor.core.field_types import Name, Url
from purveyor.core.messages import Command


class SaveView(Command, frozen=True, kw_only=True, tag="views.save"):
    """Keep filters (`query`, as in an address) under a name, for whoever asks. The same name again replaces them."""

    name: Name
    query: Url


class DeleteView(Command, frozen=True, kw_only=True, tag="views.delete"):
    """Forget a view of one's own."""

    view_id: UUID
