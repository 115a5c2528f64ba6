"""What the work places of a warehouse share: at which location one works, and pages of its lists."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec

from purveyor.core.policies import Location
from purveyor.records.policies.queries import load_policies
from purveyor.web.http.paging import FIRST, Page, Place, page, place_after
from purveyor.web.pages.context import RequestContext

PAGE_SIZE = 50
COOKIE = "location"
R = TypeVar("R", bound=msgspec.Struct)


async def current_location(ctx: RequestContext) -> tuple[Location | None, Sequence[Location]]:
    """The location one works at, as chosen last, and all there are. None in a shop without locations."""
    locations = (await load_policies(ctx.house.read)).locations
    chosen = ctx.given(COOKIE) or ctx.cookie(COOKIE)
    found = next((each for each in locations if each.code == chosen), None)
    if found is not None and ctx.given(COOKIE):
        ctx.remember(COOKIE, found.code)
    return found or (locations[0] if locations else None), locations


async def paged_list(
    ctx: RequestContext,
    query: Callable[..., Awaitable[Sequence[R]]],
    place: Callable[[R], Any],
    *arguments: Any,
    first: Any = FIRST,
    kind: Any = Place,
    limit: int = PAGE_SIZE,
) -> Page[R]:
    """A page of a stage's list, from where the address says."""
    after = place_after(ctx.given("after") or None, kind, first)
    rows = await query(ctx.house.read, *arguments, after, limit + 1)
    return page(rows, limit, place)
