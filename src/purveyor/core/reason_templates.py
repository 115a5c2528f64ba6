"""Reasons that a rule puts together out of parts: how they are written down, and how people read them.

The journal keeps a whole English sentence, as it keeps every reason. A page takes it apart by the template it was made
with, and says it in the language of its reader, with days, quantities and names as they write them. So a template may
get other words to be shown with, but what it writes must stay: old facts are read by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, zip_longest
from typing import ClassVar, Final

PART: Final = re.compile(r"\{(\w+)\}")

#: What a part may be, by the last word of its name, and what it looks like where it is written down.
KINDS: Final[Mapping[str, str]] = {
    "day": r"\d{4}-\d{2}-\d{2}",
    "count": r"-?\d{1,18}",
    "amount": r"-?\d{1,18}(?:\.\d{1,4})? [A-Z]{3}",
    "code": r"[a-z][a-z_]*",  # a word of the system
    "words": r".+",  # words of the system or of policies, with commas
    "places": r".+?",  # codes of locations, with commas
    "actor": r"\S+",
    "id": r"\S+",  # of somebody else's
    "reason": r".+",  # another reason
    "name": r".+",  # what is the same in every language: a SKU
}


class ReasonTemplate:
    """`written` stands in the journal; `shown` is what people read, with the same parts. `make texts` collects it."""

    known: ClassVar[list[ReasonTemplate]] = []
    __slots__ = ("_pattern", "shown", "written")

    def __init__(self, written: str, shown: str = "") -> None:
        assert PART.findall(written), "a reason without parts is a word of the system"
        self.written = written
        self.shown = shown or written
        assert sorted(PART.findall(self.shown)) == sorted(PART.findall(written)), written
        between, names = PART.split(written)[::2], PART.findall(written)
        parts = (f"(?P<{name}>{KINDS[kind_of(name)]})" for name in names)
        self._pattern = re.compile(
            "".join(chain(*zip_longest(map(re.escape, between), parts, fillvalue=""))), re.DOTALL
        )
        ReasonTemplate.known.append(self)
        ReasonTemplate.known.sort(key=lambda each: -len(PART.sub("", each.written)))  # the most exact first

    def __call__(self, **parts: object) -> str:
        """The reason as it is written down."""
        return self.written.format(**{name: _plain(value) for name, value in parts.items()})

    def parts_of(self, reason: str) -> dict[str, str] | None:
        """What was put into it; None where it was not made with this template."""
        found = self._pattern.fullmatch(reason)
        return None if found is None else found.groupdict()


def kind_of(part: str) -> str:
    return part.rpartition("_")[2]


def taken_apart(reason: str) -> tuple[ReasonTemplate, dict[str, str]] | None:
    """The template that a reason was made with, and its parts; None for one that has none."""
    for template in ReasonTemplate.known:
        parts = template.parts_of(reason)
        if parts is not None:
            return template, parts
    return None


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
