"""All pages: storefront, order page and console, as routes."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse

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
    orders,
    packing,
    payments,
    picking,
    policies,
    products,
    returns,
    review,
    saved,
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
from purveyor.web.pages.visit import Visit
from purveyor.web.problems import Problem, ProblemDetails
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


async def nowhere(visit: Visit) -> ASGIResponse:
    """An address of the console that there is not: told to staff inside the console, to programs as a problem."""
    problem = Problem(HTTPStatus.NOT_FOUND, "not_found", "There is nothing at this address.")
    if "text/html" not in visit.request.headers.get("accept", ""):
        return problem.response
    staff = await visit.desk.sessions.signed_in(visit.request)
    if staff is not None:
        visit.staff, visit.csrf = staff, staff.csrf
    details = msgspec.json.decode(problem.body, type=ProblemDetails)
    return visit.page("error.html", status=problem.status, problem=details)


NOWHERE = PageRoute(path="/console/{rest:path}", work=nowhere)


def page_handlers(desk: Desk) -> list[HTTPRouteHandler]:
    """Every page as a route of Litestar."""
    environment().globals["navigation"] = navigation
    return [page_handler(desk, route) for route in (*with_ways_back(PAGES), NOWHERE)]
