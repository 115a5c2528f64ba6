"""All pages: storefront, order page and console, as routes."""

from __future__ import annotations

from litestar.handlers import HTTPRouteHandler

from purveyor.web.console import (
    account,
    actions,
    board,
    customers,
    delivery,
    feedback,
    figures,
    find,
    installations,
    jobs,
    kept_texts,
    keys,
    live,
    messages,
    new_order,
    order,
    order_notes,
    orders,
    packing,
    payments,
    picking,
    policies,
    products,
    returns,
    review,
    saved,
    saved_answers,
    security,
    shipping,
    sign_in,
    staff,
    stock,
    support,
    webhooks,
)
from purveyor.web.console.navigation import navigation
from purveyor.web.desk import Desk
from purveyor.web.order_page import routes as order_page
from purveyor.web.pages.rendering import environment
from purveyor.web.pages.routes import PageRoute, page_handler, with_ways_back
from purveyor.web.storefront import routes as storefront

PAGES: tuple[PageRoute, ...] = (
    *webhooks.ROUTES,
    *stock.ROUTES,
    *staff.ROUTES,
    *products.ROUTES,
    *policies.ROUTES,
    *keys.ROUTES,
    *security.ROUTES,
    *jobs.ROUTES,
    *customers.ROUTES,
    *board.ROUTES,
    *orders.ROUTES,
    *order.ROUTES,
    *order_notes.ROUTES,
    *kept_texts.ROUTES,
    *actions.ROUTES,
    *new_order.ROUTES,
    *find.ROUTES,
    *saved.ROUTES,
    *live.ROUTES,
    *figures.ROUTES,
    *feedback.ROUTES,
    *returns.ROUTES,
    *support.ROUTES,
    *saved_answers.ROUTES,
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
    *storefront.ROUTES,
    *order_page.ROUTES,
)


def page_handlers(desk: Desk) -> list[HTTPRouteHandler]:
    """Every page as a route of Litestar."""
    environment().globals["navigation"] = navigation
    return [page_handler(desk, route) for route in with_ways_back(PAGES)]
