"""A name is a name on the operator's terminal too."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import structlog
from rich.console import RenderableType
from rich.panel import Panel
from rich.text import Text

from purveyor import cli
from purveyor.cli.startup import print_json
from purveyor.cli.tables import PlainTable
from purveyor.cli.terminal import PlainConsole
from purveyor.logs import configure_logs
from purveyor.settings import Settings


@pytest.mark.parametrize("name", ["[/x] A", "[link=https://shop.example]A[/link]", "[red]A", "[bold", "A\\[x]"])
def test_markup_in_a_cell_is_shown_as_it_is(name: str) -> None:
    assert name in shown(name)


@pytest.mark.parametrize("name", ["\x1b[2JA", "\x9b2JA", "A\x07", "A\rB", "A\u202eB"])
def test_nothing_in_a_cell_is_obeyed_by_the_terminal(name: str) -> None:
    told = shown(name)

    assert not set("\x1b\x9b\x07\r\u202e") & set(told)
    assert "A" in told


OBEYED = [
    "\x1b[2JA",
    "\x9b2JA",
    "A\x07",
    "A\rB",
    "A\u202eB",
    "\x1b]0;title\x07A",
    "\x1b]8;;https://shop.example\x1b\\A",
]


@pytest.mark.parametrize("name", OBEYED)
@pytest.mark.parametrize(
    "wrap", [str, Text, Panel, lambda name: Panel("", title=name), lambda name: f"[bold]{name}[/bold]"]
)
def test_nothing_that_is_printed_is_obeyed_however_it_is_printed(
    name: str, wrap: Callable[[str], RenderableType]
) -> None:
    told = printed(wrap(name))

    assert not set("\x1b\x9b\x07\r\u202e") & set(told)
    assert "A" in told


@pytest.mark.parametrize("name", ["[/x] A", "[link=https://shop.example]A[/link]", ":warning: A"])
def test_a_line_knows_no_markup(name: str) -> None:
    assert name in printed(name)


def test_every_verb_prints_by_this_console_alone() -> None:
    """Neither one of its own nor the plain `print` (which the linter forbids)."""
    files = [*Path(cli.__file__).parent.glob("*.py")]
    others = {path.name for path in files if re.search(r"\bConsole\(", path.read_text())}

    assert len(files) > 10
    assert others == set()


@pytest.mark.parametrize("name", OBEYED)
def test_json_says_the_same_without_what_a_terminal_obeys(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": name})
    told = capsys.readouterr().out

    assert json.loads(told) == {"name": name}
    assert not set("\x1b\x9b\x07\r\u202e") & set(told)


@pytest.mark.parametrize("name", OBEYED)
def test_a_log_on_a_terminal_is_not_obeyed_either(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    before = structlog.get_config()
    configure_logs(Settings(log_format="text"))
    try:
        structlog.get_logger().error(name, actor=name, exc_info=ValueError(name))
    finally:
        structlog.configure(**before)
    ours = re.sub(r"\x1b\[[0-9;]*m", "", told.getvalue())  # colors

    assert not set("\x1b\x9b\x07\r\u202e") & set(ours)
    assert ours.count("A") >= 3


def shown(name: str) -> str:
    table = PlainTable("name")
    table.add_row(name)
    return printed(table)


def printed(what: RenderableType) -> str:
    console = PlainConsole(file=io.StringIO(), width=120, force_terminal=False)
    console.print(what)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]
