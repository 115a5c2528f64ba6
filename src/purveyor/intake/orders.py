"""`purveyor import orders`: rows of a file become orders, bad rows come back, a second run places nothing twice."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.refusals import Invalid
from purveyor.db.reader import Reader
from purveyor.engine.answers import CommandResult, KeyReused
from purveyor.engine.committer import Committer, Overloaded
from purveyor.intake.grouping import SourceOrder, command_of, contradiction, former_key_of, grouped, key_of
from purveyor.intake.known_rows import PlacedOrder, Zones, compare, more_of, placed_before, zones_of
from purveyor.intake.mappings import Mapping, RowRefused, RowUnreadable, SourceLine
from purveyor.intake.report import RefusedFile, Report, tell_of
from purveyor.ports.channel import RowFile, SourceRow, UnreadableFile
from purveyor.stages.receipt.commands import PlaceOrder

UTC: Final = ZoneInfo("UTC")
ACTOR = "channel:file"
UNDER_WAY = 256  # orders that wait for their answers at a time
WITH_OTHER_DATA = "{} is in already with these goods, for another address or customer: edit that order instead."
AGAIN = 100  # keys of one order: a refusal stands under its own
Progress = Callable[[int], None]
KNOWN = "SELECT key FROM command_log WHERE key = ANY($1::text[])"
PLACED_AT = "SELECT placed_at FROM orders WHERE reference = $1 AND reference <> '' AND channel = 'file' ORDER BY id"
ACCEPTED = "SELECT key FROM command_log WHERE key = ANY($1::text[]) AND accepted"
ANSWERED = "SELECT key, accepted FROM command_log WHERE key = ANY($1::text[])"


def check_columns(file: RowFile, mapping: Mapping) -> None:
    """Refuse a file that lacks columns, before anything is read of it."""
    missing = [column for column in mapping.columns if column not in file.columns]
    if missing:
        found, expected = ", ".join(file.columns), ", ".join(missing)
        message = f"found the columns {found}; the mapping {mapping.name!r} expects {expected} too"
        raise UnreadableFile(message)


class Reading:
    """Reads rows as lines of one kind, sends bad ones back, and remembers rows until their order is answered."""

    def __init__(
        self,
        file: RowFile,
        mapping: Mapping,
        report: Report,
        refused: RefusedFile,
        tick: Progress,
        zone: ZoneInfo = UTC,
    ) -> None:
        self._file = file
        self._mapping = mapping
        self._report = report
        self._refused = refused
        self._tick = tick
        self._zone = zone
        self._rows: dict[int, SourceRow] = {}

    def lines(self, *wanted: str, keep: str = "") -> Iterator[SourceLine]:
        """Lines of the wanted kinds. Rows of the kind `keep` (the only one wanted) are kept to be settled."""
        keep = keep or wanted[0]
        for row in self._file.rows():
            self._report.rows += 1
            if self._report.rows % 1_000 == 0:
                self._tick(self._report.rows)
            try:
                line = self._in_zone(read_row(self._mapping, row))
            except RowRefused as refusal:
                self._report.refuse(refusal.code, row, str(refusal))
                self._refused.write(row, str(refusal))
                continue
            if line.what == keep:
                self._rows[line.line_no] = row
            else:
                self._report.set_aside += 1
            if line.what in wanted:
                yield line
        self._tick(self._report.rows)

    def last_lines(self, what: str) -> dict[str, int]:
        """By reference, the line of the last row of an order: so orders are known to be whole, wherever rows stand."""
        last: dict[str, int] = {}
        for row in self._file.rows():
            try:
                line = read_row(self._mapping, row)
            except RowRefused:
                continue
            if line.what == what:
                last[line.reference] = line.line_no
        return last

    def _in_zone(self, line: SourceLine) -> SourceLine:
        """A time that does not say where it was is of the shop's zone."""
        written = line.at.isoformat()
        if line.at.tzinfo is not None:
            return msgspec.structs.replace(line, written=written)
        return msgspec.structs.replace(line, at=line.at.replace(tzinfo=self._zone).astimezone(dt.UTC), written=written)

    def settle(self, lines: list[SourceLine], reason: str | None = None, code: str = "") -> None:
        """The rows are in (no reason), or come back."""
        for line in lines:
            row = self._rows.pop(line.line_no)
            if reason is not None:
                self._report.refuse(code, row, reason)
                self._refused.write(row, reason)


