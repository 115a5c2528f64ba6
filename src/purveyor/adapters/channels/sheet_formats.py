"""How the numbers of a workbook's first sheet are shown, where that says more than the number: 01067, 19%, 12 USD.

The reader of sheets gives a number as a number; how it is shown stands in the workbook's styles (ECMA-376, part 1,
18.8.30 and 18.8.45; ODF 1.3, part 3, 16.29 and 19.385).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import ascii_letters
from typing import IO, Final
from xml.etree import ElementTree as ET

from purveyor.adapters.channels.number_formats import Shown, currency_shown, in_currency, in_percent, shown_by

_PLACE: Final = re.compile(r"[A-Z]+")
BUILT_IN: Final = {"9": "0%", "10": "0.00%"}
_NUMBERS: Final = ("number-style", "currency-style", "percentage-style")
Span = tuple[int, int, Shown]  # from a column up to another one


class ShownNumbers:
    """By row and column from 0. Rows come in their order; what repeats is kept once."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._rows: list[tuple[int, list[Span]]] = []

    def add(self, row: int, last_row: int, spans: list[Span]) -> None:
        self._firsts.append(row)
        self._rows.append((last_row, spans))

    def of_row(self, row: int) -> Mapping[int, Shown]:
        at = bisect_right(self._firsts, row) - 1
        if at < 0 or row > self._rows[at][0]:
            return {}
        return {each: shown for first, last, shown in self._rows[at][1] for each in range(first, last + 1)}


def shown_numbers(path: Path, most_bytes: int) -> ShownNumbers:
    """Of an .xlsx, .xlsm or .ods, whatever it is called.

    Raises `ValueError` for a workbook of more than `most_bytes`, and for what is none.
    """
    found = ShownNumbers()
    try:
        with zipfile.ZipFile(path) as book:
            if sum(each.file_size for each in book.infolist()) > most_bytes:
                raise ValueError(f"found more than {most_bytes} bytes in it, expected a .csv")
            is_open_document = "content.xml" in book.namelist()
            rows = _open_document(book) if is_open_document else _spreadsheet(book)
            for row, last_row, spans in sorted(rows, key=lambda each: each[0]):
                found.add(row, last_row, spans)
    except (KeyError, zipfile.BadZipFile, ET.ParseError, zipfile.LargeZipFile) as error:
        raise ValueError(f"found no workbook ({error})") from error
    return found


Rows = Iterator[tuple[int, int, list[Span]]]


def _spreadsheet(book: zipfile.ZipFile) -> Rows:
    styles = _styles(book)
    if styles:
        with book.open(_first_sheet(book)) as file:
            yield from _rows(file, styles)


def _first_sheet(book: zipfile.ZipFile) -> str:
    sheets = [each for each in _parsed(book, "xl/workbook.xml").iter() if _local(each.tag) == "sheet"]
    first = _given(sheets[0]).get("id") if sheets else None
    links = _parsed(book, "xl/_rels/workbook.xml.rels")
    target = next((link.get("Target", "") for link in links if link.get("Id") == first), "worksheets/sheet1.xml")
    ways = (
        posixpath.normpath(posixpath.join("xl", target)).lstrip("/"),
        target.lstrip("/"),
        f"xl/{target.lstrip('/')}",
    )
    return next((way for way in ways if way in book.namelist()), ways[0])


def _styles(book: zipfile.ZipFile) -> dict[str, Shown]:
    """The styles of cells that tell more than the number, by their number."""
    if "xl/styles.xml" not in book.namelist():
        return {}
    codes = dict(BUILT_IN)
    formats: list[str] = []
    for part in _parsed(book, "xl/styles.xml"):
        if _local(part.tag) == "numFmts":
            codes |= {each.get("numFmtId", ""): each.get("formatCode", "") for each in part}
        elif _local(part.tag) == "cellXfs":
            formats = [each.get("numFmtId", "") for each in part if _local(each.tag) == "xf"]
    found = {str(number): shown_by(codes.get(each, "")) for number, each in enumerate(formats)}
    return {number: shown for number, shown in found.items() if shown is not None}


def _rows(file: IO[bytes], styles: Mapping[str, Shown]) -> Rows:
    """A row or a cell that does not say where it is comes after the one before."""
    row = -1
    for _, each in ET.iterparse(file):  # noqa: S314 (expat bounds it)
        if each.tag.endswith("}row"):
            said = each.get("r") or (each[0].get("r", "").lstrip(ascii_letters) if len(each) else "")
            row = int(said) - 1 if said else row + 1
            spans = list(_spans(each, styles))
            if spans:
                yield row, row, spans
            each.clear()


def _spans(row: ET.Element, styles: Mapping[str, Shown]) -> Iterator[Span]:
    column = -1
    for cell in row:
        place = _PLACE.match(cell.get("r", "").upper())
        column = _column(place[0]) if place else column + 1
        shown = styles.get(cell.get("s", "0"))
        if shown is not None and cell.get("t", "n") == "n":
            yield column, column, shown


def _open_document(book: zipfile.ZipFile) -> Rows:
    styles = _OpenStyles()
    if "styles.xml" in book.namelist():
        for each in _parsed(book, "styles.xml").iter():
            styles.take(each)
    with book.open("content.xml") as file:
        yield from _OpenTable(styles).rows(file)


