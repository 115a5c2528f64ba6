"""Answers that support gives often, kept to be put into an answer and edited there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from purveyor.core.field_types import ONE_LINE, Language

#: What a text may name between braces: the order's number and status, and who ordered.
PLACEHOLDERS: Final = ("number", "name", "status")
_NAMED: Final = re.compile(r"\{([^{}\n]*)\}")
_NAME: Final = re.compile(r"[ \t]*\{name\}")


class SavedAnswer(msgspec.Struct, frozen=True):
    """A text in one language, found by its title."""

    title: Annotated[str, Meta(min_length=1, max_length=100, extra_json_schema=ONE_LINE)]
    text: Annotated[str, Meta(min_length=1, max_length=5_000)]
    language: Language = "en"

    @property
    def key(self) -> str:
        """What tells it apart from all others."""
        return f"{self.language}:{self.title}"

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its placeholders filled in. Of somebody without a name none is said, and no blank before it."""
        text = self.text if values.get("name") else _NAME.sub("", self.text)
        return _NAMED.sub(lambda found: values.get(found[1], found[0]), text)


SavedAnswers = Annotated[tuple[SavedAnswer, ...], Meta(max_length=500)]


def unknown_placeholders(text: str) -> Iterator[str]:
    """What stands between braces and would never be filled in."""
    return (found[0] for found in _NAMED.finditer(text) if found[1] not in PLACEHOLDERS)


def language_family(tag: str) -> str:
    """`de` of `de-AT`: an answer in German serves whoever reads any."""
    return tag.replace("_", "-").partition("-")[0].lower()
