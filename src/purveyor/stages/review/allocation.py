"""From which shelf: demand and stock in, a plan and its reason out. Pure, and the same every time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Final
from uuid import UUID

import msgspec

from purveyor.core.policies import Location
from purveyor.core.reason_templates import ReasonTemplate
from purveyor.stages.review.reasons import BY_PRIORITY, FEWEST_PARCELS, HAS_ALL, ONLY_LOCATION

EXACT_UP_TO: Final = 3  # parcels: beyond that, and where locations are many, a greedy choice is good enough
FEW: Final = 20  # locations


class Demand(msgspec.Struct, frozen=True, gc=False):
    """So many units of one line."""

    line_id: UUID
    sku: str
    quantity: int


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Units of one line from one location."""

    line_id: UUID
    sku: str
    location: str
    quantity: int


class Plan(msgspec.Struct, frozen=True, gc=False):
    """Who gets what from where, what nobody has, and why it was planned so."""

    pieces: tuple[Piece, ...]
    missing: tuple[Demand, ...]
    why: str


StockByLocation = Mapping[str, Mapping[str, int]]  # SKU -> location -> units that can be promised


def allocate(demand: Sequence[Demand], shelves: StockByLocation, rule: str, locations: Sequence[str]) -> Plan:
    """Serve the demand from `locations`, which stand in order of priority.

    `priority` asks them in that order. `fewest_parcels` takes the first location that has everything that can be had,
    else the fewest that have it together. What is there in part is taken in part; earlier lines come first.
    """
    if not locations:
        return Plan((), tuple(demand), "no location may serve it")
    if len(locations) == 1:
        return _take(demand, shelves, locations, ONLY_LOCATION)
    if rule == "priority":
        return _take(demand, shelves, locations, BY_PRIORITY)
    order = _fewest(demand, shelves, locations)
    return _take(demand, shelves, order, HAS_ALL if len(order) == 1 else FEWEST_PARCELS)


def _fewest(demand: Iterable[Demand], shelves: StockByLocation, locations: Sequence[str]) -> list[str]:
    """The smallest group of locations that has all that can be had; among those of one size, the first by priority."""
    wanted: dict[str, int] = {}
    for each in demand:
        wanted[each.sku] = wanted.get(each.sku, 0) + each.quantity
    for location in locations:  # nearly always one has everything
        if all(shelves[sku].get(location, 0) >= count for sku, count in wanted.items()):
            return [location]
    there = {sku: [shelves[sku].get(location, 0) for location in locations] for sku in wanted}
    open_ = {sku: min(count, sum(there[sku])) for sku, count in wanted.items()}
    if not any(open_.values()):
        return []
    for size in range(1, EXACT_UP_TO + 1 if len(locations) <= FEW else 2):
        for group in combinations(range(len(locations)), size):
            if all(sum(there[sku][place] for place in group) >= count for sku, count in open_.items()):
                return [locations[place] for place in group]
    return _greedy(open_, shelves, locations)


def _greedy(open_: dict[str, int], shelves: StockByLocation, locations: Sequence[str]) -> list[str]:
    """Whoever has most of what is still open comes next."""
    chosen: list[str] = []
    while any(open_.values()):
        have = {place: sum(min(n, shelves[sku].get(place, 0)) for sku, n in open_.items()) for place in locations}
        best = max(locations, key=lambda place: have[place])
        chosen.append(best)
        for sku, count in open_.items():
            open_[sku] = count - min(count, shelves[sku].get(best, 0))
    return chosen


def _take(demand: Iterable[Demand], shelves: StockByLocation, order: Sequence[str], why: ReasonTemplate) -> Plan:
    """Take from the locations in this order; lines of one SKU share what is there."""
    taken: dict[tuple[str, str], int] = {}
    pieces: list[Piece] = []
    missing: list[Demand] = []
    used: dict[str, None] = {}
    for each in demand:
        wanted = each.quantity
        there = shelves[each.sku]
        for location in order:
            key = (each.sku, location)
            count = min(wanted, there.get(location, 0) - taken.get(key, 0))
            if count > 0:
                taken[key] = taken.get(key, 0) + count
                pieces.append(Piece(each.line_id, each.sku, location, count))
                used[location] = None
                wanted -= count
                if not wanted:
                    break
        if wanted:
            missing.append(Demand(each.line_id, each.sku, wanted))
    return Plan(tuple(pieces), tuple(missing), why(places=tuple(used)) if used else "nothing is there")


def serving(locations: Sequence[Location], collect_at: str) -> list[str]:
    """Codes of locations that may serve an order, by priority: those that ship, or the one where it is collected."""
    if collect_at:
        return [collect_at]
    return [place.code for place in sorted(locations, key=lambda place: place.priority) if place.ships]
