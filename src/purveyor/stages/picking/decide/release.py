"""From units with a shelf to work for somebody."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from purveyor.core.download_files import has_file
from purveyor.core.messages import Call
from purveyor.core.positions import UnitsOf
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Line
from purveyor.core.state import Book, State
from purveyor.stages.picking.commands import RecordLeft, ReleaseUnits
from purveyor.stages.picking.facts import FulfillmentReleased, Method, UnitsLeft
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem

# How lines are fulfilled that lie on no shelf.
METHODS: dict[str, Method] = {"download": "download", "license": "license", "access": "access", "service": "install"}


@decides(ReleaseUnits)
def decide_release(state: State, command: ReleaseUnits, call: Call) -> Decision:
    """One fulfillment order for each location and method that has allocated units without work. Never refuses.

    A download without its file is no work yet.
    """
    book = state.book(command.order_id)
    groups: defaultdict[tuple[str, Method], list[UnitsOf]] = defaultdict(list)
    on_shelves: Method = "collect" if book.order.method == "collect" else "ship"
    at_work = _at_work(book)
    claims = book.claims()
    for line in book.lines.values():
        if not line.allocated or (line.kind == "download" and not has_file(state, line.sku)):
            continue
        waiting, known = at_work.get(line.id, _NOTHING)
        if line.kind != "goods":
            new = line.allocated + gone(line) - sum(known.values())
            if new > 0:
                groups["", METHODS[line.kind]].append(UnitsOf(line.id, new))
            continue
        free = line.allocated - waiting
        for location, claimed in claims.get(line.id, {}).items():
            new = min(free, claimed - known.get(location, 0))
            if new > 0:
                free -= new
                groups[location, on_shelves].append(UnitsOf(line.id, new))
    for (location, method), units in sorted(groups.items(), key=lambda group: group[0]):
        yield FulfillmentReleased(
            order_id=command.order_id,
            fulfillment_id=call.ids.new(),
            location=location,
            method=method,
            units=tuple(units),
        )


_NOTHING: tuple[int, dict[str, int]] = (0, {})


def _at_work(book: Book) -> dict[UUID, tuple[int, dict[str, int]]]:
    """By line: units that wait to be picked, and units that are in the house for a fulfillment order, by location."""
    found: dict[UUID, tuple[int, dict[str, int]]] = {}
    for item in book.rows(FulfillmentItem).values():
        waiting, known = found.get(item.line_id, (0, {}))
        known[item.location] = known.get(item.location, 0) + item.quantity - item.gone
        found[item.line_id] = (waiting + item.waiting, known)
    return found


def gone(line: Line) -> int:
    """Units that have left us: what becomes of them later does not matter here."""
    return line.shipped + line.delivered + line.returning + line.returned + line.lost


@decides(RecordLeft)
def decide_record_left(state: State, command: RecordLeft, call: Call) -> Decision:
    """Units of a fulfillment order went out. Never refuses: what it does not know of, it leaves alone."""
    book = state.book(command.order_id)
    if command.fulfillment_id not in book.rows(Fulfillment):
        return
    units: list[UnitsOf] = []
    for each in command.units:
        item = book.rows(FulfillmentItem).get((command.fulfillment_id, each.line_id))
        quantity = min(each.quantity, item.picked - item.gone) if item is not None else 0
        if quantity > 0:
            units.append(UnitsOf(each.line_id, quantity))
    if units:
        yield UnitsLeft(
            order_id=command.order_id,
            fulfillment_id=command.fulfillment_id,
            parcel_id=command.parcel_id,
            units=tuple(units),
        )
