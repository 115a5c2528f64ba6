"""Refusals as people read them: the sentence in their language, and the states in it in their words."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from purveyor.core.refusals import Refusal, in_words
from purveyor.rooms import open_rooms
from purveyor.web.pages.labels import LABELS, label
from purveyor.web.pages.texts import SOURCE, translations

STATE = "_status"  # how the names of values end that are states


@cache
def _sentences() -> dict[str, str]:
    """The sentence of every refusal, by its code."""
    open_rooms()
    found: dict[str, str] = {}
    waiting = [Refusal]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        found[kind.code] = kind.sentence
    return found


def sentence_of(code: str, data: dict[str, Any], language: str, otherwise: str) -> str:
    """A refusal in the language of who reads it; `otherwise` where it is none of ours, or its data do not fit it."""
    template = _sentences().get(code)
    has_states = any(name.endswith(STATE) for name in data)
    if template is None or (language == SOURCE and not has_states):
        return otherwise
    if language != SOURCE:
        template = translations(language).gettext(template)
    try:
        return template.format(**{name: _value(name, value, template, language) for name, value in data.items()})
    except (KeyError, IndexError, AttributeError, ValueError):
        return otherwise


def _value(name: str, value: Any, template: str, language: str) -> Any:
    """A state in words; a moment as one, also where it was kept as text; counts and lists as people write them."""
    if name.endswith(STATE):
        return _state(value, language)
    if isinstance(value, str) and f"{{{name}:%" in template:
        return datetime.fromisoformat(value)
    return in_words(value)


def _state(value: Any, language: str) -> Any:
    if value not in LABELS:
        return value
    return label(value).lower() if language == SOURCE else translations(language).gettext(label(value))
