"""What the customer changes of the order: what is missing, the address, and units that are not wanted any more."""

from __future__ import annotations

from typing import Any, cast, get_args
from uuid import UUID

from litestar.response.base import ASGIResponse

from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.engine.answers import Preview
from purveyor.stages.review.commands import (
    CancelUnits,
    ChangeAddress,
    Choice,
    ChooseWhenMissing,
    EditOrder,
    NewAddress,
)
from purveyor.stages.review.decide.canceled_units import cancelable
from purveyor.stages.review.state import MissingChoice
from purveyor.web.order_page.actions import ADDRESS, choose
from purveyor.web.order_page.loading import CustomerOrder, load_order, order_id_of
from purveyor.web.order_page.queries import substitutes_for
from purveyor.web.pages.context import RequestContext, id_of
from purveyor.web.pages.forms import Form
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.pages.translations import mark

CHANGED = "changes[1].contact"
REASONS = {
    "changed_mind": mark("I changed my mind"),
    "too_late": mark("It takes too long"),
    "ordered_twice": mark("I ordered it twice"),
    "found_elsewhere": mark("I found it elsewhere"),
    "other": mark("Something else"),
}


def _back(ctx: RequestContext) -> str:
    return f"/o/{ctx.in_path('token')}"


def _common(order: CustomerOrder) -> dict[str, Any]:
    return {"opened": order, "seller": order.state.policies.seller}


async def typed(ctx: RequestContext) -> Form:
    """What was typed, where a form comes back."""
    return await ctx.form() if ctx.request.method == "POST" else Form({})


def wanted_of(form: Form) -> dict[str, int]:
    """How many of each line were typed, as far as these are numbers."""
    try:
        return form.counted("quantity")
    except Invalid:
        return {}


# what is missing


async def show_choice(ctx: RequestContext) -> ASGIResponse:
    async with load_order(ctx) as order:
        missing = [line for line in order.lines if line.backordered and line.kind == "goods"]
        return ctx.page(
            "order_page/shortage_choice.html",
            **_common(order),
            row=order.book.rows(MissingChoice).get(order.order.id),
            missing=missing,
            substitutes={line.id: await substitutes_for(order.read, line.sku, line.backordered) for line in missing},
            refusal=await order.refusal_of(choose(order)),
        )


async def make_choice(ctx: RequestContext) -> ASGIResponse:
    """The value of the field is the choice, with the line behind a colon where it is about one."""
    form = await ctx.form()
    choice, _, line = form.required("choice").partition(":")
    if choice not in get_args(Choice):
        raise Invalid(field="choice", found=choice, expected="one of the ways shown")
    order_id = await order_id_of(ctx)
    await ctx.do(
        ChooseWhenMissing(
            order_id=order_id,
            choice=cast("Choice", choice),
            line_id=id_of(line),
            substitute_sku=form.text(f"substitute.{line}") if choice == "substitute" else "",
        )
    )
    return ctx.see_other(_back(ctx), ctx._("Thank you. We go on as you wish."))


# the address


async def show_address(ctx: RequestContext) -> ASGIResponse:
    """The address as it is, or as it was typed with what is wrong beside it."""
    form = await typed(ctx)
    _errors_beside_fields(ctx)
    async with load_order(ctx) as order:
        values = {name: form.text(name) if name in form else getattr(order.contact, name) for name in ADDRESS}
        change = EditOrder(order_id=order.order.id, changes=(ChangeAddress(contact=NewAddress(**values)),))
        refusal = await order.refusal_of(change)
        return ctx.page(
            "order_page/address.html",
            **_common(order),
            values=values,
            refusal=None if refusal is None or refusal.code == "invalid" else refusal,
        )


def _errors_beside_fields(ctx: RequestContext) -> None:
    """What the rule says of `changes[1].contact.email` belongs beside the field `email`."""
    for field, sentence in list(ctx.errors.items()):
        if field.startswith(f"{CHANGED}."):
            ctx.errors[field.removeprefix(f"{CHANGED}.")] = sentence
        elif field == CHANGED:
            for name in ADDRESS:
                if name in sentence:
                    ctx.errors[name] = ctx._("This does not look right.")


async def change_address(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    async with load_order(ctx) as order:
        order_id, country = order.order.id, order.contact.country
    values = {name: form.text(name) for name in ADDRESS} | {"country": country}
    change = ChangeAddress(contact=NewAddress(**values))
    await ctx.do(EditOrder(order_id=order_id, changes=(change,), reason="customer"))
    return ctx.see_other(_back(ctx), ctx._("The address was changed."))


# canceling


async def show_cancel(ctx: RequestContext, preview: Preview | None = None) -> ASGIResponse:
    """What can still be canceled; with a preview, what it comes to."""
    form = await typed(ctx)
    async with load_order(ctx) as order:
        rows = [
            (line, cancelable(line), await order.refusal_of(_cancel(order.order.id, {line.id: 1})))
            for line in order.lines
        ]
        return ctx.page(
            "order_page/cancel.html",
            **_common(order),
            rows=[(line, most) for line, most, refusal in rows if refusal is None],
            others=[line for line, _, refusal in rows if refusal is not None],
            reasons=[(code, ctx._(text)) for code, text in REASONS.items()],
            form=form,
            wanted=wanted_of(form),
            preview=preview,
        )


def _cancel(order_id: UUID, wanted: dict[UUID, int], reason: str = "changed_mind") -> CancelUnits:
    return CancelUnits(
        order_id=order_id, units=tuple(UnitsOf(line_id, count) for line_id, count in wanted.items()), reason=reason
    )


async def cancel(ctx: RequestContext) -> ASGIResponse:
    """First what it would come to; when that was seen, done."""
    form = await ctx.form()
    wanted = {line_id: count for text, count in form.counted("quantity").items() if (line_id := id_of(text))}
    if not wanted:
        raise Invalid(field="quantity", found="nothing", expected="at least one thing to cancel")
    reason = form.text("reason")
    command = _cancel(await order_id_of(ctx), wanted, reason if reason in REASONS else "other")
    if form.text("step") != "do":
        preview = await ctx.preview(command)
        return await show_cancel(ctx, preview if preview.accepted else None)
    await ctx.do(command)
    return ctx.see_other(_back(ctx), ctx._("It was canceled."))


ROUTES: tuple[PageRoute, ...] = (
    get("/o/{token:str}/choose", show_choice),
    post("/o/{token:str}/choose", make_choice, again=show_choice),
    get("/o/{token:str}/address", show_address),
    post("/o/{token:str}/address", change_address, again=show_address),
    get("/o/{token:str}/cancel", show_cancel),
    post("/o/{token:str}/cancel", cancel, again=show_cancel),
)
