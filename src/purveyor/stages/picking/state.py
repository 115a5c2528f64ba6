"""Picking's own rows, and how its facts change them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.positions import UnitsOf
from purveyor.core.registry import applies
from purveyor.core.rows import OrderRow, Row
from purveyor.core.state import Book, State
from purveyor.stages.picking.commands import FulfillmentRef
from purveyor.stages.picking.facts import (
    BinAssigned,
    CountRecorded,
    CountRequested,
    FulfillmentPicked,
    FulfillmentReleased,
    JoinedWave,
    LeftWave,
    PickingStarted,
    PickListStarted,
    PickShorted,
    PickUndone,
    UnitsLeft,
    UnitsPicked,
    UnitsWithdrawn,
    WaveFinished,
    WavePlanned,
)

ON_SHELVES = frozenset({"ship", "collect"})  # methods for which somebody must walk


class Fulfillment(OrderRow):
    """The work for one order at one location by one method: a fulfillment order."""

    table: ClassVar[str] = "fulfillment"
    part: ClassVar[int] = 14

    id: UUID
    order_id: UUID
    location: str  # "" for what lies on no shelf
    method: str  # ship | collect | download | license | access | install
    status: str  # released | in_wave | picking | picked | done | withdrawn
    wave_id: UUID | None
    due_at: datetime  # what the customer was told; the time of release where nothing was
    released_at: datetime
    picked_at: datetime | None
    picker: str
    tote: str


class FulfillmentItem(OrderRow):
    """So many units of one line in a fulfillment order. What is short or withdrawn leaves it.

    `quantity >= picked >= gone`: wanted, off the shelf, out of the house.
    """

    table: ClassVar[str] = "fulfillment_item"
    key: ClassVar[tuple[str, ...]] = ("fulfillment_id", "line_id")
    part: ClassVar[int] = 15

    fulfillment_id: UUID
    line_id: UUID
    order_id: UUID
    location: str
    sku: str
    quantity: int
    picked: int = 0
    gone: int = 0
    bin: str = ""  # where it was taken from
    lots: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()

    @property
    def waiting(self) -> int:
        return self.quantity - self.picked


class ShortedPick(OrderRow):
    """Units that were not where they should be, all of one line and fulfillment order added up."""

    table: ClassVar[str] = "shorted_pick"
    key: ClassVar[tuple[str, ...]] = ("fulfillment_id", "line_id")
    part: ClassVar[int] = 16

    fulfillment_id: UUID
    line_id: UUID
    order_id: UUID
    location: str
    sku: str
    missing: int
    reason: str  # of the last one
    picker: str
    shorted_at: datetime


class Wave(Row):
    """Fulfillment orders that one person picks in one walk."""

    table: ClassVar[str] = "wave"

    id: UUID
    location: str
    status: str  # planned | walking | finished
    picker: str
    fulfillments: tuple[FulfillmentRef, ...]  # as it was planned
    planned_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Bin(Row):
    """Where a SKU lies at a location, and when the walk passes there."""

    table: ClassVar[str] = "bin"
    key: ClassVar[tuple[str, ...]] = ("sku", "location")
    locked: ClassVar[bool] = False

    sku: str
    location: str
    bin: str
    sequence: int


class BinCount(Row):
    """The shelf of a SKU as a thing to be counted: since when it waits for that, and what was found last."""

    table: ClassVar[str] = "bin_count"
    key: ClassVar[tuple[str, ...]] = ("sku", "location")

    sku: str
    location: str
    waiting_since: datetime | None
    reason: str
    counted: int
    expected: int
    counted_at: datetime | None


def items_of(book: Book, fulfillment_id: UUID) -> list[FulfillmentItem]:
    return [item for item in book.rows(FulfillmentItem).values() if item.fulfillment_id == fulfillment_id]


def _fulfillment(state: State, fact: Fact, fulfillment_id: UUID) -> tuple[Book, Fulfillment]:
    assert fact.order_id is not None, f"{fact.kind()} is about no order"
    book = state.book(fact.order_id)
    return book, book.row(Fulfillment, fulfillment_id)


def _items(book: Book, fulfillment_id: UUID, units: Iterable[UnitsOf]) -> Iterable[tuple[FulfillmentItem, int]]:
    for each in units:
        yield book.row(FulfillmentItem, (fulfillment_id, each.line_id)), each.quantity


@applies(FulfillmentReleased)
def release(state: State, fact: FulfillmentReleased, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    book.add(
        Fulfillment(
            id=fact.fulfillment_id,
            order_id=fact.order_id,
            location=fact.location,
            method=fact.method,
            status="released" if fact.method in ON_SHELVES else "done",
            wave_id=None,
            due_at=book.order.promised_at or stamp.at,
            released_at=stamp.at,
            picked_at=None,
            picker="",
            tote="",
        )
    )
    for units in fact.units:
        sku = book.line(units.line_id).sku
        book.add(FulfillmentItem(fact.fulfillment_id, units.line_id, fact.order_id, fact.location, sku, units.quantity))


@applies(WavePlanned)
def plan_wave(state: State, fact: WavePlanned, stamp: Stamp) -> None:
    state.add(Wave(fact.wave_id, fact.location, "planned", fact.picker, fact.fulfillments, stamp.at, None, None))


@applies(JoinedWave)
def join_wave(state: State, fact: JoinedWave, stamp: Stamp) -> None:
    _, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    fulfillment.status = "in_wave"
    fulfillment.wave_id = fact.wave_id


@applies(LeftWave)
def leave_wave(state: State, fact: LeftWave, stamp: Stamp) -> None:
    _, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    fulfillment.status = "released"
    fulfillment.wave_id = None


@applies(PickListStarted)
def start_wave(state: State, fact: PickListStarted, stamp: Stamp) -> None:
    wave = state.row(Wave, fact.wave_id)
    wave.status = "walking"
    wave.picker = fact.picker
    wave.started_at = stamp.at


@applies(PickingStarted)
def start(state: State, fact: PickingStarted, stamp: Stamp) -> None:
    _, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    fulfillment.status = "picking"
    fulfillment.picker = fact.picker


@applies(WaveFinished)
def finish_wave(state: State, fact: WaveFinished, stamp: Stamp) -> None:
    wave = state.row(Wave, fact.wave_id)
    wave.status = "finished"
    wave.finished_at = stamp.at


@applies(UnitsPicked)
def pick(state: State, fact: UnitsPicked, stamp: Stamp) -> None:
    book, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    fulfillment.status = "picking"
    fulfillment.picker = stamp.actor
    fulfillment.tote = fact.tote or fulfillment.tote
    for item, quantity in _items(book, fulfillment.id, fact.units):
        item.picked += quantity
        item.bin = fact.bin or item.bin
        item.serials += fact.serials
        if fact.lot and fact.lot.lower() not in (lot.lower() for lot in item.lots):
            item.lots += (fact.lot,)


@applies(FulfillmentPicked)
def finish(state: State, fact: FulfillmentPicked, stamp: Stamp) -> None:
    _, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    fulfillment.status = "picked"
    fulfillment.picked_at = stamp.at


@applies(PickShorted)
def short(state: State, fact: PickShorted, stamp: Stamp) -> None:
    book, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    book.row(FulfillmentItem, (fact.fulfillment_id, fact.line_id)).quantity -= fact.missing
    row = book.rows(ShortedPick).get((fact.fulfillment_id, fact.line_id))
    if row is None:
        row = ShortedPick(
            fact.fulfillment_id, fact.line_id, fulfillment.order_id, fact.location, fact.sku, 0, "", "", stamp.at
        )
        book.add(row)
    row.missing += fact.missing
    row.reason = fact.reason
    row.picker = stamp.actor
    row.shorted_at = stamp.at
    _end_if_empty(book, fulfillment)


@applies(PickUndone)
def undo(state: State, fact: PickUndone, stamp: Stamp) -> None:
    book, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    fulfillment.status = "picking"
    fulfillment.picked_at = None
    for item, quantity in _items(book, fulfillment.id, fact.units):
        item.picked -= quantity
        item.serials = ()  # which of them went back nobody scanned
        item.lots = item.lots if item.picked else ()


@applies(UnitsWithdrawn)
def withdraw(state: State, fact: UnitsWithdrawn, stamp: Stamp) -> None:
    book, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    for item, quantity in _items(book, fulfillment.id, fact.waiting):
        item.quantity -= quantity
    for item, quantity in _items(book, fulfillment.id, fact.picked):
        item.quantity -= quantity
        item.picked -= quantity
    _end_if_empty(book, fulfillment)
    _end_if_gone(book, fulfillment)


@applies(UnitsLeft)
def leave(state: State, fact: UnitsLeft, stamp: Stamp) -> None:
    book, fulfillment = _fulfillment(state, fact, fact.fulfillment_id)
    for item, quantity in _items(book, fulfillment.id, fact.units):
        item.gone += quantity
    _end_if_gone(book, fulfillment)


def _end_if_empty(book: Book, fulfillment: Fulfillment) -> None:
    if not any(item.quantity for item in items_of(book, fulfillment.id)):
        fulfillment.status = "withdrawn"


def _end_if_gone(book: Book, fulfillment: Fulfillment) -> None:
    if fulfillment.status == "picked" and all(item.gone == item.quantity for item in items_of(book, fulfillment.id)):
        fulfillment.status = "done"


@applies(BinAssigned)
def assign_bin(state: State, fact: BinAssigned, stamp: Stamp) -> None:
    row = state.get(Bin, (fact.sku, fact.location))
    if row is None:
        state.add(Bin(fact.sku, fact.location, fact.bin, fact.sequence))
    else:
        row.bin = fact.bin
        row.sequence = fact.sequence


@applies(CountRequested)
def request_count(state: State, fact: CountRequested, stamp: Stamp) -> None:
    row = _count(state, fact.sku, fact.location)
    row.waiting_since = stamp.at
    row.reason = fact.reason


@applies(CountRecorded)
def record_count(state: State, fact: CountRecorded, stamp: Stamp) -> None:
    row = _count(state, fact.sku, fact.location)
    row.waiting_since = None
    row.counted = fact.counted
    row.expected = fact.expected
    row.counted_at = stamp.at


def _count(state: State, sku: str, location: str) -> BinCount:
    row = state.get(BinCount, (sku, location))
    if row is None:
        row = BinCount(sku, location, None, "", 0, 0, None)
        state.add(row)
    return row
