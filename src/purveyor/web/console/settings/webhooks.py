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
from purveyor.web.pages.context import Visit
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post

READ, WRITE = "webhooks:read", "webhooks:write"
PLACE = "/console/webhooks"
ONE = PLACE + "/{webhook_id:uuid}"
SHOWN = 25
STATUSES = ("waiting", "failed", "given_up")


async def show(visit: Visit) -> ASGIResponse:
    """All webhooks, a form for another, and how programs ask for themselves."""
    return await _show(visit)


async def _show(visit: Visit, secret: str = "", made: str = "") -> ASGIResponse:
    """`secret`: of a webhook that was added now, shown this once."""
    sent = await visit.form() if visit.request.method == "POST" and not secret else Form({})
    return visit.page(
        "console/settings/webhooks.html",
        webhooks=await all_webhooks(visit.house.read),
        most=MOST_COUNTED,
        topics=topics(),
        secret=secret,
        made=made,
        sent=sent,
        chosen=sent.all("topics") or [EVERYTHING],
        public_url=visit.house.settings.public_url or _opened_at(visit),
    )


def _opened_at(visit: Visit) -> str:
    """The address under which this very page was opened: whoever reads it reaches us there."""
    url = visit.request.base_url
    return f"{url.scheme}://{url.netloc}"


async def add(visit: Visit) -> ASGIResponse:
    """The secret is on the page that answers, and nowhere after."""
    form = await visit.form()
    secret = await _secret(visit)
    url = form.required("url")
    check_target(visit.house.settings, url)
    command = AddWebhook(
        url=url,
        secret=sealed_secret(visit.desk.sessions.seal, secret),
        topics=tuple(form.all("topics")),
        description=form.text("description"),
    )
    await visit.do(command)
    return await _show(visit, secret, url)


async def _secret(visit: Visit) -> str:
    """The same for a form that is sent twice: what is shown last is what was kept."""
    key = (await visit.form()).text("key") or visit.new_key
    return new_secret(visit.desk.sessions.seal, f"page:{visit.actor}:{key}")


async def _found(visit: Visit) -> WebhookSeen:
    webhook_id: UUID = visit.in_path("webhook_id")
    found = await webhook_by_id(visit.house.read, webhook_id)
    if found is None:
        raise NotFound(what="webhook", id=webhook_id)
    return found


def _here(visit: Visit) -> str:
    return f"{PLACE}/{visit.in_path('webhook_id')}"


async def one(visit: Visit) -> ASGIResponse:
    """One webhook with its log."""
    return await _one(visit)


async def _one(visit: Visit, secret: str = "") -> ASGIResponse:
    webhook = await _found(visit)
    sent = await visit.form() if visit.request.method == "POST" and visit.errors else None
    status = visit.given("status") if visit.given("status") in STATUSES else ""
    before = place_after(visit.given("after") or None, int, NEWEST)
    rows = await deliveries(visit.house.read, webhook.id, status, before, SHOWN + 1)
    log = page(rows, SHOWN, lambda row: row.id)
    return visit.page(
        "console/settings/webhook.html",
        webhook=webhook,
        most=MOST_COUNTED,
        place=_here(visit),
        log=log,
        numbers=await numbers_of(visit, (row.order_id for row in log.items if row.order_id is not None)),
        only=status,
        statuses=STATUSES,
        secret=secret,
        topics=topics(),
        url=sent.text("url") if sent is not None and "url" in sent else webhook.url,
        description=sent.text("description") if sent is not None and "url" in sent else webhook.description,
        chosen=sent.all("topics") if sent is not None and "url" in sent else webhook.topics,
    )


