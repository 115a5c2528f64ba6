"""The cart: what is in it, what is kept for it and until when, and what it costs so far."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec
from litestar.response.base import ASGIResponse

from purveyor.core.refusals import NotFound
from purveyor.records.policies.queries import load_policies
from purveyor.stages.receipt.carts import MoreThanOneMayBuy
from purveyor.stages.receipt.commands import Address, HoldCart, HoldItem, ReleaseCart
from purveyor.stages.receipt.facts import OrderPlaced
from purveyor.stages.receipt.queries import cart_row
from purveyor.web.pages.context import Visit
from purveyor.web.pages.return_paths import own_path
from purveyor.web.pages.routes import PageRoute, get, post
from purveyor.web.storefront.address_form import usual_country
from purveyor.web.storefront.cart_cookie import MOST_UNITS, Basket, basket_of, keep, new_basket
from purveyor.web.storefront.catalog import Supply, supply_of
from purveyor.web.storefront.layout import Frame, frame_of, shop_page
from purveyor.web.storefront.queries import Card, cards_of
from purveyor.web.storefront.quotes import Quote, quote

HOLD_MINUTES: Final = 30
# Refusals after which less is held, and where they say how much.
STILL_LESS: Final = {"out_of_stock": "available", "more_than_one_may_buy": "most"}
LONGEST_HOLD_MINUTES: Final = 24 * 60


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


async def show(visit: Visit) -> ASGIResponse:
    return await _page(visit, basket_of(visit))


async def _page(visit: Visit, basket: Basket | None) -> ASGIResponse:
    frame = await frame_of(visit, basket)
    if basket is None or not basket.items:
        return await shop_page(visit, "storefront/cart.html", frame, lines=[], held_until=None, quote=None, country="")
    country = usual_country(visit, frame.policies)
    priced = await _priced(visit, frame, basket, country)
    return await shop_page(
        visit,
        "storefront/cart.html",
        frame,
        lines=await lines_of(visit, frame, basket, priced.placed),
        held_until=await _held_until(visit, basket),
        quote=priced,
        country=country,
    )


async def lines_of(visit: Visit, frame: Frame, basket: Basket, placed: OrderPlaced | None) -> list[CartLine]:
    """Each product of the cart with what there is to say of it."""
    cards = await cards_of(visit.house.read, [item.sku for item in basket.items])
    totals = {line.sku: line.total_minor for line in placed.lines} if placed else {}
    mine = await _held_units(visit, basket)
    lines: list[CartLine] = []
    for item in basket.items:
        card = cards.get(item.sku)
        short = 0
        if card is not None and card.kind == "goods":
            short = max(0, item.quantity - max(0, card.available) - mine.get(item.sku, 0))
        supply = supply_of(visit, card, frame.policies) if card else None
        lines.append(CartLine(item.sku, item.quantity, card, supply, short, totals.get(item.sku)))
    return lines


async def _priced(visit: Visit, frame: Frame, basket: Basket, country: str) -> Quote:
    """As if it were ordered now, delivered to the usual country in the first way that goes there."""
    currency = frame.policies.currency
    offered = frame.policies.shipping_options(currency, country)
    return await quote(visit, basket, currency, Address(country=country), option=offered[0].code if offered else "")


HELD_UNITS = """
    SELECT claim->>0 AS sku, sum((claim->>2)::bigint)::bigint AS quantity
      FROM cart, jsonb_array_elements(claims) AS claim
     WHERE id = $1
  GROUP BY 1
