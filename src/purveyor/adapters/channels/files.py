"""CSV (plain, .gz, .xz) and XLSX files as rows of text, streamed."""

from __future__ import annotations

import csv
import gzip
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

from purveyor.ports.channel import RowFile, SourceRow, UnreadableFile


def open_rows(path: Path) -> RowFile:
    """The reader that fits the file's name. Raises `UnreadableFile` when there is none, or the file is not there."""
    if not path.is_file():
        message = f"{path}: there is no such file"
        raise UnreadableFile(message)
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xls", ".ods"):
        return SheetFile(path)
    if suffix in (".csv", ".txt", ".tsv", ".gz", ".xz"):
        return TextFile(path)
    message = f"{path}: found a {suffix or 'nameless'} file, expected .csv, .csv.gz, .csv.xz or .xlsx"
    raise UnreadableFile(message)


class TextFile:
    """Comma, semicolon or tab between cells: what the first line has most of. UTF-8, with or without a mark."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as file:
            try:
                head = file.readline()
            except (OSError, UnicodeDecodeError, EOFError, lzma.LZMAError) as error:
                raise UnreadableFile(f"{path}: {error}") from error
        if not head.strip():
            raise UnreadableFile(f"{path}: found nothing on line 1, expected the names of the columns")
        self._delimiter = max(",;\t", key=head.count)
        self.columns: tuple[str, ...] = tuple(
            name.strip() for name in next(csv.reader([head], delimiter=self._delimiter))
        )
        self.rows_expected: int | None = None

    def rows(self) -> Iterator[SourceRow]:
        with self._open() as file:
            reader = csv.reader(file, delimiter=self._delimiter)
            try:
                next(reader)
                for cells in reader:
                    if cells:
                        padded = cells + [""] * (len(self.columns) - len(cells))
                        yield SourceRow(reader.line_num, dict(zip(self.columns, padded, strict=False)))
            except (csv.Error, OSError, UnicodeDecodeError, EOFError, lzma.LZMAError) as error:
                raise UnreadableFile(f"{self._path}, line {reader.line_num + 1}: {error}") from error

    def _open(self) -> IO[str]:
        suffix = self._path.suffix.lower()
        if suffix == ".xz":
            return lzma.open(self._path, "rt", encoding="utf-8-sig", newline="")
        if suffix == ".gz":
            return gzip.open(self._path, "rt", encoding="utf-8-sig", newline="")
        return self._path.open(encoding="utf-8-sig", newline="")


class SheetFile:
    """The first sheet of a workbook."""

    def __init__(self, path: Path) -> None:
        try:
            sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        except (CalamineError, OSError) as error:
            raise UnreadableFile(f"{path}: {error}") from error
        self._rows = sheet.iter_rows()
        head = next(self._rows, None)
        if not head or not any(head):
            raise UnreadableFile(f"{path}: found an empty first line, expected the names of the columns")
        self.columns: tuple[str, ...] = tuple(str(name).strip() for name in head)
        self.rows_expected: int | None = max(sheet.height - 1, 0)

    def rows(self) -> Iterator[SourceRow]:
        for line_no, cells in enumerate(self._rows, 2):
            if any(cell != "" for cell in cells):
                yield SourceRow(line_no, dict(zip(self.columns, map(_text, cells), strict=False)))


def _text(cell: object) -> str:
    """A cell as people would type it: 6.0 is 6."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
