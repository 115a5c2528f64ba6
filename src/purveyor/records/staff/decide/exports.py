"""What left the house by the hands of staff."""

from __future__ import annotations

from typing import Final

from purveyor.core.messages import Call
from purveyor.core.registry import Decision, decides
from purveyor.core.state import State
from purveyor.records.staff.commands import NoteExport
from purveyor.records.staff.facts import OrdersExported
from purveyor.records.staff.state import Staff

SEARCHED: Final = "(searched)"  # whom for may be a person, and the journal is never erased


@decides(NoteExport)
def decide_note_export(state: State, command: NoteExport, _call: Call) -> Decision:
    """Refuses with `NotFound`."""
    state.row(Staff, command.staff_id)
    filters = {name: SEARCHED if name == "text" else value for name, value in command.filters.items()}
    yield OrdersExported(staff_id=command.staff_id, filters=filters, rows=command.rows)
