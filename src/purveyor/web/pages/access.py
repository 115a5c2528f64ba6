"""The door of pages: who is signed in, what they may do, and whether a form is really one of ours."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from litestar.response.base import ASGIResponse

from purveyor.web.auth.csrf import FIELD
from purveyor.web.auth.sessions import now_on_the_wall
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import TurnedAway, Visit
from purveyor.web.pages.return_paths import asked_for, came_from

ACCOUNT = "/console/account"
CONFIRM = "/console/account/confirm"
OWN = (ACCOUNT, "/console/sign-out")
PROVED = ("staff:write", "webhooks:write", "policies:write")
OPEN = ("/console/sign-in", "/console/sign-in/code")  # for those who are not signed in yet


async def admit(visit: Visit, method: Literal["GET", "POST"], door: Literal["shop", "console"], scope: str) -> None:
    """Raises `TurnedAway` for whoever may not come in, and `Problem` (403) for a form that is not ours."""
    staff = await visit.desk.sessions.signed_in(visit.request)
    if door == "console" and staff is not None:
        visit.staff = staff
        visit.csrf = staff.csrf
    else:
        visit.csrf, cookie = visit.desk.sessions.csrf.of_guest(visit.request)
        if cookie:
            visit.bring(cookie)
    if door == "console":
        _check_staff(visit, scope)
    if method == "POST":
        await _check_form(visit, staff)
    if door == "console" and scope:
        _check_proof(visit, method, scope)


async def _check_form(visit: Visit, staff: object) -> None:
    """A form of the shop may be sent from the console as well: the choice of language stands on both."""
    field = (await visit.form()).text(FIELD)
    check = visit.desk.sessions.check_form
    try:
        check(visit.request, visit.staff, field)
    except Problem:
        if visit.staff is not None or staff is None:
            raise
        check(visit.request, staff, field)


def _check_staff(visit: Visit, scope: str) -> None:
    if visit.staff is None:
        if visit.path not in OPEN:
            raise TurnedAway(_to_sign_in(visit))
        return
    _check_own_account(visit)
    visit.check_scope(scope)


def _check_own_account(visit: Visit) -> None:
    """Whoever must change the password, or set up a second factor, does nothing before."""
    staff = visit.staff
    if not (staff.must_change_password or staff.must_enroll) or visit.path.startswith(OWN):
        return
    if staff.must_change_password:
        said = visit._("Choose a password of your own first: this one was made for you.")
    else:
        said = visit._("Your role needs a second factor. Please set it up first.")
    if visit.is_part:
        raise TurnedAway(ASGIResponse(status_code=200, headers={"HX-Redirect": ACCOUNT}))
    raise TurnedAway(visit.see_other(ACCOUNT, said, "warning"))


def _check_proof(visit: Visit, method: str, scope: str) -> None:
    """What lets others in, or changes the rules, asks for the password of the last minutes."""
    if method != "POST" or scope not in PROVED or visit.staff.has_just_proved(now_on_the_wall()):
        return
    to = f"{CONFIRM}?next={quote(came_from(visit.request.headers) or ACCOUNT)}"
    if visit.is_part:
        raise TurnedAway(ASGIResponse(status_code=200, headers={"HX-Redirect": to}))
    raise TurnedAway(visit.see_other(to, visit._("Please confirm with your password, and send it once more."), "info"))


def _to_sign_in(visit: Visit) -> ASGIResponse:
    """To the door, and from there back: to the page that was asked for, or on which the form stood that was sent.

    What was typed stays in the browser until then (`kept-form.js`): nothing of it is done before it is sent once more.
    """
    to = "/console/sign-in"
    if back := _back(visit):
        to += f"?next={quote(back)}"
    if visit.is_part:  # the whole page goes there, not the part
        return ASGIResponse(status_code=200, headers={"HX-Redirect": to})
    return visit.see_other(to, visit._("Please sign in."), "info")


def _back(visit: Visit) -> str:
    request = visit.request
    if visit.is_part:
        return came_from(request.headers)
    if request.method == "GET":
        return asked_for(visit.path, request.scope["query_string"].decode("latin-1"))
    return came_from(request.headers) or visit.path
