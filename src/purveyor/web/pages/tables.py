"""Tables that fit a phone: there each row is a card of facts, and every fact says which column it is from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup

TAG = re.compile(r"<(?P<end>/?)(?P<name>thead|tr|th|td)\b(?P<attributes>[^>]*)>")
ANY_TAG = re.compile(r"<[^>]*>")
UNSEEN = re.compile(r'<span class="visually-hidden">.*?</span>', re.DOTALL)
SEEN = re.compile(r'<(svg|img|input|select|button)\b|class="tick"')  # what shows without saying anything
COLSPAN = re.compile(r'\bcolspan="(\d+)"')
NAMED = "data-th"
TITLE = " data-title"  # the first fact of a row: what the card is about
BLANK = " data-blank"


class _Cell(NamedTuple):
    place: int  # of the first character after the name of its tag
    column: int
    span: int
    content: str
    is_head: bool


def labeled_cells(table: str) -> Markup:
    """Rows of a table with `data-th`, the name of its column, at every cell that is in one column.

    The first named cell of a row has `data-title` too, and a cell with nothing in it `data-blank`. A cell that has been
    given its `data-th` keeps it. No cell holds another table.
    """
    names: dict[int, str] = {}
    made: list[str] = []
    done = 0
    titled = False
    for cell in _cells(table):
        if cell.is_head:
            names[cell.column] = "" if "<input" in cell.content else _said(cell.content)
            continue
        titled = titled and cell.column > 0
        marks = "" if _shows(cell.content) else BLANK
        name = names.get(cell.column, "") if cell.span == 1 else ""
        if name and NAMED not in table[cell.place : table.index(">", cell.place)]:
            marks += f' {NAMED}="{name}"'
        if name and not titled:
            marks += TITLE
            titled = True
        made += [table[done : cell.place], marks]
        done = cell.place
    made.append(table[done:])
    return Markup("".join(made))  # noqa: S704 (what was rendered with escaping, and names from it)


def _cells(table: str) -> Iterator[_Cell]:
    in_head = False
    column = 0
    for tag in TAG.finditer(table):
        name, is_end = tag["name"], bool(tag["end"])
        if name == "thead":
            in_head = not is_end
        elif name == "tr":
            column = 0
        elif not is_end:
            spans = COLSPAN.search(tag["attributes"])
            span = int(spans[1]) if spans else 1
            content = table[tag.end() : table.index(f"</{name}>", tag.end())]
            yield _Cell(tag.end("name"), column, span, content, in_head)
            column += span


def _said(content: str) -> str:
    """What a cell says to those who see it: still escaped, and fit to stand in an attribute."""
    return " ".join(ANY_TAG.sub(" ", UNSEEN.sub("", content)).split()).replace('"', "&#34;")


def _shows(content: str) -> bool:
    return bool(_said(content)) or SEEN.search(content) is not None
