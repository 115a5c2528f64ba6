"""Tables on the operator's terminal: what stands in a cell is text, whatever somebody was called."""

from __future__ import annotations

import re
from typing import Any

from rich.table import Table
from rich.text import Text

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # and what turns the direction of writing


def plain(text: str) -> Text:
    """A text from outside: no markup, and nothing that a terminal obeys."""
    return Text(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


class PlainTable(Table):
    """A table whose cells are plain text."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        super().add_row(*(plain(cell) if isinstance(cell, str) else cell for cell in cells), **options)
