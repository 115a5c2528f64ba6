"""What an import did, and the file of rows that came back."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol

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
    examples: dict[str, str] = {}  # by reason, the first row that came back for it, in words
    refused_file: str = ""
    kept_file: str = ""  # refused rows of an earlier run, which stay as they are

    def refuse(self, code: str, row: SourceRow, reason: str) -> None:
        self.refused_rows += 1
        self.refused[code] = self.refused.get(code, 0) + 1
        self.examples.setdefault(code, example(row, reason))


def example(row: SourceRow, reason: str) -> str:
    """A row that came back, with its line."""
    return f"line {row.line_no}: {reason}"


def most_common(reasons: dict[str, int]) -> list[tuple[str, int]]:
    return Counter(reasons).most_common()


class RefusedFile:
    """Rows as they came, with `line` and `reason` in front: correct it and import it again.

    A row that could not be taken apart stands whole in the last column, `original`.

    Nothing is written while nothing is refused. A file that is there may be one that somebody corrects just now: it
    stays, and the next free name is taken, `day.refused-2.csv`, unless it says the same. `overwrite` replaces it.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], *, overwrite: bool = False) -> None:
        self.path = path
        self.kept: Path | None = None  # what was there and stays
        self._wanted = path
        self._overwrite = overwrite
        self._columns = tuple(column for column in columns if column not in ADDED)
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> RefusedFile:
        return self

    def write(self, row: SourceRow, reason: str) -> None:
        if self._file is None:
            self._file = self._open()
            self._writer = csv.writer(self._file)
            self._writer.writerow(("line", "reason", *self._columns, "original"))
        cells = (plain_cell(row.cells.get(column, "")) for column in self._columns)
        self._writer.writerow((row.line_no, plain_cell(reason), *cells, plain_cell(row.text)))

    def _open(self) -> IO[str]:
        """The first name that is free. To look and to take it is one step: imports may run side by side."""
        if self._overwrite:
            return self.path.open("w", encoding="utf-8", newline="")
        for name in self._names():
            try:
                opened = name.open("x", encoding="utf-8", newline="")
            except FileExistsError:
                continue
            self.path = name
            return opened
        raise AssertionError("names do not end")

    def _names(self) -> Iterator[Path]:
        yield self._wanted
        for number in count(2):
            yield self._wanted.with_name(f"{self._wanted.stem}-{number}{self._wanted.suffix}")

    def _settle(self) -> None:
        """Keep one file of those that say the same; else say which one was there."""
        if self.path == self._wanted:
            return
        said = self.path.read_bytes()
        for name in self._names():
            if name == self.path:
                break
            if name.is_file() and name.read_bytes() == said:
                self.path.unlink()
                self.path = name
                return
        self.kept = self._wanted

    @property
    def written(self) -> bool:
        return self._file is not None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._settle()


class _Told(Protocol):
    refused_file: str
    kept_file: str


def tell_of(refused: RefusedFile, report: _Told) -> None:
    """Which file has the rows that came back, and which one was there before."""
    report.refused_file = str(refused.path) if refused.written else ""
    report.kept_file = str(refused.kept) if refused.kept is not None else ""
