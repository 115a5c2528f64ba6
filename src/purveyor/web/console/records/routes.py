"""All addresses of products, stock and customers."""

from __future__ import annotations

from purveyor.web.console.records import customers, products, stock
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*customers.ROUTES, *products.ROUTES, *stock.ROUTES)
