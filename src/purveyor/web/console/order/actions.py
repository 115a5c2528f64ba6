"""Every action on an order: which are possible now and why not the rest, and a form for each made from its command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from itertools import islice
from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.messages import Command
from purveyor.core.refusals import NotFound
from purveyor.engine.answers import Preview
from purveyor.stages.payment.commands import CreditAmount, SettleRefundManually, VoidPayment, WriteOff
from purveyor.stages.returns.commands import CreditReturn
from purveyor.stages.review.commands import CancelUnits, EditOrder, RejectOrder
from purveyor.stages.support.commands import ResolveClaim
from purveyor.web.api.available_actions import MOST_TRIALS, NOTHING_TO_ACT_ON, Action, actions_of, refusal_of, trial
from purveyor.web.api.command_endpoints import ROOT, Endpoint
from purveyor.web.api.routes import STAGES, TRIED
from purveyor.web.console.order import editing
from purveyor.web.console.order.action_choices import fill_choices, name_of, rows_named, suggest
from purveyor.web.console.order.action_fields import Filled, command_of, fields_of
from purveyor.web.console.order.loading import ConsoleOrder, load_order
from purveyor.web.console.order.preview import preview_steps
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.refusal_texts import refusal_text
from purveyor.web.pages.routes import PageRoute, get, post

SCOPE = "orders:read"
ENDPOINTS: dict[str, tuple[str, Endpoint]] = {
    endpoint.name: (section.name, endpoint)
    for section in STAGES
    for endpoint in section.endpoints
    if "order_id" in endpoint.given
}
# What cannot be undone is shown before it is done.
FINAL: frozenset[type[Command]] = frozenset(
    (CancelUnits, RejectOrder, CreditAmount, VoidPayment, WriteOff, SettleRefundManually, ResolveClaim, CreditReturn)
)
_PARAMETER = re.compile(r"\{(\w+):\w+\}")


class Offer(msgspec.Struct, frozen=True):
    """An action in the panel: what it is about, and where its form is."""

    title: str
    about: str
    href: str
    why: str
    instead: tuple[str, ...]


class Offers(msgspec.Struct, frozen=True):
    """The actions of one stage."""

    stage: str
    possible: list[Offer]
    others: list[Offer]


async def show_all(ctx: RequestContext) -> ASGIResponse:
    """Every action that the role may take, by stage."""
    async with load_order(ctx) as opened:
        mine = [(stage, endpoint) for stage, endpoint in TRIED if ctx.may(endpoint.scope)]
        found = await actions_of(opened.unit, opened.book, mine, ctx.actor, ctx.now)
        names = {str(row.id): name_of(ctx, opened, row) for name in _ROW_FIELDS for row in rows_named(opened, name)}
    template = "console/order/action_offers.html" if ctx.is_part else "console/order/actions.html"
    return ctx.page(template, order=opened.order, stages=_by_stage(ctx, opened, found, names))


_ROW_FIELDS = {name for _, endpoint in TRIED for name in endpoint.given if name != "order_id"}


def _by_stage(ctx: RequestContext, opened: ConsoleOrder, found: list[Action], names: dict[str, str]) -> list[Offers]:
    products = {line.sku: line.name for line in opened.book.lines.values()}
    stages: dict[str, Offers] = {}
    seen: set[tuple[str, bool]] = set()
    for action in sorted(found, key=lambda each: not _is_useful(each)):
        if (action.path, True) in seen or (action.path, _is_useful(action)) in seen:
            continue
        seen.add((action.path, _is_useful(action)))
        group = stages.setdefault(action.stage, Offers(action.stage, [], []))
        given = _given(ENDPOINTS[action.action][1], action.path)
        query = "&".join(f"{name}={value}" for name, value in given.items())
        offer = Offer(
            title=action.title,
            about=", ".join(names[value] for value in given.values() if value in names),
            href=f"/console/orders/{opened.order.number}/do/{action.action}" + (f"?{query}" if query else ""),
            why=_why_not(ctx, action, products),
            instead=action.instead,
        )
        (group.possible if _is_useful(action) else group.others).append(offer)
    return [stages[stage] for stage, _ in _STAGES if stage in stages]


def _is_useful(action: Action) -> bool:
    return action.possible and not action.is_idle


def _why_not(ctx: RequestContext, action: Action, products: Mapping[str, str]) -> str:
    if action.is_idle:
        return ctx._("There is nothing to do: it would change nothing now.")
    if action.code == NOTHING_TO_ACT_ON:
        return ctx._(action.why)
    return refusal_text(action.code, action.data, ctx.language, action.why, products, zone=ctx.zone)


_STAGES = [(section.name, section) for section in STAGES]


def _given(endpoint: Endpoint, path: str) -> dict[str, str]:
    """The ids in the address of an action, but for the order's."""
    pattern = _PARAMETER.sub(r"(?P<\1>[^/]+)", ROOT + endpoint.path)
    match = re.fullmatch(pattern, path)
    found = match.groupdict() if match else {}
    return {name: value for name, value in found.items() if name != "order_id" and not value.startswith("{")}


