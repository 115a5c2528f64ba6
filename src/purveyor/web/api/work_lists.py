"""Work lists of the stages as pages: the stage's query, and where the next page begins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from purveyor.db.reader import Reader
from purveyor.web.api.query_endpoints import QueryEndpoint
from purveyor.web.http.app_context import House
from purveyor.web.http.paging import FIRST, Page, Paging, Place, page, place_after

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
) -> QueryEndpoint:
    """A list of a stage: `query(read, *arguments, after, limit)` gives rows in the order of their `place`."""

    async def find(house: House, asked: Any) -> Page[Any]:
        after = place_after(asked.after, kind, first)
        rows = await query(house.read, *arguments(house, asked), after, asked.limit + 1)
        return page(rows, asked.limit, place)

    return QueryEndpoint(path=path, summary=summary, scope=scope, answer=Page[row], parameters=parameters, find=find)  # type: ignore[valid-type]


class OfOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order_id: UUID


def of_order(
    path: str, summary: str, scope: str, answer: Any, query: Callable[[Reader, UUID], Awaitable[Any]]
) -> QueryEndpoint:
    """What a stage has of one order."""

    async def find(house: House, asked: OfOrder) -> Any:
        return await query(house.read, asked.order_id)

    return QueryEndpoint(
        path=f"/orders/{{order_id:uuid}}{path}",
        summary=summary,
        scope=scope,
        answer=answer,
        parameters=OfOrder,
        find=find,
    )
