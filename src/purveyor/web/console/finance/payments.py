"""Payments: what is in doubt, declined or failed, refunds for a second person, open invoices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import NotFound
from purveyor.db.reader import Reader
from purveyor.records.policies.queries import load_policies
from purveyor.stages.confirmation.commands import ResendNotice
from purveyor.stages.payment.commands import (
    ApproveMoneyAct,
    ApproveRefund,
    AskGateway,
    DeclineMoneyAct,
    RecordBankTransfer,
    RetryCapture,
    RetryRefund,
    SendReminder,
    SettleRefundManually,
    WriteOff,
)
from purveyor.stages.payment.queries import open_invoices, refunds_for_people, waiting_requests
from purveyor.web.console.frame.actor_names import names_of_actors
from purveyor.web.console.frame.location_lists import paged_list
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get, post

READ = "payment:read"
WRITE = "payment:write"
SHOWN = 30


class Trouble(msgspec.Struct, frozen=True):
    """A payment or a capture that somebody should look at."""

    id: UUID
    order_id: UUID
    what: str  # payment | capture
    method: str
    status: str
    amount_minor: int
    reason: str
    request_key: str
    since: datetime | None


IN_FLIGHT = """
    -- Asked, and not answered yet: partial indexes hold just these.
    (SELECT id, order_id, 'payment' AS what, method, status, amount_minor, reason, request_key, requested_at AS since
       FROM payment WHERE ask_at IS NOT NULL ORDER BY ask_at, id LIMIT $1)
    UNION ALL
    (SELECT c.id, c.order_id, 'capture', p.method, c.status, c.amount_minor, c.reason, c.request_key, c.ask_at
       FROM capture c JOIN payment p ON p.id = c.payment_id WHERE c.ask_at IS NOT NULL ORDER BY c.ask_at, c.id LIMIT $1)
"""
FAILED = """
    (SELECT id, order_id, 'payment' AS what, method, status, amount_minor, reason, request_key, requested_at AS since
       FROM payment WHERE status IN ('declined', 'failed') ORDER BY id DESC LIMIT $1)
    UNION ALL
    (SELECT c.id, c.order_id, 'capture', p.method, c.status, c.amount_minor, c.reason, c.request_key, c.requested_at
       FROM capture c JOIN payment p ON p.id = c.payment_id WHERE c.status = 'failed' ORDER BY c.id DESC LIMIT $1)
"""


class Transfer(msgspec.Struct, frozen=True):
    """Money that came in by bank transfer, with the bank's id of it."""

    order_id: UUID
    amount_minor: int
    reference: str


TRANSFERS = """
    -- The newest first, among the newest captures of any kind.
    SELECT c.order_id, c.amount_minor, c.reference
      FROM (SELECT id, order_id, payment_id, amount_minor, reference, status FROM capture ORDER BY id DESC LIMIT 1000) c
           JOIN payment p ON p.id = c.payment_id
     WHERE p.method = 'invoice' AND c.status = 'done' AND c.reference <> ''
  ORDER BY c.id DESC
     LIMIT $1
"""


async def transfers(read: Reader) -> list[Transfer]:
    return await read.rows(Transfer, TRANSFERS, SHOWN)


class AskedToPay(msgspec.Struct, frozen=True):
    """The newest message to a customer that leads to paying."""

    order_id: UUID
    message_id: UUID


# What was canceled or is over is not to be paid any more.
ASKED_TO_PAY = """
    SELECT DISTINCT ON (m.order_id) m.order_id, m.id AS message_id
      FROM message m JOIN orders o ON o.id = m.order_id
     WHERE m.order_id = ANY($1::uuid[]) AND m.notice IN ('payment_declined', 'pay_by_link')
       AND m.status NOT IN ('queued', 'dropped')
       AND o.status NOT IN ('canceled', 'closed')
  ORDER BY m.order_id, m.queued_at DESC, m.id DESC
"""


async def asked_to_pay(read: Reader, orders: Iterable[UUID]) -> dict[UUID, UUID]:
    """The message that can be sent once more, by order."""
    rows = await read.rows(AskedToPay, ASKED_TO_PAY, list(set(orders)))
    return {row.order_id: row.message_id for row in rows}


async def in_flight(read: Reader) -> list[Trouble]:
    return await read.rows(Trouble, IN_FLIGHT, SHOWN)


async def failed(read: Reader) -> list[Trouble]:
    return await read.rows(Trouble, FAILED, SHOWN)


