"""All pages: storefront, order page and console, as routes."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from purveyor.web.console import (
    account,
    board,
    delivery,
    feedback,
    figures,
    installations,
    live,
    messages,
    orders,
    packing,
    payments,
    picking,
    returns,
    review,
    shipping,
    sign_in,
    support,
)
from purveyor.web.console.navigation import navigation
from purveyor.web.desk import Desk
from purveyor.web.order_page import routes as order_page
from purveyor.web.pages.rendering import environment
from purveyor.web.pages.routes import PageRoute, page_handler
from purveyor.web.storefront import language

PAGES: tuple[PageRoute, ...] = (
    *board.ROUTES,
    *orders.ROUTES,
    *live.ROUTES,
    *figures.ROUTES,
    *feedback.ROUTES,
    *returns.ROUTES,
    *support.ROUTES,
    *installations.ROUTES,
    *delivery.ROUTES,
    *account.ROUTES,
    *sign_in.ROUTES,
    *shipping.ROUTES,
    *packing.ROUTES,
    *picking.ROUTES,
    *payments.ROUTES,
    *messages.ROUTES,
    *review.ROUTES,
    *language.ROUTES,
    *order_page.ROUTES,
)


def page_handlers(desk: Desk) -> list[HTTPRouteHandler]:
    """Every page as a route of Litestar."""
    environment().globals["navigation"] = navigation
    return [page_handler(desk, route) for route in PAGES]
