"""All addresses below an order's link."""

from __future__ import annotations

from purveyor.web.order_page import changes, documents, downloads, installation, page, paying, returns, talking
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (
    *page.ROUTES,
    *paying.ROUTES,
    *changes.ROUTES,
    *installation.ROUTES,
    *downloads.ROUTES,
    *returns.ROUTES,
    *talking.ROUTES,
    *documents.ROUTES,
)
