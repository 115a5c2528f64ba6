"""All addresses below an order's link."""

from __future__ import annotations

from purveyor.web.order_page import (
    documents,
    downloads,
    editing,
    installation,
    page,
    payment,
    returns,
    support_and_feedback,
)
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (
    *page.ROUTES,
    *payment.ROUTES,
    *editing.ROUTES,
    *installation.ROUTES,
    *downloads.ROUTES,
    *returns.ROUTES,
    *support_and_feedback.ROUTES,
    *documents.ROUTES,
)
