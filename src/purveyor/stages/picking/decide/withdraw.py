"""What becomes of work for units that are not wanted any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import Position, UnitMove, UnitsOf
from purveyor.core.rows import Line
from purveyor.core.rules import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.picking.commands import WithdrawUnits
from purveyor.stages.picking.decide.picks import picked_whole
from purveyor.stages.picking.decide.release import gone
from purveyor.stages.picking.facts import ClaimsMoved, UnitsWithdrawn
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem

Cuts = dict[UUID, list[UnitsOf]]  # by fulfillment order


@decides(WithdrawUnits)
def decide_withdraw(state: State, command: WithdrawUnits, call: Call) -> Decision:
    """Make the work fit the units that are still there: the youngest work goes first. Never refuses."""
    book = state.book(command.order_id)
    by_line: defaultdict[UUID, list[FulfillmentItem]] = defaultdict(list)
    for item in book.rows(FulfillmentItem).values():
        by_line[item.line_id].append(item)
    waiting: Cuts = {}
    picked: Cuts = {}
    for line_id, items in by_line.items():
        _cut(book, book.line(line_id), items, waiting, picked)
    moves = [move for line_id, items in by_line.items() for move in _claims(book, line_id, items, waiting, picked)]
    if moves:
        yield ClaimsMoved(order_id=command.order_id, moves=tuple(moves), why="claims follow the work")
    for fulfillment in book.rows(Fulfillment).values():
        cut = (waiting.get(fulfillment.id, []), picked.get(fulfillment.id, []))
        if any(cut):
            yield UnitsWithdrawn(
                order_id=command.order_id,
                fulfillment_id=fulfillment.id,
                waiting=tuple(cut[0]),
                picked=tuple(cut[1]),
                why="its units are no longer wanted",
            )
            yield from picked_whole(book, fulfillment, _changes(*cut))


def _cut(book: Book, line: Line, items: list[FulfillmentItem], waiting: Cuts, picked: Cuts) -> None:
    """Take what is too much from the items of a line, first where the line has no claim for it."""
    if line.kind != "goods":
        too_many = sum(item.quantity for item in items) - line.allocated - gone(line)
        _take(((item, item.quantity) for item in _youngest(items)), too_many, waiting)
        return
    surplus: Counter[str] = Counter()
    for item in items:
        surplus[item.location] += item.quantity - item.gone
    for location in surplus:
        claim = book.allocations.get((line.id, location))
        surplus[location] -= claim.quantity if claim is not None else 0
    ordered = sorted(_youngest(items), key=lambda item: surplus[item.location] <= 0)
    too_many = sum(item.waiting for item in items) - line.allocated
    _take(((item, item.waiting) for item in ordered), too_many, waiting)
    too_many = sum(item.picked - item.gone for item in items) - line.picked - line.packed
    _take(((item, item.picked - item.gone) for item in ordered), too_many, picked)


def _youngest(items: list[FulfillmentItem]) -> list[FulfillmentItem]:
    return sorted(items, key=lambda item: item.fulfillment_id, reverse=True)


def _take(there: Iterable[tuple[FulfillmentItem, int]], too_many: int, cuts: Cuts) -> None:
    for item, quantity in there:
        taken = min(quantity, too_many)
        if taken > 0:
            cuts.setdefault(item.fulfillment_id, []).append(UnitsOf(item.line_id, taken))
            too_many -= taken


def _claims(book: Book, line_id: UUID, items: list[FulfillmentItem], waiting: Cuts, picked: Cuts) -> Iterator[UnitMove]:
    """Where work is left without a claim, take over one from a location that has a claim and no work.

    Who cancels units of a line that is served from several locations cannot know which of them had what.
    """
    line = book.line(line_id)
    if line.kind != "goods":
        return
    spare: Counter[str] = Counter()
    for (claimed_line, location), claim in sorted(book.allocations.items()):
        if claimed_line == line_id:
            spare[location] += claim.quantity
    for item in items:
        cuts = (*waiting.get(item.fulfillment_id, ()), *picked.get(item.fulfillment_id, ()))
        cut = sum(units.quantity for units in cuts if units.line_id == line_id)
        spare[item.location] -= item.quantity - item.gone - cut
    left = Counter({position: getattr(line, position) for position in _PATHS})
    for there in sorted(spare):
        for source in sorted(spare):
            yield from _takeover(line, left, spare, source, there)


# How units come back to be placed, from which they may be claimed elsewhere.
_PATHS: Mapping[Position, tuple[Position, ...]] = {
    "allocated": ("placed",),
    "picked": ("placed",),
    "packed": ("picked", "placed"),
}
_BACK: Mapping[Position, tuple[Position, ...]] = {
    "allocated": ("allocated",),
    "picked": ("allocated", "picked"),
    "packed": ("allocated", "picked", "packed"),
}


def _takeover(line: Line, left: Counter[Position], spare: Counter[str], source: str, there: str) -> Iterator[UnitMove]:
    """Move spare claims at `source` to where they are missing: the units end in the position in which they were."""
    for position in _PATHS:
        quantity = min(-spare[there], spare[source], left[position])
        if quantity <= 0:
            continue
        left[position] -= quantity
        spare[source] -= quantity
        spare[there] += quantity
        at = position
        for location, path in ((source, _PATHS[position]), (there, _BACK[position])):
            for target in path:
                yield UnitMove(line.id, line.sku, at, target, quantity, location)
                at = target


def _changes(waiting: list[UnitsOf], picked: list[UnitsOf]) -> Iterator[tuple[UUID, int, int]]:
    for units in waiting:
        yield units.line_id, -units.quantity, 0
    for units in picked:
        yield units.line_id, -units.quantity, -units.quantity
