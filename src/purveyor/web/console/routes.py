"""All addresses of the console, by work place."""

from __future__ import annotations

from purveyor.web.console.account import routes as account
from purveyor.web.console.customer_service import routes as customer_service
from purveyor.web.console.finance import routes as finance
from purveyor.web.console.frame import routes as frame
from purveyor.web.console.fulfillment import routes as fulfillment
from purveyor.web.console.new_order import routes as new_order
from purveyor.web.console.order import routes as order
from purveyor.web.console.orders import routes as orders
from purveyor.web.console.records import routes as records
from purveyor.web.console.search import routes as search
from purveyor.web.console.settings import routes as settings
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (
    *account.ROUTES,
    *customer_service.ROUTES,
    *finance.ROUTES,
    *frame.ROUTES,
    *fulfillment.ROUTES,
    *new_order.ROUTES,
    *order.ROUTES,
    *orders.ROUTES,
    *records.ROUTES,
    *search.ROUTES,
    *settings.ROUTES,
)
