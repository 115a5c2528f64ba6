"""Paying again, paying by link, and the bank's question in between (3-D Secure)."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from litestar.response.base import ASGIResponse

from purveyor.core.links import safe_link
from purveyor.stages.payment.amounts import hoped_for
from purveyor.stages.payment.commands import CompleteAction, PayAgain
from purveyor.stages.payment.rows import Payment
from purveyor.web.http.problem_details import Problem
from purveyor.web.order_page.actions import pay_again
from purveyor.web.order_page.loading import load_order, order_id_of
from purveyor.web.pages.card_form import CARDS, source_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get, post


def _payment_id(ctx: RequestContext) -> UUID:
    payment_id: UUID = ctx.in_path("payment_id")
    return payment_id


async def show(ctx: RequestContext) -> ASGIResponse:
    """The card form, or why there is nothing to pay."""
    async with load_order(ctx) as order:
        payment = order.book.row(Payment, _payment_id(ctx))
        return ctx.page(
            "order_page/pay.html",
            opened=order,
            seller=order.state.policies.seller,
            payment=payment,
            amount_minor=hoped_for(order.book, payment),
            is_possible=await order.may(pay_again(order, payment.id)),
            is_played="gateway" in ctx.house.settings.plays,
            cards=CARDS,
        )


async def pay(ctx: RequestContext) -> ASGIResponse:
    order_id = await order_id_of(ctx)
    if "gateway" not in ctx.house.settings.plays:  # a real provider has a form of its own
        raise Problem(404, "not_found", ctx._("There is nothing at this address."))
    source = source_of(await ctx.form(), ctx.now.astimezone(ctx.zone).date())
    await ctx.do(PayAgain(order_id=order_id, payment_id=_payment_id(ctx), source=source))
    return ctx.see_other(f"/o/{ctx.in_path('token')}", ctx._("Thank you. Your payment is being checked."))


async def show_bank(ctx: RequestContext) -> ASGIResponse:
    """The simulated bank's page; with a real one, the way to it."""
    async with load_order(ctx) as order:
        payment = order.book.row(Payment, _payment_id(ctx))
        return ctx.page(
            "order_page/bank_confirmation.html",
            opened=order,
            bank_url=safe_link(payment.action_url),
            seller=order.state.policies.seller,
            payment=payment,
            amount_minor=hoped_for(order.book, payment),
            is_played="gateway" in ctx.house.settings.plays,
        )


async def answer_bank(ctx: RequestContext) -> ASGIResponse:
    """Pass on what the customer told the simulated bank, and ask the provider how it went."""
    form = await ctx.form()
    async with load_order(ctx) as order:
        order_id = order.order.id
        payment = order.book.row(Payment, _payment_id(ctx))
    challenge = getattr(ctx.house.outside.gateway, "answer_challenge", None)  # of the simulated provider alone
    if challenge is not None and "gateway" in ctx.house.settings.plays:
        with suppress(LookupError):  # answered before: a form that was sent twice
            challenge(payment.reference, passed=form.text("answer") == "yes")
    await ctx.do(CompleteAction(order_id=order_id, payment_id=payment.id))
    return ctx.see_other(f"/o/{ctx.in_path('token')}", ctx._("Thank you. We are asking your bank."), "info")


ROUTES: tuple[PageRoute, ...] = (
    get("/o/{token:str}/pay/{payment_id:uuid}", show),
    post("/o/{token:str}/pay/{payment_id:uuid}", pay, again=show),
    get("/o/{token:str}/bank/{payment_id:uuid}", show_bank),
    post("/o/{token:str}/bank/{payment_id:uuid}", answer_bank, again=show_bank),
)
