"""All addresses of what every page has."""

from __future__ import annotations

from purveyor.web.console.frame import live_updates
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*live_updates.ROUTES,)
