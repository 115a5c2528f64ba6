"""Staff: who works here, as what, and how they come in. Only an admin gets here."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.vocabulary import ROLES
from purveyor.records.staff.commands import (
    DisableStaff,
    EnableStaff,
    EndAllSessions,
    EraseStaff,
    RenameStaff,
    SetRoles,
)
from purveyor.records.staff.queries import Colleague, all_staff, colleague
from purveyor.records.staff.scopes import allows
from purveyor.web.auth.roles import SCOPES
from purveyor.web.http.problem_details import Problem
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import mark as _

READ = "staff:read"
WRITE = "staff:write"
PLACE = "/console/staff"
GENERATED_BYTES = 12  # of a password that is made here: 96 bits
DOES = {
    "admin": _("Everything, and only an admin: rules, products and prices, staff and API keys."),
    "sales": _("Takes orders by phone and at the counter, and looks after customers."),
    "reviewer": _("Looks at what was held: risk, address, price, stock."),
    "finance": _("Money: captures, refunds, invoices, reminders, credit limits, what is in doubt."),
    "picker": _("Collects goods from the shelves, receives and counts them."),
    "packer": _("Packs and weighs parcels."),
    "shipper": _("Hands parcels to carriers and follows them."),
    "technician": _("Goes to customers: appointments and installations."),
    "support": _("Answers customers and puts things right."),
    "returns": _("Receives and inspects what comes back."),
    "analyst": _("Reads figures and what lies behind them; changes nothing."),
}


class _Seen(msgspec.Struct, frozen=True):
    staff_id: UUID
    seen_at: datetime


SEEN = """
    -- When each of them was here last, as far as their sessions are kept.
    SELECT t.staff_id, max(d.seen_at) AS seen_at
      FROM staff_session t JOIN staff_device d ON d.id = t.device_id
     WHERE t.ended_at IS NULL
  GROUP BY t.staff_id
"""


async def show(ctx: RequestContext) -> ASGIResponse:
    """Everybody, and what each role may do."""
    read = ctx.house.read
    sent = await _sent(ctx)
    areas = sorted({scope.partition(":")[0] for scopes in SCOPES.values() for scope in scopes if scope != "*"})
    return ctx.page(
        "console/settings/staff.html",
        people=await all_staff(read),
        seen={row.staff_id: row.seen_at for row in await read.rows(_Seen, SEEN)},
        roles=ROLES,
        does=DOES,
        areas=areas,
        may=_may,
        form=sent,
        chosen=sent.all("roles"),
    )


def _may(role: str, area: str) -> str:
    """`write`, `read` or nothing: what a role may do in an area."""
    scopes = frozenset(SCOPES[role])
    return next((way for way in ("write", "read") if allows(scopes, f"{area}:{way}")), "")


async def _sent(ctx: RequestContext) -> Form:
    return await ctx.form() if ctx.request.method == "POST" else Form({})


async def add(ctx: RequestContext) -> ASGIResponse:
    """Let a person in, with a password that they should change."""
    form = await ctx.form()
    typed = form.secret("password")
    password = typed or _new_password()
    login = form.required("login")
    staff_id = await ctx.desk.accounts.add(
        ctx.actor, login, form.required("name"), tuple(form.all("roles")), password, is_made=not typed
    )
    if typed:
        said = ctx._("%(login)s may sign in now.", login=login)
        return ctx.see_other(f"{PLACE}/{staff_id}", said)
    return await _person(ctx, staff_id, password)


def _new_password() -> str:
    return secrets.token_urlsafe(GENERATED_BYTES)


async def person(ctx: RequestContext) -> ASGIResponse:
    """One of them: roles, ways in, sessions."""
    return await _person(ctx, ctx.in_path("staff_id"))


async def _person(ctx: RequestContext, staff_id: UUID, password: str = "") -> ASGIResponse:
    """`password`: one that was made here, shown this once."""
    found = await _colleague(ctx, staff_id)
    sent = await _sent(ctx)
    return ctx.page(
        "console/settings/staff_person.html",
        person=found,
        place=f"{PLACE}/{staff_id}",
        password=password,
        roles=ROLES,
        does=DOES,
        chosen=sent.all("roles") or found.roles,
        sessions=await ctx.desk.sessions.list_of(staff_id),
        login=sent.text("login") or found.login,
        name=sent.text("name") or found.name,
    )


async def _colleague(ctx: RequestContext, staff_id: UUID) -> Colleague:
    found = await colleague(ctx.house.read, staff_id)
    if found is None:
        raise NotFound(what="member of staff", id=staff_id)
    return found


def _done(ctx: RequestContext, said: str, tone: str = "success") -> ASGIResponse:
    """Whatever a person may do is looked up again at their next page."""
    staff_id = ctx.in_path("staff_id")
    ctx.desk.sessions.forget(staff_id=staff_id)
    return ctx.see_other(f"{PLACE}/{staff_id}", said, tone)


async def rename(ctx: RequestContext) -> ASGIResponse:
    """Another name or login for the same person."""
    form = await ctx.form()
    await ctx.do(
        RenameStaff(staff_id=ctx.in_path("staff_id"), login=form.required("login"), name=form.required("name"))
    )
    return _done(ctx, ctx._("The person is renamed."))


async def set_roles(ctx: RequestContext) -> ASGIResponse:
    """What a person does here, and so may do; it counts at once."""
    form = await ctx.form()
    await ctx.do(SetRoles(staff_id=_somebody_else(ctx), roles=tuple(form.all("roles"))))
    return _done(ctx, ctx._("The roles are set. They count at once."))


async def reset_password(ctx: RequestContext) -> ASGIResponse:
    """A new password, typed or made: every session of the person ends."""
    form = await ctx.form()
    staff_id = _somebody_else(ctx)
    typed = form.secret("password")
    password = typed or _new_password()
    await ctx.desk.accounts.set_password(ctx.actor, staff_id, password, is_made=not typed)
    if typed:
        return _done(ctx, ctx._("The password is set, and every session is over."))
    return await _person(ctx, staff_id, password)


def _somebody_else(ctx: RequestContext) -> UUID:
    """The person of the page. Raises `Problem` for oneself: that asks for the password under one's own account."""
    staff_id: UUID = ctx.in_path("staff_id")
    if staff_id == ctx.staff.id:
        raise Problem(
            409,
            "own_account",
            ctx._("Your own password, second factor and roles: under My account, or by another admin."),
        )
    return staff_id


