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
from purveyor.web.order_page.loading import opened, order_id_of
from purveyor.web.pages.card_form import CARDS, source_of
from purveyor.web.pages.context import Visit
from purveyor.web.pages.routes import PageRoute, get, post


def _payment_id(visit: Visit) -> UUID:
    payment_id: UUID = visit.in_path("payment_id")
    return payment_id


async def show(visit: Visit) -> ASGIResponse:
    """The card form, or why there is nothing to pay."""
    async with opened(visit) as order:
        payment = order.book.row(Payment, _payment_id(visit))
        return visit.page(
            "order_page/pay.html",
            opened=order,
            seller=order.state.policies.seller,
            payment=payment,
            amount_minor=hoped_for(order.book, payment),
            is_possible=await order.may(pay_again(order, payment.id)),
            is_played="gateway" in visit.house.settings.plays,
            cards=CARDS,
        )


async def pay(visit: Visit) -> ASGIResponse:
    order_id = await order_id_of(visit)
    if "gateway" not in visit.house.settings.plays:  # a real provider has a form of its own
        raise Problem(404, "not_found", visit._("There is nothing at this address."))
    source = source_of(await visit.form(), visit.now.astimezone(visit.zone).date())
    await visit.do(PayAgain(order_id=order_id, payment_id=_payment_id(visit), source=source))
    return visit.see_other(f"/o/{visit.in_path('token')}", visit._("Thank you. Your payment is being checked."))


async def show_bank(visit: Visit) -> ASGIResponse:
    """The played bank's page; with a real one, the way to it."""
    async with opened(visit) as order:
        payment = order.book.row(Payment, _payment_id(visit))
        return visit.page(
            "order_page/bank_confirmation.html",
            opened=order,
            bank_url=safe_link(payment.action_url),
            seller=order.state.policies.seller,
            payment=payment,
            amount_minor=hoped_for(order.book, payment),
            is_played="gateway" in visit.house.settings.plays,
        )


async def answer_bank(visit: Visit) -> ASGIResponse:
    """Pass on what the customer told the played bank, and ask the provider how it went."""
    form = await visit.form()
    async with opened(visit) as order:
        order_id = order.order.id
        payment = order.book.row(Payment, _payment_id(visit))
    challenge = getattr(visit.house.outside.gateway, "answer_challenge", None)  # of the played provider alone
    if challenge is not None and "gateway" in visit.house.settings.plays:
        with suppress(LookupError):  # answered before: a form that was sent twice
            challenge(payment.reference, passed=form.text("answer") == "yes")
    await visit.do(CompleteAction(order_id=order_id, payment_id=payment.id))
    return visit.see_other(f"/o/{visit.in_path('token')}", visit._("Thank you. We are asking your bank."), "info")


ROUTES: tuple[PageRoute, ...] = (
    get("/o/{token:str}/pay/{payment_id:uuid}", show),
    post("/o/{token:str}/pay/{payment_id:uuid}", pay, again=show),
    get("/o/{token:str}/bank/{payment_id:uuid}", show_bank),
    post("/o/{token:str}/bank/{payment_id:uuid}", answer_bank, again=show_bank),
)
