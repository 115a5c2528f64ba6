"""Workbooks of Excel 95 to 2003 (.xls): how far their cells reach, and how numbers are shown ([MS-XLS])."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import Final

from purveyor.adapters.channels.compound_files import stream
from purveyor.adapters.channels.number_formats import Shown, shown_by
from purveyor.adapters.channels.sheet_extents import Extents
from purveyor.adapters.channels.sheet_formats import BUILT_IN, ShownNumbers, Span

MOST_ROWS = 1 << 16
MOST_COLUMNS = 1 << 8
_UNICODE: Final = 0x0600  # the version from Excel 97 on


class _Is(IntEnum):
    FORMULA = 0x0006
    END = 0x000A
    PASSWORD = 0x002F
    SHEET = 0x0085
    MANY_NUMBERS = 0x00BD
    RICH_TEXT = 0x00D6
    STYLE = 0x00E0
    SHARED_TEXT = 0x00FD
    EXTENT = 0x0200
    NUMBER = 0x0203
    TEXT = 0x0204
    TRUTH = 0x0205
    SHORT_NUMBER = 0x027E
    FORMAT = 0x041E
    BEGIN = 0x0809


_CELLS: Final = frozenset(
    (_Is.FORMULA, _Is.RICH_TEXT, _Is.SHARED_TEXT, _Is.NUMBER, _Is.TEXT, _Is.TRUTH, _Is.SHORT_NUMBER)
)
_NUMBERS: Final = frozenset((_Is.FORMULA, _Is.NUMBER, _Is.SHORT_NUMBER))


def look_through(path: Path) -> ShownNumbers:
    """How the numbers of the first sheet are shown. All sheets are read at once, so all of them count.

    Raises `ValueError` for a workbook that reaches too far, and for what is none.
    """
    data = stream(path.read_bytes(), "workbook", "book")
    try:
        return _look_through(data)
    except struct.error as error:
        raise ValueError(f"found no workbook ({error})") from error


def _look_through(data: bytes) -> ShownNumbers:
    styles, sheets = _globals(data)
    extents = Extents()
    rows: defaultdict[int, list[Span]] = defaultdict(list)
    for number, start in enumerate(sheets):
        extents.begin_sheet()
        for kind, record in _records(data, start):
            if kind == _Is.EXTENT:
                _check_declared(record)
            for row, first, last in _places(kind, record):
                extents.take(row + 1, first + 1, row + 1, last + 1)
            if not number:
                for row, column, style in _numbers(kind, record):
                    if style in styles:
                        rows[row].append((column, column, styles[style]))
    found = ShownNumbers()
    for row, spans in sorted(rows.items(), key=lambda each: each[0]):
        found.add(row, row, spans)
    return found


def _records(data: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """From one beginning to its end; what is in between (charts) is left out."""
    depth = 0
    while start + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, start)
        start += 4
        depth += (kind == _Is.BEGIN) - (kind == _Is.END)
        if depth == 1:
            yield kind, data[start : start + length]
        elif depth <= 0:
            return
        start += length


def _globals(data: bytes) -> tuple[Mapping[int, Shown], list[int]]:
    """Styles that tell more than the number, and where the sheets begin."""
    codes = {int(number): code for number, code in BUILT_IN.items()}
    formats: list[int] = []
    sheets: list[int] = []
    is_unicode = True
    for kind, record in _records(data, 0):
        match kind:
            case _Is.BEGIN:
                is_unicode = struct.unpack_from("<H", record)[0] >= _UNICODE
            case _Is.PASSWORD:
                raise ValueError("found a workbook with a password, expected one without")
            case _Is.FORMAT:
                codes[struct.unpack_from("<H", record)[0]] = _text(record[2:], is_unicode=is_unicode)
            case _Is.STYLE:
                formats.append(struct.unpack_from("<2xH", record)[0])
            case _Is.SHEET:
                sheets.append(struct.unpack_from("<I", record)[0])
            case _:
                pass
    made = {style: shown_by(codes.get(number, "")) for style, number in enumerate(formats)}
    return {style: shown for style, shown in made.items() if shown is not None}, sheets


def _text(data: bytes, *, is_unicode: bool) -> str:
    if not is_unicode:
        return data[1 : 1 + data[0]].decode("cp1252", "replace") if data else ""
    length, is_wide = struct.unpack_from("<HB", data)
    return (
        data[3 : 3 + 2 * length].decode("utf-16-le", "replace")
        if is_wide & 1
        else data[3 : 3 + length].decode("latin-1")
    )


def _check_declared(record: bytes) -> None:
    """Stage is made for as many cells as a sheet says it has. Formats may reach to its end, and no further."""
    wide = len(record) >= 14  # noqa: PLR2004 (rows of four bytes)
    bottom, right = struct.unpack_from("<4xI2xH" if wide else "<2xH2xH", record)
    if bottom > MOST_ROWS or right > MOST_COLUMNS:
        raise ValueError(
            f"found a sheet of {bottom} rows and {right} columns, expected at most {MOST_ROWS} and {MOST_COLUMNS}"
        )


def _places(kind: int, record: bytes) -> Iterator[tuple[int, int, int]]:
    """Cells with something in them: the row, the first and the last column."""
    if kind in _CELLS:
        row, column = struct.unpack_from("<HH", record)
        yield row, column, column
    elif kind == _Is.MANY_NUMBERS:
        row, first = struct.unpack_from("<HH", record)
        yield row, first, struct.unpack_from("<H", record, len(record) - 2)[0]


def _numbers(kind: int, record: bytes) -> Iterator[tuple[int, int, int]]:
    """Numbers by row and column, and their style."""
    if kind in _NUMBERS:
        yield struct.unpack_from("<HHH", record)
    elif kind == _Is.MANY_NUMBERS:
        row, first = struct.unpack_from("<HH", record)
        for index in range((len(record) - 6) // 6):
            yield row, first + index, struct.unpack_from("<H", record, 4 + 6 * index)[0]