async def reset_second_factor(ctx: RequestContext) -> ASGIResponse:
    """For somebody who has lost the device."""
    await ctx.desk.accounts.reset_second_factor(ctx.actor, _somebody_else(ctx), reason="device lost")
    return _done(ctx, ctx._("The second factor is off. It should be set up again soon."), "warning")


async def end_sessions(ctx: RequestContext) -> ASGIResponse:
    """Sign somebody out everywhere; oneself everywhere but here."""
    staff_id: UUID = ctx.in_path("staff_id")
    keep = ctx.staff.session_id if staff_id == ctx.staff.id else None
    await ctx.do(EndAllSessions(staff_id=staff_id, keep_session_id=keep))
    return _done(ctx, ctx._("Signed out everywhere."))


async def disable(ctx: RequestContext) -> ASGIResponse:
    """Shut a person out, at once."""
    await ctx.do(DisableStaff(staff_id=ctx.in_path("staff_id"), reason="by an admin"))
    return _done(ctx, ctx._("Shut out: nobody signs in with this login any more."), "warning")


async def enable(ctx: RequestContext) -> ASGIResponse:
    """Let a person in again."""
    await ctx.do(EnableStaff(staff_id=ctx.in_path("staff_id")))
    return _done(ctx, ctx._("May sign in again."))


async def erase(ctx: RequestContext) -> ASGIResponse:
    """Name, login and secrets for ever, so the login must be typed. What they did stays."""
    form = await ctx.form()
    found = await _colleague(ctx, ctx.in_path("staff_id"))
    if form.text("confirm") != found.login:
        expected = ctx._("the login of the person, because this cannot be undone")
        raise Invalid(field="confirm", found=ctx._("something else"), expected=expected)
    await ctx.do(EraseStaff(staff_id=found.id, reason="by an admin"))
    ctx.desk.sessions.forget(staff_id=found.id)
    return ctx.see_other(PLACE, ctx._("The personal data is erased. What the person did stays in the journal."))


_ONE = PLACE + "/{staff_id:uuid}"
ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(PLACE, add, scope=WRITE, again=show),
    get(_ONE, person, scope=READ),
    post(f"{_ONE}/rename", rename, scope=WRITE, again=person),
    post(f"{_ONE}/roles", set_roles, scope=WRITE, again=person),
    post(f"{_ONE}/password", reset_password, scope=WRITE, again=person),
    post(f"{_ONE}/second-factor", reset_second_factor, scope=WRITE, again=person),
    post(f"{_ONE}/sessions", end_sessions, scope=WRITE, again=person),
    post(f"{_ONE}/disable", disable, scope=WRITE, again=person),
    post(f"{_ONE}/enable", enable, scope=WRITE, again=person),
    post(f"{_ONE}/erase", erase, scope=WRITE, again=person),
)
