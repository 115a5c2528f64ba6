"""Which carton: the smallest that holds everything by size and weight, or several where none does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from purveyor.core.policies import Carton
from purveyor.core.reason_templates import ReasonTemplate
from purveyor.core.refusals import wanted
from purveyor.stages.packing.placement import Block, Filling, Item, fill

MOST_OFFERED = 500  # lines of which one carton is filled: a large order is packed bit by bit, in bounded work
MOST_PARCELS = 1_000  # of one order: their numbers go into the SSCC
TOO_HEAVY_FOR_IT = ReasonTemplate("they weigh {found_count} g, it carries {limit_count} g")
AS_IS = "as_is"  # goods that go in the box they came in, because no carton of ours is large enough


class PackedCarton(msgspec.Struct, frozen=True, gc=False):
    """A carton with what lies in it, and where."""

    carton: Carton
    contents: tuple[Item, ...]
    blocks: tuple[Block, ...]

    @property
    def weight_g(self) -> int:
        """With the carton itself."""
        return self.carton.tare_g + sum(item.weight_g * item.quantity for item in self.contents)


def smallest_fitting(items: Iterable[Item], cartons: Iterable[Carton]) -> PackedCarton | None:
    """The smallest carton, by volume, for which a placement of everything was found. None: there is no such carton."""
    items = tuple(items)
    for carton in sorted(cartons, key=_size):
        if why_not(carton, items):
            continue
        filling = _filled(carton, items)
        if not filling.left:
            return PackedCarton(carton, filling.inside, filling.blocks)
    return None


def split(items: Iterable[Item], cartons: Sequence[Carton]) -> list[PackedCarton]:
    """Everything into as few cartons as a greedy hand needs: the largest is filled, until the rest fits into one.

    What fits into none goes in its own box, one a unit. More parcels than an order can have are one too many: who
    counts them need not know how many it would have been.
    """
    left = tuple(items)
    if not cartons:
        return [as_is(left)]
    packed: list[PackedCarton] = []
    while left and len(packed) <= MOST_PARCELS:
        offered, left = left[:MOST_OFFERED], left[MOST_OFFERED:]
        one = None if left else smallest_fitting(offered, cartons)
        if one is not None:
            return [*packed, one]
        filled = _fullest(offered, cartons)
        if filled is None:
            for too_large in offered:
                packed += [as_is((too_large.of(1),))] * min(too_large.quantity, MOST_PARCELS + 1)
            continue
        carton, filling = filled
        smaller = smallest_fitting(filling.inside, cartons)
        packed.append(smaller or PackedCarton(carton, filling.inside, filling.blocks))
        left = (*filling.left, *left)
    return packed


def why_not(carton: Carton, items: Iterable[Item]) -> str:
    """Why these cannot be in this carton, however they are laid: their weight, their volume, a side. "" if they may."""
    items = tuple(items)
    weight_g = sum(item.weight_g * item.quantity for item in items)
    if weight_g > carton.limit_g:
        return TOO_HEAVY_FOR_IT(found_count=weight_g, limit_count=carton.limit_g)
    if sum(item.volume_mm3 * item.quantity for item in items) > _volume(carton):
        return wanted("their volume is larger than the carton's")
    diagonal2 = carton.length_mm**2 + carton.width_mm**2 + carton.height_mm**2
    if any(item.is_sized and item.sides[0] ** 2 > diagonal2 for item in items):
        return wanted("one of them is longer than the carton's diagonal")
    return ""


def as_is(items: Sequence[Item]) -> PackedCarton:
    """No carton: one box, or several in a stack."""
    sized = [item for item in items if item.is_sized]
    carton = Carton(
        code=AS_IS,
        length_mm=max((item.sides[0] for item in sized), default=0),
        width_mm=max((item.sides[1] for item in sized), default=0),
        height_mm=sum(item.sides[2] * item.quantity for item in sized),
        tare_g=0,
        limit_g=sum(item.weight_g * item.quantity for item in items),
    )
    return PackedCarton(carton, tuple(items), ())


def _fullest(items: Sequence[Item], cartons: Iterable[Carton]) -> tuple[Carton, Filling] | None:
    """The largest carton that takes any of them, filled."""
    for carton in sorted(cartons, key=_size, reverse=True):
        filling = _filled(carton, items)
        if filling.inside:
            return carton, filling
    return None


def _filled(carton: Carton, items: Iterable[Item]) -> Filling:
    return fill((carton.length_mm, carton.width_mm, carton.height_mm), carton.limit_g, items)


def _volume(carton: Carton) -> int:
    return carton.length_mm * carton.width_mm * carton.height_mm


def _size(carton: Carton) -> tuple[int, int, str]:
    return (_volume(carton), carton.tare_g, carton.code)
