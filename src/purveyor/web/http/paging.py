"""Paged lists: a page, its cursor, and common parameters."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec

from purveyor.core.field_types import Moment, Sku, Word
from purveyor.core.json_documents import NotJson, check_levels
from purveyor.web.http.problem_details import Problem

T = TypeVar("T")
K = TypeVar("K")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some of a list; `next` goes into `after` for those that follow, and is null at the end."""

    items: Sequence[T]
    next: str | None


def page(items: Sequence[T], limit: int, place: Callable[[T], Any]) -> Page[T]:
    """A page of at most `limit`, when one more than that was asked for."""
    if len(items) <= limit:
        return Page(items, None)
    return Page(items[:limit], cursor(place(items[limit - 1])))


def cursor(place: Any) -> str:
    """Where a page ends, as a text that means nothing to others."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def place_after(after: str | None, kind: Any, first: K) -> K:
    """Where the last page ended, or the `first` place. Raises `Problem` (422) for what is no cursor of ours."""
    if after is None:
        return first
    try:
        place: K = msgspec.json.decode(_opened(after), type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError, NotJson) as error:
        raise Problem(
            422,
            "invalid_parameter",
            "after: found something else than the `next` of a page of this list.",
            data={"field": "after", "found": after},
        ) from error
    return place


def _opened(after: str) -> bytes:
    """The JSON of a cursor. Raises `ValueError` and `NotJson` for what none of ours can be."""
    raw = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4))
    check_levels(raw)
    if b"\\u0000" in raw:
        raise NotJson("with the character U+0000")
    return raw


Limit: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=200, description="How many at most.")]
After: TypeAlias = Annotated[str, msgspec.Meta(max_length=1_000, description="The `next` of the page before.")] | None
Place: TypeAlias = tuple[datetime, UUID]  # most lists are by time; ids tell apart what has the same

FIRST_ID = UUID(int=0)
FIRST: Place = (datetime(1, 1, 2, tzinfo=UTC), FIRST_ID)
LAST: Place = (datetime(9999, 12, 30, tzinfo=UTC), UUID(int=2**128 - 1))


class Paging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a list, and from where."""

    limit: Limit = 50
    after: After = None


class AtLocation(Paging, frozen=True, kw_only=True):
    location: Word


class OfSku(Paging, frozen=True, kw_only=True):
    sku: Sku


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `since` up to, and without, `until`."""

    since: Moment
    until: Moment
