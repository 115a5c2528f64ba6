"""What an import did, and the file of rows that came back."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import msgspec

from purveyor.ports.channel import SourceRow

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
ADDED = ("line", "reason", "original")  # columns of ours
_PHONE = re.compile(r"\+[0-9 ]+", re.ASCII)


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection). Numbers and phones stay as they are."""
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not (_NUMBER.fullmatch(text) or _PHONE.fullmatch(text)):
        return f"'{text}"
    return text


class Report(msgspec.Struct):
    """Counts of one import. `refused` counts rows by reason."""

    rows: int = 0
    accepted: int = 0  # orders (or returns)
    accepted_rows: int = 0
    repeated: int = 0  # orders (or returns) that an earlier run had placed
    repeated_rows: int = 0
    set_aside: int = 0  # rows of another kind: returns in a file of orders, sales in a file of returns
    refused_rows: int = 0
    refused: dict[str, int] = {}
    refused_file: str = ""

    def refuse(self, reason: str, rows: int = 1) -> None:
        self.refused_rows += rows
        self.refused[reason] = self.refused.get(reason, 0) + rows

    def most_common(self) -> list[tuple[str, int]]:
        return Counter(self.refused).most_common()


class RefusedFile:
    """Rows as they came, with `line` and `reason` in front: correct it and import it again.

    A row that could not be taken apart stands whole in the last column, `original`.

    Nothing is written while nothing is refused; the file of an earlier run is replaced then.
    """

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        self.path = path
        self._columns = tuple(column for column in columns if column not in ADDED)
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> RefusedFile:
        return self

    def write(self, row: SourceRow, reason: str) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(("line", "reason", *self._columns, "original"))
        cells = (plain_cell(row.cells.get(column, "")) for column in self._columns)
        self._writer.writerow((row.line_no, plain_cell(reason), *cells, plain_cell(row.text)))

    @property
    def written(self) -> bool:
        return self._file is not None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
