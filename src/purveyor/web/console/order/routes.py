"""All addresses of one order."""

from __future__ import annotations

from purveyor.web.console.order import actions, attachments, notes, page
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*actions.ROUTES, *attachments.ROUTES, *notes.ROUTES, *page.ROUTES)
