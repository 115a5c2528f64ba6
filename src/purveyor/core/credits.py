"""What units of a line give back, and what of it was given already by lowering their price. Pure; minor units.

Canceled units are counted from the front of a line and credited ones from its back, so that whichever comes first,
all of them together make exactly what the line cost. What is taken off the price after the fact, a *cut*, is borne by
the units that have left and were not credited yet, and is used up as they are credited: units that never leave are
canceled at their full price.
"""

from __future__ import annotations

from typing import Final

from purveyor.core.money import ratio
from purveyor.core.rows import Line

LEFT: Final = ("shipped", "delivered", "returning", "returned", "lost")


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
