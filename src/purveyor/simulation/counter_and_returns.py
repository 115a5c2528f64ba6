"""Who meets customers and what comes back: the counter, the technicians, the returns desk, who reads reviews."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from purveyor.core.positions import UnitsOf
from purveyor.simulation.command_batches import Act, CommandBatcher
from purveyor.simulation.seeded_random import SeededRandom, weighted
from purveyor.simulation.shop import TECHNICIANS
from purveyor.stages.delivery.commands import BookAppointment, CompleteInstallation, HandOver, RetryAccess
from purveyor.stages.feedback.commands import ModerateProductReview
from purveyor.stages.returns.commands import (
    Condition,
    CreditReturn,
    Disposition,
    FinishRefurbishing,
    InspectReturn,
    ReceiveReturn,
)
from purveyor.stages.review.commands import CancelUnits

CODES = {name: code for code, name in TECHNICIANS.items()}
COUNTER_STAFF, RETURNS, EDITOR = "staff:cleo", "staff:ruben", "staff:edda"
AT_ONCE = 5_000

AT_COUNTER = """
    -- What waits at a counter, with the code that its customer was told.
    SELECT c.parcel_id AS id, c.order_id, c.ready_at, c.collect_by, coalesce(t.text, c.code) AS code, o.channel,
           coalesce(nullif(o.reference, ''), o.id::text) AS about
      FROM collection c JOIN orders o ON o.id = c.order_id LEFT JOIN private_text t ON t.id = c.code_id
     WHERE c.status = 'waiting'
  ORDER BY c.ready_at, c.parcel_id
     LIMIT $1
"""
TO_BOOK = """
    SELECT a.id, a.order_id, a.minutes, a.planned_at, coalesce(nullif(o.reference, ''), o.id::text) AS about
      FROM appointment a JOIN orders o ON o.id = a.order_id
     WHERE a.status = 'planned'
  ORDER BY a.planned_at, a.id
     LIMIT $1
"""
SLOTS = """
    SELECT id, minutes FROM slot WHERE taken_by IS NULL AND starts_at > $1 ORDER BY starts_at, id LIMIT $2
"""
INSTALLATIONS = """
    SELECT id, order_id, technician FROM appointment
     WHERE status = 'booked' AND starts_at + make_interval(mins => minutes::int) <= $1
  ORDER BY starts_at, id
     LIMIT $2
"""
COMING_BACK = """
    -- Announced, and not all here.
    SELECT i.rma_id, i.order_id, i.line_id, i.quantity - i.received - i.dropped AS quantity, r.kind, r.announced_at,
           coalesce(nullif(o.reference, ''), o.id::text) AS about
      FROM rma r JOIN rma_item i ON i.rma_id = r.id JOIN orders o ON o.id = r.order_id
     WHERE r.status IN ('announced', 'partly_received') AND i.handling = 'send'
           AND i.quantity > i.received + i.dropped
  ORDER BY r.announced_at, i.id
     LIMIT $1
"""
TO_INSPECT = """
    SELECT i.id, i.rma_id, i.order_id, i.line_id, i.reason,
           i.received - i.restocked - i.refurbishing - i.scrapped AS quantity,
           coalesce(nullif(o.reference, ''), o.id::text) AS about
      FROM rma_item i JOIN orders o ON o.id = i.order_id
     WHERE i.handling = 'send' AND i.received > i.restocked + i.refurbishing + i.scrapped
  ORDER BY i.id
     LIMIT $1
"""
IN_REFURBISHING = """
    SELECT id, rma_id, order_id, line_id, reason, refurbishing AS quantity, '' AS about
      FROM rma_item
     WHERE refurbishing > 0
  ORDER BY id
     LIMIT $1
