"""Who walks, packs and loads: waves, picks (and short picks), parcels, and what the courier takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import msgspec

from purveyor.simulation.command_batches import Act, CommandBatcher
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.stages.packing.commands import PackParcel
from purveyor.stages.picking.commands import (
    ConfirmPickList,
    FinishWave,
    FulfillmentRef,
    PlanWave,
    RecordCount,
    ShortPick,
    StartPickList,
)
from purveyor.stages.shipping.commands import DispatchShipments, ShipmentRef

PICKERS, PACKERS = ("staff:pia", "staff:milo", "staff:ines"), ("staff:noor", "staff:tom")
DOCK = "staff:dock"
AT_ONCE = 5_000
IN_A_WAVE = 40
ON_A_MANIFEST = 40
UNWEIGHED_G = 1_000  # what the scale says more than the catalog, where that has no weight
SHORT_PICKS = 0.018  # of all fulfillment orders
# Hours of the day (UTC) at which the courier's van stands at the dock, and how long work lies before somebody takes it.
VAN_HOURS = (9, 12, 15, 18)
TAKEN_UP_AFTER = timedelta(minutes=40)
WALKED_IN = timedelta(minutes=30)
PACKED_AFTER = timedelta(minutes=25)

RELEASED = """
    SELECT id, order_id, location
      FROM fulfillment
     WHERE status = 'released' AND method IN ('ship', 'collect') AND released_at <= $1
  ORDER BY location, due_at, id
     LIMIT $2
"""
PLANNED_WAVES = """
    SELECT id, location
      FROM wave
     WHERE status = 'planned'
           AND NOT EXISTS (SELECT FROM fulfillment f WHERE f.wave_id = wave.id AND f.order_id = ANY($1::uuid[]))
  ORDER BY planned_at, id
     LIMIT $2
"""
WALKED_WAVES = """
    SELECT id, location
      FROM wave
     WHERE status = 'walking' AND started_at <= $1
           AND NOT EXISTS (SELECT FROM fulfillment f WHERE f.wave_id = wave.id AND f.order_id = ANY($2::uuid[]))
  ORDER BY started_at, id
     LIMIT $3
"""
TO_PICK = """
    -- In the hands of somebody who walks, with one of its items: the one that may not be where it should be.
    SELECT f.id, f.order_id, f.location, coalesce(nullif(o.reference, ''), o.id::text) AS about, i.line_id,
           i.quantity - i.picked AS quantity,
           EXISTS (SELECT FROM shorted_pick s WHERE s.order_id = f.order_id) AS was_short
      FROM fulfillment f
      JOIN orders o ON o.id = f.order_id,
           LATERAL (SELECT line_id, quantity, picked FROM fulfillment_item
                     WHERE fulfillment_id = f.id AND quantity > picked ORDER BY sku, line_id LIMIT 1) i
     WHERE f.status = ANY($1::text[]) AND f.method IN ('ship', 'collect')
  ORDER BY f.id
     LIMIT $2
"""
COUNTS = """
    -- Shelves to be counted: what the books say lies there.
    SELECT b.sku, b.location, s.on_hand, b.waiting_since
      FROM bin_count b JOIN stock s ON s.sku = b.sku AND s.location = b.location
     WHERE b.waiting_since IS NOT NULL
  ORDER BY b.waiting_since, b.sku
     LIMIT $1
"""
TO_PACK = """
    -- Picked, and not in a parcel yet.
    SELECT f.id, f.order_id, f.location, sum(least(l.picked, i.picked - i.gone))::bigint AS quantity,
           sum(least(l.picked, i.picked - i.gone) * p.weight_g)::bigint AS known_g,
           bool_or(p.weight_g = 0) AS is_unweighed
      FROM fulfillment f
      JOIN fulfillment_item i ON i.fulfillment_id = f.id AND i.picked > i.gone
      JOIN line l ON l.id = i.line_id AND l.picked > 0
      JOIN product p ON p.sku = l.sku
     WHERE f.status = 'picked' AND f.picked_at <= $1
  GROUP BY f.id, f.order_id, f.location
  ORDER BY f.id
     LIMIT $2
"""
LABELED = """
    SELECT id, order_id, location FROM shipment WHERE status = 'labeled' ORDER BY location, asked_at, id LIMIT $1
