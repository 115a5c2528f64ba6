"""`purveyor import orders`: rows of a file become orders, bad rows come back, a second run places nothing twice."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from purveyor.core.messages import Command
from purveyor.core.refusals import Invalid
from purveyor.engine.answers import Given
from purveyor.engine.committer import Committer, Overloaded
from purveyor.intake.grouping import SourceOrder, command_of, contradiction, grouped, key_of
from purveyor.intake.mappings import Mapping, RowRefused, RowUnreadable, SourceLine
from purveyor.intake.report import RefusedFile, Report
from purveyor.ports.channel import RowFile, SourceRow, UnreadableFile

UTC: Final = ZoneInfo("UTC")
ACTOR = "channel:file"
UNDER_WAY = 256  # orders that wait for their answers at a time
Progress = Callable[[int], None]


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
                self._report.refuse(f"{refusal.column}: {refusal.expected}" if refusal.column else "unreadable")
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
        if line.at.tzinfo is not None:
            return line
        return msgspec.structs.replace(line, at=line.at.replace(tzinfo=self._zone).astimezone(dt.UTC))

    def settle(self, lines: list[SourceLine], reason: str | None = None, code: str = "") -> None:
        """The rows are in (no reason), or come back."""
        for line in lines:
            row = self._rows.pop(line.line_no)
            if reason is not None:
                self._report.refuse(code)
                self._refused.write(row, reason)


def read_row(mapping: Mapping, row: SourceRow) -> SourceLine:
    """A row in our words. Raises `RowRefused`."""
    if row.fault:
        raise RowUnreadable(row.fault)
    return mapping.read(row)


async def submit_patiently(committer: Committer, command: Command, key: str) -> Given:
    """Submit, and come back later while the line is full."""
    while True:
        try:
            return await committer.submit(command, key=key, actor=ACTOR)
        except Overloaded as full:
            await asyncio.sleep(full.retry_after_s)


async def submit_anew(committer: Committer, command: Command, key: str) -> Given:
    """Submit under the first key that was not refused before: what an earlier run refused may be possible by now."""
    for again in range(100):
        given = await submit_patiently(committer, command, f"{key}:{again}" if again else key)
        if given.accepted or not given.repeated:
            break
    return given


def silently(_rows: int) -> None:
    """Progress that nobody watches."""


async def import_orders(
    committer: Committer,
    file: RowFile,
    mapping: Mapping,
    refused_path: Path,
    tick: Progress = silently,
    zone: ZoneInfo = UTC,
) -> Report:
    """Place every order of a file that is not placed yet.

    Rows that do not parse, and lines that are refused (an unknown SKU), come back in `refused_path`; the other rows of
    their order go in. Killed and run again, it goes on: what is there answers as `repeated`. Times without a zone are
    of `zone`, the shop's.
    """
    check_columns(file, mapping)
    report = Report()
    with RefusedFile(refused_path, file.columns) as refused:
        reading = Reading(file, mapping, report, refused, tick, zone)
        under_way: deque[asyncio.Task[None]] = deque()
        for order in grouped(reading.lines("sale"), reading.last_lines("sale")):
            if (found := contradiction(order)) is not None:
                column, values = found
                reason = str(Invalid(field=column, found=values, expected="the same on all rows of an order"))
                reading.settle(order.lines, reason, "rows_contradict")
                continue
            under_way.append(asyncio.create_task(_place(committer, mapping, order, reading, report)))
            if len(under_way) >= UNDER_WAY:
                await under_way.popleft()
        while under_way:
            await under_way.popleft()
        report.refused_file = str(refused.path) if refused.written else ""
    return report


_LINE = re.compile(r"lines\[(\d+)\]")


def _guilty(data: dict[str, Any], lines: list[SourceLine]) -> list[SourceLine]:
    """The row that was refused, by its number or by the field of a value; all of them where it is the order's."""
    found = _LINE.match(str(data.get("field", "")))
    number = int(found[1] if found else data.get("line_no", 0))
    return [lines[number - 1]] if 0 < number <= len(lines) else lines


async def _place(committer: Committer, mapping: Mapping, order: SourceOrder, reading: Reading, report: Report) -> None:
    """One order; without the lines that are refused by their number, as long as some are left."""
    lines = list(order.lines)
    while lines:
        asked = SourceOrder(order.reference, lines)
        try:
            given = await submit_anew(committer, command_of(mapping, asked), key_of(mapping, asked))
        except Invalid as invalid:
            guilty = _guilty(invalid.data, lines)
            reading.settle(guilty, str(invalid), invalid.code)
            lines = [line for line in lines if line not in guilty]
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
        reading.settle(guilty, refusal.sentence, refusal.code)
        lines = [line for line in lines if line not in guilty]
