"""The operator's terminal: whatever is printed is text, and nothing in it is obeyed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from purveyor.logs import CONTROL, clean


def escaped(json: str) -> str:
    """The same JSON, with what a terminal obeys as escapes."""
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


class PlainConsole(Console):
    """Knows no markup, and cleans all that is drawn: lines, tables, boards. The one way in which verbs print."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            if segment.control or not CONTROL.search(segment.text):
                yield segment
            else:
                yield Segment(clean(segment.text), segment.style)
