"""Receipt's own rows, and how its facts change them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

from purveyor.core.messages import Stamp
from purveyor.core.registry import applies
from purveyor.core.rows import Line, Order, Row
from purveyor.core.state import Lookup, State
from purveyor.core.taxes import shipping_text
from purveyor.stages.receipt.facts import (
    CartOrdered,
    CartReleased,
    CartReservation,
    CartReservationsReduced,
    CartReserved,
    OrderPlaced,
)


class Cart(Row):
    """Stock kept for somebody who has not ordered yet. Claims are empty once it is over."""

    table: ClassVar[str] = "cart"

    id: UUID
    claims: list[CartReservation]
    expires_at: datetime | None  # None once it is over
    order_id: UUID | None = None  # what became of it
    visitor: str = ""  # whoever fills it, under a name that changes every day


def _of_visitor(state: State, visitor: str) -> Iterator[UUID]:
    return (cart.id for cart in state.shared[Cart].values() if cart.visitor == visitor)


def _holding(state: State, sku: str, location: str) -> Iterator[UUID]:
    for cart in state.shared[Cart].values():
        if any((claim.sku, claim.location) == (sku, location) for claim in cart.claims):
            yield cart.id


CARTS_OF_VISITOR: Final = Lookup(
    "SELECT id FROM cart WHERE visitor = $1 AND visitor <> '' AND expires_at IS NOT NULL ORDER BY id LIMIT 200",
    _of_visitor,
)
CARTS_HOLDING: Final = Lookup(
    # A claim is an array of SKU, location and quantity. Carts that hold something are few, and have an index.
    """
    SELECT id FROM cart
     WHERE expires_at IS NOT NULL AND claims @> jsonb_build_array(jsonb_build_array($1::text, $2::text))
  ORDER BY expires_at DESC, id
     LIMIT 1000
    """,
    _holding,
)


@applies(OrderPlaced)
def open_order(state: State, fact: OrderPlaced, stamp: Stamp) -> None:
    assert fact.order_id is not None
    book = state.open_book(
        Order(
            id=fact.order_id,
            number=fact.number,
            channel=fact.channel,
            reference=fact.reference,
            customer_id=fact.customer_id,
            contact_id=fact.contact_id,
            source_id=fact.source_id,
            currency=fact.currency,
            language=fact.language,
            country=fact.country,
            terms=fact.terms,
            method=fact.method,
            collect_at=fact.collect_at,
            shipping_option=fact.shipping_option,
            goods_minor=fact.goods_minor,
            discount_minor=fact.discount_minor,
            tax_minor=fact.tax_minor,
            shipping_minor=fact.shipping_minor,
            shipping_tax_minor=fact.shipping_tax_minor,
            total_minor=fact.total_minor,
            return_policy=fact.return_policy,
            return_policy_version=fact.return_policy_version,
            promised_at=fact.promised_at,
            placed_at=fact.placed_at,
            stage_since=stamp.at,
            tax_area=fact.tax_area,
            vat_country=fact.vat_country,
            shipping_taxes=shipping_text(fact.shipping_taxes),
        )
    )
    for number, line in enumerate(fact.lines, 1):
        book.add(
            Line(
                id=line.id,
                order_id=fact.order_id,
                line_no=number,
                sku=line.sku,
                name=line.name,
                kind=line.kind,
                unit_price_minor=line.unit_price_minor,
                discount_minor=line.discount_minor,
                tax_basis_points=line.tax_basis_points,
                tax_minor=line.tax_minor,
                total_minor=line.total_minor,
                weight_g=line.weight_g,
                tax_reason=line.tax_reason,
            )
        )


@applies(CartReserved)
def reserve_cart(state: State, fact: CartReserved, stamp: Stamp) -> None:
    cart = state.get(Cart, fact.cart_id)
    if cart is None:
        state.add(Cart(fact.cart_id, list(fact.claims), fact.expires_at, visitor=fact.visitor))
    else:
        cart.claims = list(fact.claims)
        cart.expires_at = fact.expires_at


@applies(CartReservationsReduced)
def reduce_reservations(state: State, fact: CartReservationsReduced, stamp: Stamp) -> None:
    state.row(Cart, fact.cart_id).claims = list(fact.claims)


@applies(CartReleased)
def release_cart(state: State, fact: CartReleased, stamp: Stamp) -> None:
    cart = state.row(Cart, fact.cart_id)
    cart.claims = []
    cart.expires_at = None


@applies(CartOrdered)
def order_cart(state: State, fact: CartOrdered, stamp: Stamp) -> None:
    cart = state.get(Cart, fact.cart_id)
    if cart is None:
        state.add(Cart(fact.cart_id, [], None, fact.order_id))
    else:
        cart.order_id = fact.order_id
