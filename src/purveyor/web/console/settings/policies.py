"""Policies: the merchant's rules in words, changed by a form, tried on the past before they count."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.currencies import exponent
from purveyor.core.policies import Policies
from purveyor.core.refusals import NotFound
from purveyor.core.vat_rates import TaxRate
from purveyor.insight.backtest import BACKTESTS, DAYS, MOST, BacktestResult, policies_compared
from purveyor.records.policies.commands import ApprovePolicy, DeclinePolicy, SetPolicy
from purveyor.records.policies.facts import PolicyAsked, PolicySet
from purveyor.records.policies.queries import (
    PolicyWaiting,
    Version,
    load_policies,
    policies_waiting,
    policy_rows,
    versions_of,
)
from purveyor.records.policies.state import Policy, assemble, in_force
from purveyor.web.console.frame.actor_names import names_of_actors
from purveyor.web.console.settings.policy_changes import Difference, differences
from purveyor.web.console.settings.policy_forms import document_of, fields_of, read_document
from purveyor.web.console.settings.policy_texts import ABOUT, COUNTS, HINTS, HOW, NO_PREVIEW
from purveyor.web.pages.context import CommandRefused, RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.refusal_texts import refusal_text
from purveyor.web.pages.routes import PageRoute, get, post

READ = "policies:read"
WRITE = "policies:write"
PLACE = "/console/policies"
SHOWN = 100  # orders that differ; all are counted
VERSIONS_SHOWN = 20


class Told(msgspec.Struct, frozen=True):
    """A version as the page tells it."""

    version: Version
    who: str
    changes: list[Difference]


class Waiting(msgspec.Struct, frozen=True):
    """A change that another admin is asked about, as the page tells it."""

    request: PolicyWaiting
    who: str
    changes: list[Difference]


async def show(ctx: RequestContext) -> ASGIResponse:
    """Every policy in a sentence, with its version."""
    rows = {row.name: row.version for row in await policy_rows(ctx.house.read)}
    return ctx.page("console/settings/policies.html", about=ABOUT, versions=rows, previews=BACKTESTS)


def _name(ctx: RequestContext) -> str:
    name: str = ctx.in_path("name")
    if name not in ABOUT:
        raise NotFound(what="policy", id=name)
    return name


async def policy(ctx: RequestContext) -> ASGIResponse:
    """One policy: its form, and its versions."""
    return await _page(ctx, _name(ctx))


async def _page(
    ctx: RequestContext, name: str, backtest: BacktestResult | None = None, changes: list[Difference] | None = None
) -> ASGIResponse:
    """With what was typed, and after a preview with what would have been different."""
    read = ctx.house.read
    policies = await load_policies(read)
    sent: Form | None = await ctx.form() if ctx.request.method == "POST" else None
    title, about = ABOUT[name]
    return ctx.page(
        "console/settings/policy.html",
        name=name,
        title=ctx._(title),
        about=ctx._(about),
        fields=fields_of(name, policies, sent, ctx.locale),
        hints=HINTS,
        digits=exponent(policies.currency),
        seller_lacks=policies.seller.missing if name == "seller" else (),
        taxes_nothing=[rate.tax_class for rate in policies.tax.rates if _taxes_nothing(rate)] if name == "tax" else [],
        versions=await _versions(ctx, name, policies.currency),
        waiting=await _waiting(ctx, name, policies),
        can_preview=name in BACKTESTS,
        no_preview=ctx._(NO_PREVIEW.get(name, "")) if name in NO_PREVIEW else "",
        how=ctx._(HOW[name]) if name in HOW else "",
        backtest=backtest,
        changes=changes,
        sentence_of=lambda no: refusal_text(
            no.code, msgspec.to_builtins(no.data), ctx.language, str(no), zone=ctx.zone
        ),
        counts=COUNTS,
        days=DAYS,
        most=MOST,
        shown=SHOWN,
    )


async def _waiting(ctx: RequestContext, name: str, policies: Policies) -> list[Waiting]:
    """What other admins are asked about this policy, and what it would change."""
    found = [each for each in await policies_waiting(ctx.house.read) if each.name == name]
    names = await names_of_actors(ctx, (each.asked_by for each in found))
    now = document_of(name, policies)
    return [
        Waiting(
            each,
            names[each.asked_by],
            differences(ctx, name, now, _normal(name, each.data), policies.currency),
        )
        for each in found
    ]


def _taxes_nothing(rate: TaxRate) -> bool:
    """Whether a row takes no tax on usual goods wherever no other row is for."""
    return rate.country == "*" and not rate.basis_points and rate.tax_class != "zero"


async def _versions(ctx: RequestContext, name: str, currency: str) -> list[Told]:
    """The newest first, each with what it changed. The first one is held against the defaults."""
    versions = await versions_of(ctx.house.read, name, VERSIONS_SHOWN + 1)
    names = await names_of_actors(ctx, (each.actor for each in versions))
    told: list[Told] = []
    for number, each in enumerate(versions[:VERSIONS_SHOWN]):
        before = versions[number + 1].data if number + 1 < len(versions) else None
        changes = differences(ctx, name, _normal(name, before), _normal(name, each.data), currency)
        told.append(Told(each, names[each.actor], changes))
    return told


def _normal(name: str, data: Any) -> Any:
    """A document with all its defaults; one that does not fit today's shape any more as it is."""
    try:
        rows = [] if data is None else [Policy(name, 1, data)]
        return document_of(name, assemble(rows))
    except msgspec.ValidationError:
        return data


