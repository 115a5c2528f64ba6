"""Changing an order before it ships: quantities, new lines, address, shipping; only what differs is asked."""

from __future__ import annotations

from typing import Any

from litestar.response.base import ASGIResponse

from purveyor.core.refusals import Invalid
from purveyor.core.rows import Contact
from purveyor.engine.answers import Preview
from purveyor.stages.review.commands import (
    AddLine,
    Change,
    ChangeAddress,
    ChangeShipping,
    EditOrder,
    NewAddress,
    RemoveLine,
    SetQuantity,
)
from purveyor.web.console.order.loading import ConsoleOrder, load_order
from purveyor.web.console.order.preview import preview_steps
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.forms import Form

NEW_LINES = 3
REASONS = ("customer", "mistake", "out_of_stock", "price_match")


async def show(ctx: RequestContext, preview: Preview | None) -> ASGIResponse:
    """The form, with the order as it is or as it was typed."""
    typed = ctx.request.method == "POST"
    form = await ctx.form() if typed else Form({})
    async with load_order(ctx) as opened:
        values = _typed(form) if typed else _as_it_is(opened)
    names = {str(line.id): line.name for line in opened.lines}
    return ctx.page(
        "console/order/editing.html",
        order=opened.order,
        lines=opened.lines,
        values=values,
        new_lines=range(NEW_LINES),
        fields=NewAddress.__struct_fields__,
        options=_options(ctx, opened),
        reasons=REASONS,
        preview=preview if preview is not None and preview.accepted else None,
        steps=preview_steps(ctx, preview, names) if preview else [],
    )


def _options(ctx: RequestContext, opened: ConsoleOrder) -> list[tuple[str, str]]:
    """Codes and names. Who touches nothing chooses nothing: what was agreed stays, also if it is offered no longer."""
    order = opened.order
    offered = [(each.code, each.name) for each in opened.state.policies.shipping_options(order.currency)]
    if order.method == "none":
        return [("", ctx._("choose")), *offered]
    return offered if order.shipping_option in dict(offered) else [(order.shipping_option,) * 2, *offered]


def _typed(form: Form) -> dict[str, str]:
    return {name: form.text(name) for name in form.names()}


def _as_it_is(opened: ConsoleOrder) -> dict[str, str]:
    quantities = {f"quantity.{line.id}": str(line.quantity - line.canceled) for line in opened.lines}
    address = {name: getattr(opened.contact, name) for name in NewAddress.__struct_fields__}
    return {**quantities, **address, "option": opened.order.shipping_option}


async def command_of(ctx: RequestContext, form: Form) -> EditOrder:
    """What differs from the order as it is. Raises `Invalid` with the field."""
    async with load_order(ctx) as opened:
        changes = [*_quantities(opened, form), *_new_lines(opened, form)]
        address = _address(opened.contact, form)
        if address is not None:
            changes.append(ChangeAddress(contact=address))
        option = form.text("option")
        if option and option != opened.order.shipping_option:
            changes.append(ChangeShipping(option=option))
        return EditOrder(order_id=opened.order.id, changes=tuple(changes), reason=form.text("reason"))


def _quantities(opened: ConsoleOrder, form: Form) -> list[Change]:
    changes: list[Change] = []
    for line in opened.lines:
        name = f"quantity.{line.id}"
        wanted = form.integer(name, line.quantity - line.canceled)
        if wanted < 0:
            raise Invalid(field=name, found=wanted, expected="a whole number from 0")
        if wanted == line.quantity - line.canceled:
            continue
        changes.append(SetQuantity(line_id=line.id, quantity=wanted) if wanted else RemoveLine(line_id=line.id))
    return changes


def _new_lines(opened: ConsoleOrder, form: Form) -> list[Change]:
    changes: list[Change] = []
    for row in range(NEW_LINES):
        sku = form.text(f"sku.{row}")
        if not sku:
            continue
        price: Any = form.money(f"price.{row}", opened.order.currency) if form.text(f"price.{row}") else None
        changes.append(AddLine(sku=sku, quantity=form.integer(f"new_quantity.{row}", 1), unit_price=price))
    return changes


def _address(contact: Contact, form: Form) -> NewAddress | None:
    """None where nothing of it was changed."""
    values = {name: form.text(name, getattr(contact, name)) for name in NewAddress.__struct_fields__}
    if all(values[name] == getattr(contact, name) for name in values):
        return None
    return NewAddress(**values)
