"""All addresses of the search."""

from __future__ import annotations

from purveyor.web.console.search import page
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*page.ROUTES,)
