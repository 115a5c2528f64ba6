"""Saved views as rows, and how facts change them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.messages import Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import Row
from purveyor.core.state import State
from purveyor.records.views import facts


class SavedView(Row):
    """Whose view it is, since when, and until when."""

    table: ClassVar[str] = "saved_view"

    id: UUID
    owner: str  # staff:<id>
    words_id: UUID
    saved_at: datetime
    deleted_at: datetime | None = None


class ViewText(Row):
    """The name of a view and its filters. Erasable: filters may name people."""

    table: ClassVar[str] = "view_text"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    name: str
    query: str
    erased: bool = False


@applies(facts.ViewSaved)
def save(state: State, fact: facts.ViewSaved, stamp: Stamp) -> None:
    state.add(SavedView(fact.view_id, fact.owner, fact.words_id, stamp.at))


@applies(facts.ViewDeleted)
def delete(state: State, fact: facts.ViewDeleted, stamp: Stamp) -> None:
    view = state.row(SavedView, fact.view_id)
    view.deleted_at = stamp.at
    text = state.get(ViewText, view.words_id)
    if text is not None:  # personal rows are not rebuilt from the journal
        text.name = text.query = ""
        text.erased = True
