"""The application: all routes, around a house that is open or is opened with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from litestar import Litestar
from litestar.connection import Request
from litestar.response import Response

from purveyor.web.api import CHAPTERS
from purveyor.web.deeds import deed_handler
from purveyor.web.desk import AnyRequest, Desk, as_problem
from purveyor.web.endpoints import command_handler
from purveyor.web.house import House
from purveyor.web.open_doors import open_doors
from purveyor.web.reads import read_handler

LARGEST_BODY = 4 * 1024 * 1024  # bytes: an order of ten thousand lines has one


def create_app(house: House | AbstractAsyncContextManager[House]) -> Litestar:
    """The API of a house. One that is still to be opened is opened and closed with the application."""
    desk = Desk()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        if isinstance(house, AbstractAsyncContextManager):
            async with house as opened:
                desk.open(opened)
                yield
        else:
            desk.open(house)
            yield

    unrouted = desk.metrics.timer("*", "none")

    def on_error(request: AnyRequest, error: Exception) -> Response[bytes]:
        """What goes wrong before a route is found."""
        problem = as_problem(error, request.scope["path"])
        unrouted(problem.status, 0)
        return problem.framework_response

    return Litestar(
        route_handlers=[
            *open_doors(desk, CHAPTERS),
            *(command_handler(desk, endpoint) for chapter in CHAPTERS for endpoint in chapter.endpoints),
            *(deed_handler(desk, deed) for chapter in CHAPTERS for deed in chapter.deeds),
            *(read_handler(desk, read) for chapter in CHAPTERS for read in chapter.reads),
        ],
        lifespan=[lifespan],
        exception_handlers={Exception: on_error},
        openapi_config=None,  # `describe` makes the document from the structs themselves
        logging_config=None,
        request_class=Request,
        request_max_body_size=LARGEST_BODY,
    )
