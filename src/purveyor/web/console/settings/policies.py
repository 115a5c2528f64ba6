"""Policies: the merchant's rules in words, changed by a form, tried on the past before they count."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.currencies import exponent
from purveyor.core.policies import Policies
from purveyor.core.refusals import NotFound
from purveyor.core.vat_rates import TaxRate
from purveyor.insight.backtest import DAYS, FORESEES, MOST, Foresight, asked_of
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
from purveyor.web.pages.context import TurnedDown, Visit
from purveyor.web.pages.forms import Form
from purveyor.web.pages.refusal_texts import sentence_of
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


async def show(visit: Visit) -> ASGIResponse:
    """Every policy in a sentence, with its version."""
    rows = {row.name: row.version for row in await policy_rows(visit.house.read)}
    return visit.page("console/settings/policies.html", about=ABOUT, versions=rows, previews=FORESEES)


def _name(visit: Visit) -> str:
    name: str = visit.in_path("name")
    if name not in ABOUT:
        raise NotFound(what="policy", id=name)
    return name


async def policy(visit: Visit) -> ASGIResponse:
    """One policy: its form, and its versions."""
    return await _page(visit, _name(visit))


async def _page(
    visit: Visit, name: str, foresight: Foresight | None = None, changes: list[Difference] | None = None
) -> ASGIResponse:
    """With what was typed, and after a preview with what would have been different."""
    read = visit.house.read
    policies = await load_policies(read)
    sent: Form | None = await visit.form() if visit.request.method == "POST" else None
    title, about = ABOUT[name]
    return visit.page(
        "console/settings/policy.html",
        name=name,
        title=visit._(title),
        about=visit._(about),
        fields=fields_of(name, policies, sent, visit.locale),
        hints=HINTS,
        digits=exponent(policies.currency),
        seller_lacks=policies.seller.missing if name == "seller" else (),
        taxes_nothing=[rate.tax_class for rate in policies.tax.rates if _taxes_nothing(rate)] if name == "tax" else [],
        versions=await _versions(visit, name, policies.currency),
        waiting=await _waiting(visit, name, policies),
        can_preview=name in FORESEES,
        no_preview=visit._(NO_PREVIEW.get(name, "")) if name in NO_PREVIEW else "",
        how=visit._(HOW[name]) if name in HOW else "",
        foresight=foresight,
        changes=changes,
        sentence_of=lambda no: sentence_of(
            no.code, msgspec.to_builtins(no.data), visit.language, str(no), zone=visit.zone
        ),
        counts=COUNTS,
        days=DAYS,
        most=MOST,
        shown=SHOWN,
    )


async def _waiting(visit: Visit, name: str, policies: Policies) -> list[Waiting]:
    """What other admins are asked about this policy, and what it would change."""
    found = [each for each in await policies_waiting(visit.house.read) if each.name == name]
    names = await names_of_actors(visit, (each.asked_by for each in found))
    now = document_of(name, policies)
    return [
        Waiting(
            each,
            names[each.asked_by],
            differences(visit, name, now, _normal(name, each.data), policies.currency),
        )
        for each in found
    ]


def _taxes_nothing(rate: TaxRate) -> bool:
    """Whether a row takes no tax on usual goods wherever no other row is for."""
    return rate.country == "*" and not rate.basis_points and rate.tax_class != "zero"


async def _versions(visit: Visit, name: str, currency: str) -> list[Told]:
    """The newest first, each with what it changed. The first one is held against the defaults."""
    versions = await versions_of(visit.house.read, name, VERSIONS_SHOWN + 1)
    names = await names_of_actors(visit, (each.actor for each in versions))
    told: list[Told] = []
    for number, each in enumerate(versions[:VERSIONS_SHOWN]):
        before = versions[number + 1].data if number + 1 < len(versions) else None
        changes = differences(visit, name, _normal(name, before), _normal(name, each.data), currency)
        told.append(Told(each, names[each.actor], changes))
    return told


def _normal(name: str, data: Any) -> Any:
    """A document with all its defaults; one that does not fit today's shape any more as it is."""
    try:
        rows = [] if data is None else [Policy(name, 1, data)]
        return document_of(name, assemble(rows))
    except msgspec.ValidationError:
        return data


async def preview(visit: Visit) -> ASGIResponse:
    """What would change, and what would have happened last month. Nothing is put in force."""
    name = _name(visit)
    before, after = await _proposed(visit, name)
    changes = differences(visit, name, document_of(name, before), document_of(name, after), after.currency)
    foresight = None
    if name in FORESEES:
        async with visit.house.pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
            read = visit.house.read.on(db)
            foresight = await FORESEES[name](read, await asked_of(read, before, after, visit.now))
    return await _page(visit, name, foresight, changes)


async def _proposed(visit: Visit, name: str) -> tuple[Policies, Policies]:
    """The policies in force, and as they would be. Raises `TurnedDown` for what would be refused."""
    read = visit.house.read
    before = await load_policies(read)
    data = read_document(name, await visit.form(), before)
    foreseen = await visit.preview(SetPolicy(name=name, data=data))
    if foreseen.refusal is not None:
        raise TurnedDown(foreseen.refusal.status)
    made = next(fact for fact in foreseen.facts if fact["kind"] in (PolicySet.kind(), PolicyAsked.kind()))
    others = [row for row in await policy_rows(read) if row.name != name]
    after = in_force([*others, Policy(name, made.get("number", 0), made["data"])])
    return before, msgspec.structs.replace(after, home_zone=before.home_zone)


async def put_in_force(visit: Visit) -> ASGIResponse:
    """It counts from now on; what was decided stays decided."""
    name = _name(visit)
    data = read_document(name, await visit.form(), await load_policies(visit.house.read))
    answer = await visit.do(SetPolicy(name=name, data=data))
    title = visit._(ABOUT[name][0])
    if "request_id" in answer.reply:
        waits = visit._("%(name)s: this allows more than before, so it waits for another admin.", name=title)
        return visit.see_other(f"{PLACE}/{name}", waits)
    said = visit._("%(name)s: version %(number)s is in force.", name=title, number=answer.reply["version"])
    return visit.see_other(f"{PLACE}/{name}", said)


async def decide_request(visit: Visit) -> ASGIResponse:
    """Say yes as the second admin, or no, to a policy that allows more than before."""
    name, form = _name(visit), await visit.form()
    request_id = form.id("request")
    if form.text("action") == "approve":
        await visit.do(ApprovePolicy(request_id=request_id))
        return visit.see_other(f"{PLACE}/{name}", visit._("Approved. It is in force."))
    await visit.do(DeclinePolicy(request_id=request_id))
    return visit.see_other(f"{PLACE}/{name}", visit._("Declined. Nothing has changed."))


_ONE = PLACE + "/{name:str}"
ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    get(_ONE, policy, scope=READ),
    post(f"{_ONE}/preview", preview, scope=WRITE, again=policy),
    post(f"{_ONE}/requests", decide_request, scope=WRITE, again=policy),
    post(_ONE, put_in_force, scope=WRITE, again=policy),
)
