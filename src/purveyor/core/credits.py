"""What units of a line give back, and what of it was given already by lowering their price. Pure; minor units.

Canceled units are counted from the front of a line and credited ones from its back, so that whichever comes first,
all of them together make exactly what the line cost. What is taken off the price after the fact, a *cut*, is borne by
the units that have left and were not credited yet, and is used up as they are credited: units that never leave are
canceled at their full price.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol
from uuid import UUID

from purveyor.core.money import ratio, spread
from purveyor.core.rows import Line

LEFT: Final = ("shipped", "delivered", "returning", "returned", "lost")


class Credited(Protocol):
    """What a stage knows of a line: the units that were credited, and the cut that is not used up."""

    quantity: int
    cut_minor: int


def credited_share(total_minor: int, credited: int, more: int, of: int) -> int:
    """What `more` units give back after `credited` of a line of `of` units: the parts add up to the cent."""
    assert 0 <= credited <= credited + more <= of, f"{credited} + {more} of {of} units"
    return ratio(total_minor, of - credited, of) - ratio(total_minor, of - credited - more, of)


def units_out(line: Line, credited: int) -> int:
    """Units that have left the house and were not credited."""
    left: int = sum(getattr(line, position) for position in LEFT)
    return max(0, left - credited)


def worth_out(line: Line, credited: int, cut_minor: int) -> int:
    """What the units that have left and were not credited still give back."""
    return credited_share(line.total_minor, credited, units_out(line, credited), line.quantity) - cut_minor


def cut_used(total_minor: int, of: int, credited: int, out: int, more: int, cut_minor: int) -> int:
    """The part of a cut that `more` units bear, of the `out` that bear it; never more than they cost.

    Nor less than what the others cannot bear.
    """
    cost = credited_share(total_minor, credited, more, of)
    others = credited_share(total_minor, credited + more, max(0, out - more), of)
    even = cut_minor if more >= out else ratio(cut_minor, more, out)
    return min(cost, max(even, cut_minor - others))


def still_given_back(lines: Iterable[Line], credited: Mapping[UUID, Credited]) -> list[int]:
    """What the units of each line that have left and were not credited still give back."""
    rows = ((line, credited.get(line.id)) for line in lines)
    return [worth_out(line, row.quantity if row else 0, row.cut_minor if row else 0) for line, row in rows]


def cuts(
    lines: Collection[Line], credited: Mapping[UUID, Credited], amount_minor: int
) -> tuple[list[tuple[UUID, int]], int]:
    """Spread what was taken off over the lines, by what has left of them: each line's part, and what none can bear."""
    left = still_given_back(lines, credited)
    cut = min(amount_minor, sum(left))
    if cut <= 0:
        return [], amount_minor
    return [(line.id, part) for line, part in zip(lines, spread(cut, left), strict=True) if part], amount_minor - cut