"""
UNFINISHED = "SELECT id, order_id FROM rma WHERE status = 'received' ORDER BY received_at, id LIMIT $1"
REVIEWS = "SELECT id, order_id, stars FROM product_review WHERE status = 'pending' ORDER BY written_at, id LIMIT $1"
NO_ACCESS = (
    "SELECT id, order_id, quantity, line_id, turn FROM access_grant WHERE status = 'failed' ORDER BY id LIMIT $1"
)


class _Parcel(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    ready_at: datetime
    collect_by: datetime | None
    code: str
    channel: str
    about: str


class _Appointment(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    minutes: int
    planned_at: datetime
    about: str


class _Slot(msgspec.Struct, frozen=True):
    id: UUID
    minutes: int


class _Installation(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    technician: str


class _Coming(msgspec.Struct, frozen=True):
    rma_id: UUID
    order_id: UUID
    line_id: UUID
    quantity: int
    kind: str
    announced_at: datetime
    about: str


class _Item(msgspec.Struct, frozen=True):
    id: UUID
    rma_id: UUID
    order_id: UUID
    line_id: UUID
    reason: str
    quantity: int
    about: str


class _Of(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID


class _Review(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    stars: int


class _Access(msgspec.Struct, frozen=True):
    id: UUID
    order_id: UUID
    line_id: UUID
    quantity: int
    turn: int


class CounterAndReturns:
    """Where goods and people come in and go out."""

    def __init__(self, desk: CommandBatcher, chance: SeededRandom) -> None:
        self._desk = desk
        self._chance = chance
        self._read = desk.house.read

    async def work(self) -> None:
        """One round over all queues."""
        for queue in (self._counter, self._install, self._receive, self._inspect, self._refurbish, self._credit):
            await self._desk.hand_in([act async for act in queue()])
        await self._book()
        await self._desk.hand_in([act async for act in self._moderate()])
        await self._desk.hand_in([act async for act in self._no_access()])

    async def _counter(self) -> AsyncIterator[Act]:
        """Who paid at the counter takes it along; others come by later, and a few never do."""
        for parcel in await self._read.rows(_Parcel, AT_COUNTER, AT_ONCE):
            hours = 0.0 if parcel.channel == "in_person" else 50 * self._chance.draw("comes by", parcel.about)
            comes = parcel.channel == "in_person" or not self._chance.happens(0.04, "never comes", parcel.about)
            if comes and self._desk.now >= parcel.ready_at + timedelta(hours=hours):
                command = HandOver(order_id=parcel.order_id, parcel_id=parcel.id, code=parcel.code)
                yield Act(command, f"counter:{parcel.id}", COUNTER_STAFF)
            elif not comes and parcel.collect_by is None:
                gone = CancelUnits(order_id=parcel.order_id, units="all", reason="not collected")
                yield Act(gone, f"not-collected:{parcel.id}", COUNTER_STAFF)

    async def _book(self) -> None:
        """Customers take the next free time that is long enough, each another one."""
        waiting = [
            each
            for each in await self._read.rows(_Appointment, TO_BOOK, AT_ONCE)
            if self._desk.now >= each.planned_at + timedelta(hours=8 * self._chance.draw("books", each.about))
        ]
        if not waiting:
            return
        slots = await self._read.rows(_Slot, SLOTS, self._desk.now + timedelta(hours=4), AT_ONCE)
        acts = []
        for each in waiting:
            slot = next((slot for slot in slots if slot.minutes >= each.minutes), None)
            if slot is not None:
                slots.remove(slot)
                command = BookAppointment(order_id=each.order_id, appointment_id=each.id, slot_id=slot.id)
                acts.append(Act(command, f"appointment:{each.id}:{slot.id}", "channel:web"))
        await self._desk.hand_in(acts)

    async def _install(self) -> AsyncIterator[Act]:
        for each in await self._read.rows(_Installation, INSTALLATIONS, self._desk.now, AT_ONCE):
            command = CompleteInstallation(
                order_id=each.order_id,
                appointment_id=each.id,
                record="Set up, tested, explained.",
                signed_by="the customer",
            )
            yield Act(command, f"installed:{each.id}", f"staff:{CODES.get(each.technician, 'technician')}")

    async def _receive(self) -> AsyncIterator[Act]:
        """Boxes that came. Some customers announce and never send; a box may be one short."""
        boxes: defaultdict[UUID, list[_Coming]] = defaultdict(list)
        for each in await self._read.rows(_Coming, COMING_BACK, AT_ONCE):
            boxes[each.rma_id].append(each)
        for rma_id, items in boxes.items():
            first = items[0]
            on_the_way = timedelta(days=1 + 5 * self._chance.draw("sends", first.about))
            if first.kind == "return" and self._chance.happens(0.05, "never sends", first.about):
                continue
            if self._desk.now >= first.announced_at + on_the_way:
                counted = tuple(UnitsOf(item.line_id, item.quantity) for item in items)
                if self._chance.happens(0.04, "one short", first.about):
                    counted = tuple(UnitsOf(unit.line_id, unit.quantity - 1) for unit in counted if unit.quantity > 1)
                if counted:
                    command = ReceiveReturn(order_id=first.order_id, rma_id=rma_id, counted=counted)
                    yield Act(command, f"box:{rma_id}:{sum(item.quantity for item in items)}", RETURNS)

    async def _inspect(self) -> AsyncIterator[Act]:
        for item in await self._read.rows(_Item, TO_INSPECT, AT_ONCE):
            random = self._chance.random("inspects", item.about, item.reason)
            found = weighted(random, BROKEN if item.reason == "damaged" else WHOLE)
            if not self._chance.share:
                found = ("new", "restock")
            command = InspectReturn(
                order_id=item.order_id,
                rma_id=item.rma_id,
                line_id=item.line_id,
                quantity=item.quantity,
                condition=found[0],
                disposition=found[1],
                why=item.reason,
            )
            yield Act(command, f"inspect:{item.id}:{item.quantity}:{self._desk.now:%F}", RETURNS)

    async def _refurbish(self) -> AsyncIterator[Act]:
        for item in await self._read.rows(_Item, IN_REFURBISHING, AT_ONCE):
            command = FinishRefurbishing(
                order_id=item.order_id,
                rma_id=item.rma_id,
                line_id=item.line_id,
                quantity=item.quantity,
                disposition="restock",
            )
            yield Act(command, f"refurbished:{item.id}:{self._desk.now:%F}", RETURNS)

    async def _credit(self) -> AsyncIterator[Act]:
        """What is all here and was looked at is credited, where that has not happened by itself."""
        for each in await self._read.rows(_Of, UNFINISHED, AT_ONCE):
            command = CreditReturn(order_id=each.order_id, rma_id=each.id, when_inspected=True)
            yield Act(command, f"credit:{each.id}:{self._desk.now:%F}", RETURNS)

    async def _moderate(self) -> AsyncIterator[Act]:
        for review in await self._read.rows(_Review, REVIEWS, AT_ONCE):
            command = ModerateProductReview(
                order_id=review.order_id, review_id=review.id, is_approved=review.stars > 1, why="read"
            )
            yield Act(command, f"moderate:{review.id}", EDITOR)

    async def _no_access(self) -> AsyncIterator[Act]:
        """A system that will not let the customer in is asked once more, then the money goes back."""
        for each in await self._read.rows(_Access, NO_ACCESS, AT_ONCE):
            if each.turn < 2:  # noqa: PLR2004
                retry = RetryAccess(order_id=each.order_id, grant_id=each.id)
                yield Act(retry, f"access:{each.id}:{each.turn}", COUNTER_STAFF)
            else:
                units = (UnitsOf(each.line_id, each.quantity),)
                gone = CancelUnits(order_id=each.order_id, units=units, reason="no access")
                yield Act(gone, f"no-access:{each.id}", COUNTER_STAFF)


Finding = tuple[Condition, Disposition]
WHOLE: tuple[tuple[Finding, float], ...] = (
    (("new", "restock"), 78.0),
    (("opened", "refurbish"), 14.0),
    (("used", "scrap"), 8.0),
)
BROKEN: tuple[tuple[Finding, float], ...] = ((("damaged", "scrap"), 80.0), (("damaged", "refurbish"), 20.0))
