"""The door of pages: who is signed in, what they may do, and whether a form is really one of ours."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from litestar.response.base import ASGIResponse

from purveyor.web.csrf import FIELD
from purveyor.web.pages.visit import TurnedAway, Visit
from purveyor.web.problems import Problem

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
    else:
        visit.check_scope(scope)


def _to_sign_in(visit: Visit) -> ASGIResponse:
    to = "/console/sign-in"
    if visit.request.method == "GET" and not visit.is_part:
        to += f"?next={quote(visit.path)}"
    if visit.is_part:  # the whole page goes there, not the part
        return ASGIResponse(status_code=200, headers={"HX-Redirect": to})
    return visit.see_other(to, visit._("Please sign in."), "info")
