"""What becomes of work for units that are not wanted any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from purveyor.core.messages import Call, Fact
from purveyor.core.positions import Position, UnitMove, UnitsOf
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Line
from purveyor.core.state import Book, State
from purveyor.stages.picking.commands import DropUnits, WithdrawUnits
from purveyor.stages.picking.decide.picks import OPEN, picked_whole
from purveyor.stages.picking.decide.release import gone
from purveyor.stages.picking.facts import ClaimsMoved, PickedUnwanted, UnitsWithdrawn
from purveyor.stages.picking.state import Fulfillment, FulfillmentItem

Claims = Mapping[UUID, Mapping[str, int]]  # by line and location
Items = dict[UUID, list[FulfillmentItem]]  # by line, the youngest work first


class Cuts:
    """Units that leave the work: by fulfillment order, and how many of each item."""

    __slots__ = ("_counts", "units")

    def __init__(self) -> None:
        self.units: defaultdict[UUID, list[UnitsOf]] = defaultdict(list)
        self._counts: Counter[tuple[UUID, UUID]] = Counter()

    def add(self, item: FulfillmentItem, quantity: int) -> None:
        self.units[item.fulfillment_id].append(UnitsOf(item.line_id, quantity))
        self._counts[item.fulfillment_id, item.line_id] += quantity

    def of(self, item: FulfillmentItem) -> int:
        return self._counts[item.fulfillment_id, item.line_id]


@decides(WithdrawUnits)
def decide_withdraw(state: State, command: WithdrawUnits, call: Call) -> Decision:
    """Make the work fit the units that are still there: the youngest work goes first. Never refuses.

    Whose units were picked and are not wanted any more the packing bench knows: `DropUnits` follows.
    """
    book = state.book(command.order_id)
    items = _items(book)
    claims = book.claims()
    cuts = Cuts()
    for line_id, of_line in items.items():
        _cut_waiting(book.line(line_id), of_line, claims, cuts)
    unwanted = {line_id: _picked_too_many(book, line_id, of_line) for line_id, of_line in items.items()}
    units = tuple(UnitsOf(line_id, quantity) for line_id, quantity in unwanted.items() if quantity > 0)
    for fulfillment_id, waiting in cuts.units.items():
        yield UnitsWithdrawn(
            order_id=command.order_id, fulfillment_id=fulfillment_id, waiting=tuple(waiting), why=NOT_WANTED
        )
    if units:
        yield PickedUnwanted(order_id=command.order_id, units=units, why=NOT_WANTED)
    else:
        yield from _settled(book, items, cuts, Cuts())


@decides(DropUnits)
def decide_drop(state: State, command: DropUnits, call: Call) -> Decision:
    """Drop what was taken out, and from totes what else is too much. Never refuses."""
    book = state.book(command.order_id)
    items = _items(book)
    left = {line_id: _picked_too_many(book, line_id, of_line) for line_id, of_line in items.items()}
    cuts = Cuts()
    for units in command.units:
        item = book.rows(FulfillmentItem).get((units.fulfillment_id, units.line_id))
        if item is not None:
            there = min(units.quantity, item.picked - item.gone)
            left[item.line_id] -= _take([(item, there)], left[item.line_id], cuts)
    for line_id, of_line in items.items():
        in_totes = sorted(of_line, key=lambda item: book.row(Fulfillment, item.fulfillment_id).status not in OPEN)
        _take(((item, item.picked - item.gone - cuts.of(item)) for item in in_totes), left[line_id], cuts)
    for fulfillment_id, picked in cuts.units.items():
        yield UnitsWithdrawn(
            order_id=command.order_id, fulfillment_id=fulfillment_id, picked=tuple(picked), why=NOT_WANTED
        )
    yield from _settled(book, items, Cuts(), cuts)


NOT_WANTED = "no longer wanted"


def _items(book: Book) -> Items:
    items: Items = defaultdict(list)
    for item in sorted(book.rows(FulfillmentItem).values(), key=lambda item: item.fulfillment_id, reverse=True):
        items[item.line_id].append(item)
    return items


def _cut_waiting(line: Line, items: list[FulfillmentItem], claims: Claims, cuts: Cuts) -> None:
    """Take what is too much from the items of a line, first where the line has no claim for it."""
    if line.kind != "goods":
        too_many = sum(item.quantity for item in items) - line.allocated - gone(line)
        _take(((item, item.quantity) for item in items), too_many, cuts)
        return
    spare = _spare(claims.get(line.id, {}), items)
    ordered = sorted(items, key=lambda item: spare[item.location] >= 0)
    too_many = sum(item.waiting for item in items) - line.allocated
    _take(((item, item.waiting) for item in ordered), too_many, cuts)


def _picked_too_many(book: Book, line_id: UUID, items: Iterable[FulfillmentItem]) -> int:
    line = book.line(line_id)
    return sum(item.picked - item.gone for item in items) - line.picked - line.packed


def _take(there: Iterable[tuple[FulfillmentItem, int]], too_many: int, cuts: Cuts) -> int:
    """Cut up to so many units; answers how many were cut."""
    left = too_many
    for item, quantity in there:
        taken = min(quantity, left)
        if taken > 0:
            cuts.add(item, taken)
            left -= taken
    return too_many - left


def _settled(book: Book, items: Items, waiting: Cuts, picked: Cuts) -> Iterator[Fact]:
    """Once all is cut: claims follow the work, and what is left may be picked whole."""
    claims = book.claims()
    moves = tuple(
        move
        for line_id, of_line in items.items()
        for move in _moved_claims(book.line(line_id), of_line, claims, waiting, picked)
    )
    if moves:
        yield ClaimsMoved(order_id=book.order.id, moves=moves, why="claims follow the work")
    for fulfillment in book.rows(Fulfillment).values():
        cut = (waiting.units.get(fulfillment.id, []), picked.units.get(fulfillment.id, []))
        yield from picked_whole(book, fulfillment, _changes(*cut))


def _spare(claims: Mapping[str, int], items: Iterable[FulfillmentItem], *cuts: Cuts) -> Counter[str]:
    """By location: units that a line claims there, less those for which there is work."""
    spare: Counter[str] = Counter(claims)
    for item in items:
        spare[item.location] -= item.quantity - item.gone - sum(each.of(item) for each in cuts)
    return spare


def _moved_claims(line: Line, items: list[FulfillmentItem], claims: Claims, *cuts: Cuts) -> Iterator[UnitMove]:
    """Where work is left without a claim, take over one from a location that has a claim and no work.

    Who cancels units of a line that is served from several locations cannot know which of them had what.
    """
    if line.kind != "goods":
        return
    spare = _spare(claims.get(line.id, {}), items, *cuts)
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
