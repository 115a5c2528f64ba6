"""Text between commas as records: each with the line on which it begins, and a bad one by itself.

A quote that is never closed would make one cell of all that follows. Here such a record is one bad line, and reading
goes on with the next.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import IO

LONGEST_LINE = 4_000_000  # characters between two line ends
MOST_LINES = 200  # of one record: what a cell with line ends may have
LARGEST = 100_000_000  # characters that a packed file may always have
MOST_PACKED = 200  # times as much as it has itself, beyond that
NEVER_CLOSED = 'found a " that is never closed, expected one at the end of the cell'
BYTES = "latin-1"  # a character a byte: decoded line by line, so that a bad one is known by its number

csv.field_size_limit(LONGEST_LINE)


class BrokenFile(Exception):  # noqa: N818 (named for what is wrong)
    """Nothing more can be read: on which line, and why."""

    def __init__(self, line_no: int, why: str) -> None:
        super().__init__(f"line {line_no}: {why}")


class BadLine(Exception):  # noqa: N818 (the caller tells the row's owner)
    """What is wrong with one record, and what it says; bytes that are no text are written out in hex."""

    def __init__(self, why: str, raw: str) -> None:
        super().__init__(why)
        self.text = raw.encode(BYTES).decode("utf-8", "backslashreplace").rstrip("\r\n")


def lines_of(file: IO[str], packed_bytes: int | None) -> Iterator[str]:
    """Physical lines with their ends. Raises `BrokenFile` for a line, or an unpacked file, without end."""
    line_no = read = 0
    while line := file.readline(LONGEST_LINE + 1):
        line_no += 1
        read += len(line)
        if len(line) > LONGEST_LINE:
            raise BrokenFile(line_no, f"found no line end within {LONGEST_LINE} characters")
        if packed_bytes is not None and read > max(LARGEST, MOST_PACKED * packed_bytes):
            raise BrokenFile(line_no, f"found more than {MOST_PACKED} times as much as the packed file has")
        yield line


def records_of(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str] | BadLine]]:
    """Cells by record, with the line on which it begins (the first is 1); a `BadLine` in the place of a bad one."""
    waiting: deque[str] = deque()
    line_no = 1
    while first := _next(waiting, lines):
        taken = [first]
        while (cells := _parsed(taken, delimiter)) is None:
            more = _next(waiting, lines) if len(taken) < MOST_LINES else ""
            if not more:
                cells = BadLine(NEVER_CLOSED, first)
                break
            taken.append(more)
        if isinstance(cells, BadLine):  # whatever was taken along stands for itself
            if len(taken) > 1:
                cells = BadLine(NEVER_CLOSED, first)
            waiting.extendleft(reversed(taken[1:]))
            del taken[1:]
        yield line_no, cells
        line_no += len(taken)


def _next(waiting: deque[str], lines: Iterator[str]) -> str:
    return waiting.popleft() if waiting else next(lines, "")


def _parsed(taken: list[str], delimiter: str) -> list[str] | BadLine | None:
    """The cells of a record; None while a quote is open."""
    raw = "".join(taken)
    try:
        text = raw.encode(BYTES).decode("utf-8")
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except UnicodeDecodeError as error:
        return BadLine(f"found bytes that are no UTF-8 ({error.reason})", raw)
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
        return BadLine(f"found cells that cannot be told apart ({error})", raw)
