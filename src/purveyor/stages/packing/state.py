"""Packing's own rows, and how its facts change them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from purveyor.core.messages import Fact, Stamp
from purveyor.core.positions import UnitsOf
from purveyor.core.registry import applies
from purveyor.core.rows import OrderRow
from purveyor.core.state import Book, State
from purveyor.stages.packing.facts import (
    BroughtToBench,
    ParcelLeft,
    ParcelPacked,
    ParcelUnpacked,
    TakenOffBench,
    UnitsTakenOut,
)

CLOSED = frozenset({"packed", "gone"})  # parcels whose contents are not on the bench


class Bench(OrderRow):
    """A picked fulfillment order at the packing bench."""

    table: ClassVar[str] = "bench"
    key: ClassVar[tuple[str, ...]] = ("fulfillment_id",)
    part: ClassVar[int] = 18

    fulfillment_id: UUID
    order_id: UUID
    location: str
    tote: str
    status: str  # waiting | incomplete (something went back to its shelf) | packed
    units: tuple[UnitsOf, ...]  # all that were picked and are still wanted, those in parcels among them
    since: datetime


class Parcel(OrderRow):
    """A box that was packed, weighed and closed."""

    table: ClassVar[str] = "parcel"
    part: ClassVar[int] = 19

    id: UUID
    order_id: UUID
    fulfillment_id: UUID
    location: str
    status: str  # packed | gone | unpacked
    carton: str
    weight_g: int
    weighed: bool
    length_mm: int
    width_mm: int
    height_mm: int
    contents: tuple[UnitsOf, ...]
    sscc: str
    notes: tuple[str, ...]
    packed_at: datetime
    packer: str


def on_bench(book: Book, bench: Bench) -> Counter[UUID]:
    """Units by line that wait to be packed."""
    there: Counter[UUID] = Counter()
    for units in bench.units:
        there[units.line_id] += units.quantity
    for parcel in book.rows(Parcel).values():
        if parcel.fulfillment_id == bench.fulfillment_id and parcel.status in CLOSED:
            for units in parcel.contents:
                there[units.line_id] -= units.quantity
    return +there


def _bench(state: State, fact: Fact, fulfillment_id: UUID) -> tuple[Book, Bench]:
    assert fact.order_id is not None, f"{fact.kind()} is about no order"
    book = state.book(fact.order_id)
    return book, book.row(Bench, fulfillment_id)


def _parcel(state: State, fact: Fact, parcel_id: UUID) -> Parcel:
    assert fact.order_id is not None, f"{fact.kind()} is about no order"
    return state.book(fact.order_id).row(Parcel, parcel_id)


def _reduce(bench: Bench, by: Iterable[UnitsOf]) -> None:
    left: Counter[UUID] = Counter()
    for units in bench.units:
        left[units.line_id] += units.quantity
    for units in by:
        left[units.line_id] -= units.quantity
    bench.units = tuple(UnitsOf(line_id, quantity) for line_id, quantity in left.items() if quantity > 0)


def _look_again(book: Book, bench: Bench) -> None:
    if bench.status != "incomplete":
        bench.status = "waiting" if on_bench(book, bench) else "packed"


@applies(BroughtToBench)
def bring(state: State, fact: BroughtToBench, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.book(fact.order_id)
    bench = book.rows(Bench).get(fact.fulfillment_id)
    if bench is None:
        bench = Bench(fact.fulfillment_id, fact.order_id, fact.location, fact.tote, "waiting", fact.units, stamp.at)
        book.add(bench)
        return
    bench.status = "waiting"
    bench.units = fact.units
    bench.tote = fact.tote or bench.tote
    bench.since = stamp.at
    _look_again(book, bench)


@applies(TakenOffBench)
def take_off(state: State, fact: TakenOffBench, stamp: Stamp) -> None:
    _, bench = _bench(state, fact, fact.fulfillment_id)
    _reduce(bench, fact.units)
    bench.status = "incomplete"


@applies(UnitsTakenOut)
def take_out(state: State, fact: UnitsTakenOut, stamp: Stamp) -> None:
    left_over: defaultdict[UUID, list[UnitsOf]] = defaultdict(list)
    for each in fact.left_over:
        left_over[each.fulfillment_id].append(UnitsOf(each.line_id, each.quantity))
    for fulfillment_id, units in left_over.items():
        book, bench = _bench(state, fact, fulfillment_id)
        _reduce(bench, units)
        _look_again(book, bench)


@applies(ParcelPacked)
def pack(state: State, fact: ParcelPacked, stamp: Stamp) -> None:
    book, bench = _bench(state, fact, fact.fulfillment_id)
    book.add(
        Parcel(
            id=fact.parcel_id,
            order_id=bench.order_id,
            fulfillment_id=fact.fulfillment_id,
            location=fact.location,
            status="packed",
            carton=fact.carton,
            weight_g=fact.weight_g,
            weighed=fact.weighed,
            length_mm=fact.length_mm,
            width_mm=fact.width_mm,
            height_mm=fact.height_mm,
            contents=fact.contents,
            sscc=fact.sscc,
            notes=fact.notes,
            packed_at=stamp.at,
            packer=stamp.actor,
        )
    )
    _look_again(book, bench)


@applies(ParcelUnpacked)
def unpack(state: State, fact: ParcelUnpacked, stamp: Stamp) -> None:
    _parcel(state, fact, fact.parcel_id).status = "unpacked"
    book, bench = _bench(state, fact, fact.fulfillment_id)
    _reduce(bench, fact.removed)
    bench.since = stamp.at
    _look_again(book, bench)


@applies(ParcelLeft)
def leave(state: State, fact: ParcelLeft, stamp: Stamp) -> None:
    _parcel(state, fact, fact.parcel_id).status = "gone"