"""


class _Held(msgspec.Struct, frozen=True):
    sku: str
    quantity: int


async def _held_units(visit: Visit, basket: Basket) -> dict[str, int]:
    return {each.sku: each.quantity for each in await visit.house.read.rows(_Held, HELD_UNITS, basket.id)}


async def _held_until(visit: Visit, basket: Basket) -> datetime | None:
    row = await cart_row(visit.house.read, basket.id)
    if row is None or row.expires_at is None or row.expires_at <= visit.now:
        return None
    return row.expires_at


async def add(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    sku = form.required("sku")
    card = (await cards_of(visit.house.read, [sku])).get(sku)
    if card is None:
        raise NotFound(what="product", id=sku)
    before = await _usable(visit)
    quantity = before.quantity_of(sku) + form.integer("quantity", 1, least=1, most=MOST_UNITS)
    await _check_quantity(visit, card, quantity)
    basket = before.having(sku, quantity)
    await _change(visit, basket)
    return visit.see_other("/cart", visit._("%(name)s is in your cart.", name=card.name))


async def change(visit: Visit) -> ASGIResponse:
    form = await visit.form()
    sku, quantity = form.required("sku"), form.integer("quantity", least=0, most=MOST_UNITS)
    await _check_quantity(visit, (await cards_of(visit.house.read, [sku])).get(sku), quantity)
    basket = (await _usable(visit)).having(sku, quantity)
    await _change(visit, basket)
    if visit.is_part:
        return await _page(visit, basket)
    return visit.see_other("/cart")


async def _check_quantity(visit: Visit, card: Card | None, quantity: int) -> None:
    """Of goods, one customer may buy so many at once; who wants more asks."""
    most = (await load_policies(visit.house.read)).carts.most_of_one
    if card is not None and card.kind == "goods" and quantity > most:
        raise MoreThanOneMayBuy(sku=card.name, wanted=quantity, most=most)


async def hold_again(visit: Visit) -> ASGIResponse:
    """Keep the stock anew, on the way to the checkout or back to the cart."""
    basket = await _usable(visit)
    await _change(visit, basket)
    return visit.see_other(own_path((await visit.form()).text("then"), "/cart"))


async def _usable(visit: Visit) -> Basket:
    """The cart of this browser; a new one where there is none, or where it became an order in another window."""
    visit.desk.shop.carts.take(visit.address)
    basket = basket_of(visit) or new_basket()
    row = await cart_row(visit.house.read, basket.id)
    return new_basket() if row is not None and row.order_id is not None else basket


async def _change(visit: Visit, basket: Basket) -> None:
    keep(visit, basket)
    if basket.items:
        await _hold(visit, basket)
    else:
        row = await cart_row(visit.house.read, basket.id)
        if row is not None and row.expires_at is not None:
            await visit.house.committer.submit(
                ReleaseCart(cart_id=basket.id), key=f"page:cart:{visit.new_key}", actor=visit.actor
            )


async def _hold(visit: Visit, basket: Basket) -> None:
    """Hold as much as there is of everything. Each refusal names one product and how many of it there are."""
    cards = await cards_of(visit.house.read, [item.sku for item in basket.items])
    wanted = {item.sku: item.quantity for item in basket.items if item.sku in cards and cards[item.sku].kind == "goods"}
    for _ in range(len(wanted) + 1):
        items = tuple(HoldItem(sku=sku, quantity=quantity) for sku, quantity in wanted.items() if quantity > 0)
        command = HoldCart(cart_id=basket.id, items=items, minutes=_hold_minutes(visit), visitor=_visitor(visit))
        given = await visit.house.committer.submit(command, key=f"page:cart:{visit.new_key}", actor=visit.actor)
        refusal = given.answer.refusal
        if refusal is None or refusal.code not in STILL_LESS:
            return
        wanted[refusal.data["sku"]] = refusal.data[STILL_LESS[refusal.code]]


def _visitor(visit: Visit) -> str:
    """Whoever asks, told apart for a day: nobody can read an address from it."""
    tag: str = visit.desk.sessions.seal.tag("visitor", f"{visit.now:%Y-%m-%d} {visit.address}")
    return tag[:32]


def _hold_minutes(visit: Visit) -> int:
    """Half an hour of the customer's time, which in a played shop is more of the shop's."""
    speed = getattr(visit.house.outside.clock, "speed", 1.0)
    return int(min(LONGEST_HOLD_MINUTES, max(HOLD_MINUTES, HOLD_MINUTES * speed)))


ROUTES: tuple[PageRoute, ...] = (
    get("/cart", show),
    post("/cart/add", add, again=show),
    post("/cart/set", change, again=show),
    post("/cart/hold", hold_again, again=show),
)
