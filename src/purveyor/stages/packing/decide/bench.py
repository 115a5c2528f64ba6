"""What comes to the bench, and what leaves it without a parcel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.positions import UnitMove, UnitsOf, counted
from purveyor.core.registry import Decision, decides
from purveyor.core.state import Book, State
from purveyor.stages.packing.commands import BringToBench, TakeOffBench, TakeOut
from purveyor.stages.packing.facts import BroughtToBench, ParcelUnpacked, TakenOffBench, TakenUnits, UnitsTakenOut
from purveyor.stages.packing.state import CLOSED, Bench, Parcel, on_bench


@decides(BringToBench)
def decide_bring(state: State, command: BringToBench, call: Call) -> Decision:
    """As many as the ledger has picked and no other bench has. Never refuses."""
    book = state.book(command.order_id)
    elsewhere = _everywhere(book, but=command.fulfillment_id)
    inside = _inside(book, command.fulfillment_id, CLOSED)
    units: list[UnitsOf] = []
    for each in command.units:
        there = book.line(each.line_id).picked - elsewhere[each.line_id] + inside[each.line_id]
        if min(each.quantity, there) > 0:
            units.append(UnitsOf(each.line_id, min(each.quantity, there)))
    if units:
        yield BroughtToBench(
            order_id=command.order_id,
            fulfillment_id=command.fulfillment_id,
            location=command.location,
            tote=command.tote,
            units=tuple(units),
        )


@decides(TakeOffBench)
def decide_take_off(state: State, command: TakeOffBench, call: Call) -> Decision:
    """Back to the shelf. Never refuses: for what is not on the bench parcels are opened, the youngest first."""
    book = state.book(command.order_id)
    bench = book.rows(Bench).get(command.fulfillment_id)
    if bench is None:
        return
    wanted = counted(command.units)
    missing = wanted - on_bench(book, bench)
    packed = packed_units(book)
    for parcel, inside in _here(book, bench):
        if inside & missing:
            missing = missing - inside
            yield opened(book, parcel, Counter(), packed, "some of it goes back to the shelf")
    taken = wanted - missing
    if taken:
        yield TakenOffBench(order_id=command.order_id, fulfillment_id=bench.fulfillment_id, units=_units(taken))


@decides(TakeOut)
def decide_take_out(state: State, command: TakeOut, call: Call) -> Decision:
    """Open the parcels of which the ledger has units packed no longer; the rest leaves the bench. Never refuses."""
    book = state.book(command.order_id)
    wanted = counted(command.units)
    packed = packed_units(book)
    in_parcels = wanted & (_inside(book, None, frozenset({"packed"})) - packed)
    benches = sorted(book.rows(Bench).values(), key=lambda bench: bench.fulfillment_id, reverse=True)
    lying = {bench.fulfillment_id: on_bench(book, bench) for bench in benches}
    removed: list[TakenUnits] = []
    for parcel, inside in [each for bench in benches for each in _here(book, bench)]:
        out = inside & in_parcels
        if out:
            in_parcels = in_parcels - out
            wanted = wanted - out
            removed += _taken(parcel.fulfillment_id, out)
            yield opened(book, parcel, out, packed, "its units are no longer wanted")
    left_over: list[TakenUnits] = []
    for fulfillment_id, there in lying.items():
        left_over += _taken(fulfillment_id, there & wanted)
        wanted = wanted - there
    yield UnitsTakenOut(
        order_id=command.order_id, left_over=tuple(left_over), removed=tuple(removed), why="no longer wanted"
    )


def _taken(fulfillment_id: UUID, units: Counter[UUID]) -> list[TakenUnits]:
    return [TakenUnits(fulfillment_id, line_id, quantity) for line_id, quantity in units.items()]


def _everywhere(book: Book, but: UUID | None = None) -> Counter[UUID]:
    """Units by line on all benches of the order, but one."""
    there: Counter[UUID] = Counter()
    for bench in book.rows(Bench).values():
        if bench.fulfillment_id != but:
            there.update(on_bench(book, bench))
    return there


def _inside(book: Book, fulfillment_id: UUID | None, statuses: frozenset[str]) -> Counter[UUID]:
    """Units by line in parcels: of a fulfillment order, or of all."""
    there: Counter[UUID] = Counter()
    for parcel in book.rows(Parcel).values():
        if parcel.status in statuses and fulfillment_id in (None, parcel.fulfillment_id):
            there.update(counted(parcel.contents))
    return there


def _here(book: Book, bench: Bench) -> Iterator[tuple[Parcel, Counter[UUID]]]:
    """Parcels of a fulfillment order that are here, with what lies in them, the youngest first."""
    for parcel in sorted(book.rows(Parcel).values(), key=lambda parcel: parcel.id, reverse=True):
        if parcel.fulfillment_id == bench.fulfillment_id and parcel.status == "packed":
            yield parcel, counted(parcel.contents)


def opened(book: Book, parcel: Parcel, removed: Counter[UUID], packed: Counter[UUID], why: str) -> ParcelUnpacked:
    """A parcel is opened: what is `removed` leaves the work, the rest lies on the bench again.

    What the ledger has no longer `packed` is removed as well; `packed` becomes less by what goes back.
    """
    inside = counted(parcel.contents)
    back = (inside - removed) & packed
    packed.subtract(back)
    return ParcelUnpacked(
        order_id=parcel.order_id,
        parcel_id=parcel.id,
        fulfillment_id=parcel.fulfillment_id,
        location=parcel.location,
        removed=_units(inside - back),
        moves=tuple(
            UnitMove(line_id, book.line(line_id).sku, "packed", "picked", quantity, parcel.location)
            for line_id, quantity in back.items()
        ),
        why=why,
    )


def packed_units(book: Book) -> Counter[UUID]:
    """Units by line that the ledger has packed."""
    return Counter({line.id: line.packed for line in book.lines.values()})


def _units(counts: Counter[UUID]) -> tuple[UnitsOf, ...]:
    return tuple(UnitsOf(line_id, quantity) for line_id, quantity in counts.items())
