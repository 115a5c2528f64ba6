"""What somebody types as conditions of a statement: every word must be found, in any case and spelling.

The SQL functions `search_fold` and `search_pattern` say what a spelling is; indexes of trigrams answer quickly.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

MOST_WORDS = 8
LAST = "\U0010ffff"  # after every text with the same beginning
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
    return " AND ".join(f"{expression} LIKE search_pattern({put(word)})" for word in words)


def begins_with(expression: str, text: str, put: Put) -> str:
    """A text in lower case begins so. These operators use an index of `text_pattern_ops` for any parameter."""
    return f"{expression} ~>=~ {put(text.lower())} AND {expression} ~<~ {put(text.lower() + LAST)}"
