"""The returns desk: what is announced, what came, what state it is in, what is credited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, get_args
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.field_types import MOST_UNITS
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid, NotFound
from purveyor.records.policies.queries import load_policies
from purveyor.stages.returns.commands import (
    CancelReturn,
    Condition,
    CreditReturn,
    Disposition,
    FoundItem,
    InspectReturn,
    ReceiveReturn,
)
from purveyor.stages.returns.findings import findings_of
from purveyor.stages.returns.queries import (
    ReturnItemView,
    ReturnView,
    contents_of,
    expected_returns,
    return_items_of,
    returns_meant,
    returns_of,
    to_inspect,
    unfinished_returns,
)
from purveyor.web.console.frame.location_lists import current_location, paged_list
from purveyor.web.console.frame.order_summary import order_summary
from purveyor.web.http.paging import FIRST, FIRST_ID
from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post

READ = "returns:read"
WRITE = "returns:write"
COUNTER = "counter:write"
PLACE = "/console/returns"
SHOWN = 30
FOUND_ROWS = 3  # for what else was in a box


async def show(ctx: RequestContext) -> ASGIResponse:
    location, locations = await current_location(ctx)
    read = ctx.house.read
    meant: list[ReturnView] = []
    if scanned := ctx.given("scan"):
        meant = await returns_meant(read, scanned)
        if len(meant) == 1:
            return ctx.see_other(f"{PLACE}/{meant[0].order_id}/{meant[0].id}")
        if not meant:
            ctx.tell(ctx._("No return has the order, RMA or tracking number %(scan)s.", scan=scanned), "warning")
    expected = await paged_list(
        ctx, expected_returns, lambda row: (row.announced_at, row.id), location.code if location else ""
    )
    unfinished = await unfinished_returns(read, FIRST, SHOWN)
    inspect = await to_inspect(read, FIRST_ID, SHOWN)
    orders = [row.order_id for group in (expected.items, unfinished, meant) for row in group]
    return ctx.page(
        "console/fulfillment/returns.html",
        location=location,
        locations=locations,
        expected=expected.items,
        next=expected.next,
        unfinished=unfinished,
        inspect=inspect,
        meant=meant,
        contents=await contents_of(read, [row.id for group in (expected.items, unfinished, meant) for row in group]),
        orders=await order_summary(ctx, [*orders, *(row.order_id for row in inspect)]),
    )


async def one(ctx: RequestContext) -> ASGIResponse:
    """One return at the desk: count, inspect, credit."""
    order_id, rma_id = ctx.in_path("order_id"), ctx.in_path("rma_id")
    read = ctx.house.read
    found = next((row for row in await returns_of(read, order_id) if row.id == rma_id), None)
    if found is None:
        raise NotFound(what="return", id=rma_id)
    rows = await ctx.house.pool.fetch("SELECT id, sku, name FROM line WHERE order_id = $1", order_id)
    items = [item for item in await return_items_of(read, order_id) if item.rma_id == rma_id]
    form = await ctx.form() if ctx.request.method == "POST" else None
    order = (await order_summary(ctx, [order_id]))[order_id]
    return ctx.page(
        "console/fulfillment/return.html",
        rma=found,
        items=items,
        findings=await findings_of(read, order_id),
        order=order,
        worth=await _worth(ctx, found, items, form, order.currency),
        names={row["id"]: row["name"] for row in rows},
        products={row["sku"]: row["name"] for row in rows},
        found_rows=range(1, FOUND_ROWS + 1),
        has_found=form is not None and any(form.text(each) for each in form.names() if each.startswith("found[")),
        conditions=get_args(Condition),
        dispositions=get_args(Disposition),
        counters=[(each.code, each.name) for each in (await load_policies(read)).locations if each.collects],
        form=form,
    )


class Worth(msgspec.Struct, frozen=True):
    """What goes back to the customer once units are inspected as shown: by way, in minor units."""

    line_id: UUID
    ways: dict[str, int]


async def _worth(
    ctx: RequestContext, rma: ReturnView, items: list[ReturnItemView], form: Form | None, currency: str
) -> dict[UUID, Worth]:
    """The sum before it is given: each inspection is tried, with what was chosen or with the first of each list."""
    if not ctx.may(WRITE) or rma.ended_at is not None:
        return {}
    found: dict[UUID, Worth] = {}
    for item in items:
        waiting = item.received - item.restocked - item.refurbishing - item.scrapped
        chosen = form if form is not None and form.text("line") == str(item.line_id) else None
        if waiting > 0:
            try:
                command = InspectReturn(
                    order_id=rma.order_id,
                    rma_id=rma.id,
                    line_id=item.line_id,
                    quantity=chosen.integer("quantity") if chosen else waiting,
                    condition=_known(chosen, "condition", get_args(Condition)),  # type: ignore[arg-type]
                    disposition=_known(chosen, "disposition", get_args(Disposition)),  # type: ignore[arg-type]
                    deduct=_deduct(chosen, currency) if chosen else None,
                )
                tried = await ctx.house.committer.preview(command, actor=ctx.actor)
            except Invalid:
                continue  # it is told beside its field when it is sent
            if tried.refusal is None:
                found[item.line_id] = Worth(item.line_id, _ways(tried.facts))
            elif chosen is not None and _only_looks(chosen):
                await ctx.tell_refusal(tried.refusal)
    return found


def _only_looks(form: Form) -> bool:
    """Whether somebody wants to see the sum, and inspects nothing yet."""
    return form.text("step") == "look"


def _deduct(form: Form, currency: str) -> Money | None:
    """What is kept back of the credit, where somebody has typed it."""
    return form.money("deduct", currency) if form.text("deduct") else None


def _known(form: Form | None, field: str, words: tuple[str, ...]) -> str:
    text = form.text(field) if form is not None else ""
    return text if text in words else words[0]


def _ways(facts: Sequence[dict[str, Any]]) -> dict[str, int]:
    ways: defaultdict[str, int] = defaultdict(int)
    for fact in facts:
        if fact["kind"] == "payment.refund_requested":
            ways[fact["way"]] += fact["amount_minor"]
    return dict(ways)


def _here(ctx: RequestContext) -> str:
    return f"{PLACE}/{ctx.in_path('order_id')}/{ctx.in_path('rma_id')}"


async def receive(ctx: RequestContext) -> ASGIResponse:
    """A box came: what was counted in it."""
    await ctx.do(await _counted(ctx))
    return ctx.see_other(_here(ctx), ctx._("Received."))


async def receive_at_counter(ctx: RequestContext) -> ASGIResponse:
    """The customer stands there with the goods. Whoever sells at the counter may take them in as well."""
    ctx.check_scope(WRITE if ctx.may(WRITE) else COUNTER)
    at = (await ctx.form()).required("at_counter")
    await ctx.do(msgspec.structs.replace(await _counted(ctx), at_counter=at))
    return ctx.see_other(_here(ctx), ctx._("Taken in at the counter."))


async def _counted(ctx: RequestContext) -> ReceiveReturn:
    form = await ctx.form()
    counted = tuple(
        UnitsOf(line_id=line_id, quantity=quantity)
        for text, quantity in form.counted("quantity").items()
        if (line_id := id_of(text)) is not None
    )
    return ReceiveReturn(
        order_id=ctx.in_path("order_id"), rma_id=ctx.in_path("rma_id"), counted=counted, found=_found(form)
    )


def _found(form: Form) -> tuple[FoundItem, ...]:
    """What else was in the box, by the rows that were filled in; one of something that has no number."""
    found: list[FoundItem] = []
    for row in range(1, FOUND_ROWS + 1):
        sku, quantity = f"found[{row}].sku", f"found[{row}].quantity"
        if form.text(sku) or form.text(quantity):
            found.append(
                FoundItem(sku=form.required(sku), quantity=form.integer(quantity, 1, least=1, most=MOST_UNITS))
            )
    return tuple(found)


async def inspect(ctx: RequestContext) -> ASGIResponse:
    """What state units are in, and what becomes of them."""
    form = await ctx.form()
    order_id = ctx.in_path("order_id")
    currency = (await order_summary(ctx, [order_id]))[order_id].currency
    deduct, quantity = _deduct(form, currency), form.integer("quantity")
    if _only_looks(form):
        return await one(ctx)
    condition = _one_of(form.text("condition"), "condition", get_args(Condition))
    disposition = _one_of(form.text("disposition"), "disposition", get_args(Disposition))
    line_id: UUID = form.id("line")
    await ctx.do(
        InspectReturn(
            order_id=order_id,
            rma_id=ctx.in_path("rma_id"),
            line_id=line_id,
            quantity=quantity,
            condition=condition,  # type: ignore[arg-type]
            disposition=disposition,  # type: ignore[arg-type]
            deduct=deduct,
            why=form.text("why"),
        )
    )
    return ctx.see_other(_here(ctx), ctx._("Inspected."))


def _one_of(found: str, field: str, words: tuple[str, ...]) -> str:
    if found not in words:
        raise Invalid(field=field, found=found or "nothing", expected=", ".join(words))
    return found


async def credit(ctx: RequestContext) -> ASGIResponse:
    await ctx.do(CreditReturn(order_id=ctx.in_path("order_id"), rma_id=ctx.in_path("rma_id")))
    return ctx.see_other(_here(ctx), ctx._("Credited. The money follows."))


async def cancel(ctx: RequestContext) -> ASGIResponse:
    await ctx.do(CancelReturn(order_id=ctx.in_path("order_id"), rma_id=ctx.in_path("rma_id")))
    return ctx.see_other(_here(ctx), ctx._("The customer keeps what has not come back."), "info")


_RMA = PLACE + "/{order_id:uuid}/{rma_id:uuid}"
ROUTES: tuple[PageRoute, ...] = (
    get(PLACE, show, scope=READ),
    get(_RMA, one, scope=READ),
    post(f"{_RMA}/receive", receive, scope=WRITE, again=one),
    post(f"{_RMA}/counter", receive_at_counter, scope=READ, again=one),
    post(f"{_RMA}/inspect", inspect, scope=WRITE, again=one),
    post(f"{_RMA}/credit", credit, scope=WRITE, again=one),
    post(f"{_RMA}/cancel", cancel, scope=WRITE, again=one),
)
