"""What can be told: the kinds of the facts of all stages but those that concern staff and webhooks themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from purveyor.core.messages import UNPUBLISHED, Fact
from purveyor.records.webhooks.commands import EVERYTHING


def topics() -> dict[str, list[str]]:
    """All kinds of changes by the stage that they come from, once all stages are imported."""
    found: dict[str, list[str]] = {}
    for kind in sorted(_kinds(Fact)):
        stage = kind.partition(".")[0]
        if stage not in UNPUBLISHED:
            found.setdefault(stage, []).append(kind)
    return found


def unknown(given: Iterable[str]) -> list[str]:
    """Those that stand for no change at all."""
    known = topics()
    return [
        topic
        for topic in given
        if topic != EVERYTHING
        and topic.removesuffix(".*") not in known
        and topic not in known.get(topic.partition(".")[0], ())
    ]


def _kinds(of: type[Fact]) -> Iterator[str]:
    for kind in of.__subclasses__():
        if kind.__module__.startswith("purveyor."):
            yield kind.kind()
        yield from _kinds(kind)
