"""Webhooks: how other programs follow what happens here."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.pages.visit import Visit


async def show(visit: Visit) -> ASGIResponse:
    """In words: by which address and with which key changes are followed."""
    return visit.page("console/webhooks.html", public_url=visit.house.settings.public_url or "http://localhost:8000")


ROUTES: tuple[PageRoute, ...] = (get("/console/webhooks", show, scope="webhooks:read"),)
