"""All addresses of the settings."""

from __future__ import annotations

from purveyor.web.console.settings import api_keys, audit_log, jobs, policies, staff, webhooks
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (
    *api_keys.ROUTES,
    *audit_log.ROUTES,
    *jobs.ROUTES,
    *policies.ROUTES,
    *staff.ROUTES,
    *webhooks.ROUTES,
)
