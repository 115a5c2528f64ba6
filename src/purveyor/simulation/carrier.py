"""The carrier's side: what becomes of parcels, and the scans that come home."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

import msgspec

from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.carriers.fake_journey import Fate
from purveyor.ports.carrier import TrackingEvent
from purveyor.simulation.command_batches import Act, CommandBatcher
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.stages.delivery.commands import RecordTrackingEvents, Scan

# Shares of parcels that are not delivered in time at the first attempt.
FATES: tuple[tuple[Fate, float], ...] = (
    ("failed_attempt", 0.045),
    ("late", 0.040),
    ("returned_to_sender", 0.008),
    ("lost", 0.005),
    ("stuck", 0.003),
)
PARCELS = """
    SELECT s.tracking_number, s.order_id, s.id AS shipment_id
      FROM shipment s
     WHERE s.tracking_number = ANY($1::text[]) AND s.status = 'dispatched'
"""
LEAVING = """
    -- Labels of which the carrier has not been told yet what will become of them.
    SELECT tracking_number FROM shipment WHERE status = 'labeled' ORDER BY asked_at, id LIMIT $1
"""
AT_ONCE = 5_000


class _Parcel(msgspec.Struct, frozen=True):
    tracking_number: str
    order_id: UUID
    shipment_id: UUID


class CarrierScans:
    """The fake carrier and its webhook, as far as the simulated world is concerned."""

    def __init__(self, desk: CommandBatcher, chance: SeededRandom) -> None:
        carrier = desk.house.outside.carrier
        assert isinstance(carrier, FakeCarrier), "only the fake carrier can be simulated"
        self._carrier = carrier
        self._desk = desk
        self._chance = chance
        self._cursor = 0
        self._fated: set[str] = set()

    async def catch_up(self) -> None:
        """Begin behind what was scanned before: a process that is gone has told it."""
        while (batch := await self._carrier.due_events(self._cursor, AT_ONCE)).events:
            self._cursor = batch.cursor

    async def decide_fates(self) -> None:
        """Let some parcels meet what parcels meet. Before they are handed over, so that nobody knows yet."""
        if not self._chance.share:
            return
        for tracking_number in await self._desk.house.read.values(LEAVING, AT_ONCE):
            if tracking_number in self._fated:
                continue
            self._fated.add(tracking_number)
            drawn = self._chance.draw("fate", tracking_number)
            for fate, share in FATES:
                if drawn < share * self._chance.share:
                    self._carrier.meet(tracking_number, fate)
                    break
                drawn -= share * self._chance.share

    async def tell_of_scans(self) -> int:
        """What the carrier's webhook says: all news of a parcel at once."""
        told = 0
        while True:
            batch = await self._carrier.due_events(self._cursor, AT_ONCE)
            self._cursor = batch.cursor
            if not batch.events:
                return told
            news: defaultdict[str, list[TrackingEvent]] = defaultdict(list)
            for event in batch.events:
                news[event.tracking_number].append(event)
            parcels = await self._desk.house.read.rows(_Parcel, PARCELS, list(news))
            await self._desk.hand_in(_news(parcel, news[parcel.tracking_number]) for parcel in parcels)
            told += len(parcels)


def _news(parcel: _Parcel, events: list[TrackingEvent]) -> Act:
    return Act(
        RecordTrackingEvents(
            order_id=parcel.order_id,
            shipment_id=parcel.shipment_id,
            events=tuple(
                Scan(
                    event_id=event.event_id,
                    status=event.status,
                    at=event.at,
                    place=event.place,
                    carrier_status=event.carrier_status,
                    sequence=event.sequence,
                )
                for event in events
            ),
        ),
        f"scan:{events[-1].event_id}",
        "channel:carrier",
    )
