"""`purveyor import returns`: returned rows are booked against the delivered orders that the same file placed."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.db.reader import Reader
from purveyor.engine.answers import Given
from purveyor.engine.committer import Committer
from purveyor.intake.mappings import Mapping, SourceLine
from purveyor.intake.matching import MatchedReturn, match_returns
from purveyor.intake.orders import KNOWN, UTC, Progress, Reading, check_columns, is_reused, silently, submit_anew
from purveyor.intake.report import RefusedFile, Report, tell_of
from purveyor.ports.channel import RowFile
from purveyor.stages.returns.commands import ImportReturn
from purveyor.stages.returns.facts import ReturnImported

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


RETURNED_AT = "SELECT data->>'returned_at' FROM journal WHERE order_id = $1 AND key = $2 AND kind = $3"


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
    *,
    overwrite: bool = False,
) -> Report:
    """Book every return of a file that matches an earlier purchase of it; the others come back in `refused_path`.

    The purchases must have been imported and delivered. A second run books nothing twice, wherever its rows now stand
    and whatever zone the shop has got.
    """
    check_columns(file, mapping)
    report = Report()
    with RefusedFile(refused_path, file.columns, overwrite=overwrite) as refused:
        reading = Reading(file, mapping, report, refused, tick, zone)
        booking = _Booking(committer, read, mapping, reading, report)
        matched: list[MatchedReturn] = []
        for line, match in match_returns(_all_lines(reading)):
            if match is None:
                reading.settle([line], UNMATCHED, "unmatched")
            else:
                matched.append(match)
        for start in range(0, len(matched), AT_ONCE):
            some = matched[start : start + AT_ONCE]
            placed = await _placed(read, {taken.reference for match in some for taken in match.taken})
            await booking.book(some, placed)
    tell_of(refused, report)
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


class _Booking:
    """Books returns, and knows which of them were booked before."""

    def __init__(self, committer: Committer, read: Reader, mapping: Mapping, reading: Reading, report: Report) -> None:
        self._committer = committer
        self._read = read
        self._mapping = mapping
        self._reading = reading
        self._report = report
        self._alike: Counter[str] = Counter()

    async def book(self, matched: list[MatchedReturn], placed: dict[tuple[str, str], list[PlacedLine]]) -> None:
        """Some returns, of which `placed` has the lines that were bought."""
        asked = [(match.line, self._key(match.line), self._asked(match, placed)) for match in matched]
        former = {self._former_key(line, order_id) for line, _, units in asked if units for order_id in units}
        known = set(await self._read.values(KNOWN, sorted(former)))
        under_way: deque[asyncio.Task[None]] = deque()
        for line, key, units in asked:
            if units is None:
                why = f"the order that is taken back of is not here with {line.sku}"
                self._reading.settle([line], why, "order_not_imported")
                continue
            under_way.append(asyncio.create_task(self._book_one(line, units, key, known)))
            if len(under_way) >= UNDER_WAY:
                await under_way.popleft()
        while under_way:
            await under_way.popleft()

    def _asked(
        self, match: MatchedReturn, placed: dict[tuple[str, str], list[PlacedLine]]
    ) -> dict[UUID, list[UnitsOf]] | None:
        """The units that are taken back, by order; None where a purchase was not imported."""
        units: defaultdict[UUID, list[UnitsOf]] = defaultdict(list)
        for taken in match.taken:
            lines = placed.get((taken.reference, taken.sku), [])
            if taken.occurrence >= len(lines):
                return None
            bought = lines[taken.occurrence]
            units[bought.order_id].append(UnitsOf(bought.line_id, taken.quantity))
        return units

    def _key(self, line: SourceLine) -> str:
        """What a row says, and how many before it said the same: not where it stands."""
        said = [line.reference, line.customer, line.sku, line.quantity, line.unit_minor, line.written]
        digest = hashlib.blake2b(msgspec.json.encode(said), digest_size=12).hexdigest()
        self._alike[digest] += 1
        return f"file:{self._mapping.name}:{line.reference}:{digest}:{self._alike[digest]}"

    def _former_key(self, line: SourceLine, order_id: UUID) -> str:
        """The key of former versions: with the place of the row in its file."""
        return f"file:{self._mapping.name}:{line.reference}:{line.line_no}:{order_id}"

    async def _book_one(self, line: SourceLine, units: dict[UUID, list[UnitsOf]], key: str, known: set[str]) -> None:
        """One returned row: a command for each order that it takes units back of."""
        repeated = True
        for order_id, items in units.items():
            former = self._former_key(line, order_id)
            command = ImportReturn(order_id=order_id, items=tuple(items), at=line.at, reason="changed_mind")
            try:
                given = await self._submit(command, former if former in known else f"{key}:{order_id}")
            except Invalid as invalid:
                self._reading.settle([line], str(invalid), invalid.code)
                return
            if not given.accepted:
                refusal = given.answer.refusal
                assert refusal is not None
                self._reading.settle([line], refusal.sentence, refusal.code)
                return
            repeated = repeated and given.repeated
        self._reading.settle([line])
        if repeated:
            self._report.repeated += 1
            self._report.repeated_rows += 1
        else:
            self._report.accepted += 1
            self._report.accepted_rows += 1

    async def _submit(self, command: ImportReturn, key: str) -> Given:
        """Book a return, or find it as it was booked when the shop had another zone."""
        given = await submit_anew(self._committer, command, key)
        if not is_reused(given):
            return given
        for at in await self._read.values(RETURNED_AT, command.order_id, key, ReturnImported.kind()):
            before = msgspec.structs.replace(command, at=dt.datetime.fromisoformat(at))
            found = await submit_anew(self._committer, before, key)
            if found.accepted:
                return found
        return given