def read_row(mapping: Mapping, row: SourceRow) -> SourceLine:
    """A row in our words. Raises `RowRefused`."""
    if row.fault:
        raise RowUnreadable(row.fault)
    return mapping.read(row)


async def submit_patiently(committer: Committer, command: Command, key: str) -> CommandResult:
    """Submit, and come back later while the line is full."""
    while True:
        try:
            return await committer.submit(command, key=key, actor=ACTOR)
        except Overloaded as full:
            await asyncio.sleep(full.retry_after_s)


async def submit_anew(committer: Committer, command: Command, key: str) -> CommandResult:
    """Submit under the first key that was not refused before: what an earlier run refused may be possible by now."""
    for again in range(AGAIN):
        given = await submit_patiently(committer, command, f"{key}:{again}" if again else key)
        if given.accepted or not given.repeated:
            break
    return given


def silently(_rows: int) -> None:
    """Progress that nobody watches."""


async def import_orders(
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
    """Place every order of a file that is not placed yet.

    Rows that do not parse, and lines that are refused (an unknown SKU), come back in `refused_path`; the other rows of
    their order go in. Killed and run again, it goes on: what is there answers as `repeated`, also where the order now
    has a row more or less. A row that says another thing than what is in comes back. Times without a zone are of
    `zone`, the shop's.
    """
    check_columns(file, mapping)
    report = Report()
    with RefusedFile(refused_path, file.columns, overwrite=overwrite) as refused:
        reading = Reading(file, mapping, report, refused, tick, zone)
        placing = _Placing(committer, read, mapping, reading, report, await zones_of(read, zone))
        under_way: deque[asyncio.Task[None]] = deque()
        read_orders = grouped(reading.lines("sale"), reading.last_lines("sale"))
        while part := list(islice(read_orders, UNDER_WAY)):
            orders = [order for order in part if not _contradicts(order, reading)]
            await placing.look_for(orders)
            for order in orders:
                under_way.append(asyncio.create_task(placing.place(order)))
                if len(under_way) >= UNDER_WAY:
                    await under_way.popleft()
        while under_way:
            await under_way.popleft()
    tell_of(refused, report)
    return report


def _contradicts(order: SourceOrder, reading: Reading) -> bool:
    """Whether rows of an order say different things; if so, they come back."""
    if (found := contradiction(order)) is None:
        return False
    column, values = found
    reason = str(Invalid(field=column, found=values, expected="the same on all rows of an order"))
    reading.settle(order.lines, reason, "rows_contradict")
    return True


_LINE = re.compile(r"lines\[(\d+)\]")


def _guilty(data: dict[str, Any], lines: list[SourceLine]) -> list[SourceLine]:
    """The row that was refused, by its number or by the field of a value; all of them where it is the order's."""
    found = _LINE.match(str(data.get("field", "")))
    number = int(found[1] if found else data.get("line_no", 0))
    return [lines[number - 1]] if 0 < number <= len(lines) else lines


class _Answered(msgspec.Struct):
    key: str
    accepted: bool


class _Placing:
    """Places orders, and knows which of them came before."""

    def __init__(
        self, committer: Committer, read: Reader, mapping: Mapping, reading: Reading, report: Report, zones: Zones
    ) -> None:
        self._committer = committer
        self._read = read
        self._mapping = mapping
        self._reading = reading
        self._report = report
        self._zones = zones
        self._former: set[str] = set()
        self._in_part: dict[str, Sequence[PlacedOrder]] = {}

    async def look_for(self, orders: Sequence[SourceOrder]) -> None:
        """Find which of these former versions had under a key of theirs, and which are in with other rows."""
        keys = {
            order.reference: (key_of(self._mapping, order), former_key_of(self._mapping, order)) for order in orders
        }
        asked = sorted({key for both in keys.values() for key in both})
        answered = {each.key: each.accepted for each in await self._read.rows(_Answered, ANSWERED, asked)}
        self._former.update(former for key, former in keys.values() if former != key and former in answered)
        others = [order for order in orders if not any(answered.get(key, False) for key in keys[order.reference])]
        if others:
            self._in_part.update(await placed_before(self._read, self._mapping, others))

    def _new_rows(self, order: SourceOrder) -> SourceOrder:
        """The rows that are not in yet; those that are, and those that contradict what is in, are settled."""
        placed = self._in_part.pop(order.reference, ())
        if not placed:
            return order
        compared = compare(order, placed, self._mapping, self._zones)
        if compared.known:
            self._report.repeated += 1
            self._report.repeated_rows += len(compared.known)
            self._reading.settle(compared.known)
        for row, reason in compared.changed:
            self._reading.settle([row], reason, "order_known")
        return more_of(order, compared, placed, self._mapping)

    async def place(self, order: SourceOrder) -> None:
        """One order; without the lines that are refused by their number, as long as some are left."""
        reading, report = self._reading, self._report
        order = self._new_rows(order)
        lines = list(order.lines)
        is_former = former_key_of(self._mapping, order) in self._former
        while lines:
            asked = msgspec.structs.replace(order, lines=lines)
            try:
                given = await self._submit(asked, is_former=is_former)
            except Invalid as invalid:
                guilty = _guilty(invalid.data, lines)
                reading.settle(guilty, str(invalid), invalid.code)
                lines = [line for line in lines if line not in guilty]
                is_former = is_former or await self._is_former(order.reference, lines)
                continue
            if given.accepted:
                count = len(lines)
                if given.repeated:
                    report.repeated += 1
                    report.repeated_rows += count
                else:
                    report.accepted += 1
                    report.accepted_rows += count
                reading.settle(lines)
                return
            refusal = given.answer.refusal
            assert refusal is not None
            guilty = _guilty(refusal.data, lines)
            sentence = WITH_OTHER_DATA.format(order.reference) if is_reused(given) else refusal.sentence
            reading.settle(guilty, sentence, refusal.code)
            lines = [line for line in lines if line not in guilty]
            is_former = is_former or await self._is_former(order.reference, lines)

    async def _is_former(self, reference: str, lines: list[SourceLine]) -> bool:
        """Whether a former version placed the rows that are left."""
        key = former_key_of(self._mapping, SourceOrder(reference, lines))
        return bool(lines) and bool(await self._read.values(KNOWN, [key]))

    async def _submit(self, asked: SourceOrder, *, is_former: bool) -> CommandResult:
        """Place an order, or find it as it was placed or refused when the shop had another zone."""
        command = command_of(self._mapping, asked)
        first = key = former_key_of(self._mapping, asked) if is_former else key_of(self._mapping, asked)
        given = await submit_anew(self._committer, command, key)
        for again in range(1, AGAIN):
            if not is_reused(given):
                break
            moments = await self._read.values(PLACED_AT, asked.reference)
            if (placed := await self._as_placed(command, key, moments)) is not None:
                return placed
            key = f"{first}:zone{again}"
            if moments and not await self._read.values(KNOWN, [key]):
                break  # it is there, and says something else
            given = await submit_anew(self._committer, command, key)
        return given

    async def _as_placed(self, command: PlaceOrder, key: str, moments: Sequence[dt.datetime]) -> CommandResult | None:
        """The answer of an order that says the same but for the moment that its time meant in another zone.

        It may have been placed as more of another one, without a charge for sending it.
        """
        charges = dict.fromkeys((command.shipping, Money(0, command.currency)))
        for at, charge in product(moments, charges):
            before = msgspec.structs.replace(command, placed_at=at, shipping=charge)
            given = await submit_anew(self._committer, before, key)
            if given.accepted:
                return given
        return None


def is_reused(given: CommandResult) -> bool:
    """Whether the key is that of something else."""
    refusal = None if given.accepted else given.answer.refusal
    return refusal is not None and refusal.code == KeyReused.code
