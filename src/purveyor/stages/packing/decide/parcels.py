"""Parcels: the carton, the weight, closed, opened and gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from purveyor.core.messages import Call
from purveyor.core.money import BASIS_POINTS, ratio
from purveyor.core.policies import Carton, PackingPolicy
from purveyor.core.positions import UnitMove, UnitsOf
from purveyor.core.reason_templates import ReasonTemplate
from purveyor.core.refusals import Invalid, Refusal, wanted
from purveyor.core.registry import Decision, decides
from purveyor.core.rows import Product
from purveyor.core.state import Book, State
from purveyor.stages.packing.cartons import AS_IS, MOST_PARCELS, PackedCarton, as_is, smallest_fitting, split, why_not
from purveyor.stages.packing.commands import PackParcel, RecordParcelLeft, UnpackParcel
from purveyor.stages.packing.decide.bench import opened, packed_units
from purveyor.stages.packing.decide.contents import bench_for, items_of, products_of, units_to_pack
from purveyor.stages.packing.facts import ParcelLeft, ParcelPacked
from purveyor.stages.packing.placement import Item
from purveyor.stages.packing.sscc import sscc
from purveyor.stages.packing.state import Bench, Parcel

HEAVIEST_G = 1_000_000
OTHER_WEIGHT = ReasonTemplate("{found_count} g instead of {expected_count} g: {words}")


class CartonTooSmall(Refusal):
    """These goods cannot be in this carton, however they are laid."""

    carton: str
    reason: str
    better: str
    sentence = "They cannot be in carton {carton}: {reason}. Better: {better}."
    instead = ("take another carton", "pack several parcels")


class NeedsSeveralCartons(Refusal):
    """No carton holds everything, so one weight cannot be that of all parcels."""

    cartons: list[str]
    knows_weights: bool  # the catalog has the weight of all of it
    sentence = "No carton holds all of it: these would, one weighing each: {cartons}."
    instead = ("pack a part of it and weigh that", "leave the weight out")

    def what_instead(self) -> tuple[str, ...]:
        return self.instead if self.knows_weights else self.instead[:1]


class TooHeavy(Refusal):
    """More than the carton carries."""

    carton: str
    limit_g: int
    found_g: int
    sentence = "Carton {carton} carries {limit_g} g, and {found_g} g are in it."
    instead = ("take a stronger carton", "pack several parcels")


class WeightDiffers(Refusal):
    """The scale shows something else than what should be in the parcel weighs."""

    expected_g: int
    found_g: int
    tolerance_g: int
    sentence = "The parcel weighs {found_g} g, {expected_g} g (give or take {tolerance_g} g) were expected."
    instead = ("check what is in it", "say why the weight is right")


class TooManyParcels(Refusal):
    """The numbers of an order's parcels go into their SSCC, and these are used up, or would be."""

    most: int
    left: int
    sentence = "That makes too many parcels: an order has at most {most}, and {left} of them are left."
    instead = ("pack a part of it", "take a larger carton", "pack all of it as it is, on a pallet")


class ParcelNotHere(Refusal):
    """A parcel that was opened already, or has left."""

    parcel_id: UUID
    parcel_status: str
    sentence = "This parcel is {parcel_status}: it cannot be opened here."


@decides(PackParcel)
def decide_pack(state: State, command: PackParcel, call: Call) -> Decision:
    """Close a parcel, or several where no carton holds everything.

    Refuses with `NotPicked`, `NothingOnBench`, `NotInThisParcel`, `MoreThanPicked`, `CartonTooSmall`,
    `NeedsSeveralCartons`, `TooHeavy`, `WeightDiffers`, `TooManyParcels` and `Invalid`.
    """
    book = state.book(command.order_id)
    bench = bench_for(book, command)
    units = units_to_pack(book, bench, command)
    if not 0 <= command.weight_g <= HEAVIEST_G:
        raise Invalid(field="weight_g", found=command.weight_g, expected=f"0 to {HEAVIEST_G} grams")
    products = products_of(state, {book.line(line_id).sku for line_id in units})
    items = items_of(book, products, units)
    _check_weighed(book, items, command)
    packed, why = _packed(state.policies.packing, items, command)
    if command.weight_g:
        why = _check_weight(state.policies.packing, packed[0], command) or why
    first_no = len(book.rows(Parcel))
    if first_no + len(packed) > MOST_PARCELS:
        raise TooManyParcels(most=MOST_PARCELS, left=MOST_PARCELS - first_no)
    for number, one in enumerate(packed, first_no):
        code = sscc(book.order.number, number, state.policies.packing.company_prefix)
        yield _parcel(book, bench, products, one, command, call.ids.new(), code, why)


def _check_weighed(book: Book, items: Sequence[Item], command: PackParcel) -> None:
    """A label says what a parcel weighs, and nobody can guess it. What is collected bears no label."""
    if not command.weight_g and book.order.method != "collect" and not all(item.weight_g for item in items):
        raise Invalid(field="weight_g", found="nothing", expected=wanted("the weight on the scale"))


