"""After an order was placed: thanks, and the way on. A bank's question and a decline lead to the order's own pages."""

from __future__ import annotations

from litestar.response.base import ASGIResponse

from purveyor.web.order_page.loading import no_such_link
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.order_links import order_of
from purveyor.web.pages.routes import PageRoute, get
from purveyor.web.storefront.layout import shop_page
from purveyor.web.storefront.queries import number_of, payments_of

WAITING = ("planned", "authorizing", "in_doubt")


async def show(ctx: RequestContext) -> ASGIResponse:
    token = str(ctx.in_path("token"))
    order_id = await order_of(ctx.desk, token)
    if order_id is None:
        raise await no_such_link(ctx)
    cards = [each for each in await payments_of(ctx.house.read, order_id) if each.method == "card"]
    asked = next((each for each in cards if each.status == "action_required"), None)
    if asked is not None:
        return _go(ctx, f"/o/{token}/bank/{asked.id}")
    if any(each.status in ("declined", "failed") for each in cards):
        return _go(ctx, f"/o/{token}")
    return await shop_page(
        ctx,
        "storefront/order_placed.html",
        token=token,
        number=await number_of(ctx.house.read, order_id),
        is_waiting=any(each.status in WAITING for each in cards),
    )


def _go(ctx: RequestContext, to: str) -> ASGIResponse:
    if ctx.is_part:  # the whole page goes there, not the part
        return ASGIResponse(status_code=200, headers={"HX-Redirect": to})
    return ctx.see_other(to)


ROUTES: tuple[PageRoute, ...] = (get("/checkout/done/{token:str}", show),)
