"""What somebody types as conditions of a statement: every word must be found, in any case and spelling.

The SQL functions `folded` and `folded_pattern` say what one spelling is; indexes of trigrams answer quickly.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

MOST_WORDS = 8
LAST = "\U0010ffff"  # after every text with the same beginning
#: As they are typed on a keyboard: hyphens and apostrophes that phones and word processors put in their place.
_PLAIN = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u2018\u2019\u201b\u2032\u2035\uff07\uff40", "'")
)
_SEPARATED = re.compile(r"[\s,;\0]+")

Put = Callable[[Any], str]  # takes a value of a statement, gives its placeholder


class Values:
    """The values of a statement that is put together."""

    def __init__(self, *values: Any) -> None:
        self.all: list[Any] = list(values)

    def put(self, value: Any) -> str:
        self.all.append(value)
        return f"${len(self.all)}"


def words_of(text: str) -> list[str]:
    """The words that can be looked for: each has a letter or a digit."""
    words = [word for word in _SEPARATED.split(text) if any(sign.isalnum() for sign in word)]
    return words[:MOST_WORDS]


def has_words(expression: str, words: list[str], put: Put) -> str:
    """Every word is part of the expression, which must be a folded text with an index of trigrams."""
    return " AND ".join(f"{expression} LIKE folded_pattern({put(word)})" for word in words)


def has_text(expression: str, text: str, put: Put) -> str:
    """What was typed into the field of a list: nothing finds all of it, and what has no word finds nothing."""
    return (has_words(expression, words_of(text), put) or "false") if text.strip() else "true"


def plain(text: str) -> str:
    """Codes and mail addresses with the hyphen and the apostrophe of a keyboard."""
    return text.translate(_PLAIN)


def begins_with(expression: str, text: str, put: Put) -> str:
    """A text in lower case begins so. These operators use an index of `text_pattern_ops` for any parameter."""
    return f"{expression} ~>=~ {put(text.lower())} AND {expression} ~<~ {put(text.lower() + LAST)}"
