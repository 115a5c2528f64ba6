"""`purveyor import returns`: returned rows are booked against the delivered orders that the same file placed."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping as Mapped
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.db.reader import Reader
from purveyor.engine.committer import Committer
from purveyor.intake.mappings import Mapping, SourceLine
from purveyor.intake.orders import UTC, Progress, Reading, check_columns, silently, submit_patiently
from purveyor.intake.report import RefusedFile, Report, tell_of
from purveyor.intake.return_matching import MatchedReturn, match_returns
from purveyor.ports.channel import RowFile
from purveyor.stages.returns.commands import ImportReturn
from purveyor.stages.returns.facts import CreditedItem, ReturnImported

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


TRIED = """
    -- Keys that came before, each with the order of which units were booked under it; without one it was refused.
    SELECT key, CASE WHEN accepted THEN (convert_from(answer, 'UTF8')::jsonb->>'order_id')::uuid END AS order_id
      FROM command_log
     WHERE key = ANY($1::text[])
"""
BOOKED = """
    SELECT key, data->'credits' AS credits
      FROM journal
     WHERE order_id = ANY($1::uuid[]) AND key = ANY($2::text[]) AND kind = $3
"""
Units = Mapped[UUID, list[UnitsOf]]  # by order


class _Tried(msgspec.Struct):
    key: str
    order_id: UUID | None


class _Booked(msgspec.Struct):
    key: str
    credits: list[CreditedItem]


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

    The purchases must have been imported and delivered. A second run books nothing twice, wherever its rows now stand,
    whatever zone the shop has got, and whichever purchases it would take them back of by now.
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


class _Asked(msgspec.Struct):
    """A row, and the units that it takes back, by order. `keys`: its own, and those that former versions gave it."""

    line: SourceLine
    units: Units
    keys: list[str]


class _Before(msgspec.Struct):
    """What earlier runs did under a key: so many attempts, and the units that they booked, by line."""

    attempts: int = 0
    booked: Counter[UUID] = msgspec.field(default_factory=Counter)


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
        asked: list[_Asked] = []
        for match in matched:
            line, key, units = match.line, self._key(match.line), _units_of(match, placed)
            if units is None:
                why = f"the order that is taken back of is not here with {line.sku}"
                self._reading.settle([line], why, "order_not_imported")
            else:
                asked.append(_Asked(line, units, [key, *(self._former_key(line, order_id) for order_id in units)]))
        before = await _before(self._read, {key for each in asked for key in each.keys})
        under_way: deque[asyncio.Task[None]] = deque()
        for each in asked:
            under_way.append(asyncio.create_task(self._book_one(each, before)))
            if len(under_way) >= UNDER_WAY:
                await under_way.popleft()
        while under_way:
            await under_way.popleft()

    def _key(self, line: SourceLine) -> str:
        """What a row says, and how many before it said the same: not where it stands, nor what it takes back."""
        said = [line.reference, line.customer, line.sku, line.quantity, line.unit_minor, line.written]
        digest = hashlib.blake2b(msgspec.json.encode(said), digest_size=12).hexdigest()
        self._alike[digest] += 1
        return f"file:{self._mapping.name}:{line.reference}:{digest}:{self._alike[digest]}"

    def _former_key(self, line: SourceLine, order_id: UUID) -> str:
        """The key of former versions: with the place of the row in its file."""
        return f"file:{self._mapping.name}:{line.reference}:{line.line_no}:{order_id}"

    async def _book_one(self, asked: _Asked, before: Mapped[str, _Before]) -> None:
        """One returned row: a command for each order that it takes units back of, for those that are not back yet."""
        line, (key, *former) = asked.line, asked.keys
        booked = before[key].booked + _of_lines(asked.units, (before[each].booked for each in former))
        repeated = True
        for number, (order_id, items) in enumerate(_left(asked.units, booked, line.quantity), before[key].attempts):
            command = ImportReturn(order_id=order_id, items=items, at=line.at, reason="changed_mind")
            try:
                given = await submit_patiently(self._committer, command, _attempt(key, number))
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


def _units_of(match: MatchedReturn, placed: dict[tuple[str, str], list[PlacedLine]]) -> Units | None:
    """The units that are taken back, by order; None where a purchase was not imported."""
    units: defaultdict[UUID, list[UnitsOf]] = defaultdict(list)
    for taken in match.taken:
        lines = placed.get((taken.reference, taken.sku), [])
        if taken.occurrence >= len(lines):
            return None
        bought = lines[taken.occurrence]
        units[bought.order_id].append(UnitsOf(bought.line_id, taken.quantity))
    return units


def _of_lines(units: Units, booked: Iterable[Counter[UUID]]) -> Counter[UUID]:
    """What was booked of these lines: a key of former versions may have been that of another row at the same place."""
    lines = {item.line_id for items in units.values() for item in items}
    return Counter({line: each[line] for each in booked for line in lines & each.keys()})


def _left(units: Units, booked: Counter[UUID], wanted: int) -> Iterator[tuple[UUID, tuple[UnitsOf, ...]]]:
    """By order, what is to be booked, so that it is as many as `wanted` with what was. That may have been others."""
    rest = wanted - booked.total()
    for order_id, items in units.items():
        left = []
        for item in items:
            quantity = min(item.quantity - booked[item.line_id], rest)
            if quantity > 0:
                left.append(UnitsOf(item.line_id, quantity))
                rest -= quantity
        if left:
            yield order_id, tuple(left)


def _attempt(key: str, number: int) -> str:
    """The key of an attempt: the first (0) has it as it is."""
    return f"{key}:{number}" if number else key


async def _before(read: Reader, keys: set[str]) -> dict[str, _Before]:
    """What was tried under these keys: each attempt has the next number, so the last of them is where none follows."""
    before = {key: _Before() for key in keys}
    accepted: dict[str, str] = {}
    orders: set[UUID] = set()
    asked = {key: key for key in keys}
    while asked:
        following: dict[str, str] = {}
        for tried in await read.rows(_Tried, TRIED, sorted(asked)):
            key = asked[tried.key]
            if tried.order_id is not None:
                accepted[tried.key] = key
                orders.add(tried.order_id)
            before[key].attempts += 1
            following[_attempt(key, before[key].attempts)] = key
        asked = following
    if not accepted:
        return before
    for booked in await read.rows(_Booked, BOOKED, sorted(orders), sorted(accepted), ReturnImported.kind()):
        for item in booked.credits:
            before[accepted[booked.key]].booked[item.line_id] += item.quantity
    return before
