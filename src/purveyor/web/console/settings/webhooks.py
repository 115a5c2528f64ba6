"""Webhooks: which other programs are told what happens here, how that goes, and how they catch up by themselves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid, NotFound
from purveyor.engine.change_feed import changes_by_seq
from purveyor.records.webhooks import outbox
from purveyor.records.webhooks.commands import (
    EVERYTHING,
    AddWebhook,
    ChangeWebhook,
    RemoveWebhook,
    RotateWebhookSecret,
)
from purveyor.records.webhooks.queries import (
    MOST_COUNTED,
    NEWEST,
    WebhookSeen,
    all_webhooks,
    deliveries,
    delivery,
    tries_of,
    webhook_by_id,
)
from purveyor.records.webhooks.topics import topics
from purveyor.web.api.webhook_secrets import new_secret, sealed_secret
from purveyor.web.api.webhook_targets import check_target
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.http.paging import page, place_after
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post

READ, WRITE = "webhooks:read", "webhooks:write"
PLACE = "/console/webhooks"
ONE = PLACE + "/{webhook_id:uuid}"
SHOWN = 25
STATUSES = ("waiting", "failed", "given_up")


async def show(ctx: RequestContext) -> ASGIResponse:
    """All webhooks, a form for another, and how programs ask for themselves."""
    return await _show(ctx)


async def _show(ctx: RequestContext, secret: str = "", made: str = "") -> ASGIResponse:
    """`secret`: of a webhook that was added now, shown this once."""
    sent = await ctx.form() if ctx.request.method == "POST" and not secret else Form({})
    return ctx.page(
        "console/settings/webhooks.html",
        webhooks=await all_webhooks(ctx.house.read),
        most=MOST_COUNTED,
        topics=topics(),
        secret=secret,
        made=made,
        sent=sent,
        chosen=sent.all("topics") or [EVERYTHING],
        public_url=ctx.house.settings.public_url or _opened_at(ctx),
    )


def _opened_at(ctx: RequestContext) -> str:
    """The address under which this very page was opened: whoever reads it reaches us there."""
    url = ctx.request.base_url
    return f"{url.scheme}://{url.netloc}"


async def add(ctx: RequestContext) -> ASGIResponse:
    """The secret is on the page that answers, and nowhere after."""
    form = await ctx.form()
    secret = await _secret(ctx)
    url = form.required("url")
    check_target(ctx.house.settings, url)
    command = AddWebhook(
        url=url,
        secret=sealed_secret(ctx.desk.sessions.seal, secret),
        topics=tuple(form.all("topics")),
        description=form.text("description"),
    )
    await ctx.do(command)
    return await _show(ctx, secret, url)


async def _secret(ctx: RequestContext) -> str:
    """The same for a form that is sent twice: what is shown last is what was kept."""
    key = (await ctx.form()).text("key") or ctx.new_key
    return new_secret(ctx.desk.sessions.seal, f"page:{ctx.actor}:{key}")


async def _found(ctx: RequestContext) -> WebhookSeen:
    webhook_id: UUID = ctx.in_path("webhook_id")
    found = await webhook_by_id(ctx.house.read, webhook_id)
    if found is None:
        raise NotFound(what="webhook", id=webhook_id)
    return found


def _here(ctx: RequestContext) -> str:
    return f"{PLACE}/{ctx.in_path('webhook_id')}"


async def one(ctx: RequestContext) -> ASGIResponse:
    """One webhook with its log."""
    return await _one(ctx)


async def _one(ctx: RequestContext, secret: str = "") -> ASGIResponse:
    webhook = await _found(ctx)
    sent = await ctx.form() if ctx.request.method == "POST" and ctx.errors else None
    status = ctx.given("status") if ctx.given("status") in STATUSES else ""
    before = place_after(ctx.given("after") or None, int, NEWEST)
    rows = await deliveries(ctx.house.read, webhook.id, status, before, SHOWN + 1)
    log = page(rows, SHOWN, lambda row: row.id)
    return ctx.page(
        "console/settings/webhook.html",
        webhook=webhook,
        most=MOST_COUNTED,
        place=_here(ctx),
        log=log,
        numbers=await numbers_of(ctx, (row.order_id for row in log.items if row.order_id is not None)),
        only=status,
        statuses=STATUSES,
        secret=secret,
        topics=topics(),
        url=sent.text("url") if sent is not None and "url" in sent else webhook.url,
        description=sent.text("description") if sent is not None and "url" in sent else webhook.description,
        chosen=sent.all("topics") if sent is not None and "url" in sent else webhook.topics,
    )


async def one_delivery(ctx: RequestContext) -> ASGIResponse:
    """One delivery: what was sent, and every answer."""
    webhook = await _found(ctx)
    number: int = ctx.in_path("delivery_id")
    found = await delivery(ctx.house.read, webhook.id, number) if 0 < number <= NEWEST else None
    if found is None:
        raise NotFound(what="delivery", id=number)
    change = (await changes_by_seq(ctx.house.read, [found.seq])).get(found.seq) if found.seq is not None else None
    shown: Any = None
    if change is not None:
        shown = msgspec.json.format(msgspec.json.encode(change), indent=2).decode()
    return ctx.page(
        "console/settings/webhook_delivery.html",
        webhook=webhook,
        delivery=found,
        place=_here(ctx),
        tries=await tries_of(ctx.house.read, found.id),
        change=shown,
        numbers=await numbers_of(ctx, [found.order_id] if found.order_id is not None else []),
    )


# What is done about one webhook.


async def change(ctx: RequestContext) -> ASGIResponse:
    """Address, description and topics, as the form has them."""
    form = await ctx.form()
    check_target(ctx.house.settings, form.required("url"))
    command = ChangeWebhook(
        webhook_id=ctx.in_path("webhook_id"),
        url=form.required("url"),
        description=form.text("description"),
        topics=tuple(form.all("topics")),
    )
    await ctx.do(command)
    return ctx.see_other(_here(ctx), ctx._("The webhook is changed."))


async def pause(ctx: RequestContext) -> ASGIResponse:
    command = ChangeWebhook(webhook_id=ctx.in_path("webhook_id"), active=False, reason="Paused by hand.")
    await ctx.do(command)
    said = ctx._("It is told nothing for now. What happens meanwhile is told when it goes on.")
    return ctx.see_other(_here(ctx), said)


async def resume(ctx: RequestContext) -> ASGIResponse:
    await ctx.do(ChangeWebhook(webhook_id=ctx.in_path("webhook_id"), active=True))
    return ctx.see_other(_here(ctx), ctx._("It is told again, from where it was paused."))


async def rotate(ctx: RequestContext) -> ASGIResponse:
    """The new secret is on the page that answers, and nowhere after."""
    form = await ctx.form()
    secret = await _secret(ctx)
    command = RotateWebhookSecret(
        webhook_id=ctx.in_path("webhook_id"),
        secret=sealed_secret(ctx.desk.sessions.seal, secret),
        at_once=form.flag("at_once"),
    )
    await ctx.do(command)
    return await _one(ctx, secret)


async def remove(ctx: RequestContext) -> ASGIResponse:
    await ctx.do(RemoveWebhook(webhook_id=ctx.in_path("webhook_id"), reason="Removed by hand."))
    return ctx.see_other(PLACE, ctx._("The webhook is removed. Its address and its secret are emptied."))


# The line is no business fact, so these are no commands.


async def test(ctx: RequestContext) -> ASGIResponse:
    webhook = await _found(ctx)
    await outbox.add_test(ctx.house.pool, webhook.id)
    said = ctx._("A test is on its way. Its answer stands in the log below in a moment.")
    return ctx.see_other(_here(ctx), said)


async def replay(ctx: RequestContext) -> ASGIResponse:
    """One delivery, all that was given up, or everything since a number."""
    webhook = await _found(ctx)
    form = await ctx.form()
    pool = ctx.house.pool
    if form.flag("given_up"):
        count = await outbox.tell_given_up_again(pool, webhook.id)
        said = ctx.translations.ngettext("%(num)s change is told again.", "%(num)s changes are told again.", count)
        return ctx.see_other(_here(ctx), said % {"num": count})
    if "delivery" in form:
        if not await outbox.tell_again(pool, webhook.id, form.integer("delivery")):
            found = ctx._("one that is being sent now, or waits behind another")
            raise Invalid(field="delivery", found=found, expected=ctx._("one that can be sent again now"))
        return ctx.see_other(_here(ctx), ctx._("The change is told again."))
    since = form.integer("since")
    if since < 0:
        raise Invalid(field="since", found=since, expected=ctx._("a number of the journal, from 0"))
    told = await outbox.tell_again_after(pool, webhook.id, since)
    if told is None:
        raise Invalid(field="since", found=since, expected=ctx._("a webhook that a worker has seen"))
    return ctx.see_other(
        _here(ctx), ctx._("Everything after number %(number)s is told again, in its order.", number=told)
    )


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    post(PLACE, add, scope=WRITE, again=show),
    get(ONE, one, scope=READ),
    get(ONE + "/deliveries/{delivery_id:int}", one_delivery, scope=READ),
    post(f"{ONE}/change", change, scope=WRITE, again=one),
    post(f"{ONE}/pause", pause, scope=WRITE, again=one),
    post(f"{ONE}/resume", resume, scope=WRITE, again=one),
    post(f"{ONE}/rotate", rotate, scope=WRITE, again=one),
    post(f"{ONE}/remove", remove, scope=WRITE, again=one),
    post(f"{ONE}/test", test, scope=WRITE, again=one),
    post(f"{ONE}/replay", replay, scope=WRITE, again=one),
)