async def preview(ctx: RequestContext) -> ASGIResponse:
    """What would change, and what would have happened last month. Nothing is put in force."""
    name = _name(ctx)
    before, after = await _proposed(ctx, name)
    changes = differences(ctx, name, document_of(name, before), document_of(name, after), after.currency)
    backtest = None
    if name in BACKTESTS:
        async with ctx.house.pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
            read = ctx.house.read.on(db)
            backtest = await BACKTESTS[name](read, await policies_compared(read, before, after, ctx.now))
    return await _page(ctx, name, backtest, changes)


async def _proposed(ctx: RequestContext, name: str) -> tuple[Policies, Policies]:
    """The policies in force, and as they would be. Raises `CommandRefused` for what would be refused."""
    read = ctx.house.read
    before = await load_policies(read)
    data = read_document(name, await ctx.form(), before)
    tried = await ctx.preview(SetPolicy(name=name, data=data))
    if tried.refusal is not None:
        raise CommandRefused(tried.refusal.status)
    made = next(fact for fact in tried.facts if fact["kind"] in (PolicySet.kind(), PolicyAsked.kind()))
    others = [row for row in await policy_rows(read) if row.name != name]
    after = in_force([*others, Policy(name, made.get("number", 0), made["data"])])
    return before, msgspec.structs.replace(after, home_zone=before.home_zone)


async def put_in_force(ctx: RequestContext) -> ASGIResponse:
    """It counts from now on; what was decided stays decided."""
    name = _name(ctx)
    data = read_document(name, await ctx.form(), await load_policies(ctx.house.read))
    answer = await ctx.do(SetPolicy(name=name, data=data))
    title = ctx._(ABOUT[name][0])
    if "request_id" in answer.reply:
        waits = ctx._("%(name)s: this allows more than before, so it waits for another admin.", name=title)
        return ctx.see_other(f"{PLACE}/{name}", waits)
    said = ctx._("%(name)s: version %(number)s is in force.", name=title, number=answer.reply["version"])
    return ctx.see_other(f"{PLACE}/{name}", said)


async def decide_request(ctx: RequestContext) -> ASGIResponse:
    """Say yes as the second admin, or no, to a policy that allows more than before."""
    name, form = _name(ctx), await ctx.form()
    request_id = form.id("request")
    if form.text("action") == "approve":
        await ctx.do(ApprovePolicy(request_id=request_id))
        return ctx.see_other(f"{PLACE}/{name}", ctx._("Approved. It is in force."))
    await ctx.do(DeclinePolicy(request_id=request_id))
    return ctx.see_other(f"{PLACE}/{name}", ctx._("Declined. Nothing has changed."))


_ONE = PLACE + "/{name:str}"
ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    get(_ONE, policy, scope=READ),
    post(f"{_ONE}/preview", preview, scope=WRITE, again=policy),
    post(f"{_ONE}/requests", decide_request, scope=WRITE, again=policy),
    post(_ONE, put_in_force, scope=WRITE, again=policy),
)
