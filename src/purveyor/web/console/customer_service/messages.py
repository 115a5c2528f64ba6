"""Messages to customers: the newest, what failed or came back, and orders that were told nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.db.reader import Reader
from purveyor.stages.confirmation.commands import ResendNotice
from purveyor.stages.confirmation.queries import orders_told_nothing, undelivered_messages
from purveyor.web.console.frame.location_lists import paged_list
from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.http.paging import FIRST, LAST
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get, post

READ = "confirmation:read"
WRITE = "confirmation:write"
SHOWN = 20
TOLD_NOTHING_FOR = timedelta(days=7)


class Newest(msgspec.Struct, frozen=True):
    """A message and what became of it."""

    id: UUID
    order_id: UUID
    notice: str
    channel: str
    language: str
    status: str
    queued_at: datetime
    sent_at: datetime | None
    reason: str


NEWEST = """
    SELECT id, order_id, notice, channel, language, status, queued_at, sent_at, reason
      FROM message
     WHERE id < $1
  ORDER BY id DESC
     LIMIT $2
"""


async def newest(read: Reader, before: UUID, limit: int) -> list[Newest]:
    """Message ids are given in the order of time, so the primary key is the order of this list."""
    return await read.rows(Newest, NEWEST, before, limit)


async def show(ctx: RequestContext) -> ASGIResponse:
    read = ctx.house.read
    messages = await paged_list(ctx, newest, lambda row: row.id, first=LAST[1], kind=UUID)
    failed = await undelivered_messages(read, FIRST, SHOWN)
    return ctx.page(
        "console/customer_service/messages.html",
        messages=messages.items,
        next=messages.next,
        failed=failed,
        told_nothing=await orders_told_nothing(read, LAST, ctx.now - TOLD_NOTHING_FOR, SHOWN),
        numbers=await numbers_of(
            ctx, [*(each.order_id for each in messages.items), *(each.order_id for each in failed)]
        ),
    )


async def resend(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    await ctx.do(ResendNotice(order_id=form.id("order"), message_id=form.id("message")))
    return ctx.see_other("/console/messages", ctx._("It is sent once more."))


ROUTES: tuple[PageRoute, ...] = (
    get("/console/messages", show, scope=READ),
    post("/console/messages/resend", resend, scope=WRITE, again=show),
)
