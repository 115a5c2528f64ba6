"""Keys for the API: who has one, for what; made once, shown once."""

from __future__ import annotations

from datetime import timedelta

from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid
from purveyor.records.staff.commands import CreateApiKey, RevokeApiKey
from purveyor.records.staff.queries import all_api_keys
from purveyor.web.api.routes import SECTIONS
from purveyor.web.auth.api_keys import make_key
from purveyor.web.console.frame.actor_names import names_of_actors
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post

READ = "staff:read"
WRITE = "staff:write"
PLACE = "/console/keys"
USUAL_DAYS = 365
MOST_DAYS = 1_096


def areas() -> dict[str, dict[str, list[str]]]:
    """What each scope lets do: area, `read` or `write`, and the summaries of what is asked under it."""
    found: dict[str, dict[str, list[str]]] = {}
    for section in SECTIONS:
        asked = [
            *((each.scope, each.summary) for each in section.reads),
            *((each.scope, each.summary) for each in section.endpoints),
            *((also.scope, each.summary) for each in section.endpoints for also in each.also),
            *((each.scope, each.summary) for each in section.maintenance),
        ]
        for scope, summary in asked:
            area, _, way = scope.partition(":")
            found.setdefault(area, {}).setdefault(way, []).append(summary)
    return dict(sorted(found.items()))


async def show(ctx: RequestContext) -> ASGIResponse:
    """All keys, those in force first, and a form for another."""
    return await _show(ctx)


async def _show(ctx: RequestContext, secret: str = "", made: str = "") -> ASGIResponse:
    """`secret`: a key that was made now, shown this once."""
    sent = await ctx.form() if ctx.request.method == "POST" and not secret else Form({})
    now = ctx.now
    keys = sorted(await all_api_keys(ctx.house.read), key=lambda key: key.revoked_at is not None or key.is_over(now))
    return ctx.page(
        "console/settings/api_keys.html",
        keys=keys,
        owners=await names_of_actors(ctx, (key.made_by for key in keys)),
        days=sent.text("days", str(USUAL_DAYS)),
        areas=areas(),
        secret=secret,
        made=made,
        name=sent.text("name"),
        chosen=sent.all("scopes"),
        public_url=ctx.house.settings.public_url or "",
    )


async def create(ctx: RequestContext) -> ASGIResponse:
    """Only the hash of its secret is kept, so the key itself is on the page that answers, and nowhere after."""
    form = await ctx.form()
    key = make_key()
    name = form.required("name")
    days = form.integer("days", USUAL_DAYS)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(field="days", found=days, expected=f"1 to {MOST_DAYS}")
    await ctx.do(
        CreateApiKey(
            name=name,
            prefix=key.prefix,
            hash=key.hash,
            scopes=tuple(form.all("scopes")),
            expires_at=ctx.now + timedelta(days=days),
        )
    )
    return await _show(ctx, key.secret, name)


async def revoke(ctx: RequestContext) -> ASGIResponse:
    """Shut a key out. What a running process remembers of it is over within seconds."""
    form = await ctx.form()
    await ctx.do(RevokeApiKey(key_id=form.id("id"), having=tuple(sorted(ctx.staff.scopes))))
    return ctx.see_other(PLACE, ctx._("The key is revoked. Whoever has it is refused within five seconds."))


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(PLACE, create, scope=WRITE, again=show),
    post(f"{PLACE}/revoke", revoke, scope=WRITE, again=show),
)
