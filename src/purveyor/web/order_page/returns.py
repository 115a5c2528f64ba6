"""Sending something back: what is possible, what it comes to, and the label."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.currency_format import money_text
from purveyor.core.policies import Location
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.rows import Line
from purveyor.core.senders import sender_of
from purveyor.engine.answers import Preview
from purveyor.stages.returns.commands import CancelReturn, RequestReturn, ReturnItem, Want
from purveyor.stages.returns.decide.returnable_units import policy_of, returnable
from purveyor.stages.returns.facts import ReturnAuthorized
from purveyor.stages.returns.outcome import label_charge
from purveyor.stages.returns.state import Rma, items_of
from purveyor.web.order_page.editing import typed, wanted_of
from purveyor.web.order_page.loading import CustomerOrder, load_order, order_id_of
from purveyor.web.order_page.queries import Exchange, exchanges_for
from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.forms import Form
from purveyor.web.pages.refusal_texts import refusal_text
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import mark

REASONS = {  # words for the reasons of the policy that comes with the shop; others are shown as they are called
    "changed_mind": mark("I changed my mind"),
    "too_small": mark("It is too small"),
    "too_large": mark("It is too large"),
    "damaged": mark("It is damaged or does not work"),
    "wrong_item": mark("I got something else"),
    "not_as_described": mark("It is not as described"),
}
WANTS = {
    "refund": mark("My money back"),
    "store_credit": mark("Store credit"),
    "exchange": mark("Another one in exchange"),
}
SHOWN_LINES = 200


class Returnable(msgspec.Struct, frozen=True):
    """A line, how much of it may come back, and why not where it may not."""

    line: Line
    most: int
    reasons: list[tuple[str, str]]
    exchanges: list[Exchange]
    why_not: str = ""


async def show(ctx: RequestContext, outcome: ReturnAuthorized | None = None) -> ASGIResponse:
    """What may come back, and why not the rest; with an outcome, what it comes to."""
    form = await typed(ctx)
    async with load_order(ctx) as order:
        rows = [await _returnable(order, line) for line in order.lines[:SHOWN_LINES] if line.delivered]
        return ctx.page(
            "order_page/return.html",
            opened=order,
            seller=order.state.policies.seller,
            rows=rows,
            wants=[
                (want, ctx._(text))
                for want, text in WANTS.items()
                if want != "store_credit" or order.order.customer_id is not None
            ],
            form=form,
            wanted=wanted_of(form),
            outcome=outcome,
            announced=outcome.items if outcome else (),
            policy=policy_of(order.state, order.book),
            place=order.state.policies.location(outcome.location) if outcome else None,
            ways=_ways(order),
            way=form["bring_to"] if "bring_to" in form else _usual_way(order),
        )


def _ways(order: CustomerOrder) -> list[tuple[str, str]]:
    """How it may come back: as a parcel, or handed in where customers collect; nothing to choose where they do not."""
    ctx = order.ctx
    counters = counters_of(order)
    if not counters:
        return []
    label_minor = label_charge(policy_of(order.state, order.book), (), order.book.currency)
    price = money_text(label_minor, order.order.currency, ctx.locale)
    by_parcel = (
        ctx._("As a parcel: the label costs %(amount)s, unless the fault is ours", amount=price)
        if label_minor
        else ctx._("As a parcel: we pay for the label")
    )
    return [
        ("", by_parcel),
        *((each.code, ctx._("I bring it myself: %(place)s", place=each.in_words)) for each in counters),
    ]


def counters_of(order: CustomerOrder) -> list[Location]:
    """Where goods may be handed in, the place first where this order was collected."""
    counters = [each for each in order.state.policies.locations if each.collects]
    return sorted(counters, key=lambda each: (each.code != order.order.collect_at, each.priority, each.code))


def _usual_way(order: CustomerOrder) -> str:
    """Who has collected the order knows the way."""
    at = order.order.collect_at
    return at if any(each.code == at for each in counters_of(order)) else ""


async def _returnable(order: CustomerOrder, line: Line) -> Returnable:
    """Each reason is decided: one may be taken where another is not."""
    ctx = order.ctx
    reasons: list[tuple[str, str]] = []
    refused: Refusal | None = None
    for reason in policy_of(order.state, order.book).reasons:
        item = ReturnItem(line_id=line.id, quantity=1, reason=reason)
        refusal = await order.refusal_of(RequestReturn(order_id=order.order.id, items=(item,)))
        if refusal is None:
            reasons.append((reason, ctx._(REASONS[reason]) if reason in REASONS else reason.replace("_", " ")))
        else:
            refused = refused or refusal
    why = ""
    if refused is not None and not reasons:
        names = {line.sku: line.name}
        why = refusal_text(refused.code, refused.data, ctx.language, str(refused), names, with_sku=False, zone=ctx.zone)
    exchanges = await exchanges_for(order.read, line.sku) if reasons else []
    return Returnable(line, returnable(order.book, line), reasons, exchanges, why)


def _asked(form: Form, order_id: UUID) -> RequestReturn:
    items: list[ReturnItem] = []
    want = form.text("want", "refund")
    if want not in WANTS:
        raise Invalid(field="want", found=want, expected="one of the ways shown")
    for text, quantity in form.counted("quantity").items():
        line_id = id_of(text)
        if line_id is not None:
            items.append(
                ReturnItem(
                    line_id=line_id,
                    quantity=quantity,
                    reason=form.text(f"reason.{text}"),
                    want=cast("Want", want),
                    exchange_sku=form.text(f"exchange.{text}") if want == "exchange" else "",
                )
            )
    if not items:
        raise Invalid(field="quantity", found="nothing", expected="at least one thing to send back")
    return RequestReturn(order_id=order_id, items=tuple(items), bring_to=form.text("bring_to"))


async def request(ctx: RequestContext) -> ASGIResponse:
    """First what it would come to; when that was seen, done."""
    form = await ctx.form()
    command = _asked(form, await order_id_of(ctx))
    if form.text("step") == "change":
        return await show(ctx)
    if form.text("step") != "do":
        return await show(ctx, _outcome(await ctx.preview(command)))
    await ctx.do(command)
    said = ctx._("Your return is announced. What to do next stands below.")
    return ctx.see_other(f"/o/{ctx.in_path('token')}", said)


def _outcome(preview: Preview) -> ReturnAuthorized | None:
    for fact in preview.facts:
        if fact["kind"] == ReturnAuthorized.kind():
            return msgspec.convert(fact, ReturnAuthorized)
    return None


async def call_off(ctx: RequestContext) -> ASGIResponse:
    order_id = await order_id_of(ctx)
    await ctx.do(CancelReturn(order_id=order_id, rma_id=ctx.in_path("rma_id"), why="customer"))
    return ctx.see_other(f"/o/{ctx.in_path('token')}", ctx._("The return is called off. You keep what you have."))


async def show_label(ctx: RequestContext) -> ASGIResponse:
    """A label to print: where it goes, and which return it is."""
    async with load_order(ctx) as order:
        rma = order.book.row(Rma, ctx.in_path("rma_id"))
        values: dict[str, Any] = {
            "rma": rma,
            "contents": [
                (order.book.line(item.line_id).name, item.to_come)
                for item in items_of(order.book, rma.id)
                if item.to_come and rma.way == "parcel"
            ],
            "place": order.state.policies.location(rma.location),
            "to": sender_of(order.state.policies, rma.location),
        }
        return ctx.page("order_page/label.html", opened=order, seller=order.state.policies.seller, **values)


ROUTES: tuple[PageRoute, ...] = (
    get("/o/{token:str}/return", show),
    post("/o/{token:str}/return", request, again=show),
    get("/o/{token:str}/returns/{rma_id:uuid}", show_label),
    post("/o/{token:str}/returns/{rma_id:uuid}/cancel", call_off, again=show),
)
