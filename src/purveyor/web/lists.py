"""Work lists of the rooms as pages: the room's query, and where the next page begins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

import msgspec

from purveyor.core.field_types import Moment, Sku, Word
from purveyor.db.reader import Reader
from purveyor.web.house import House
from purveyor.web.reads import Page, Read, page, place_after

Limit: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=200, description="How many at most.")]
After: TypeAlias = Annotated[str, msgspec.Meta(max_length=1_000, description="The `next` of the page before.")] | None
Place: TypeAlias = tuple[datetime, UUID]

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


Query = Callable[..., Awaitable[Sequence[Any]]]


def worklist(
    path: str,
    summary: str,
    scope: str,
    row: type[msgspec.Struct],
    query: Query,
    place: Callable[[Any], Any],
    *,
    parameters: type[Paging] = Paging,
    first: Any = FIRST,
    kind: Any = Place,
    arguments: Callable[[House, Any], tuple[Any, ...]] = lambda house, asked: (),  # noqa: ARG005 (none is the usual)
) -> Read:
    """A list of a room: `query(read, *arguments, after, limit)` gives rows in the order of their `place`."""

    async def find(house: House, asked: Any) -> Page[Any]:
        after = place_after(asked.after, kind, first)
        rows = await query(house.read, *arguments(house, asked), after, asked.limit + 1)
        return page(rows, asked.limit, place)

    return Read(path=path, summary=summary, scope=scope, answer=Page[row], parameters=parameters, find=find)  # type: ignore[valid-type]


class OfOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_id: UUID


def of_order(path: str, summary: str, scope: str, answer: Any, query: Callable[[Reader, UUID], Awaitable[Any]]) -> Read:
    """What a room has of one order."""

    async def find(house: House, asked: OfOrder) -> Any:
        return await query(house.read, asked.order_id)

    return Read(
        path=f"/orders/{{order_id:uuid}}{path}",
        summary=summary,
        scope=scope,
        answer=answer,
        parameters=OfOrder,
        find=find,
    )


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `since` up to, and without, `until`."""

    since: Moment
    until: Moment
