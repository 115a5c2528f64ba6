"""The application: API and pages, around a house that is open or is opened with it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext

from litestar import Litestar
from litestar.connection import Request
from litestar.response import Response

from purveyor.web.accounts import Accounts
from purveyor.web.api import CHAPTERS
from purveyor.web.assets import assets_handler
from purveyor.web.deeds import deed_handler
from purveyor.web.desk import AnyRequest, Desk, as_problem
from purveyor.web.endpoints import command_handler
from purveyor.web.faces import page_handlers
from purveyor.web.house import House
from purveyor.web.open_doors import open_doors
from purveyor.web.pages.live import Live
from purveyor.web.pages.routes import SECURITY, broken
from purveyor.web.pages.visit import Visit
from purveyor.web.reads import read_handler
from purveyor.web.sessions import Sessions
from purveyor.web.sign_in import SignIn
from purveyor.web.storefront.front import Shopfront
from purveyor.web.webhooks import webhook_handler

STOPPING: int | None = getattr(
    signal, "SIGUSR1", None
)  # told to the process that answers requests, before it is told to end
LARGEST_BODY = 4 * 1024 * 1024  # bytes: an order of ten thousand lines has one


@contextmanager
def ending_at_a_signal(live: Live) -> Iterator[None]:
    """Streams end when the server begins to stop, which it does only when the last of them has ended."""
    loop = asyncio.get_running_loop()
    heard = STOPPING if threading.current_thread() is threading.main_thread() else None
    if heard is not None:
        loop.add_signal_handler(heard, live.close)
    try:
        yield
    finally:
        live.close()
        if heard is not None:
            loop.remove_signal_handler(heard)


def create_app(house: House | AbstractAsyncContextManager[House]) -> Litestar:
    """The API of a house. One that is still to be opened is opened and closed with the application."""
    desk = Desk()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with house if isinstance(house, AbstractAsyncContextManager) else nullcontext(house) as opened:
            desk.open(opened)
            desk.live = Live(opened.read)
            desk.sessions = Sessions(opened)
            desk.sign_in = SignIn(desk.sessions)
            desk.accounts = Accounts(desk.sessions)
            desk.shop = Shopfront(opened)
            with ending_at_a_signal(desk.live):
                yield

    unrouted = desk.metrics.timer("*", "none")

    def on_error(request: AnyRequest, error: Exception) -> Response[bytes]:
        """What goes wrong before a route is found."""
        path = request.scope["path"]
        problem = as_problem(error, path)
        unrouted(problem.status, 0)
        if "text/html" in request.headers.get("accept", "") and not path.startswith("/api/"):
            page = broken(Visit(request, desk), problem)
            return Response(page.body, status_code=problem.status, headers={**dict(page.headers), **SECURITY})
        return problem.framework_response

    return Litestar(
        route_handlers=[
            *open_doors(desk, CHAPTERS),
            *(command_handler(desk, endpoint) for chapter in CHAPTERS for endpoint in chapter.endpoints),
            *(deed_handler(desk, deed) for chapter in CHAPTERS for deed in chapter.deeds),
            *(read_handler(desk, read) for chapter in CHAPTERS for read in chapter.reads),
            webhook_handler(desk),
            *page_handlers(desk),
            assets_handler(desk),
        ],
        lifespan=[lifespan],
        exception_handlers={Exception: on_error},
        openapi_config=None,  # `describe` makes the document from the structs themselves
        logging_config=None,
        request_class=Request,
        request_max_body_size=LARGEST_BODY,
    )
