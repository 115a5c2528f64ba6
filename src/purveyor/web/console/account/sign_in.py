"""The way in and out of the console."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.auth.sign_in import CodeWanted
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import Visit
from purveyor.web.pages.refusal_texts import problem_in_words
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, get, post

START = "/console"


async def show(visit: Visit) -> ASGIResponse:
    """Login and password. Who is in already goes to the board."""
    if visit.staff is not None:
        return visit.see_other(START)
    return _ask_password(visit, login="", following=visit.given("next"))


def _ask_password(visit: Visit, login: str, following: str) -> ASGIResponse:
    return visit.page("console/account/sign_in.html", login=login, following=following, ticket="")


async def enter(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    following = form.text("next")
    try:
        came = await visit.desk.sign_in.with_password(visit.request, form.text("login"), form.secret("password"))
    except Problem as problem:
        visit.tell(problem_in_words(problem.details, visit.language, visit.zone), "danger")
        visit.status = problem.status
        return _ask_password(visit, form.text("login"), following)
    if isinstance(came, CodeWanted):
        return visit.page("console/account/sign_in.html", login="", following=following, ticket=came.ticket)
    visit.bring(came.cookie)
    visit.bring(came.known)
    return visit.see_other(own_path(following, START))


async def enter_with_code(visit: Visit) -> ASGIResponse:
    """The second factor, or a recovery code."""
    form = await visit.form()
    following, ticket = form.text("next"), form.text("ticket")
    try:
        came = await visit.desk.sign_in.with_code(visit.request, ticket, form.text("code"))
    except Problem as problem:
        visit.tell(problem_in_words(problem.details, visit.language, visit.zone), "danger")
        visit.status = problem.status
        ticket = "" if problem.code == "ticket_over" else ticket
        return visit.page("console/account/sign_in.html", login="", following=following, ticket=ticket)
    visit.bring(came.cookie)
    visit.bring(came.known)
    return visit.see_other(own_path(following, START))


async def leave(visit: Visit) -> ASGIResponse:
    visit.bring(await visit.desk.sessions.sign_out(visit.request))
    return visit.see_other("/console/sign-in", visit._("You are signed out."), "info")


ROUTES: tuple[PageRoute, ...] = (
    get("/console/sign-in", show),
    post("/console/sign-in", enter, again=show),
    post("/console/sign-in/code", enter_with_code, again=show),
    post("/console/sign-out", leave),
)
