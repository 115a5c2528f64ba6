"""A file of rows, whatever its format: what imports read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec


class SourceRow(msgspec.Struct, frozen=True):
    """One row: where it stands (the first line of a file is 1) and its cells by column, as text.

    `fault` says what is wrong with a row that could not be read; the others could. `text` is such a row as it stands in
    the file.
    """

    line_no: int
    cells: dict[str, str]
    fault: str = ""
    text: str = ""


class UnreadableFile(Exception):  # noqa: N818 (named for what is wrong)
    """The file is not what it should be: says what was found and what was expected."""


class RowFile(Protocol):
    """Rows of a file in their order, read as they are needed."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, from the first line."""
        ...

    @property
    def rows_expected(self) -> int | None:
        """How many rows there are, where that is cheap to know: for progress."""
        ...

    def rows(self) -> Iterator[SourceRow]:
        """The rows. Raises `UnreadableFile` where the file breaks off."""
        ...
