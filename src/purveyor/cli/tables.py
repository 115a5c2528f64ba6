"""Tables on the operator's terminal: what stands in a cell is text, whatever somebody was called."""

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

from purveyor.logs import clean


def plain(text: str) -> Text:
    """A text from outside: no markup, and nothing that a terminal obeys."""
    return Text(clean(text))


class PlainTable(Table):
    """A table whose cells are plain text."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        super().add_row(*(plain(cell) if isinstance(cell, str) else cell for cell in cells), **options)