async def show(ctx: RequestContext) -> ASGIResponse:
    read = ctx.house.read
    doubtful, broken = await in_flight(read), await failed(read)
    refunds = await refunds_for_people(read, limit=SHOWN)
    requests = await waiting_requests(read, limit=SHOWN)
    invoices = await paged_list(ctx, open_invoices, lambda row: row.number, first=0, kind=int)
    booked = await transfers(read)
    groups = (doubtful, broken, refunds, requests, booked, invoices.items)
    orders = (each.order_id for group in groups for each in group)
    askers = [each.requested_by for each in requests]
    return ctx.page(
        "console/finance/payments.html",
        doubtful=doubtful,
        broken=broken,
        asked=await asked_to_pay(read, (each.order_id for each in broken)),
        refunds=refunds,
        requests=requests,
        names=await names_of_actors(ctx, [*(each.requested_by for each in refunds), *askers]),
        transfers=booked,
        invoices=invoices.items,
        next=invoices.next,
        numbers=await numbers_of(ctx, orders),
        seller_lacks=(await load_policies(read)).seller.missing,
    )


async def ask_gateway(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(AskGateway(order_id=form.id("order"), payment_id=form.id("payment"), key=form.required("request_key")))
    return _back(ctx, ctx._("The provider is asked what became of it."))


async def ask_to_pay(ctx: RequestContext) -> ASGIResponse:
    """The link to the payment once more: nothing but what asks for money is sent from here."""
    form = await ctx.form()
    order_id = form.id("order")
    message_id = (await asked_to_pay(ctx.house.read, [order_id])).get(order_id)
    if message_id is None:
        raise NotFound(what="message", id=order_id)
    await ctx.do(ResendNotice(order_id=order_id, message_id=message_id))
    return _back(ctx, ctx._("The link to pay is sent once more."))


async def retry_capture(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(RetryCapture(order_id=form.id("order"), capture_id=form.id("capture")))
    return _back(ctx, ctx._("The capture is tried again."))


async def act_on_refund(ctx: RequestContext) -> ASGIResponse:
    """Approve it as the second person, try it again, or say that the money went back by hand."""
    form = await ctx.form()
    order_id, refund_id = form.id("order"), form.id("refund")
    match form.text("action"):
        case "approve":
            await ctx.do(ApproveRefund(order_id=order_id, refund_id=refund_id))
            return _back(ctx, ctx._("Approved."))
        case "retry":
            await ctx.do(RetryRefund(order_id=order_id, refund_id=refund_id))
            return _back(ctx, ctx._("The refund is tried again."))
        case _:
            reference = form.required("reference")
            await ctx.do(SettleRefundManually(order_id=order_id, refund_id=refund_id, reference=reference))
            return _back(ctx, ctx._("Booked as sent by hand."))


async def act_on_request(ctx: RequestContext) -> ASGIResponse:
    """Say yes or no, as the second person, to a credit or a debt that is to be given up."""
    form = await ctx.form()
    order_id, request_id = form.id("order"), form.id("request")
    if form.text("action") == "approve":
        await ctx.do(ApproveMoneyAct(order_id=order_id, request_id=request_id))
        return _back(ctx, ctx._("Approved."))
    await ctx.do(DeclineMoneyAct(order_id=order_id, request_id=request_id, reason="not_agreed"))
    return _back(ctx, ctx._("Declined. Nothing was given up."))


async def act_on_invoice(ctx: RequestContext) -> ASGIResponse:
    """A transfer came in, the customer is reminded, or what is open is given up."""
    form = await ctx.form()
    order_id, invoice_id = form.id("order"), form.id("invoice")
    match form.text("action"):
        case "remind":
            level = form.integer("level")
            await ctx.do(SendReminder(order_id=order_id, invoice_id=invoice_id, level=level))
            return _back(ctx, ctx._("A reminder is sent."))
        case "write_off":
            gone = await ctx.do(WriteOff(order_id=order_id, invoice_id=invoice_id, reason=form.required("reason")))
            if gone.reply.get("needs_approval"):
                return _back(ctx, ctx._("This is more than one person gives up in a day: a colleague must approve it."))
            return _back(ctx, ctx._("Written off."))
        case _:
            amount = form.money("amount", form.required("currency"))
            transfer = form.required("transfer")
            await ctx.do(
                RecordBankTransfer(order_id=order_id, invoice_id=invoice_id, amount=amount, transfer_id=transfer)
            )
            return _back(ctx, ctx._("The transfer is booked."))


def _back(ctx: RequestContext, said: str) -> ASGIResponse:
    return ctx.see_other("/console/payments", said)


ROUTES: tuple[PageRoute, ...] = (
    get("/console/payments", show, scope=READ),
    post("/console/payments/ask", ask_gateway, scope=WRITE, again=show),
    post("/console/payments/links", ask_to_pay, scope=WRITE, again=show),
    post("/console/payments/captures", retry_capture, scope=WRITE, again=show),
    post("/console/payments/refunds", act_on_refund, scope=WRITE, again=show),
    post("/console/payments/requests", act_on_request, scope=WRITE, again=show),
    post("/console/payments/invoices", act_on_invoice, scope=WRITE, again=show),
)
