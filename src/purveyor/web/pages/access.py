"""The door of pages: who is signed in, what they may do, and whether a form is really one of ours."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from litestar.response.base import ASGIResponse

from purveyor.web.auth.csrf import FIELD
from purveyor.web.auth.sessions import now_on_the_wall
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import AccessDenied, RequestContext
from purveyor.web.pages.return_paths import asked_for, came_from

ACCOUNT = "/console/account"
CONFIRM = "/console/account/confirm"
OWN = (ACCOUNT, "/console/sign-out")
PROVED = ("staff:write", "webhooks:write", "policies:write")
OPEN = ("/console/sign-in", "/console/sign-in/code")  # for those who are not signed in yet


async def admit(
    ctx: RequestContext, method: Literal["GET", "POST"], door: Literal["shop", "console"], scope: str
) -> None:
    """Raises `AccessDenied` for whoever may not come in, and `Problem` (403) for a form that is not ours."""
    staff = await ctx.desk.sessions.signed_in(ctx.request)
    if door == "console" and staff is not None:
        ctx.staff = staff
        ctx.csrf = staff.csrf
    else:
        ctx.csrf, cookie = ctx.desk.sessions.csrf.of_guest(ctx.request)
        if cookie:
            ctx.bring(cookie)
    if door == "console":
        _check_staff(ctx, scope)
    if method == "POST":
        await _check_form(ctx, staff)
    if door == "console" and scope:
        _check_proof(ctx, method, scope)


async def _check_form(ctx: RequestContext, staff: object) -> None:
    """A form of the shop may be sent from the console as well: the choice of language stands on both."""
    field = (await ctx.form()).text(FIELD)
    check = ctx.desk.sessions.check_form
    try:
        check(ctx.request, ctx.staff, field)
    except Problem:
        if ctx.staff is not None or staff is None:
            raise
        check(ctx.request, staff, field)


def _check_staff(ctx: RequestContext, scope: str) -> None:
    if ctx.staff is None:
        if ctx.path not in OPEN:
            raise AccessDenied(_to_sign_in(ctx))
        return
    _check_own_account(ctx)
    ctx.check_scope(scope)


def _check_own_account(ctx: RequestContext) -> None:
    """Whoever must change the password, or set up a second factor, does nothing before."""
    staff = ctx.staff
    if not (staff.must_change_password or staff.must_enroll) or ctx.path.startswith(OWN):
        return
    if staff.must_change_password:
        said = ctx._("Choose a password of your own first: this one was made for you.")
    else:
        said = ctx._("Your role needs a second factor. Please set it up first.")
    if ctx.is_part:
        raise AccessDenied(ASGIResponse(status_code=200, headers={"HX-Redirect": ACCOUNT}))
    raise AccessDenied(ctx.see_other(ACCOUNT, said, "warning"))


def _check_proof(ctx: RequestContext, method: str, scope: str) -> None:
    """What lets others in, or changes the rules, asks for the password of the last minutes."""
    if method != "POST" or scope not in PROVED or ctx.staff.has_just_proved(now_on_the_wall()):
        return
    to = f"{CONFIRM}?next={quote(came_from(ctx.request.headers) or ACCOUNT)}"
    if ctx.is_part:
        raise AccessDenied(ASGIResponse(status_code=200, headers={"HX-Redirect": to}))
    raise AccessDenied(ctx.see_other(to, ctx._("Please confirm with your password, and send it once more."), "info"))


def _to_sign_in(ctx: RequestContext) -> ASGIResponse:
    """To the door, and from there back: to the page that was asked for, or on which the form stood that was sent.

    What was typed stays in the browser until then (`kept-form.js`): nothing of it is done before it is sent once more.
    """
    to = "/console/sign-in"
    if back := _back(ctx):
        to += f"?next={quote(back)}"
    if ctx.is_part:  # the whole page goes there, not the part
        return ASGIResponse(status_code=200, headers={"HX-Redirect": to})
    return ctx.see_other(to, ctx._("Please sign in."), "info")


def _back(ctx: RequestContext) -> str:
    request = ctx.request
    if ctx.is_part:
        return came_from(request.headers)
    if request.method == "GET":
        return asked_for(ctx.path, request.scope["query_string"].decode("latin-1"))
    return came_from(request.headers) or ctx.path
