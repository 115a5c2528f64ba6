"""The way in and out of the console."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.auth.sign_in import CodeWanted
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.refusal_texts import problem_in_words
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, get, post

START = "/console"


async def show(ctx: RequestContext) -> ASGIResponse:
    """Login and password. Who is in already goes to the board."""
    if ctx.staff is not None:
        return ctx.see_other(START)
    return _ask_password(ctx, login="", following=ctx.given("next"))


def _ask_password(ctx: RequestContext, login: str, following: str) -> ASGIResponse:
    return ctx.page("console/account/sign_in.html", login=login, following=following, ticket="")


async def enter(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    following = form.text("next")
    try:
        came = await ctx.desk.sign_in.with_password(ctx.request, form.text("login"), form.secret("password"))
    except Problem as problem:
        ctx.tell(problem_in_words(problem.details, ctx.language, ctx.zone), "danger")
        ctx.status = problem.status
        return _ask_password(ctx, form.text("login"), following)
    if isinstance(came, CodeWanted):
        return ctx.page("console/account/sign_in.html", login="", following=following, ticket=came.ticket)
    ctx.bring(came.cookie)
    ctx.bring(came.known)
    return ctx.see_other(own_path(following, START))


async def enter_with_code(ctx: RequestContext) -> ASGIResponse:
    """The second factor, or a recovery code."""
    form = await ctx.form()
    following, ticket = form.text("next"), form.text("ticket")
    try:
        came = await ctx.desk.sign_in.with_code(ctx.request, ticket, form.text("code"))
    except Problem as problem:
        ctx.tell(problem_in_words(problem.details, ctx.language, ctx.zone), "danger")
        ctx.status = problem.status
        ticket = "" if problem.code == "ticket_over" else ticket
        return ctx.page("console/account/sign_in.html", login="", following=following, ticket=ticket)
    ctx.bring(came.cookie)
    ctx.bring(came.known)
    return ctx.see_other(own_path(following, START))


async def leave(ctx: RequestContext) -> ASGIResponse:
    ctx.bring(await ctx.desk.sessions.sign_out(ctx.request))
    return ctx.see_other("/console/sign-in", ctx._("You are signed out."), "info")


ROUTES: tuple[PageRoute, ...] = (
    get("/console/sign-in", show),
    post("/console/sign-in", enter, again=show),
    post("/console/sign-in/code", enter_with_code, again=show),
    post("/console/sign-out", leave),
)
