"""One's own account: password, second factor, and where one is signed in."""

from __future__ import annotations

import segno
from litestar.response.base import ASGIResponse

from purveyor.core.calendars import zone_names
from purveyor.core.refusals import Invalid
from purveyor.web.pages.context import YEAR_S, ZONE, CommandRefused, RequestContext
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import LANGUAGES

PLACE = "/console/account"


async def show(ctx: RequestContext) -> ASGIResponse:
    return await _show(ctx, [])


async def _show(ctx: RequestContext, codes: list[str]) -> ASGIResponse:
    """`codes`: recovery codes, shown this once."""
    await ctx.look_again()
    enrollment = await ctx.desk.accounts.pending_second_factor(ctx.staff)
    picture = segno.make(enrollment.address, error="m").svg_data_uri(scale=5, border=2) if enrollment else ""
    return ctx.page(
        "console/account/own_account.html",
        enrollment=enrollment,
        picture=picture,
        codes=codes,
        languages=list(LANGUAGES.items()),
        zones=[
            ("", ctx._("As the shop: %(zone)s", zone=ctx.shop_zone.key)),
            *((name, name.replace("_", " ")) for name in zone_names()),
        ],
        sessions=await ctx.desk.sessions.list_of(ctx.staff.id),
    )


async def choose_times(ctx: RequestContext) -> ASGIResponse:
    """Language of the pages and zone of the hours, for this browser. Days stay those of the shop."""
    form = await ctx.form()
    language, zone = form.text("language"), form.text("zone")
    if language not in LANGUAGES:
        raise Invalid(field="language", found=language or "nothing", expected=", ".join(LANGUAGES))
    if zone and zone not in zone_names():
        raise Invalid(field="zone", found=zone, expected="a zone such as Europe/Berlin")
    ctx.remember("language", language)
    ctx.remember(ZONE, zone.replace("/", "."), max_age=YEAR_S if zone else 0)
    return ctx.see_other(PLACE, ctx._("Kept for this browser."))


async def change_password(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    if form.secret("new") != form.secret("again"):
        ctx.tell(ctx._("The new password was typed differently the second time."), "danger")
        raise CommandRefused(422)
    await ctx.desk.accounts.change_password(ctx.staff, form.secret("old"), form.secret("new"))
    return ctx.see_other(PLACE, ctx._("Your password is changed. You are signed out everywhere else."))


async def begin_second_factor(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.desk.accounts.begin_second_factor(ctx.staff, form.secret("password"))
    return ctx.see_other(PLACE)


async def confirm_second_factor(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    codes = await ctx.desk.accounts.confirm_second_factor(ctx.staff, form.text("code"))
    ctx.tell(ctx._("The second factor is on. Keep the recovery codes in a safe place."))
    return await _show(ctx, codes)


async def remove_second_factor(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.desk.accounts.remove_second_factor(ctx.staff, form.secret("password"))
    return ctx.see_other(PLACE, ctx._("The second factor is off."), "warning")


async def end_session(ctx: RequestContext) -> ASGIResponse:
    """Of one's own sessions only: the list names no others, and others are refused as not found."""
    session_id = (await ctx.form()).id("session")
    own = await ctx.desk.sessions.list_of(ctx.staff.id)
    if session_id in {session.session_id for session in own}:
        await ctx.desk.sessions.end(ctx.staff, session_id)
    return ctx.see_other(PLACE, ctx._("Signed out there."))


async def end_others(ctx: RequestContext) -> ASGIResponse:
    await ctx.desk.sessions.end_others(ctx.staff)
    return ctx.see_other(PLACE, ctx._("You are signed out everywhere else."))


async def ask_password(ctx: RequestContext) -> ASGIResponse:
    """Something that matters was asked, and the password was given too long ago."""
    form = await ctx.form() if ctx.request.method == "POST" else None
    following = form.text("next") if form else ctx.given("next")
    return ctx.page("console/account/confirm_password.html", following=own_path(following, PLACE))


async def confirm(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.desk.accounts.confirm_password(ctx.staff, form.secret("password"))
    said = ctx._("Confirmed for ten minutes. Nothing was done yet: please send it once more.")
    return ctx.see_other(own_path(form.text("next"), PLACE), said, "info")


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show),
    get(f"{PLACE}/confirm", ask_password),
    post(f"{PLACE}/confirm", confirm, again=ask_password),
    post(f"{PLACE}/times", choose_times, again=show),
    post(f"{PLACE}/password", change_password, again=show),
    post(f"{PLACE}/second-factor", begin_second_factor, again=show),
    post(f"{PLACE}/second-factor/confirm", confirm_second_factor, again=show),
    post(f"{PLACE}/second-factor/remove", remove_second_factor, again=show),
    post(f"{PLACE}/sessions/end", end_session, again=show),
    post(f"{PLACE}/sessions/end-others", end_others, again=show),
)
