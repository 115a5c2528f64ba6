"""What came with an order or left for its customer, as it is: documents, messages, records, pictures."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.web.console.frame.order_numbers import numbers_of
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.reading.attachments import KeptText, kept_text, picture_of

SCOPE = "orders:read"


async def _found(ctx: RequestContext) -> KeptText:
    read = ctx.house.read
    return await kept_text(read, ctx.in_path("order_id"), ctx.in_path("text_id"), ctx.may)


async def show(ctx: RequestContext) -> ASGIResponse:
    """A text in words; a record with its fields."""
    text = await _found(ctx)
    order_id = ctx.in_path("order_id")
    return ctx.page(
        "console/order/attachment.html",
        text=text,
        order=(await numbers_of(ctx, [order_id]))[order_id],
        fields=_fields(text),
        here=f"/console/orders/{order_id}/texts/{text.id}",
    )


def _fields(text: KeptText) -> dict[str, str]:
    """What a record holds, by name; nothing for plain text."""
    if text.what != "installation_record" or not text.text:
        return {}
    values: dict[str, Any] = msgspec.json.decode(text.text)
    return {name: str(value) for name, value in values.items()}


async def show_picture(ctx: RequestContext) -> ASGIResponse:
    picture = picture_of(await _found(ctx))
    return ctx.picture(picture.content, picture.kind)


ROUTES: tuple[PageRoute, ...] = (
    get("/console/orders/{order_id:uuid}/texts/{text_id:uuid}", show, scope=SCOPE),
    get("/console/orders/{order_id:uuid}/texts/{text_id:uuid}/picture", show_picture, scope=SCOPE),
)
