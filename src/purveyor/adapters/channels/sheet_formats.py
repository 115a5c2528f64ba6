"""Which numbers of a workbook are shown with zeros in front, such as postal codes in the format 00000.

The reader of sheets gives a number as a number; how it is shown stands in the workbook's styles (ECMA-376, part 1,
18.8.30 and 18.8.45).
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

Shown = Callable[[int], str]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ZEROS = re.compile(r'(?:0|\\.|[- ]|"[^"]*")+')  # digits, and what stands between them
_TOKEN = re.compile(r'0|\\(.)|"([^"]*)"|(.)')
_PLACE = re.compile(r"([A-Z]+)(\d+)")


def shown_digits(path: Path, most_bytes: int) -> dict[tuple[int, int], Shown]:
    """How the numbers in such cells of the first sheet are shown, by row and column from 0.

    Raises `ValueError` for a sheet of more than `most_bytes`, and for what is no workbook.
    """
    try:
        with zipfile.ZipFile(path) as book:
            sheet = _first_sheet(book)
            if sum(each.file_size for each in book.infolist()) > most_bytes:
                raise ValueError(f"found more than {most_bytes} bytes in it, expected a .csv")
            styles = _styles(book)
            if not styles:
                return {}
            with book.open(sheet) as file:
                return dict(_cells(file, styles))
    except (KeyError, zipfile.BadZipFile, ET.ParseError, zipfile.LargeZipFile) as error:
        raise ValueError(f"found no workbook ({error})") from error


def _first_sheet(book: zipfile.ZipFile) -> str:
    sheets = ET.fromstring(book.read("xl/workbook.xml")).find(f"{_MAIN}sheets")  # noqa: S314 (expat bounds it)
    first = sheets[0].get(_LINK) if sheets is not None and len(sheets) else None
    links = ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 (the same)
    target = next((link.get("Target", "") for link in links if link.get("Id") == first), "worksheets/sheet1.xml")
    return posixpath.normpath(posixpath.join("xl", target)).lstrip("/") if target[:1] != "/" else target[1:]


def _styles(book: zipfile.ZipFile) -> dict[str, Shown]:
    """The styles of cells whose numbers have their zeros, by their number."""
    if "xl/styles.xml" not in book.namelist():
        return {}
    root = ET.fromstring(book.read("xl/styles.xml"))  # noqa: S314 (expat bounds it)
    codes = {each.get("numFmtId"): each.get("formatCode", "") for each in root.iter(f"{_MAIN}numFmt")}
    formats = root.find(f"{_MAIN}cellXfs")
    found: dict[str, Shown] = {}
    for number, each in enumerate(formats if formats is not None else ()):
        shown = _shown(codes.get(each.get("numFmtId"), ""))
        if shown is not None:
            found[str(number)] = shown
    return found


def _shown(code: str) -> Shown | None:
    r"""What a format code makes of a number: 00000 or 00000\\-0000; None for any other format."""
    if not _ZEROS.fullmatch(code) or code.count("0") < 2:  # noqa: PLR2004 (one digit needs no zero)
        return None
    pattern = [match[1] or match[2] or match[3] or "" for match in _TOKEN.finditer(code)]

    def shown(number: int) -> str:
        digits = str(abs(number)).zfill(pattern.count(""))
        more = len(digits) - pattern.count("")
        rest = iter(digits[more:])
        return ("-" if number < 0 else "") + digits[:more] + "".join(each or next(rest) for each in pattern)

    return shown


def _cells(file: IO[bytes], styles: dict[str, Shown]) -> Iterator[tuple[tuple[int, int], Shown]]:
    for _, each in ET.iterparse(file):  # noqa: S314 (expat bounds it)
        if each.tag == f"{_MAIN}c":
            shown = styles.get(each.get("s", ""))
            place = _PLACE.fullmatch(each.get("r", ""))
            if shown is not None and place is not None and each.get("t", "n") == "n":
                yield (int(place[2]) - 1, _column(place[1])), shown
        elif each.tag == f"{_MAIN}row":
            each.clear()


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
