"""What may have happened at receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from purveyor.core.messages import Fact
from purveyor.core.rows import ShippingTax
from purveyor.stages.receipt.commands import Tender


class OrderedLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A line as it was bought: prices, discounts and taxes in minor units of the order's currency, for ever."""

    id: UUID
    sku: str
    name: str
    kind: str
    quantity: int
    unit_price_minor: int
    discount_minor: int
    tax_basis_points: int
    tax_minor: int
    total_minor: int
    weight_g: int
    tax_reason: str = ""


class OrderPlaced(Fact, frozen=True, kw_only=True, tag="receipt.order_placed"):
    """An order came in. Its units are placed, its money is owed."""

    hidden = frozenset({"tenders.source"})

    number: int
    channel: str
    reference: str
    customer_id: UUID | None
    contact_id: UUID
    source_id: UUID | None
    currency: str
    language: str
    country: str
    terms: str
    method: str
    collect_at: str
    shipping_option: str
    lines: tuple[OrderedLine, ...]
    tenders: tuple[Tender, ...]
    goods_minor: int
    discount_minor: int
    tax_minor: int
    shipping_minor: int
    shipping_tax_minor: int
    total_minor: int
    return_policy: str
    return_policy_version: int
    placed_at: datetime
    promised_at: datetime | None
    tax_area: str = ""
    vat_country: str = ""
    shipping_taxes: tuple[ShippingTax, ...] = ()
    second_look: tuple[str, ...] = ()  # types of hold under which it waits for another person
    agreed_shipping_minor: int | None = None  # as it was asked, like prices with or without tax; None: the option's

    def reply(self) -> dict[str, Any]:
        return {
            "total": {"minor": self.total_minor, "currency": self.currency},
            "lines": [{"line_id": line.id, "sku": line.sku, "quantity": line.quantity} for line in self.lines],
        }


class CartReservation(msgspec.Struct, frozen=True, gc=False, array_like=True):
    sku: str
    location: str
    quantity: int


class CartReserved(Fact, frozen=True, kw_only=True, tag="receipt.cart_held"):
    """A cart holds stock until it expires."""

    cart_id: UUID
    claims: tuple[CartReservation, ...]
    expires_at: datetime
    visitor: str = ""

    def reply(self) -> dict[str, Any]:
        return {"cart_id": self.cart_id, "expires_at": self.expires_at}


class CartReservationsReduced(Fact, frozen=True, kw_only=True, tag="receipt.cart_claims_cut"):
    """A cart lost some of what it held, because it is not there; `claims` are those that it keeps."""

    cart_id: UUID
    claims: tuple[CartReservation, ...]


class CartOrdered(Fact, frozen=True, kw_only=True, tag="receipt.cart_ordered"):
    """A cart became this order, and becomes no other."""

    cart_id: UUID


class CartReleased(Fact, frozen=True, kw_only=True, tag="receipt.cart_released"):
    """A cart holds nothing any more: ordered, emptied or expired (`why`)."""

    cart_id: UUID
