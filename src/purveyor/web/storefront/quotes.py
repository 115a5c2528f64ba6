"""What an order would cost and when it would be there, as the rules themselves say it."""

from __future__ import annotations

from typing import Any

import msgspec

from purveyor.engine.answers import Refused
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder
from purveyor.stages.receipt.facts import OrderPlaced
from purveyor.web.pages.context import RequestContext
from purveyor.web.storefront.cart_cookie import Basket


class Quote(msgspec.Struct, frozen=True):
    """The order as it would be placed, or why it would not."""

    placed: OrderPlaced | None
    refusal: Refused | None = None


def order_for(basket: Basket, currency: str, contact: Address, **changes: Any) -> PlaceOrder:
    """The command of the checkout."""
    return PlaceOrder(
        channel="web",
        lines=tuple(LineItem(sku=item.sku, quantity=item.quantity) for item in basket.items),
        contact=contact,
        currency=currency,
        cart_id=basket.id,
        **changes,
    )


async def quote(ctx: RequestContext, basket: Basket, currency: str, contact: Address, *, option: str = "") -> Quote:
    """Shipped in a way, paid in advance."""
    return await quote_of(ctx, order_for(basket, currency, contact, shipping_option=option))


async def quote_of(ctx: RequestContext, command: PlaceOrder) -> Quote:
    """Nothing is done, and nothing is told on the page."""
    preview = await ctx.house.committer.preview(command, actor=ctx.actor)
    if preview.refusal is not None:
        return Quote(None, preview.refusal)
    fact = next(fact for fact in preview.facts if fact["kind"] == OrderPlaced.kind())
    return Quote(msgspec.convert(fact, OrderPlaced, strict=False))
