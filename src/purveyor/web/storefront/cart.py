"""The cart: what is in it, what is kept for it and until when, and what it costs so far."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import NotFound
from purveyor.records.policies.queries import load_policies
from purveyor.stages.receipt.carts import MoreThanOneMayBuy
from purveyor.stages.receipt.commands import Address, ReleaseCart, ReserveCart, ReserveItem
from purveyor.stages.receipt.facts import OrderPlaced
from purveyor.stages.receipt.queries import cart_row
from purveyor.web.pages.context import RequestContext
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.storefront.address_form import usual_country
from purveyor.web.storefront.cart_cookie import MOST_UNITS, Basket, basket_of, keep, new_basket
from purveyor.web.storefront.catalog import Supply, supply_of
from purveyor.web.storefront.layout import PageFrame, page_frame, shop_page
from purveyor.web.storefront.queries import Card, cards_of
from purveyor.web.storefront.quotes import Quote, quote

RESERVATION_MINUTES: Final = 30
# Refusals after which less is held, and where they say how much.
STILL_LESS: Final = {"out_of_stock": "available", "more_than_one_may_buy": "most"}
LONGEST_RESERVATION_MINUTES: Final = 24 * 60


class CartLine(msgspec.Struct, frozen=True):
    """A product in the cart. `card` is None for what is not sold any more; `short` says how many are missing now."""

    sku: str
    quantity: int
    card: Card | None
    supply: Supply | None
    short: int = 0
    total_minor: int | None = None

    @property
    def waits(self) -> bool:
        """Nothing of it is there: it comes when it comes."""
        return self.short >= self.quantity


async def show(ctx: RequestContext) -> ASGIResponse:
    return await _page(ctx, basket_of(ctx))


async def _page(ctx: RequestContext, basket: Basket | None) -> ASGIResponse:
    frame = await page_frame(ctx, basket)
    if basket is None or not basket.items:
        return await shop_page(ctx, "storefront/cart.html", frame, lines=[], held_until=None, quote=None, country="")
    country = usual_country(ctx, frame.policies)
    priced = await _priced(ctx, frame, basket, country)
    return await shop_page(
        ctx,
        "storefront/cart.html",
        frame,
        lines=await lines_of(ctx, frame, basket, priced.placed),
        held_until=await _reserved_until(ctx, basket),
        quote=priced,
        country=country,
    )


async def lines_of(ctx: RequestContext, frame: PageFrame, basket: Basket, placed: OrderPlaced | None) -> list[CartLine]:
    """Each product of the cart with what there is to say of it."""
    cards = await cards_of(ctx.house.read, [item.sku for item in basket.items])
    totals = {line.sku: line.total_minor for line in placed.lines} if placed else {}
    mine = await _reserved_units(ctx, basket)
    lines: list[CartLine] = []
    for item in basket.items:
        card = cards.get(item.sku)
        short = 0
        if card is not None and card.kind == "goods":
            short = max(0, item.quantity - max(0, card.available) - mine.get(item.sku, 0))
        supply = supply_of(ctx, card, frame.policies) if card else None
        lines.append(CartLine(item.sku, item.quantity, card, supply, short, totals.get(item.sku)))
    return lines


async def _priced(ctx: RequestContext, frame: PageFrame, basket: Basket, country: str) -> Quote:
    """As if it were ordered now, delivered to the usual country in the first way that goes there."""
    currency = frame.policies.currency
    offered = frame.policies.shipping_options(currency, country)
    return await quote(ctx, basket, currency, Address(country=country), option=offered[0].code if offered else "")


RESERVED_UNITS = """
    SELECT claim->>0 AS sku, sum((claim->>2)::bigint)::bigint AS quantity
      FROM cart, jsonb_array_elements(claims) AS claim
     WHERE id = $1
  GROUP BY 1
