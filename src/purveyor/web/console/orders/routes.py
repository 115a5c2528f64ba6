"""All addresses of the lists of orders."""

from __future__ import annotations

from purveyor.web.console.orders import board, page, review, saved_views
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*board.ROUTES, *page.ROUTES, *review.ROUTES, *saved_views.ROUTES)
