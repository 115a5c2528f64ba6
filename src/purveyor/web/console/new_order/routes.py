"""All addresses of orders that staff place."""

from __future__ import annotations

from purveyor.web.console.new_order import page
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*page.ROUTES,)
