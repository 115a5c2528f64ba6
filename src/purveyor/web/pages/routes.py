"""A page as a route: who may see it, what happens when it is refused or breaks, and the headers that guard it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from time import perf_counter
from typing import Any, Literal
from urllib.parse import quote

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Refusal
from purveyor.engine.answers import Refused
from purveyor.web.handling import AnyRequest, WebContext, as_problem
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.access import admit
from purveyor.web.pages.context import AccessDenied, CommandRefused, RequestContext
from purveyor.web.pages.refusal_texts import problem_in_words

Work = Callable[[RequestContext], Awaitable[ASGIResponse]]
_PARAMETER = re.compile(r"\{(\w+):\w+\}")
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # a signed link must not be told to others
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}


ORDER_PAGES = "/o/{token"


class PageRoute(msgspec.Struct, frozen=True, kw_only=True):
    """One address and what is done there. `again` shows the page on which a refusal is told.

    `door` says who may come in: anybody (shop, order: the order page checks its signed link itself), or staff that is
    signed in (console) and has the `scope`.
    """

    path: str
    work: Work
    method: Literal["GET", "POST"] = "GET"
    door: Literal["shop", "console"] = "shop"
    scope: str = ""
    again: Work | None = None
    takes_files: bool = False


def get(path: str, work: Work, *, scope: str = "") -> PageRoute:
    """A page of the shop, or of the console where its path says so."""
    return PageRoute(path=path, work=work, door=_door(path), scope=scope)


def post(path: str, work: Work, *, scope: str = "", again: Work | None = None, takes_files: bool = False) -> PageRoute:
    """Something asked on a page: answered by a redirection when it was done, by the page `again` when refused."""
    return PageRoute(
        path=path,
        work=work,
        method="POST",
        door=_door(path),
        scope=scope,
        again=again,
        takes_files=takes_files,
    )


def _door(path: str) -> Literal["shop", "console"]:
    return "console" if path.startswith("/console") else "shop"


def with_reload_routes(routes: Iterable[PageRoute]) -> tuple[PageRoute, ...]:
    """All routes, and for each address that takes forms alone a way to the page on which its refusals are shown.

    Where they are shown on no page of their own, to the nearest page above. So an address that stands in the browser
    after a refused form can be loaded again, and be kept.
    """
    routes = tuple(routes)
    pages = {route.path: route.work for route in routes if route.method == "GET"}
    paths = {work: path for path, work in pages.items()}
    back = {
        route.path: _way_to(paths[route.again] if route.again in paths else _above(route.path, pages), route)
        for route in routes
        if route.method == "POST" and route.path not in pages
    }
    return (*routes, *back.values())


def _above(path: str, pages: Mapping[str, Work]) -> str:
    while path and path not in pages:
        path = path.rpartition("/")[0]
    return path or "/"


def _way_to(path: str, route: PageRoute) -> PageRoute:
    async def go(ctx: RequestContext) -> ASGIResponse:
        given = ctx.request.path_params
        return ctx.see_other(_PARAMETER.sub(lambda found: quote(str(given[found[1]]), safe=""), path))

    return PageRoute(path=route.path, work=go, door=route.door, scope=route.scope)


def page_handler(desk: WebContext, route: PageRoute) -> HTTPRouteHandler:
    """The route as Litestar wants it."""
    note = desk.metrics.timer(route.method, route.path)

    async def handle(request: AnyRequest) -> ASGIResponse:
        started = perf_counter()
        desk.receive(request)
        ctx = RequestContext(request, desk)
        response = await ctx.finished(await _answer(ctx, route))
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        note(response.status_code, perf_counter() - started)
        return response

    return HTTPRouteHandler(route.path, http_method=route.method, include_in_schema=False, status_code=200)(handle)


async def _answer(ctx: RequestContext, route: PageRoute) -> ASGIResponse:
    try:
        try:
            await ctx.desk.zone.look()
            _check_path(ctx.path)
            ctx.takes_files = route.takes_files
            await admit(ctx, route.method, route.door, route.scope)
            if route.method == "POST" and route.path.startswith(ORDER_PAGES):
                ctx.desk.shop.take_order_post(str(ctx.in_path("token")), ctx.address)
            return await route.work(ctx)
        except Refusal as refusal:
            await ctx.tell_refusal(Refused.of(refusal))
            ctx.status = refusal.status
            return await _again(ctx, route)
        except Problem as problem:
            if route.again is None:
                raise
            ctx.tell(problem_in_words(problem.details, ctx.language, ctx.zone), "danger")
            ctx.status = problem.status
            return await _again(ctx, route)
        except CommandRefused as no:
            ctx.status = no.status
            return await _again(ctx, route)
    except AccessDenied as away:
        return away.response
    except Exception as error:  # noqa: BLE001 (whatever it is, the person gets a page)
        return await broken(ctx, error)


def _check_path(path: str) -> None:
    """Raises `Problem` (404) for a path with U+0000 in it: no text here has that, so nothing is there."""
    if "\0" in path:
        raise Problem(404, "not_found", "There is nothing at this address.")


async def _again(ctx: RequestContext, route: PageRoute) -> ASGIResponse:
    if ctx.is_part:
        return ctx.page("parts/flash_messages.html")
    if route.again is None or ctx.status == HTTPStatus.NOT_FOUND:
        return await error_page(ctx, problem=None)
    return await route.again(ctx)


async def broken(ctx: RequestContext, error: Exception) -> ASGIResponse:
    """A page for whatever went wrong: in words, with a number where it is a bug."""
    problem = as_problem(error, ctx.path)
    details = problem.details
    said = problem_in_words(details, ctx.language, ctx.zone)
    response = await error_page(ctx, status=problem.status, problem=details, said=said)
    for name, value in problem.headers.items():
        response.headers.setdefault(name, value)
    return response


async def error_page(ctx: RequestContext, status: int = 0, **values: Any) -> ASGIResponse:
    """In the frame of where it happened; in the shop with all that its other pages have around them."""
    shop = None if ctx.is_in_console else await ctx.desk.shop.frame_of_error(ctx)
    return ctx.page("error.html", status=status, **values, **({} if shop is None else {"shop": shop}))
