"""JSON from outside, as a value of its type or as what is wrong with it: one reader for every way in.

How deep it is nested is looked at first: decoders, checks and sentences about it go down level by level.
"""

from __future__ import annotations

import re
from typing import Any, Final, Generic, TypeVar

import msgspec

from purveyor.core.validation import check_values
from purveyor.core.validation_messages import explain

T = TypeVar("T", bound=msgspec.Struct)

MOST_LEVELS: Final = 100  # more than any message has, with a free document of `misfits.DEEPEST` levels in it
#: A text, or one that is never closed: what stands in it opens nothing. Read once from left to right.
_TEXT: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"
_OTHERS: Final = bytes(set(range(256)) - set(_OPENING + _CLOSING))


class NotJson(Exception):  # noqa: N818 (an answer to whoever sent it)
    """Nothing that can be read as JSON here. `why`: what is wrong, to be put behind a colon or into brackets."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"cannot be read as JSON: {self.why}."


class JsonReader(Generic[T]):
    """Reads documents of one type, strictly."""

    __slots__ = ("_decode", "_kind")

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        self._decode = msgspec.json.Decoder(kind).decode

    def read(self, raw: bytes) -> T:
        """The value. Raises `NotJson`, and `Misfit` for JSON that does not fit the type."""
        check_levels(raw)
        try:
            value = self._decode(raw)
        except msgspec.ValidationError as error:
            raise explain(error, self._kind, _loosely(raw)) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise NotJson(_why(error)) from error
        check_values(self._kind, value, raw)
        return value


def any_json(raw: bytes) -> Any:
    """A document without a type. Raises `NotJson`."""
    check_levels(raw)
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJson(_why(error)) from error


def check_levels(raw: bytes) -> None:
    """Raises `NotJson` for lists and objects within each other without end."""
    if sum(map(raw.count, (b"[", b"{"))) <= MOST_LEVELS:  # nearly all, at no cost
        return
    level = 0
    for each in _TEXT.sub(b"", raw).translate(None, _OTHERS):
        level += 1 if each in _OPENING else -1
        if level > MOST_LEVELS:
            raise NotJson(f"nested deeper than {MOST_LEVELS} levels")


def _loosely(raw: bytes) -> Any:
    """What was sent, to show the part that does not fit; nothing where it cannot be read as a whole."""
    try:
        return any_json(raw)
    except NotJson:
        return None


def _why(error: Exception) -> str:
    match error:
        case RecursionError():
            return "nested deeper than is taken here"
        case UnicodeDecodeError():
            return "no UTF-8"
        case _:
            return str(error)
