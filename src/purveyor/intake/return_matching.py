"""Which purchases a returned row takes back: the oldest units of the same customer and SKU that are not back yet."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator

import msgspec

from purveyor.intake.mappings import SourceLine


class Taken(msgspec.Struct, frozen=True):
    """So many units of the `occurrence`-th line (from 0) of a SKU in the order of a reference."""

    reference: str
    sku: str
    occurrence: int
    quantity: int


class MatchedReturn(msgspec.Struct, frozen=True):
    line: SourceLine
    taken: tuple[Taken, ...]


class _Bought(msgspec.Struct):
    reference: str
    occurrence: int
    left: int


def match_returns(lines: Iterable[SourceLine]) -> Iterator[tuple[SourceLine, MatchedReturn | None]]:
    """Every return with what it takes back, or None when the customer has not so many units of it.

    A return matches whole or not at all. Lines are taken in order of their time, those of one minute as they stand.
    """
    bought: defaultdict[tuple[str, str], deque[_Bought]] = defaultdict(deque)
    seen: defaultdict[tuple[str, str], int] = defaultdict(int)
    for line in sorted(lines, key=lambda line: line.at):
        owned = bought[line.customer, line.sku]
        if line.what == "sale":
            occurrence = seen[line.reference, line.sku]
            seen[line.reference, line.sku] += 1
            if line.customer:
                owned.append(_Bought(line.reference, occurrence, line.quantity))
        elif not line.customer or sum(each.left for each in owned) < line.quantity:
            yield line, None
        else:
            yield line, MatchedReturn(line, tuple(_take(owned, line)))


def _take(owned: deque[_Bought], line: SourceLine) -> Iterator[Taken]:
    wanted = line.quantity
    while wanted:
        oldest = owned[0]
        quantity = min(wanted, oldest.left)
        yield Taken(oldest.reference, line.sku, oldest.occurrence, quantity)
        oldest.left -= quantity
        wanted -= quantity
        if not oldest.left:
            owned.popleft()
