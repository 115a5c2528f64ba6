"""How far the cells of a workbook reach, looked at before it is read.

The reader of sheets takes memory for all cells between the first and the last one, and a file of a few hundred bytes
may have one of them at the far end of the sheet (ECMA-376, part 1, 18.3.1.4; ODF 1.3, part 3, 9.1.3 and 19.675). Only
cells with something in them count: formats often reach to the end.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final
from xml.etree import ElementTree as ET
from xml.parsers import expat

MOST_COLUMNS: Final = 1_000
MOST_ROWS: Final = 1_000_000
MOST_CELLS = 10_000_000  # between the first and the last, with something in them or not: some 300 MB
ENOUGH: Final = 10**9  # repetitions that are reckoned with
CHUNK: Final = 1 << 16
_PLACE: Final = re.compile(r"([A-Z]{1,8})([0-9]{1,12})")


class Extents:
    """A box around the cells of each sheet. Raises `ValueError` once they are larger together than is read here."""

    def __init__(self) -> None:
        self._before = self._cells = 0
        self.begin_sheet()

    def begin_sheet(self) -> None:
        self._before, self._cells = self._before + self._cells, 0
        self._top = self._left = ENOUGH
        self._bottom = self._right = 0

    def take(self, row: int, column: int, last_row: int, last_column: int) -> None:
        """A cell, or the same one in several rows and columns; both count from 1."""
        self._top, self._left = min(self._top, row), min(self._left, column)
        self._bottom, self._right = max(self._bottom, last_row), max(self._right, last_column)
        if self._right > MOST_COLUMNS:
            raise ValueError(f"found a cell in column {self._right}, expected at most {MOST_COLUMNS} columns")
        if self._bottom > MOST_ROWS:
            raise ValueError(f"found a cell in row {self._bottom}, expected at most {MOST_ROWS} rows; take a .csv")
        self._cells = (self._bottom - self._top + 1) * (self._right - self._left + 1)
        if self._before + self._cells > MOST_CELLS:
            sheets = " of each sheet" if self._before else ""
            raise ValueError(
                f"found cells as far as row {self._bottom} and column {self._right}, "
                f"expected at most {MOST_CELLS} cells between the first and the last{sheets}; take a .csv"
            )


def check_extents(path: Path, most_bytes: int) -> None:
    """Raises `ValueError` for a workbook (.xlsx, .xlsm, .ods) that reaches too far, and for what is none."""
    try:
        with zipfile.ZipFile(path) as book:
            if sum(each.file_size for each in book.infolist()) > most_bytes:
                raise ValueError(f"found more than {most_bytes} bytes in it, expected a .csv")
            names = frozenset(book.namelist())
            if "content.xml" in names:  # all its sheets are read
                _look_at(book, "content.xml", _OpenDocument())
            for name in _sheets_that_may_be_first(book) & names if "content.xml" not in names else ():
                _look_at(book, name, _Spreadsheet())
    except (KeyError, zipfile.BadZipFile, zipfile.LargeZipFile, ET.ParseError, expat.ExpatError) as error:
        raise ValueError(f"found no workbook ({error})") from error


def _sheets_that_may_be_first(book: zipfile.ZipFile) -> frozenset[str]:
    """The part of the first sheet, by each of the ways in which readers understand its address."""
    sheets = [each for each in _parsed(book, "xl/workbook.xml").iter() if _local(each.tag) == "sheet"]
    first = next((value for name, value in sheets[0].items() if _local(name) == "id"), "") if sheets else ""
    links = _parsed(book, "xl/_rels/workbook.xml.rels")
    targets = [link.get("Target", "") for link in links if link.get("Id") == first]
    found = {"xl/worksheets/sheet1.xml"} if not targets else set()
    for target in targets:
        below = posixpath.normpath(posixpath.join("xl", target)).lstrip("/")
        found |= {below, target.lstrip("/"), f"xl/{target.lstrip('/')}"}
    return frozenset(found)


def _parsed(book: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(book.read(name))  # noqa: S314 (expat bounds it)


class _Spreadsheet:
    """A sheet of an .xlsx. A row or a cell that does not say where it is comes after the one before."""

    def __init__(self) -> None:
        self._extents = Extents()
        self._row = self._column = 0
        self._is_cell = False

    def begin(self, name: str, given: Mapping[str, str]) -> None:
        match name:
            case "row":
                said = given.get("r", "")
                self._row = _number(said) if said else self._row + 1
                self._column = 0
            case "c":
                self._is_cell = True
                place = _PLACE.fullmatch(given.get("r", "").upper())
                if place is None and "r" in given:
                    raise ValueError(f"found a cell at {given['r'][:20]!r}, expected a place such as B2")
                self._column = _column(place[1]) if place else self._column + 1
                self._row = int(place[2]) if place else self._row
            case "v" | "is" | "f" if self._is_cell:
                self._is_cell = False
                self._extents.take(self._row, self._column, self._row, self._column)
            case _:
                pass

    def end(self, name: str) -> None:
        if name == "c":
            self._is_cell = False


class _OpenDocument:
    """The sheets of an .ods: rows and cells follow each other, each as often as it says."""

    def __init__(self) -> None:
        self._extents = Extents()
        self._row = self._rows = self._column = self._columns = 0
        self._is_cell = False

    def begin(self, name: str, given: Mapping[str, str]) -> None:
        match name:
            case "table":
                self._extents.begin_sheet()
                self._row = self._rows = 0
            case "table-row":
                self._row += self._rows
                self._rows = _number(given.get("number-rows-repeated", "1"))
                self._column = self._columns = 0
            case "table-cell" | "covered-table-cell":
                self._column += self._columns
                self._columns = _number(given.get("number-columns-repeated", "1"))
                self._is_cell = True
                if any(each.startswith(("value", "formula")) or each.endswith("-value") for each in given):
                    self._take()
            case _:
                if self._is_cell:
                    self._take()

    def end(self, name: str) -> None:
        if name in ("table-cell", "covered-table-cell"):
            self._is_cell = False

    def _take(self) -> None:
        self._is_cell = False
        self._extents.take(self._row + 1, self._column + 1, self._row + self._rows, self._column + self._columns)


def _look_at(book: zipfile.ZipFile, name: str, sheet: _Spreadsheet | _OpenDocument) -> None:
    """Go through a part of the workbook, keeping nothing of it."""
    parser = expat.ParserCreate()

    def begin(tag: str, attributes: dict[str, str]) -> None:
        sheet.begin(_local(tag), {_local(each): value for each, value in attributes.items()})

    def end(tag: str) -> None:
        sheet.end(_local(tag))

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    with book.open(name) as part:
        _feed(parser, part)


def _feed(parser: expat.XMLParserType, part: IO[bytes]) -> None:
    while chunk := part.read(CHUNK):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _local(name: str) -> str:
    """A name without its namespace, however it is written."""
    return name.rpartition("}")[2].rpartition(":")[2]


def _number(text: str) -> int:
    """How often, or in which row. Raises `ValueError`."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"found {text[:20]!r}, expected a number of rows or columns")
    return int(text) if len(text) <= len(str(ENOUGH)) else ENOUGH


def _column(letters: str) -> int:
    """A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
