"""The rules of saved views."""

from __future__ import annotations

from urllib.parse import parse_qsl

from purveyor.core.messages import Call
from purveyor.core.refusals import Invalid, NotFound, Refusal, wanted
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.records.views.commands import DeleteView, SaveView
from purveyor.records.views.facts import ViewDeleted, ViewSaved
from purveyor.records.views.state import SavedView, ViewText

LONGEST_NAME = 40
LONGEST_QUERY = 1_000
MOST_VIEWS = 30


class TooManyViews(Refusal):
    """One person keeps so many views that none is found any more."""

    most: int
    sentence = "You keep {most} views already."
    instead = ("delete one that you do not need",)


@decides(SaveView)
def decide_save(state: State, command: SaveView, call: Call) -> Decision:
    """Refuses with `Invalid` and `TooManyViews`."""
    name = command.name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(field="name", found=f"{len(name)} characters", expected=f"1 to {LONGEST_NAME} characters")
    if not command.query or len(command.query) > LONGEST_QUERY:
        raise Invalid(
            field="query", found=f"{len(command.query)} characters", expected=f"1 to {LONGEST_QUERY} characters"
        )
    if "text" in dict(parse_qsl(command.query)):
        found, expected = wanted("a search"), wanted("filters alone: what is searched for may name somebody")
        raise Invalid(field="query", found=found, expected=expected)
    mine = [view for view in state.find(SavedView, "owner", call.actor) if view.deleted_at is None]
    same = [view for view in mine if state.row(ViewText, view.words_id).name == name]
    if len(mine) - len(same) >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    for view in same:
        yield ViewDeleted(view_id=view.id)
    words_id = call.ids.new()
    yield ViewText(words_id, name, command.query)
    yield ViewSaved(view_id=call.ids.new(), owner=call.actor, words_id=words_id)


@decides(DeleteView)
def decide_delete(state: State, command: DeleteView, call: Call) -> Decision:
    """Refuses with `NotFound`, for views of others as well; what is deleted stays so."""
    view = state.row(SavedView, command.view_id)
    if view.owner != call.actor:
        raise NotFound(what="view", id=command.view_id)
    if view.deleted_at is None:
        state.get(ViewText, view.words_id)  # it is emptied with the view
        yield ViewDeleted(view_id=view.id)
