"""What comes to the bench, and what leaves it without a parcel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.refusals import Refusal
from purveyor.core.rules import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.packing.commands import BringToBench, TakeOffBench, TakeOut
from purveyor.stages.packing.facts import BroughtToBench, LeftOver, ParcelUnpacked, TakenOffBench
from purveyor.stages.packing.state import Bench, Parcel, on_bench


class StillInParcel(Refusal):
    """Units that are to go back to the shelf lie in a closed parcel."""

    sku: str
    wanted: int
    there: int
    sentence = (
        "{wanted} of {sku} are to go back to the shelf, but {there} lie on the bench: the others are in a parcel."
    )
    instead = ("unpack the parcel first",)


@decides(BringToBench)
def decide_bring(state: State, command: BringToBench, call: Call) -> Decision:
    """Never refuses."""
    state.book(command.order_id)
    if command.units:
        yield BroughtToBench(
            order_id=command.order_id,
            fulfillment_id=command.fulfillment_id,
            location=command.location,
            tote=command.tote,
            units=command.units,
        )


@decides(TakeOffBench)
def decide_take_off(state: State, command: TakeOffBench, call: Call) -> Decision:
    """Back to the shelf. Refuses with `StillInParcel`."""
    book = state.book(command.order_id)
    bench = book.rows(Bench).get(command.fulfillment_id)
    if bench is None:
        return
    there = on_bench(book, bench)
    for units in command.units:
        if units.quantity > there[units.line_id]:
            sku = book.line(units.line_id).sku
            raise StillInParcel(sku=sku, wanted=units.quantity, there=there[units.line_id])
    yield TakenOffBench(order_id=command.order_id, fulfillment_id=command.fulfillment_id, units=command.units)


@decides(TakeOut)
def decide_take_out(state: State, command: TakeOut, call: Call) -> Decision:
    """What was canceled before it was packed leaves the bench; for the rest parcels are opened. Never refuses."""
    book = state.book(command.order_id)
    bench = book.rows(Bench).get(command.fulfillment_id)
    if bench is None:
        return
    wanted: Counter[UUID] = Counter()
    for units in command.units:
        wanted[units.line_id] += units.quantity
    left_over = _from_bench(book, bench, wanted)
    if left_over:
        yield LeftOver(
            order_id=command.order_id,
            fulfillment_id=bench.fulfillment_id,
            location=bench.location,
            units=_units(left_over),
            why="no longer wanted",
        )
    yield from _from_parcels(book, bench, wanted - left_over)


def _from_bench(book: Book, bench: Bench, wanted: Counter[UUID]) -> Counter[UUID]:
    """Of the units that are not wanted, those that were picked and not packed: the ledger has them no longer."""
    here = on_bench(book, bench)
    everywhere: Counter[UUID] = Counter()
    for other in book.rows(Bench).values():
        everywhere.update(on_bench(book, other))
    taken: Counter[UUID] = Counter()
    for line_id, quantity in wanted.items():
        surplus = everywhere[line_id] - book.line(line_id).picked
        taken[line_id] = max(0, min(quantity, here[line_id], surplus))
    return +taken


def _from_parcels(book: Book, bench: Bench, wanted: Counter[UUID]) -> Iterator[ParcelUnpacked]:
    """Open the youngest parcels in which the rest of them lie."""
    for parcel in sorted(book.rows(Parcel).values(), key=lambda parcel: parcel.id, reverse=True):
        if parcel.fulfillment_id != bench.fulfillment_id or parcel.status != "packed":
            continue
        inside = Counter({units.line_id: units.quantity for units in parcel.contents})
        removed = inside & wanted
        if removed:
            wanted = wanted - removed
            yield opened(book, parcel, inside - removed, removed, "its units are no longer wanted")


def opened(book: Book, parcel: Parcel, back: Counter[UUID], removed: Counter[UUID], why: str) -> ParcelUnpacked:
    """A parcel that is opened: what goes `back` on the bench, and what is `removed`."""
    return ParcelUnpacked(
        order_id=parcel.order_id,
        parcel_id=parcel.id,
        fulfillment_id=parcel.fulfillment_id,
        location=parcel.location,
        removed=_units(removed),
        moves=tuple(
            UnitMove(line_id, book.line(line_id).sku, "packed", "picked", quantity, parcel.location)
            for line_id, quantity in back.items()
        ),
        why=why,
    )


def _units(counts: Counter[UUID]) -> tuple[UnitsOf, ...]:
    return tuple(UnitsOf(line_id, quantity) for line_id, quantity in counts.items())
