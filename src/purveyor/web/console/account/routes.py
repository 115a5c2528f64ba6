"""All addresses of signing in and of one's own account."""

from __future__ import annotations

from purveyor.web.console.account import own_account, sign_in
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*own_account.ROUTES, *sign_in.ROUTES)
