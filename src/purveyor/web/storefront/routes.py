"""All addresses of the shop."""

from __future__ import annotations

from purveyor.web.pages.routes import PageRoute
from purveyor.web.storefront import (
    account,
    cart,
    catalog,
    category,
    checkout,
    crawlers,
    done,
    inbox,
    language,
    legal,
    pictures,
)

ROUTES: tuple[PageRoute, ...] = (
    *catalog.ROUTES,
    *category.ROUTES,
    *crawlers.ROUTES,
    *pictures.ROUTES,
    *cart.ROUTES,
    *checkout.ROUTES,
    *done.ROUTES,
    *account.ROUTES,
    *inbox.ROUTES,
    *language.ROUTES,
    *legal.ROUTES,
)
