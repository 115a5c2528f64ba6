"""All addresses of payments and reports."""

from __future__ import annotations

from purveyor.web.console.finance import payments, reports
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*payments.ROUTES, *reports.ROUTES)
