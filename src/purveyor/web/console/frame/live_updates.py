"""The console's server-sent events: something happened to some order, or to one."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.routes import PageRoute, get


async def listen(ctx: RequestContext) -> ASGIResponse:
    """`?order=<id>` for the events of one order."""
    stream: ASGIResponse = ctx.desk.live.stream(
        ctx.request, id_of(ctx.given("order")), whose=f"session {ctx.staff.session_id}", address=ctx.address
    )
    return stream


ROUTES: tuple[PageRoute, ...] = (get("/console/live", listen, scope="orders:read"),)
