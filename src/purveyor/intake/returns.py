"""`purveyor import returns`: returned rows are booked against the delivered orders that the same file placed."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.db.reader import Reader
from purveyor.engine.committer import Committer
from purveyor.intake.mappings import Mapping, SourceLine
from purveyor.intake.matching import MatchedReturn, match_returns
from purveyor.intake.orders import UTC, Progress, Reading, check_columns, silently, submit_anew
from purveyor.intake.report import RefusedFile, Report
from purveyor.ports.channel import RowFile
from purveyor.stages.returns.commands import ImportReturn

UNDER_WAY = 256
AT_ONCE = 500
UNMATCHED = "no purchase of so many units by this customer that is not back yet"
LINES_OF = """
    -- Lines of imported orders by reference, those of one SKU in the order in which they stood in the file.
    SELECT o.reference, o.id AS order_id, l.id AS line_id, l.sku
      FROM orders o JOIN line l ON l.order_id = o.id
     WHERE o.reference = ANY($1::text[]) AND o.reference <> '' AND o.channel = 'file'
  ORDER BY o.reference, o.id, l.line_no
"""


class PlacedLine(msgspec.Struct):
    reference: str
    order_id: UUID
    line_id: UUID
    sku: str


async def import_returns(
    committer: Committer,
    read: Reader,
    file: RowFile,
    mapping: Mapping,
    refused_path: Path,
    tick: Progress = silently,
    zone: ZoneInfo = UTC,
) -> Report:
    """Book every return of a file that matches an earlier purchase of it; the others come back in `refused_path`.

    The purchases must have been imported and delivered. A second run books nothing twice.
    """
    check_columns(file, mapping)
    report = Report()
    with RefusedFile(refused_path, file.columns) as refused:
        reading = Reading(file, mapping, report, refused, tick, zone)
        matched: list[MatchedReturn] = []
        for line, match in match_returns(_all_lines(reading)):
            if match is None:
                reading.settle([line], UNMATCHED, "unmatched")
            else:
                matched.append(match)
        for start in range(0, len(matched), AT_ONCE):
            some = matched[start : start + AT_ONCE]
            placed = await _placed(read, {taken.reference for match in some for taken in match.taken})
            await _book(committer, mapping, some, placed, reading, report)
        report.refused_file = str(refused.path) if refused.written else ""
    return report


def _all_lines(reading: Reading) -> Iterator[SourceLine]:
    """Sales to match against, and the returns."""
    return reading.lines("sale", "return", keep="return")


async def _placed(read: Reader, references: set[str]) -> dict[tuple[str, str], list[PlacedLine]]:
    """Lines by reference and SKU."""
    found: defaultdict[tuple[str, str], list[PlacedLine]] = defaultdict(list)
    for line in await read.rows(PlacedLine, LINES_OF, sorted(references)):
        found[line.reference, line.sku].append(line)
    return found


async def _book(
    committer: Committer,
    mapping: Mapping,
    matched: list[MatchedReturn],
    placed: dict[tuple[str, str], list[PlacedLine]],
    reading: Reading,
    report: Report,
) -> None:
    under_way: deque[asyncio.Task[None]] = deque()
    for match in matched:
        under_way.append(asyncio.create_task(_book_one(committer, mapping, match, placed, reading, report)))
        if len(under_way) >= UNDER_WAY:
            await under_way.popleft()
    while under_way:
        await under_way.popleft()


async def _book_one(
    committer: Committer,
    mapping: Mapping,
    match: MatchedReturn,
    placed: dict[tuple[str, str], list[PlacedLine]],
    reading: Reading,
    report: Report,
) -> None:
    """One returned row: a command for each order that it takes units back of."""
    line = match.line
    units: defaultdict[UUID, list[UnitsOf]] = defaultdict(list)
    for taken in match.taken:
        lines = placed.get((taken.reference, taken.sku), [])
        if taken.occurrence >= len(lines):
            reading.settle([line], f"the order {taken.reference} is not here with {taken.sku}", "order_not_imported")
            return
        bought = lines[taken.occurrence]
        units[bought.order_id].append(UnitsOf(bought.line_id, taken.quantity))
    repeated = True
    for order_id, items in units.items():
        key = f"file:{mapping.name}:{line.reference}:{line.line_no}:{order_id}"
        command = ImportReturn(order_id=order_id, items=tuple(items), at=line.at, reason="changed_mind")
        try:
            given = await submit_anew(committer, command, key)
        except Invalid as invalid:
            reading.settle([line], str(invalid), invalid.code)
            return
        if not given.accepted:
            refusal = given.answer.refusal
            assert refusal is not None
            reading.settle([line], refusal.sentence, refusal.code)
            return
        repeated = repeated and given.repeated
    reading.settle([line])
    if repeated:
        report.repeated += 1
        report.repeated_rows += 1
    else:
        report.accepted += 1
        report.accepted_rows += 1
