"""The console's server-sent events: something happened to some order, or to one."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.pages.context import Visit, id_of
from purveyor.web.pages.routes import PageRoute, get


async def listen(visit: Visit) -> ASGIResponse:
    """`?order=<id>` for the events of one order."""
    stream: ASGIResponse = visit.desk.live.stream(
        visit.request, id_of(visit.given("order")), whose=f"session {visit.staff.session_id}", address=visit.address
    )
    return stream


ROUTES: tuple[PageRoute, ...] = (get("/console/live", listen, scope="orders:read"),)