class _OpenStyles:
    """Formats of numbers by the names of the styles of cells."""

    def __init__(self) -> None:
        self._formats: dict[str, ET.Element] = {}
        self._cells: dict[str, Mapping[str, str]] = {}
        self._shown: dict[str, Shown | None] = {}

    def take(self, each: ET.Element) -> None:
        given, name = _given(each), _local(each.tag)
        if name in _NUMBERS:
            self._formats[given.get("name", "")] = each
        elif name == "style" and given.get("family") == "table-cell":
            self._cells[given.get("name", "")] = given

    def shown(self, style: str) -> Shown | None:
        if style not in self._shown:
            self._shown[style] = shown_by(self._code(self._format_of(style), with_maps=True))
        return self._shown[style]

    def _format_of(self, style: str) -> str:
        """A style without a format has that of its parent."""
        for _ in range(len(self._cells)):
            given = self._cells.get(style, {})
            if "data-style-name" in given:
                return given["data-style-name"]
            style = given.get("parent-style-name", "")
        return ""

    def _code(self, name: str, *, with_maps: bool) -> str:
        """What is written in an .xlsx for the same."""
        made = self._formats.get(name)
        if made is None:
            return ""
        parts = []
        sections = []
        for each in made:
            given = _given(each)
            match _local(each.tag):
                case "text":
                    text = (each.text or "").replace('"', "")
                    is_percent = _local(made.tag) == "percentage-style" and "%" in text
                    parts.append("%" if is_percent else f'"{text}"')
                case "number":
                    parts.append(_digits_of(each, given))
                case "currency-symbol":
                    parts.append(f"[${currency_shown((each.text or '').strip(), given.get('country', ''))}]")
                case "map" if with_maps:
                    condition = given.get("condition", "").replace("value()", "").replace("!=", "<>")
                    sections.append(f"[{condition}]{self._code(given.get('apply-style-name', ''), with_maps=False)}")
                case _:
                    pass
        return ";".join((*sections, "".join(parts)))


def _digits_of(number: ET.Element, given: Mapping[str, str]) -> str:
    """Zeros, with what is embedded between them: its position counts digits from the right."""
    zeros = [*"0" * min(_count(given.get("min-integer-digits", "")), 99)]
    for each in number:
        if _local(each.tag) == "embedded-text":
            at = len(zeros) - _count(_given(each).get("position", ""))
            if 0 <= at < len(zeros):
                zeros[at] = f'"{(each.text or "").replace(chr(34), "")}"{zeros[at]}'
    decimals = _count(given.get("decimal-places", ""))
    return (
        ("#," if given.get("grouping") == "true" else "") + "".join(zeros) + ("." + "0" * decimals if decimals else "")
    )


class _OpenTable:
    """The first sheet of an .ods: rows and cells follow each other, each as often as it says."""

    def __init__(self, styles: _OpenStyles) -> None:
        self._styles = styles
        self._columns: list[tuple[int, str]] = []  # the first column after it, and its style
        self._next_row = self._next_column = 0

    def rows(self, file: IO[bytes]) -> Rows:
        for event, each in ET.iterparse(file, ("start", "end")):  # noqa: S314 (expat bounds it)
            name = _local(each.tag)
            if event == "start":
                continue
            self._styles.take(each)
            given = _given(each)
            if name == "table-column":
                self._next_column += _count(given.get("number-columns-repeated", "1"))
                self._columns.append((self._next_column, given.get("default-cell-style-name", "")))
            elif name == "table-row":
                last = self._next_row + _count(given.get("number-rows-repeated", "1")) - 1
                spans = list(self._spans(each, given.get("default-cell-style-name", "")))
                if spans:
                    yield self._next_row, last, spans
                self._next_row = last + 1
                each.clear()
            elif name == "table":
                return

    def _spans(self, row: ET.Element, style: str) -> Iterator[Span]:
        column = 0
        for cell in row:
            if _local(cell.tag) not in ("table-cell", "covered-table-cell"):
                continue
            given = _given(cell)
            last = column + _count(given.get("number-columns-repeated", "1")) - 1
            if "value-type" in given and "value" in given:
                shown = self._shown(cell, given, style or self._style_of(column))
                if shown is not None:
                    yield column, last, shown
            column = last + 1

    def _style_of(self, column: int) -> str:
        return next((style for end, style in self._columns if column < end), "")

    def _shown(self, cell: ET.Element, given: Mapping[str, str], default: str) -> Shown | None:
        if given["value-type"] == "percentage":
            return in_percent
        by_style = self._styles.shown(given.get("style-name", default))
        if given["value-type"] == "currency":
            currency = given.get("currency", "")
            return (lambda number: in_currency(number, currency)) if currency else by_style
        text = next(("".join(each.itertext()).strip() for each in cell if _local(each.tag) == "p"), "")
        digits = "".join(each for each in text if each.isdigit())
        if digits.startswith("0") and digits.lstrip("0") == given["value"].lstrip("-").removesuffix(".0").lstrip("0"):
            return (lambda _: text) if len(digits) > 1 else None
        return by_style


def _parsed(book: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(book.read(name))  # noqa: S314 (expat bounds it)


def _given(each: ET.Element) -> dict[str, str]:
    return {_local(name): value for name, value in each.items()}


def _local(name: str) -> str:
    """A name without its namespace, however it is written."""
    return name.rpartition("}")[2]


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


@cache
def _column(letters: str) -> int:
    """A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