"""


class _Held(msgspec.Struct, frozen=True):
    sku: str
    quantity: int


async def _reserved_units(ctx: RequestContext, basket: Basket) -> dict[str, int]:
    return {each.sku: each.quantity for each in await ctx.house.read.rows(_Held, RESERVED_UNITS, basket.id)}


async def _reserved_until(ctx: RequestContext, basket: Basket) -> datetime | None:
    row = await cart_row(ctx.house.read, basket.id)
    if row is None or row.expires_at is None or row.expires_at <= ctx.now:
        return None
    return row.expires_at


async def add(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    sku = form.required("sku")
    card = (await cards_of(ctx.house.read, [sku])).get(sku)
    if card is None:
        raise NotFound(what="product", id=sku)
    before = await _usable(ctx)
    quantity = before.quantity_of(sku) + form.integer("quantity", 1, least=1, most=MOST_UNITS)
    await _check_quantity(ctx, card, quantity)
    basket = before.having(sku, quantity)
    await _change(ctx, basket)
    return ctx.see_other("/cart", ctx._("%(name)s is in your cart.", name=card.name))


async def change(ctx: RequestContext) -> ASGIResponse:
    form = await ctx.form()
    sku, quantity = form.required("sku"), form.integer("quantity", least=0, most=MOST_UNITS)
    await _check_quantity(ctx, (await cards_of(ctx.house.read, [sku])).get(sku), quantity)
    basket = (await _usable(ctx)).having(sku, quantity)
    await _change(ctx, basket)
    if ctx.is_part:
        return await _page(ctx, basket)
    return ctx.see_other("/cart")


async def _check_quantity(ctx: RequestContext, card: Card | None, quantity: int) -> None:
    """Of goods, one customer may buy so many at once; who wants more asks."""
    most = (await load_policies(ctx.house.read)).carts.most_of_one
    if card is not None and card.kind == "goods" and quantity > most:
        raise MoreThanOneMayBuy(sku=card.name, wanted=quantity, most=most)


async def reserve_again(ctx: RequestContext) -> ASGIResponse:
    """Keep the stock anew, on the way to the checkout or back to the cart."""
    basket = await _usable(ctx)
    await _change(ctx, basket)
    return ctx.see_other(own_path((await ctx.form()).text("then"), "/cart"))


async def _usable(ctx: RequestContext) -> Basket:
    """The cart of this browser; a new one where there is none, or where it became an order in another window."""
    ctx.desk.shop.carts.take(ctx.address)
    basket = basket_of(ctx) or new_basket()
    row = await cart_row(ctx.house.read, basket.id)
    return new_basket() if row is not None and row.order_id is not None else basket


async def _change(ctx: RequestContext, basket: Basket) -> None:
    keep(ctx, basket)
    if basket.items:
        await _hold(ctx, basket)
    else:
        row = await cart_row(ctx.house.read, basket.id)
        if row is not None and row.expires_at is not None:
            await ctx.house.committer.submit(
                ReleaseCart(cart_id=basket.id), key=f"page:cart:{ctx.new_key}", actor=ctx.actor
            )


async def _hold(ctx: RequestContext, basket: Basket) -> None:
    """Hold as much as there is of everything. Each refusal names one product and how many of it there are."""
    cards = await cards_of(ctx.house.read, [item.sku for item in basket.items])
    wanted = {item.sku: item.quantity for item in basket.items if item.sku in cards and cards[item.sku].kind == "goods"}
    for _ in range(len(wanted) + 1):
        items = tuple(ReserveItem(sku=sku, quantity=quantity) for sku, quantity in wanted.items() if quantity > 0)
        command = ReserveCart(cart_id=basket.id, items=items, minutes=_reservation_minutes(ctx), visitor=_visitor(ctx))
        given = await ctx.house.committer.submit(command, key=f"page:cart:{ctx.new_key}", actor=ctx.actor)
        refusal = given.answer.refusal
        if refusal is None or refusal.code not in STILL_LESS:
            return
        wanted[refusal.data["sku"]] = refusal.data[STILL_LESS[refusal.code]]


def _visitor(ctx: RequestContext) -> str:
    """Whoever asks, told apart for a day: nobody can read an address from it."""
    tag: str = ctx.desk.sessions.seal.tag("visitor", f"{ctx.now:%Y-%m-%d} {ctx.address}")
    return tag[:32]


def _reservation_minutes(ctx: RequestContext) -> int:
    """Half an hour of the customer's time, which in a simulated shop is more of the shop's."""
    speed = getattr(ctx.house.outside.clock, "speed", 1.0)
    return int(min(LONGEST_RESERVATION_MINUTES, max(RESERVATION_MINUTES, RESERVATION_MINUTES * speed)))


ROUTES: tuple[PageRoute, ...] = (
    get("/cart", show),
    post("/cart/add", add, again=show),
    post("/cart/set", change, again=show),
    post("/cart/hold", reserve_again, again=show),
)