async def one_delivery(visit: Visit) -> ASGIResponse:
    """One delivery: what was sent, and every answer."""
    webhook = await _found(visit)
    number: int = visit.in_path("delivery_id")
    found = await delivery(visit.house.read, webhook.id, number) if 0 < number <= NEWEST else None
    if found is None:
        raise NotFound(what="delivery", id=number)
    change = (await changes_by_seq(visit.house.read, [found.seq])).get(found.seq) if found.seq is not None else None
    shown: Any = None
    if change is not None:
        shown = msgspec.json.format(msgspec.json.encode(change), indent=2).decode()
    return visit.page(
        "console/settings/webhook_delivery.html",
        webhook=webhook,
        delivery=found,
        place=_here(visit),
        tries=await tries_of(visit.house.read, found.id),
        change=shown,
        numbers=await numbers_of(visit, [found.order_id] if found.order_id is not None else []),
    )


# What is done about one webhook.


async def change(visit: Visit) -> ASGIResponse:
    """Address, description and topics, as the form has them."""
    form = await visit.form()
    check_target(visit.house.settings, form.required("url"))
    command = ChangeWebhook(
        webhook_id=visit.in_path("webhook_id"),
        url=form.required("url"),
        description=form.text("description"),
        topics=tuple(form.all("topics")),
    )
    await visit.do(command)
    return visit.see_other(_here(visit), visit._("The webhook is changed."))


async def pause(visit: Visit) -> ASGIResponse:
    command = ChangeWebhook(webhook_id=visit.in_path("webhook_id"), active=False, reason="Paused by hand.")
    await visit.do(command)
    said = visit._("It is told nothing for now. What happens meanwhile is told when it goes on.")
    return visit.see_other(_here(visit), said)


async def resume(visit: Visit) -> ASGIResponse:
    await visit.do(ChangeWebhook(webhook_id=visit.in_path("webhook_id"), active=True))
    return visit.see_other(_here(visit), visit._("It is told again, from where it was paused."))


async def rotate(visit: Visit) -> ASGIResponse:
    """The new secret is on the page that answers, and nowhere after."""
    form = await visit.form()
    secret = await _secret(visit)
    command = RotateWebhookSecret(
        webhook_id=visit.in_path("webhook_id"),
        secret=sealed_secret(visit.desk.sessions.seal, secret),
        at_once=form.flag("at_once"),
    )
    await visit.do(command)
    return await _one(visit, secret)


async def remove(visit: Visit) -> ASGIResponse:
    await visit.do(RemoveWebhook(webhook_id=visit.in_path("webhook_id"), reason="Removed by hand."))
    return visit.see_other(PLACE, visit._("The webhook is removed. Its address and its secret are emptied."))


# The line is no business fact, so these are no commands.


async def test(visit: Visit) -> ASGIResponse:
    webhook = await _found(visit)
    await outbox.add_test(visit.house.pool, webhook.id)
    said = visit._("A test is on its way. Its answer stands in the log below in a moment.")
    return visit.see_other(_here(visit), said)


async def replay(visit: Visit) -> ASGIResponse:
    """One delivery, all that was given up, or everything since a number."""
    webhook = await _found(visit)
    form = await visit.form()
    pool = visit.house.pool
    if form.flag("given_up"):
        count = await outbox.tell_given_up_again(pool, webhook.id)
        said = visit.translations.ngettext("%(num)s change is told again.", "%(num)s changes are told again.", count)
        return visit.see_other(_here(visit), said % {"num": count})
    if "delivery" in form:
        if not await outbox.tell_again(pool, webhook.id, form.integer("delivery")):
            found = visit._("one that is being sent now, or waits behind another")
            raise Invalid(field="delivery", found=found, expected=visit._("one that can be sent again now"))
        return visit.see_other(_here(visit), visit._("The change is told again."))
    since = form.integer("since")
    if since < 0:
        raise Invalid(field="since", found=since, expected=visit._("a number of the journal, from 0"))
    told = await outbox.tell_again_after(pool, webhook.id, since)
    if told is None:
        raise Invalid(field="since", found=since, expected=visit._("a webhook that a worker has seen"))
    return visit.see_other(
        _here(visit), visit._("Everything after number %(number)s is told again, in its order.", number=told)
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
