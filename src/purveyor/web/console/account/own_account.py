"""One's own account: password, second factor, and where one is signed in."""

from __future__ import annotations

import segno
from litestar.response.base import ASGIResponse

from purveyor.core.calendars import zone_names
from purveyor.core.refusals import Invalid
from purveyor.web.pages.context import YEAR_S, ZONE, TurnedDown, Visit
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import LANGUAGES

PLACE = "/console/account"


async def show(visit: Visit) -> ASGIResponse:
    return await _show(visit, [])


async def _show(visit: Visit, codes: list[str]) -> ASGIResponse:
    """`codes`: recovery codes, shown this once."""
    await visit.look_again()
    enrollment = await visit.desk.accounts.pending_second_factor(visit.staff)
    picture = segno.make(enrollment.address, error="m").svg_data_uri(scale=5, border=2) if enrollment else ""
    return visit.page(
        "console/account/own_account.html",
        enrollment=enrollment,
        picture=picture,
        codes=codes,
        languages=list(LANGUAGES.items()),
        zones=[
            ("", visit._("As the shop: %(zone)s", zone=visit.shop_zone.key)),
            *((name, name.replace("_", " ")) for name in zone_names()),
        ],
        sessions=await visit.desk.sessions.list_of(visit.staff.id),
    )


async def choose_times(visit: Visit) -> ASGIResponse:
    """Language of the pages and zone of the hours, for this browser. Days stay those of the shop."""
    form = await visit.form()
    language, zone = form.text("language"), form.text("zone")
    if language not in LANGUAGES:
        raise Invalid(field="language", found=language or "nothing", expected=", ".join(LANGUAGES))
    if zone and zone not in zone_names():
        raise Invalid(field="zone", found=zone, expected="a zone such as Europe/Berlin")
    visit.remember("language", language)
    visit.remember(ZONE, zone.replace("/", "."), max_age=YEAR_S if zone else 0)
    return visit.see_other(PLACE, visit._("Kept for this browser."))


async def change_password(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    if form.secret("new") != form.secret("again"):
        visit.tell(visit._("The new password was typed differently the second time."), "danger")
        raise TurnedDown(422)
    await visit.desk.accounts.change_password(visit.staff, form.secret("old"), form.secret("new"))
    return visit.see_other(PLACE, visit._("Your password is changed. You are signed out everywhere else."))


async def begin_second_factor(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    await visit.desk.accounts.begin_second_factor(visit.staff, form.secret("password"))
    return visit.see_other(PLACE)


async def confirm_second_factor(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    codes = await visit.desk.accounts.confirm_second_factor(visit.staff, form.text("code"))
    visit.tell(visit._("The second factor is on. Keep the recovery codes in a safe place."))
    return await _show(visit, codes)


async def remove_second_factor(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    await visit.desk.accounts.remove_second_factor(visit.staff, form.secret("password"))
    return visit.see_other(PLACE, visit._("The second factor is off."), "warning")


async def end_session(visit: Visit) -> ASGIResponse:
    """Of one's own sessions only: the list names no others, and others are refused as not found."""
    session_id = (await visit.form()).id("session")
    own = await visit.desk.sessions.list_of(visit.staff.id)
    if session_id in {session.session_id for session in own}:
        await visit.desk.sessions.end(visit.staff, session_id)
    return visit.see_other(PLACE, visit._("Signed out there."))


async def end_others(visit: Visit) -> ASGIResponse:
    await visit.desk.sessions.end_others(visit.staff)
    return visit.see_other(PLACE, visit._("You are signed out everywhere else."))


async def ask_password(visit: Visit) -> ASGIResponse:
    """Something that matters was asked, and the password was given too long ago."""
    form = await visit.form() if visit.request.method == "POST" else None
    following = form.text("next") if form else visit.given("next")
    return visit.page("console/account/confirm_password.html", following=own_path(following, PLACE))


async def confirm(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    await visit.desk.accounts.confirm_password(visit.staff, form.secret("password"))
    said = visit._("Confirmed for ten minutes. Nothing was done yet: please send it once more.")
    return visit.see_other(own_path(form.text("next"), PLACE), said, "info")


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