# one action


def _endpoint(ctx: RequestContext) -> tuple[str, Endpoint]:
    """The action in the path. Raises `NotFound`, and `AccessDenied` for whom it is not."""
    name = str(ctx.in_path("action"))
    if name not in ENDPOINTS:
        raise NotFound(what="action", id=name)
    stage, endpoint = ENDPOINTS[name]
    ctx.check_scope(endpoint.scope)
    return stage, endpoint


async def _tried(ctx: RequestContext, opened: ConsoleOrder, endpoint: Endpoint) -> Command | None:
    """What to fill the form with: what was chosen, else the first that is possible, else the first."""
    commands = list(islice(endpoint.tried(opened.book), MOST_TRIALS)) if endpoint.tried else []
    chosen = [
        each
        for each in commands
        if all(ctx.given(name) in ("", str(getattr(each, name))) for name in endpoint.given if name != "order_id")
    ]
    for command in chosen:
        refusal = await refusal_of(opened.unit, command, trial(opened.book, ctx.actor, ctx.now))
        if refusal is None or refusal.code in endpoint.tolerates:
            return command
    return next(iter(chosen or commands), None)


async def show(ctx: RequestContext) -> ASGIResponse:
    """The form of an action; what was typed stays in it."""
    return await _form(ctx, None)


async def _form(ctx: RequestContext, preview: Preview | None, seen: str = "") -> ASGIResponse:
    """`seen`: of which command the preview is shown."""
    stage, endpoint = _endpoint(ctx)
    if endpoint.command is EditOrder:
        return await editing.show(ctx, preview)
    form = await ctx.form() if ctx.request.method == "POST" else Form({})
    async with load_order(ctx) as opened:
        tried = await _tried(ctx, opened, endpoint)
        fields = fields_of(endpoint, tried, ctx.locale)
        for field in fields:
            if ctx.given(field.name) and field.kind == "select":
                field.value = ctx.given(field.name)
        await fill_choices(ctx, opened, endpoint.name, fields)
    return ctx.page(
        "console/order/action.html",
        order=opened.order,
        lines=opened.lines,
        stage=stage,
        endpoint=endpoint,
        fields=fields,
        form=form,
        typed=ctx.request.method == "POST",
        seen=seen,
        may_do=endpoint.command not in FINAL or bool(seen),
        **told_of(ctx, opened, preview),
    )


def told_of(ctx: RequestContext, opened: ConsoleOrder, preview: Preview | None) -> dict[str, Any]:
    """The preview for the template."""
    names = {str(line.id): line.name for line in opened.lines}
    accepted = preview is not None and preview.accepted
    return {"preview": preview if accepted else None, "steps": preview_steps(ctx, preview, names) if preview else []}


async def _command(ctx: RequestContext, endpoint: Endpoint) -> Command:
    """What was filled in. Raises `Invalid` or `Problem`, which say the field."""
    form = await ctx.form()
    if endpoint.command is EditOrder:
        return await editing.command_of(ctx, form)
    async with load_order(ctx) as opened:
        fields = fields_of(endpoint, None, ctx.locale)
        suggest(endpoint.name, fields)
        values = Filled(ctx, form, opened.order.currency).values(fields)
        return command_of(endpoint, opened.order.id, values)


async def act(ctx: RequestContext) -> ASGIResponse:
    """Preview it, or do it. A refusal is told on the form, beside its field where it is about one."""
    _, endpoint = _endpoint(ctx)
    form = await ctx.form()
    command = await _command(ctx, endpoint)
    ctx.check_scope(endpoint.lacks(command, ctx.may))
    digest = blake2b(msgspec.json.encode(command), digest_size=16).hexdigest()
    is_seen = endpoint.command not in FINAL or form.text("seen") == digest
    if (form.text("step") != "do" or not is_seen) and not endpoint.is_guessed_at:
        preview = await ctx.preview(command)
        if preview.refusal is not None:
            ctx.status = preview.refusal.status
        return await _form(ctx, preview, digest if preview.accepted else "")
    await ctx.do(command)
    return ctx.see_other(f"/console/orders/{ctx.in_path('number')}", ctx._("Done: %(what)s.", what=_said(ctx)))


def _said(ctx: RequestContext) -> str:
    _, endpoint = ENDPOINTS[str(ctx.in_path("action"))]
    return ctx._(endpoint.summary)


ROUTES: tuple[PageRoute, ...] = (
    get("/console/orders/{number:int}/actions", show_all, scope=SCOPE),
    get("/console/orders/{number:int}/do/{action:str}", show, scope=SCOPE),
    post("/console/orders/{number:int}/do/{action:str}", act, scope=SCOPE, again=show),
)
