"""Choosing the language and the light, for every page."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, post
from purveyor.web.pages.translations import LANGUAGES


async def choose_language(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    language = form.text("language")
    if language in LANGUAGES:
        ctx.remember("language", language)
    return ctx.see_other(own_path(form.text("back")))


ROUTES: tuple[PageRoute, ...] = (post("/language", choose_language),)
