"""All addresses of the shop."""

from __future__ import annotations

from purveyor.web.pages.routes import PageRoute
from purveyor.web.storefront import (
    account,
    cart,
    catalog,
    category,
    checkout,
    demo_inbox,
    legal,
    order_placed,
    preferences,
    product_images,
    robots_and_sitemap,
)

ROUTES: tuple[PageRoute, ...] = (
    *catalog.ROUTES,
    *category.ROUTES,
    *robots_and_sitemap.ROUTES,
    *product_images.ROUTES,
    *cart.ROUTES,
    *checkout.ROUTES,
    *order_placed.ROUTES,
    *account.ROUTES,
    *demo_inbox.ROUTES,
    *preferences.ROUTES,
    *legal.ROUTES,
)
