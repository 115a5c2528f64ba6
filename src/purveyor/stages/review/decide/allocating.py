"""Facts that give units their shelf, or their place in the line for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from purveyor.core.messages import Call, Fact
from purveyor.core.positions import BACKORDER, Position, StockMove, UnitMove
from purveyor.core.rows import Line
from purveyor.core.state import Book, State
from purveyor.stages.review.allocation import Demand, Plan, allocate, serving
from purveyor.stages.review.decide.hold_facts import CHOICE
from purveyor.stages.review.facts import ChoiceOffered, UnitsAllocated, UnitsBackordered
from purveyor.stages.review.state import MissingChoice

CHOICE_HOURS: Final = 168  # to choose what is done about missing units, where no hold rule `choice` says otherwise
# What the deadline of a hold rule `choice` means for units that are missing.
DEFAULTS: Final = {"release": "ship_available", "cancel": "cancel_line", "escalate": "wait"}


class Shelving:
    """What became of units that look for a shelf: facts to record, and how many found neither shelf nor line."""

    __slots__ = ("facts", "unserved")

    def __init__(self, facts: list[Fact], unserved: int) -> None:
        self.facts = facts
        self.unserved = unserved


def shelve(state: State, book: Book, lines: Iterable[Line], call: Call) -> Shelving:
    """Allocate the placed units of these lines; what is not there waits, as far as the caps allow."""
    moves: list[UnitMove] = []
    demand: list[Demand] = []
    for line in lines:
        if line.placed:
            if line.kind == "goods":
                demand.append(Demand(line.id, line.sku, line.placed))
            else:
                moves.append(UnitMove(line.id, line.sku, "placed", "allocated", line.placed))
    why = "nothing needs a shelf"
    missing: tuple[Demand, ...] = ()
    if demand:
        plan = plan_for(state, book, demand)
        moves.extend(_to_shelves(plan, "placed"))
        why, missing = plan.why, plan.missing
    facts: list[Fact] = []
    order_id = book.order.id
    if moves:
        facts.append(UnitsAllocated(order_id=order_id, moves=tuple(moves), why=why))
    if not missing:
        return Shelving(facts, 0)
    waits, caps, unserved = _into_line(state, missing)
    if waits:
        facts.append(UnitsBackordered(order_id=order_id, moves=waits, stock=caps, why="not enough in stock"))
        if order_id not in book.rows(MissingChoice):
            facts.append(_offer(state, book, call))
    return Shelving(facts, unserved)


def plan_for(state: State, book: Book, demand: Sequence[Demand]) -> Plan:
    """From which shelves, by the merchant's rule, with what can be promised now."""
    shelves = {
        each.sku: {
            row.location: row.available for row in state.stock_of(each.sku).values() if row.location != BACKORDER
        }
        for each in demand
    }
    policies = state.policies
    collect_at = book.order.collect_at
    if policies.locations or collect_at:
        locations = serving(policies.locations, collect_at)
    else:  # a shop that has named no locations has one wherever it has stock
        locations = sorted({location for there in shelves.values() for location in there})
    return allocate(demand, shelves, policies.routing.rule, locations)


def from_the_line(state: State, book: Book) -> UnitsAllocated | None:
    """What came in goes to those units that wait for it."""
    demand = [
        Demand(line.id, line.sku, line.backordered)
        for line in book.lines.values()
        if line.backordered and line.kind == "goods"
    ]
    if not demand:
        return None
    plan = plan_for(state, book, demand)
    if not plan.pieces:
        return None
    return UnitsAllocated(order_id=book.order.id, moves=tuple(_to_shelves(plan, "backordered")), why=plan.why)


def _to_shelves(plan: Plan, source: Position) -> Iterator[UnitMove]:
    for piece in plan.pieces:
        yield UnitMove(piece.line_id, piece.sku, source, "allocated", piece.quantity, piece.location)


def room_to_wait(state: State, sku: str) -> int:
    """How many more units of a SKU may wait."""
    row = state.stock_of(sku).get(BACKORDER)
    return row.available if row is not None else state.policies.routing.backorder_cap


def _into_line(state: State, missing: Iterable[Demand]) -> tuple[tuple[UnitMove, ...], tuple[StockMove, ...], int]:
    """Moves into the backorder line, caps that must be written down for it, and what exceeds them."""
    room: dict[str, int] = {}
    caps: list[StockMove] = []
    waits: list[UnitMove] = []
    unserved = 0
    for each in missing:
        if each.sku not in room:
            room[each.sku] = room_to_wait(state, each.sku)
            if room[each.sku] and BACKORDER not in state.stock_of(each.sku):
                caps.append(StockMove(each.sku, BACKORDER, on_hand=room[each.sku]))
        count = min(each.quantity, room[each.sku])
        if count > 0:
            room[each.sku] -= count
            waits.append(UnitMove(each.line_id, each.sku, "placed", "backordered", count))
        unserved += each.quantity - max(count, 0)
    return tuple(waits), tuple(caps), unserved


def _offer(state: State, book: Book, call: Call) -> ChoiceOffered:
    rule = state.policies.holds.chosen(CHOICE)
    hours = rule.hours if rule is not None else CHOICE_HOURS
    return ChoiceOffered(
        order_id=book.order.id,
        deadline_at=call.at + timedelta(hours=hours),
        default=DEFAULTS[rule.at_deadline] if rule is not None else "ship_available",  # type: ignore[arg-type]
    )
