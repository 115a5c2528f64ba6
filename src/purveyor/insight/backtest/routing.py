"""Routing and locations: from which shelves orders of the past would have been served, with the stock of that moment.

The stock of a moment is today's, with every movement since taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from purveyor.core.policies import Policies
from purveyor.core.positions import BACKORDER
from purveyor.core.reason_templates import ReasonTemplate
from purveyor.core.rows import Stock
from purveyor.db.reader import Reader
from purveyor.insight.backtest.history import (
    BacktestResult,
    ChangedOrder,
    OutcomeCount,
    PastOrder,
    PolicyPair,
    a_state,
    placed,
    without_timeout,
)
from purveyor.stages.review.allocation import Demand, Plan
from purveyor.stages.review.decide.allocating import plan_for

SERVED_IN_PART: Final = ReasonTemplate("{places_name} (missing {missing_count})")
MOST_MOVES = 200_000  # of the newest movements that are taken back
STOCK = "SELECT sku, location, on_hand, allocated, held FROM stock WHERE sku = ANY($1::text[])"
MOVES = f"""
    SELECT id, sku, location, on_hand - allocated - held AS change, order_id, at
      FROM (SELECT * FROM stock_move ORDER BY id DESC LIMIT {MOST_MOVES}) newest
     WHERE sku = ANY($1::text[]) AND location <> '{BACKORDER}'
  ORDER BY id DESC
"""


class _Move(msgspec.Struct, frozen=True):
    id: int
    sku: str
    location: str
    change: int  # of what can be promised
    order_id: UUID | None
    at: datetime


Shelves = dict[str, dict[str, int]]


async def backtest_routing(read: Reader, asked: PolicyPair) -> BacktestResult:
    """Orders that would have come from elsewhere, in how many parcels, and what would have been missing."""
    answer = asked.answer()
    orders = [past for past in await placed(read, asked) if any(line.kind == "goods" for line in past.fact.lines)]
    then = await _shelves_then(read, orders)
    names = {place.code: place.name for each in (asked.before, asked.after) for place in each.locations if place.name}
    elsewhere = 0
    parcels, missing = [0, 0], [0, 0]
    async for past in without_timeout(orders):
        shelves = then.get(past.order_id)
        if shelves is None:  # never allocated, or longer ago than movements are looked at
            answer.left_out += 1
            continue
        answer.looked_at += 1
        plans = [_plan(policies, past, shelves) for policies in (asked.before, asked.after)]
        for index, plan in enumerate(plans):
            parcels[index] += len({piece.location for piece in plan.pieces})
            missing[index] += sum(each.quantity for each in plan.missing)
        if _served(plans[0]) != _served(plans[1]):
            elsewhere += 1
            shown = [_shown(plan, names) for plan in plans]
            answer.changed.append(ChangedOrder(past.order_id, past.fact.number, shown[0], shown[1], plans[1].why))
    answer.counts = [
        OutcomeCount("served_elsewhere", 0, elsewhere),
        OutcomeCount("parcels", parcels[0], parcels[1]),
        OutcomeCount("units_missing", missing[0], missing[1]),
    ]
    return answer


async def _shelves_then(read: Reader, orders: Sequence[PastOrder]) -> dict[UUID, Shelves]:
    """What could be promised when each order looked for its shelves: before the first movement of its own."""
    wanted = {past.order_id: {line.sku for line in past.fact.lines if line.kind == "goods"} for past in orders}
    skus = list({sku for each in wanted.values() for sku in each})
    now: Shelves = {sku: {} for sku in skus}
    for row in await read.rows(Stock, STOCK, skus):
        if row.location != BACKORDER:
            now[row.sku][row.location] = row.available
    then: dict[UUID, Shelves] = {}
    for move in await read.rows(_Move, MOVES, skus):
        shelf = now[move.sku]
        shelf[move.location] = shelf.get(move.location, 0) - move.change
        if move.order_id in wanted:  # the last one that is taken back is the first that was made
            then[move.order_id] = {sku: dict(now[sku]) for sku in wanted[move.order_id]}
    return then


def _plan(policies: Policies, past: PastOrder, shelves: Shelves) -> Plan:
    state = a_state(policies)
    state.stock = {
        sku: {place: Stock(sku, place, max(0, there)) for place, there in places.items()}
        for sku, places in shelves.items()
    }
    book = past.open(state)
    demand = [Demand(line.id, line.sku, line.placed) for line in book.lines.values() if line.kind == "goods"]
    return plan_for(state, book, demand)


def _served(plan: Plan) -> tuple[Counter[str], int]:
    """Units by location, and those that are missing."""
    units: Counter[str] = Counter()
    for piece in plan.pieces:
        units[piece.location] += piece.quantity
    return units, sum(each.quantity for each in plan.missing)


def _shown(plan: Plan, names: Mapping[str, str]) -> str:
    """Units by location: Main warehouse 2, Shop 1."""
    units, missing = _served(plan)
    served = ", ".join(f"{names.get(place, place)} {units[place]}" for place in sorted(units))
    return SERVED_IN_PART(places_name=served, missing_count=missing) if missing else served
