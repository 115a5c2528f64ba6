"""What a visitor wants to buy: the content stands in a signed cookie, what is kept for it in the row of the cart.

So a cart outlives sessions and restarts, costs nothing while nobody holds stock, and nobody can make one up.
"""

from __future__ import annotations

from uuid import UUID, uuid4

import msgspec

from purveyor.core.refusals import Invalid
from purveyor.web.pages.context import RequestContext

COOKIE = "cart"
PURPOSE = "cart"
KEPT_S = 60 * 24 * 3600
MOST_ITEMS = 40  # different products: more do not fit into a cookie
MOST_UNITS = 9_999  # of one product


class Item(msgspec.Struct, frozen=True, array_like=True):
    sku: str
    quantity: int


class Basket(msgspec.Struct, frozen=True, array_like=True):
    """A cart. Its id becomes known to others only with a signature, so whoever shows one has been given it by us."""

    id: UUID
    items: tuple[Item, ...] = ()

    @property
    def units(self) -> int:
        return sum(item.quantity for item in self.items)

    def quantity_of(self, sku: str) -> int:
        return next((item.quantity for item in self.items if item.sku == sku), 0)

    def having(self, sku: str, quantity: int) -> Basket:
        """The same cart with so many of a product; 0 takes it out. Raises `Invalid` for what cannot be."""
        if not 0 <= quantity <= MOST_UNITS:
            raise Invalid(field="quantity", found=quantity, expected=f"a whole number from 0 to {MOST_UNITS}")
        there = {item.sku: item.quantity for item in self.items} | {sku: quantity}
        items = tuple(Item(each, count) for each, count in there.items() if count)
        if len(items) > MOST_ITEMS:
            raise Invalid(field="sku", found=f"{len(items)} products", expected=f"at most {MOST_ITEMS} in one cart")
        return Basket(self.id, items)


def new_basket() -> Basket:
    return Basket(uuid4())


def basket_of(ctx: RequestContext) -> Basket | None:
    """The cart of this browser, or None: there is none yet."""
    return opened_basket(ctx, ctx.cookie(COOKIE))


def opened_basket(ctx: RequestContext, sealed: str) -> Basket | None:
    """A cart as it was given out, or None for what is not ours."""
    text = ctx.desk.sessions.seal.unseal(PURPOSE, sealed) if sealed else None
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=Basket)
    except msgspec.MsgspecError:
        return None


def sealed(ctx: RequestContext, basket: Basket) -> str:
    value: str = ctx.desk.sessions.seal.seal(PURPOSE, msgspec.json.encode(basket).decode())
    return value


def keep(ctx: RequestContext, basket: Basket) -> None:
    """Let the browser remember it."""
    ctx.remember(COOKIE, sealed(ctx, basket), max_age=KEPT_S)
