"""Addresses that no route has: told where the person is, in the console, on an order's page or in the shop."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from litestar.response import Response
from litestar.response.base import ASGIResponse

from purveyor.records.policies.queries import load_policies
from purveyor.web.api.command_endpoints import ROOT
from purveyor.web.handling import AnyRequest, WebContext
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.order_links import read_token
from purveyor.web.pages.routes import SECURITY, broken

CONSOLE = "/console"
ORDER_PAGE = "/o/"
PROGRAMS = (ROOT.rpartition("/")[0],)  # never a page, whatever is accepted


class NotFoundResponse(Response[bytes]):
    """What goes wrong before a route is found. Who looks is known only when it is sent, because that is read."""

    def __init__(self, request: AnyRequest, desk: WebContext, problem: Problem) -> None:
        super().__init__(b"", status_code=problem.status)
        self._request = request
        self._desk = desk
        self._problem = problem

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        async def send_it(scope: Any, receive: Any, send: Any) -> None:
            response = await unrouted(self._request, self._desk, self._problem)
            await response(scope, receive, send)

        return send_it


async def unrouted(request: AnyRequest, desk: WebContext, problem: Problem) -> ASGIResponse:
    """A page for people, the problem for programs."""
    desk.receive(request)
    path = request.scope["path"]
    if "text/html" not in request.headers.get("accept", "") or is_below(path, *PROGRAMS):
        return problem.response
    ctx = RequestContext(request, desk)
    ctx.csrf, cookie = desk.sessions.csrf.of_guest(request)
    if cookie:
        ctx.bring(cookie)
    try:
        response = await _page(ctx, path, problem)
    except Exception as error:  # noqa: BLE001 (whatever it is, the person gets a page)
        response = await broken(ctx, error)
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    return response


async def _page(ctx: RequestContext, path: str, problem: Problem) -> ASGIResponse:
    await ctx.desk.zone.look()
    if is_below(path, CONSOLE):
        staff = await ctx.desk.sessions.signed_in(ctx.request)
        if staff is not None:
            ctx.staff, ctx.csrf = staff, staff.csrf
    elif path.startswith(ORDER_PAGE) and problem.status == HTTPStatus.NOT_FOUND:
        token = path.removeprefix(ORDER_PAGE).partition("/")[0]
        seller = (await load_policies(ctx.house.read)).seller
        if read_token(ctx.desk, token) is not None:
            return ctx.page(
                "order_page/page_not_found.html", status=problem.status, path=ORDER_PAGE + token, seller=seller
            )
        return ctx.page("order_page/not_found.html", status=problem.status, seller=seller)
    return await broken(ctx, problem)


def is_below(path: str, *starts: str) -> bool:
    """Whether a path is one of these or below it: `/console/x` is below `/console`, `/consoles` is not."""
    return any(path == start or path.startswith(f"{start}/") for start in starts)
