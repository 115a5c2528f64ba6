"""A new order by phone or at the counter: typed without a mouse, priced while it is typed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.policies import Policies
from purveyor.core.refusals import Refusal
from purveyor.engine.answers import Preview, Refused
from purveyor.records.policies.queries import load_policies
from purveyor.stages.receipt.facts import OrderPlaced
from purveyor.web.api.stages.receipt import PLACE as ENDPOINT
from purveyor.web.console.new_order.counter_sale import hand_over
from purveyor.web.console.new_order.form import ADDRESS, ORDER_TYPES, country_of, order_of, rows_of
from purveyor.web.console.orders.lookup import Person, matches, people
from purveyor.web.pages import formats
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.storefront.address_form import all_countries

SCOPE = "receipt:write"
PLACE = "/console/new-order"
MORE_LINES = 3


async def show(ctx: RequestContext) -> ASGIResponse:
    """The form: empty, for a customer, or as it was typed."""
    policies = await load_policies(ctx.house.read)
    form = await ctx.form() if ctx.request.method == "POST" else Form(_start(ctx, policies))
    person = ctx.given("person")
    if person:
        for each in await people(ctx.house.read, ctx.given("q")):
            if str(each.id) == person:
                form = Form(_start(ctx, policies) | _taken(each))
    return await _page(ctx, policies, form, None)


def _start(ctx: RequestContext, policies: Policies) -> dict[str, str]:
    channel = "in_person" if ctx.given("channel") == "in_person" else "phone"
    collects = next((each.code for each in policies.locations if each.collects), "")
    at_counter = channel == "in_person"
    return {
        "channel": channel,
        "method": "collect" if at_counter and collects else "ship",
        "collect_at": collects,
        "pay": "cash" if at_counter else "link",
        "country": country_of(policies),
        "hand_over": "1" if at_counter and collects else "",
        "q": ctx.given("q"),
    }


def _taken(person: Person) -> dict[str, str]:
    """What the form takes over from somebody who is known."""
    return {name: getattr(person, name) for name in ADDRESS} | {"customer_id": str(person.customer_id or "")}


async def _page(ctx: RequestContext, policies: Policies, form: Form, preview: Preview | None) -> ASGIResponse:
    query = form.text("q")
    return ctx.page(
        "console/new_order/page.html",
        form=form,
        rows=rows_of(form) + (MORE_LINES if form.text("step") == "more" else 0),
        ways=ORDER_TYPES,
        policies=policies,
        address=ADDRESS,
        countries=all_countries(ctx.locale),
        found=await people(ctx.house.read, query) if query else [],
        placed=ctx.given("placed") if ctx.request.method == "GET" else "",
        **_totals(preview),
    )


def _totals(preview: Preview | None) -> dict[str, Any]:
    """The order as it would be placed, for the template."""
    placed = preview.facts if preview is not None else []
    fact = next((each for each in placed if each["kind"] == "receipt.order_placed"), None)
    held = [each for each in placed if each["kind"] == "review.order_held"]
    waits = [each for each in placed if each["kind"] == "review.units_backordered"]
    priced = None if fact is None else msgspec.convert(fact, OrderPlaced)
    return {"priced": priced, "held": held, "waits": waits}


async def find_people(ctx: RequestContext) -> ASGIResponse:
    """A part: who may be meant by what was typed so far."""
    text = ctx.given("q")
    return ctx.page("console/new_order/people.html", found=await people(ctx.house.read, text), q=text, taken=_taken)


async def find_products(ctx: RequestContext) -> ASGIResponse:
    """A part: which products may be meant, with price and stock by location."""
    text = next((value for name, value in ctx.request.query_params.items() if name.startswith("sku.")), "")
    return ctx.page("console/new_order/products.html", found=await matches(ctx.house.read, str(text).strip()))


async def total(ctx: RequestContext) -> ASGIResponse:
    """A part: what the order costs as it is typed. Nothing is done."""
    policies = await load_policies(ctx.house.read)
    form = await ctx.form()
    preview = None
    try:
        command = order_of(form, policies, ctx.language)
        if command.lines:
            preview = await ctx.preview(command)
    except Refusal as refusal:
        await ctx.tell_refusal(Refused.of(refusal))
    return ctx.page("console/new_order/total.html", currency=policies.currency, **_totals(preview))


async def place(ctx: RequestContext) -> ASGIResponse:
    """Place it, or show it with more lines, or priced (without scripts)."""
    policies = await load_policies(ctx.house.read)
    form = await ctx.form()
    if form.text("step") == "more":
        return await _page(ctx, policies, form, None)
    command = order_of(form, policies, ctx.language)
    if form.text("step") == "total":
        preview = await ctx.preview(command)
        return await _page(ctx, policies, form, preview)
    ctx.check_scope(ENDPOINT.lacks(command, ctx.may))
    answer = await ctx.do(command)
    total_minor = await _total_of(ctx, answer.order_id)
    said = ctx._(
        "Order %(number)s is placed: %(total)s.",
        number=answer.number,
        total=formats.money(total_minor, policies.currency, ctx.locale),
    )
    tone = "success"
    if form.flag("hand_over") and answer.order_id is not None and command.method == "collect":
        problem = await hand_over(ctx, answer.order_id, form.text("key"))
        said += " " + (problem or ctx._("The goods are handed over."))
        tone = "warning" if problem else tone
    to = f"{PLACE}?channel={command.channel}&placed={answer.number}"
    return ctx.see_other(to, said, tone)


async def _total_of(ctx: RequestContext, order_id: UUID | None) -> int:
    found = await ctx.house.read.values("SELECT total_minor FROM orders WHERE id = $1", order_id)
    return int(found[0]) if found else 0


ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=SCOPE),
    get(f"{PLACE}/people", find_people, scope=SCOPE),
    get(f"{PLACE}/products", find_products, scope=SCOPE),
    post(f"{PLACE}/total", total, scope=SCOPE),
    post(PLACE, place, scope=SCOPE, again=show),
)
