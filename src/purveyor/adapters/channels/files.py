"""CSV (plain, .gz, .xz) and XLSX files as rows of text, streamed."""

from __future__ import annotations

import csv
import gzip
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from purveyor.adapters.channels.csv_records import BYTES, BadLine, BrokenFile, lines_of, records_of
from purveyor.adapters.channels.number_formats import Shown, plain
from purveyor.adapters.channels.old_workbooks import look_through
from purveyor.adapters.channels.sheet_extents import check_extents
from purveyor.adapters.channels.sheet_formats import shown_numbers
from purveyor.ports.channel import RowFile, SourceRow, UnreadableFile

MARK = "\ufeff"  # of UTF-8, before the first column
UNREADABLE = (OSError, EOFError, lzma.LZMAError, zlib.error)
LARGEST_SHEET = 200_000_000  # bytes: a sheet is read whole
PACKED_SHEETS = (".xlsx", ".xlsm")
EXACT = 10**15  # a sheet's numbers have 15 digits


def open_rows(path: Path) -> RowFile:
    """The reader that fits the file's name. Raises `UnreadableFile` when there is none, or the file is not there."""
    if not path.is_file():
        message = f"{path}: there is no such file"
        raise UnreadableFile(message)
    suffix = path.suffix.lower()
    if suffix in (*PACKED_SHEETS, ".xls", ".ods"):
        return SheetFile(path)
    if suffix in (".csv", ".txt", ".tsv", ".gz", ".xz"):
        return TextFile(path)
    message = f"{path}: found a {suffix or 'nameless'} file, expected .csv, .csv.gz, .csv.xz or .xlsx"
    raise UnreadableFile(message)


class TextFile:
    """Comma, semicolon or tab between cells: what the first line has most of. UTF-8, with or without a mark."""

    def __init__(self, path: Path) -> None:
        self._path = path
        suffix = path.suffix.lower()
        self._packed_bytes = path.stat().st_size if suffix in (".gz", ".xz") else None
        self._delimiter = ","
        try:
            with self._open() as file:
                head = next(lines_of(file, self._packed_bytes), "")
            self._delimiter = max(",;\t", key=head.count)
            with self._open() as file:
                _, cells = next(records_of(lines_of(file, self._packed_bytes), self._delimiter), (1, []))
        except (*UNREADABLE, BrokenFile) as error:
            raise UnreadableFile(f"{path}: {error}") from error
        if isinstance(cells, BadLine):
            raise UnreadableFile(f"{path}, line 1: {cells}")
        self.columns = _columns(path, cells)
        self.rows_expected: int | None = None

    def rows(self) -> Iterator[SourceRow]:
        line_no = 0
        try:
            with self._open() as file:
                records = records_of(lines_of(file, self._packed_bytes), self._delimiter)
                next(records)
                for line_no, cells in records:
                    if cells:
                        yield self._row(line_no, cells)
        except (*UNREADABLE, BrokenFile) as error:
            where = "" if isinstance(error, BrokenFile) else f"after line {line_no}: "
            raise UnreadableFile(f"{self._path}, {where}{error}") from error

    def _row(self, line_no: int, cells: list[str] | BadLine) -> SourceRow:
        if isinstance(cells, BadLine):
            return SourceRow(line_no, {}, str(cells), cells.text)
        fault = text = ""
        if any(cells[len(self.columns) :]):
            fault = f"found {len(cells)} cells, expected {len(self.columns)}"
            text = _written(cells, self._delimiter)
        padded = cells + [""] * (len(self.columns) - len(cells))
        return SourceRow(line_no, dict(zip(self.columns, padded, strict=False)), fault, text)

    def _open(self) -> IO[str]:
        suffix = self._path.suffix.lower()
        if suffix == ".xz":
            return lzma.open(self._path, "rt", encoding=BYTES, newline="")
        if suffix == ".gz":
            return gzip.open(self._path, "rt", encoding=BYTES, newline="")
        return self._path.open(encoding=BYTES, newline="")


class SheetFile:
    """The first sheet of a workbook."""

    def __init__(self, path: Path) -> None:
        try:
            if path.stat().st_size > LARGEST_SHEET:
                raise UnreadableFile(f"{path}: found a sheet of more than {LARGEST_SHEET} bytes, expected a .csv")
            suffix = path.suffix.lower()
            if suffix != ".xls" or zipfile.is_zipfile(path):  # whatever it is called, it is read as what it is
                check_extents(path, LARGEST_SHEET)
                self._shown = shown_numbers(path, LARGEST_SHEET)
            else:
                self._shown = look_through(path)
            self._sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        except (CalamineError, OSError, ValueError) as error:
            raise UnreadableFile(f"{path}: {error}") from error
        head = next(iter(self._sheet.iter_rows()), None)
        self.columns = _columns(path, [str(name) for name in head or ()])
        self.rows_expected: int | None = max(self._sheet.height - 1, 0)

    def rows(self) -> Iterator[SourceRow]:
        top, left = self._sheet.start or (0, 0)
        for index, cells in enumerate(self._sheet.iter_rows()):
            if index and any(cell != "" for cell in cells):
                row = top + index
                shown = self._shown.of_row(row)
                texts = [_text(cell, shown.get(left + at)) for at, cell in enumerate(cells)]
                yield SourceRow(row + 1, dict(zip(self.columns, texts, strict=False)), self._fault(cells))

    def _fault(self, cells: Sequence[object]) -> str:
        for column, cell in zip(self.columns, cells, strict=False):
            if isinstance(cell, float) and abs(cell) >= EXACT:
                return f"{column}: found a number of more than 15 digits, which a sheet rounds; expected text"
        return ""


def _columns(path: Path, cells: list[str]) -> tuple[str, ...]:
    """The names on the first line. Raises `UnreadableFile` where there are none, or one stands there twice."""
    names = tuple(name.removeprefix(MARK).strip() for name in cells)
    if not any(names):
        raise UnreadableFile(f"{path}: found nothing on line 1, expected the names of the columns")
    name, count = Counter(name for name in names if name).most_common(1)[0]
    if count > 1:
        raise UnreadableFile(f"{path}: found the column {name!r} {count} times, expected every column once")
    return names


def _written(cells: Sequence[str], delimiter: str) -> str:
    """Cells as a file has them."""
    text = StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="").writerow(cells)
    return text.getvalue()


def _text(cell: object, shown: Shown | None) -> str:
    """A cell as people see it: 6.0 is 6, 1067 in the format 00000 is 01067, and 0.19 in the format 0% is 19%."""
    if not isinstance(cell, (int, float)) or isinstance(cell, bool):
        return str(cell)
    text = shown(cell) if shown is not None and abs(cell) < EXACT else None
    return plain(cell) if text is None else text
