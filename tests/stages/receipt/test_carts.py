"""Carts become one order, and let go of what they hold when their time is over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from purveyor.core.state import State
from purveyor.db.reader import Reader
from purveyor.stages.receipt.carts import CartAlreadyOrdered, MoreThanOneMayBuy, TooManyReserved
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, ReleaseCart, ReserveCart, ReserveItem
from purveyor.stages.receipt.queries import cart_row, expired_carts
from purveyor.stages.receipt.state import Cart
from tests.pure import NOON, a_shop, do


def an_id(number: int) -> UUID:
    return UUID(int=number)


def an_order(**changes: object) -> PlaceOrder:
    values = {
        "channel": "web",
        "lines": (LineItem(sku="MUG", quantity=2),),
        "contact": Address(name="Ann", country="DE"),
        "currency": "EUR",
        "cart_id": an_id(7),
    }
    return PlaceOrder(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("is_held", [True, False])
def test_a_cart_becomes_one_order(is_held: bool) -> None:
    state = a_shop()
    if is_held:
        do(state, ReserveCart(cart_id=an_id(7), items=(ReserveItem(sku="MUG", quantity=2),)))
    do(state, an_order())
    with pytest.raises(CartAlreadyOrdered) as refusal:
        do(state, an_order(contact=Address(name="Ann B.", country="DE")))

    (book,) = state.books.values()
    assert refusal.value.data["order_id"] == book.order.id
    assert state.row(Cart, an_id(7)).order_id == book.order.id
    with pytest.raises(CartAlreadyOrdered):
        do(state, ReserveCart(cart_id=an_id(7), items=()))


def hold(state: State, cart: int, *, visitor: str = "", **quantities: int) -> None:
    items = tuple(ReserveItem(sku=sku, quantity=quantity) for sku, quantity in quantities.items())
    do(state, ReserveCart(cart_id=an_id(cart), items=items, visitor=visitor))


def test_a_cart_holds_so_many_of_a_product_and_no_more() -> None:
    state = a_shop()
    hold(state, 1, MUG=20)
    with pytest.raises(MoreThanOneMayBuy) as refusal:
        hold(state, 2, MUG=21)

    assert (refusal.value.wanted, refusal.value.most) == (21, 20)
    assert state.stock["MUG"]["main"].held == 20


def test_a_visitor_holds_so_much_in_however_many_carts() -> None:
    state = a_shop()
    for cart in (1, 2, 3):
        hold(state, cart, visitor="ann", MUG=20)
    with pytest.raises(TooManyReserved):
        hold(state, 4, visitor="ann", TEE=1)
    hold(state, 3, visitor="ann", MUG=19, TEE=1)  # its own claims do not count twice
    hold(state, 5, visitor="bob", MUG=20)
    hold(state, 6, MUG=1)

    assert state.stock["MUG"]["main"].held == 80


async def test_carts_whose_time_is_over_are_found(pool: asyncpg.Pool[asyncpg.Record]) -> None:
    insert = "INSERT INTO cart (id, claims, expires_at) VALUES ($1, '[]', $2)"
    await pool.execute(insert, an_id(1), NOON)
    await pool.execute(insert, an_id(2), NOON + timedelta(minutes=1))
    await pool.execute(insert, an_id(3), None)
    due = await expired_carts(Reader(pool), NOON, 10)

    assert [each.command for each in due] == [ReleaseCart(cart_id=an_id(1), expired_by=NOON)]
    row = await cart_row(Reader(pool), an_id(2))
    assert row is not None
    assert row.order_id is None