def _packed(policy: PackingPolicy, items: Sequence[Item], command: PackParcel) -> tuple[list[PackedCarton], str]:
    """Cartons with their contents, and how they were chosen."""
    if not command.carton:
        one = smallest_fitting(items, policy.cartons)
        if one is not None:
            return [one], "the smallest carton that holds it"
        several = split(items, policy.cartons)
        if len(several) > 1 and command.weight_g:
            raise NeedsSeveralCartons(
                cartons=[each.carton.code for each in several], knows_weights=all(item.weight_g for item in items)
            )
        return several, "no carton holds all of it" if len(several) > 1 else "no carton holds it"
    if command.carton == AS_IS:
        return [as_is(items)], "in its own box"
    carton = next((carton for carton in policy.cartons if carton.code == command.carton), None)
    if carton is None:
        known = ", ".join([carton.code for carton in policy.cartons] + [AS_IS])
        raise Invalid(field="carton", found=command.carton, expected=f"one of {known}")
    reason = why_not(carton, items)
    if reason:
        fitting = smallest_fitting(items, policy.cartons)
        better = fitting.carton.code if fitting else wanted("several")
        raise CartonTooSmall(carton=carton.code, reason=reason, better=better)
    return [PackedCarton(carton, tuple(items), ())], "chosen by the packer"


def _check_weight(policy: PackingPolicy, packed: PackedCarton, command: PackParcel) -> str:
    """Hold the scale against the catalog. Where that knows no weight, only too light is suspicious."""
    carton, found_g, expected_g = packed.carton, command.weight_g, packed.weight_g
    if carton.code != AS_IS and found_g - carton.tare_g > carton.limit_g:
        raise TooHeavy(carton=carton.code, limit_g=carton.limit_g, found_g=found_g - carton.tare_g)
    tolerance_g = ratio(expected_g, policy.tolerance_basis_points, BASIS_POINTS)
    knows_all = all(item.weight_g for item in packed.contents)
    too_heavy = knows_all and found_g > expected_g + tolerance_g
    if not too_heavy and found_g >= expected_g - tolerance_g:
        return ""
    if not command.override:
        raise WeightDiffers(expected_g=expected_g, found_g=found_g, tolerance_g=tolerance_g)
    return OTHER_WEIGHT(found_count=found_g, expected_count=expected_g, words=command.override.replace("_", " "))


def _parcel(
    book: Book,
    bench: Bench,
    products: dict[str, Product],
    packed: PackedCarton,
    command: PackParcel,
    parcel_id: UUID,
    code: str,
    why: str,
) -> ParcelPacked:
    carton: Carton = packed.carton
    contents = _contents(packed.contents)
    inside = [products[book.line(units.line_id).sku] for units in contents]
    return ParcelPacked(
        order_id=book.order.id,
        parcel_id=parcel_id,
        fulfillment_id=bench.fulfillment_id,
        location=bench.location,
        carton=carton.code,
        contents=contents,
        weight_g=command.weight_g or packed.weight_g,
        weighed=bool(command.weight_g),
        length_mm=carton.length_mm,
        width_mm=carton.width_mm,
        height_mm=carton.height_mm,
        sscc=code,
        notes=notes_for(inside),
        moves=tuple(
            UnitMove(units.line_id, book.line(units.line_id).sku, "picked", "packed", units.quantity, bench.location)
            for units in contents
        ),
        why=why,
    )


def _contents(items: Iterable[Item]) -> tuple[UnitsOf, ...]:
    counts: Counter[UUID] = Counter()
    for item in items:
        counts[item.line_id] += item.quantity
    return tuple(UnitsOf(line_id, quantity) for line_id, quantity in counts.items())


def notes_for(products: Iterable[Product]) -> tuple[str, ...]:
    """What must be written on the parcel."""
    products = tuple(products)
    notes = (
        ("dangerous", any(product.dangerous for product in products)),
        ("fragile", any(product.fragile for product in products)),
    )
    return tuple(note for note, applies in notes if applies)


@decides(UnpackParcel)
def decide_unpack(state: State, command: UnpackParcel, call: Call) -> Decision:
    """Open a parcel and put all of it back on the bench. Refuses with `ParcelNotHere` and `NotFound`."""
    book = state.book(command.order_id)
    parcel = book.row(Parcel, command.parcel_id)
    if parcel.status != "packed":
        raise ParcelNotHere(parcel_id=parcel.id, parcel_status=parcel.status)
    yield opened(book, parcel, Counter(), packed_units(book), command.reason)


@decides(RecordParcelLeft)
def decide_left(state: State, command: RecordParcelLeft, call: Call) -> Decision:
    """A parcel is out of the house, if the ledger says so of its units. Never refuses."""
    book = state.book(command.order_id)
    parcel = book.rows(Parcel).get(command.parcel_id)
    if parcel is None or parcel.status != "packed":
        return
    here: Counter[UUID] = Counter()
    for each in book.rows(Parcel).values():
        if each.status == "packed":
            here.update({units.line_id: units.quantity for units in each.contents})
    if any(here[units.line_id] > book.line(units.line_id).packed for units in parcel.contents):
        yield ParcelLeft(
            order_id=command.order_id,
            parcel_id=parcel.id,
            fulfillment_id=parcel.fulfillment_id,
            contents=parcel.contents,
        )
