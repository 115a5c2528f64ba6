"""A name is a name on the operator's terminal too."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from purveyor.verbs.tables import PlainTable


@pytest.mark.parametrize("name", ["[/x] A", "[link=https://shop.example]A[/link]", "[red]A", "[bold", "A\\[x]"])
def test_markup_in_a_cell_is_shown_as_it_is(name: str) -> None:
    assert name in shown(name)


@pytest.mark.parametrize("name", ["\x1b[2JA", "\x9b2JA", "A\x07", "A\rB", "A\u202eB"])
def test_nothing_in_a_cell_is_obeyed_by_the_terminal(name: str) -> None:
    told = shown(name)

    assert not set("\x1b\x9b\x07\r\u202e") & set(told)
    assert "A" in told


def shown(name: str) -> str:
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    table = PlainTable("name")
    table.add_row(name)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]
