"""All pages: storefront, order page and console, as routes."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from purveyor.web.console import routes as console
from purveyor.web.console.frame.navigation import navigation
from purveyor.web.handling import WebContext
from purveyor.web.order_page import routes as order_page
from purveyor.web.pages.rendering import environment
from purveyor.web.pages.routes import PageRoute, page_handler, with_reload_routes
from purveyor.web.storefront import routes as storefront

PAGES: tuple[PageRoute, ...] = (*console.ROUTES, *storefront.ROUTES, *order_page.ROUTES)


def page_handlers(desk: WebContext) -> list[HTTPRouteHandler]:
    """Every page as a route of Litestar."""
    environment().globals["navigation"] = navigation
    return [page_handler(desk, route) for route in with_reload_routes(PAGES)]