"""
T = TypeVar("T")


class _Work(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    location: str


class _Wave(msgspec.Struct, frozen=True):
    id: UUID
    location: str


class _Pick(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    location: str
    about: str
    line_id: UUID
    quantity: int
    was_short: bool


class _Shelf(msgspec.Struct, frozen=True):
    sku: str
    location: str
    on_hand: int
    waiting_since: datetime


class _Bench(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    location: str
    quantity: int
    known_g: int  # what the catalog knows of it
    is_unweighed: bool  # something of it has no weight in the catalog


class Warehouse:
    """Pickers, packers and the dock. `is_paced`: work takes time and the van comes at its hours; else all at once."""

    def __init__(self, desk: CommandBatcher, chance: SeededRandom, *, is_paced: bool = True) -> None:
        self._desk = desk
        self._chance = chance
        self._is_paced = is_paced
        self._read = desk.house.read
        self._van: datetime | None = None

    async def work(self) -> None:
        """One round: plan, walk, pick, count, pack, load."""
        if self._is_paced:
            await self._desk.hand_in([act async for act in self._plan()])
            await self._desk.hand_in([act async for act in self._start()])
        await self._pick()
        if self._is_paced:
            await self._desk.hand_in([act async for act in self._finish()])
        await self._desk.hand_in([act async for act in self._count()])
        await self._desk.hand_in([act async for act in self._pack()])
        if self._van_is_here():
            await self._desk.hand_in([act async for act in self._load()])

    def _before(self, delay: timedelta) -> datetime:
        return self._desk.now - delay if self._is_paced else self._desk.now

    def _van_is_here(self) -> bool:
        """Whether the van has come since the last look."""
        now = self._desk.now
        before, self._van = self._van, now
        if not self._is_paced or before is None:
            return True
        hours = int((now - before).total_seconds() // 3600) + 1
        return any((now - timedelta(hours=back)).hour in VAN_HOURS for back in range(hours)) and before.hour != now.hour

    async def _plan(self) -> AsyncIterator[Act]:
        by_location: defaultdict[str, list[_Work]] = defaultdict(list)
        for work in await self._read.rows(_Work, RELEASED, self._before(TAKEN_UP_AFTER), AT_ONCE):
            if work.order_id not in self._desk.visitors:
                by_location[work.location].append(work)
        for location, works in by_location.items():
            for wave in _parts(works, IN_A_WAVE):
                refs = tuple(FulfillmentRef(order_id=work.order_id, fulfillment_id=work.id) for work in wave)
                key = f"wave:{wave[0].id}:{len(wave)}:{self._desk.now.isoformat()}"
                yield Act(PlanWave(location=location, fulfillments=refs), key, PICKERS[0])

    async def _start(self) -> AsyncIterator[Act]:
        for number, wave in enumerate(await self._read.rows(_Wave, PLANNED_WAVES, list(self._desk.visitors), AT_ONCE)):
            yield Act(StartPickList(wave_id=wave.id), f"walk:{wave.id}", PICKERS[number % len(PICKERS)])

    async def _finish(self) -> AsyncIterator[Act]:
        for wave in await self._waves_walked():
            yield Act(FinishWave(wave_id=wave.id), f"walked:{wave.id}", PICKERS[0])

    async def _waves_walked(self) -> list[_Wave]:
        visitors = list(self._desk.visitors)
        return await self._read.rows(_Wave, WALKED_WAVES, self._before(WALKED_IN), visitors, AT_ONCE)

    async def _pick(self) -> None:
        """Everything that is there, after what is not."""
        statuses = ["picking"] if self._is_paced else ["released", "in_wave", "picking"]
        picks = await self._read.rows(_Pick, TO_PICK, statuses, AT_ONCE)
        await self._desk.hand_in(
            Act(
                ShortPick(
                    order_id=pick.order_id, fulfillment_id=pick.id, line_id=pick.line_id, missing=1, reason="not_found"
                ),
                f"short:{pick.id}",
                _one_of(PICKERS, pick.id),
            )
            for pick in picks
            if self._is_short(pick)
        )
        await self._desk.hand_in(
            Act(
                ConfirmPickList(order_id=pick.order_id, fulfillment_id=pick.id),
                f"pick:{pick.id}:{pick.line_id}:{pick.quantity}",
                _one_of(PICKERS, pick.id),
            )
            for pick in picks
            if not self._is_short(pick)
        )

    def _is_short(self, pick: _Pick) -> bool:
        """Once an order at the most: what is found elsewhere is there."""
        return not pick.was_short and self._chance.happens(SHORT_PICKS, "short", pick.about)

    async def _count(self) -> AsyncIterator[Act]:
        """The books were right but for what was missing, and that was written off at once."""
        for shelf in await self._read.rows(_Shelf, COUNTS, AT_ONCE):
            command = RecordCount(sku=shelf.sku, location=shelf.location, counted=shelf.on_hand)
            yield Act(command, f"count:{shelf.sku}:{shelf.location}:{shelf.waiting_since.isoformat()}", PICKERS[0])

    async def _pack(self) -> AsyncIterator[Act]:
        """Everything on the bench, in the cartons that packing suggests. What has no weight goes on the scale."""
        for bench in await self._read.rows(_Bench, TO_PACK, self._before(PACKED_AFTER), AT_ONCE):
            command = PackParcel(order_id=bench.order_id, fulfillment_id=bench.id, location=bench.location)
            if bench.is_unweighed:
                command = msgspec.structs.replace(command, weight_g=bench.known_g + UNWEIGHED_G)
            yield Act(command, f"pack:{bench.id}:{bench.quantity}", _one_of(PACKERS, bench.id))

    async def _load(self) -> AsyncIterator[Act]:
        by_location: defaultdict[str, list[_Work]] = defaultdict(list)
        for parcel in await self._read.rows(_Work, LABELED, AT_ONCE):
            if parcel.order_id not in self._desk.visitors:
                by_location[parcel.location].append(parcel)
        for location, parcels in by_location.items():
            for part in _parts(parcels, ON_A_MANIFEST):
                refs = tuple(ShipmentRef(order_id=parcel.order_id, shipment_id=parcel.id) for parcel in part)
                key = f"manifest:{part[0].id}:{len(part)}:{self._desk.now.isoformat()}"
                yield Act(DispatchShipments(location=location, shipments=refs), key, DOCK)


def _parts(things: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]


def _one_of(people: tuple[str, ...], id_: UUID) -> str:
    return people[id_.int % len(people)]
