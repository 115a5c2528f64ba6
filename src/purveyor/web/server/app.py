"""The application: API and pages, around a house that is open or is opened with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from litestar import Litestar
from litestar.connection import Request
from litestar.response import Response

from purveyor.web.api.command_endpoints import command_handler
from purveyor.web.api.maintenance_endpoints import maintenance_handler
from purveyor.web.api.query_endpoints import query_handler
from purveyor.web.api.routes import SECTIONS
from purveyor.web.auth.accounts import Accounts
from purveyor.web.auth.sessions import Sessions
from purveyor.web.auth.sign_in import SignIn
from purveyor.web.handling import AnyRequest, WebContext, as_problem
from purveyor.web.http.app_context import House
from purveyor.web.pages.assets import assets_handler
from purveyor.web.pages.live_updates import Live
from purveyor.web.provider_events import webhook_handler
from purveyor.web.server.health import health_routes
from purveyor.web.server.not_found import NotFoundResponse
from purveyor.web.server.page_routes import page_handlers
from purveyor.web.server.security_headers import add_security_headers
from purveyor.web.server.shutdown import close_on_signal
from purveyor.web.storefront.layout import StorefrontContext

LARGEST_BODY = 4 * 1024 * 1024  # bytes: an order of ten thousand lines has one


def create_app(house: House | AbstractAsyncContextManager[House]) -> Litestar:
    """The API of a house. One that is still to be opened is opened and closed with the application."""
    desk = WebContext()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with house if isinstance(house, AbstractAsyncContextManager) else nullcontext(house) as opened:
            desk.open(opened)
            desk.live = Live(opened.read)
            desk.sessions = Sessions(opened)
            desk.sign_in = SignIn(desk.sessions)
            desk.accounts = Accounts(desk.sessions)
            desk.shop = StorefrontContext(opened)
            with close_on_signal(desk.live.close):
                yield

    count = desk.metrics.timer("*", "none")

    def on_error(request: AnyRequest, error: Exception) -> Response[bytes]:
        """What goes wrong before a route is found."""
        problem = as_problem(error, request.scope["path"])
        count(problem.status, 0)
        return NotFoundResponse(request, desk, problem)

    return Litestar(
        route_handlers=[
            *health_routes(desk, SECTIONS),
            *(command_handler(desk, endpoint) for section in SECTIONS for endpoint in section.endpoints),
            *(maintenance_handler(desk, task) for section in SECTIONS for task in section.maintenance),
            *(query_handler(desk, read) for section in SECTIONS for read in section.reads),
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
        before_send=[add_security_headers(desk)],
    )
