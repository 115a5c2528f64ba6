"""All addresses of the warehouse, deliveries and returns."""

from __future__ import annotations

from purveyor.web.console.fulfillment import deliveries, installations, packing, picking, returns, shipping
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (
    *deliveries.ROUTES,
    *installations.ROUTES,
    *packing.ROUTES,
    *picking.ROUTES,
    *returns.ROUTES,
    *shipping.ROUTES,
)
