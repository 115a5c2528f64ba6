"""All addresses of customer service."""

from __future__ import annotations

from purveyor.web.console.customer_service import feedback, messages, saved_answers, support
from purveyor.web.pages.routes import PageRoute

ROUTES: tuple[PageRoute, ...] = (*feedback.ROUTES, *messages.ROUTES, *saved_answers.ROUTES, *support.ROUTES)
