"""What goes into a parcel: nothing wrong, nothing too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from purveyor.core.positions import counted
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.rows import Product
from purveyor.core.state import Book, Missing, Needs, State
from purveyor.stages.packing.commands import PackParcel
from purveyor.stages.packing.placement import Item
from purveyor.stages.packing.state import Bench, on_bench


class NotPicked(Refusal):
    """A fulfillment order that has not come to the bench, or of which something went back to its shelf."""

    fulfillment_id: UUID
    sentence = "This fulfillment order is not at the packing bench: it has to be picked first."
    instead = ("confirm the picks", "record a short pick for what is not there")


class NothingOnBench(Refusal):
    """Everything that was picked is in parcels already."""

    fulfillment_id: UUID
    sentence = "Nothing of this fulfillment order is left on the bench."


class NotInThisParcel(Refusal):
    """A wrong item: `expected` says what is still to be packed."""

    found: str
    expected: dict[str, int]
    sku_fields = ("found", "expected")
    sentence = "{found} does not belong into this parcel. Still to be packed: {expected}."
    instead = ("put it aside", "unpack the parcel it belongs into")


class MoreThanPicked(Refusal):
    """The right item, but too many of it."""

    sku: str
    wanted: int
    there: int
    sentence = "{wanted} of {sku} are too many: {there} are still to be packed."
    instead = ("put the others back on the shelf",)


def bench_for(book: Book, command: PackParcel) -> Bench:
    """The bench that the parcel is packed at. Refuses with `NotPicked` and `Invalid` (another location)."""
    bench = book.rows(Bench).get(command.fulfillment_id)
    if bench is None or bench.status == "incomplete":
        raise NotPicked(fulfillment_id=command.fulfillment_id)
    if command.location not in ("", bench.location):
        raise Invalid(field="location", found=command.location, expected=bench.location)
    return bench


def units_to_pack(book: Book, bench: Bench, command: PackParcel) -> Counter[UUID]:
    """Units by line. Refuses with `NotInThisParcel`, `MoreThanPicked`, `NothingOnBench` and `Invalid`."""
    there = on_bench(book, bench)
    if not there:
        raise NothingOnBench(fulfillment_id=bench.fulfillment_id)
    if command.contents and command.scanned:
        raise Invalid(field="contents", found="both lines and scans", expected="either lines or scans")
    quantities = [units.quantity for units in command.contents] + [scan.quantity for scan in command.scanned]
    if min(quantities, default=1) < 1:
        raise Invalid(field="quantity", found=min(quantities), expected="a whole number from 1")
    if command.scanned:
        return _scanned(book, there, command)
    return _told(book, there, command) if command.contents else there


def _told(book: Book, there: Counter[UUID], command: PackParcel) -> Counter[UUID]:
    wanted = counted(command.contents)
    for line_id, quantity in wanted.items():
        if line_id not in there:
            line = book.lines.get(line_id)
            raise NotInThisParcel(found=line.sku if line else f"Line {line_id}", expected=_by_sku(book, there))
        if quantity > there[line_id]:
            raise MoreThanPicked(sku=book.line(line_id).sku, wanted=quantity, there=there[line_id])
    return wanted


def _scanned(book: Book, there: Counter[UUID], command: PackParcel) -> Counter[UUID]:
    """Give what was scanned to the lines that want it, first line first."""
    scans: Counter[str] = Counter()
    for scan in command.scanned:
        scans[scan.sku.strip()] += scan.quantity
    expected = _by_sku(book, there)
    wanted: Counter[UUID] = Counter()
    for sku, quantity in scans.items():
        if sku not in expected:
            raise NotInThisParcel(found=sku or "Nothing", expected=expected)
        if quantity > expected[sku]:
            raise MoreThanPicked(sku=sku, wanted=quantity, there=expected[sku])
        left = quantity
        for line_id in sorted(there, key=lambda line_id: book.line(line_id).line_no):
            if book.line(line_id).sku == sku and left:
                wanted[line_id] = min(left, there[line_id])
                left -= wanted[line_id]
    return +wanted


def _by_sku(book: Book, there: Counter[UUID]) -> dict[str, int]:
    expected: Counter[str] = Counter()
    for line_id, quantity in there.items():
        expected[book.line(line_id).sku] += quantity
    return dict(expected)


def items_of(book: Book, products: dict[str, Product], units: Counter[UUID]) -> tuple[Item, ...]:
    """Sizes from the catalog, weights as they were when the goods were ordered."""
    items: list[Item] = []
    for line_id, quantity in units.items():
        line = book.line(line_id)
        product = products[line.sku]
        items.append(Item(line_id, quantity, product.length_mm, product.width_mm, product.height_mm, line.weight_g))
    return tuple(items)


def products_of(state: State, skus: Iterable[str]) -> dict[str, Product]:
    """All of them at once: what is not loaded is asked for together."""
    found: dict[str, Product] = {}
    needs = Needs()
    for sku in skus:
        try:
            found[sku] = state.product(sku)
        except Missing as missing:
            needs |= missing.needs
    if needs:
        raise Missing(needs)
    return found
