"""Choosing the language and the light, for every page."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.pages.paths import own_path
from purveyor.web.pages.routes import PageRoute, post
from purveyor.web.pages.texts import LANGUAGES
from purveyor.web.pages.visit import Visit


async def choose_language(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    language = form.text("language")
    if language in LANGUAGES:
        visit.remember("language", language)
    return visit.see_other(own_path(form.text("back")))


ROUTES: tuple[PageRoute, ...] = (post("/language", choose_language),)
