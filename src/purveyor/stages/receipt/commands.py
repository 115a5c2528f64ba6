"""What may be asked of receipt."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from purveyor.core.field_types import (
    CountryOrNone,
    Currency,
    Document,
    Language,
    Line,
    Mail,
    Minutes,
    Moment,
    Name,
    Quantity,
    Reference,
    Sku,
    StockCount,
    Word,
)
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.vocabulary import Channel

Terms = Literal["prepaid", "invoice", "on_delivery", "at_counter"]
TenderMethod = Literal["card", "invoice", "cash", "card_present", "cash_on_delivery", "store_credit"]


class LineItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One product in one quantity. `unit_price` is an agreed price; without it the catalog's counts."""

    sku: Sku
    quantity: Quantity
    unit_price: Money | None = None
    discount: Money | None = None  # off the whole line


class Address(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who and where, countries in ISO 3166-1 alpha-2. Phones are kept in E.164 and postal codes as their country does.

    A phone number without a country's is one of the address's country: 030 1234567 in DE is +49301234567.
    """

    name: Name = ""
    company: Name = ""
    email: Mail = ""
    phone: Word = ""
    street: Line = ""
    city: Name = ""
    postal_code: Word = ""
    region: Name = ""
    country: CountryOrNone = ""


class Tender(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way in which a part of the order is paid. No amount: what the other tenders leave."""

    method: TenderMethod
    amount: Money | None = None
    source: Line = ""  # the provider's token of a card, a gift card's code


class ReduceReservations(Command, frozen=True, kw_only=True, tag="receipt.cut_claims"):
    """A shelf has less than is promised: carts let go, the last one first, until so many are on hand."""

    sku: Sku
    location: Word
    on_hand: StockCount


class PlaceOrder(Command, frozen=True, kw_only=True, tag="receipt.place_order"):
    """The one gate: every channel asks for an order in this way, with the same checks."""

    apart = ("tenders.source",)

    draws_number: ClassVar[bool] = True

    channel: Channel
    lines: Annotated[tuple[LineItem, ...], Meta(max_length=10_000)]
    contact: Address
    billing: Address | None = None
    currency: Currency
    terms: Terms = "prepaid"
    tenders: Annotated[tuple[Tender, ...], Meta(max_length=1_000)] = ()
    method: Literal["ship", "collect"] = "ship"
    collect_at: Word = ""  # location code
    shipping_option: Word = "standard"
    customer_id: UUID | None = None
    reference: Reference = ""
    language: Language = "en"
    discount: Money | None = None  # off the whole order
    cart_id: UUID | None = None
    source: Document = ""  # the document it came from, kept beside the order
    placed_at: Moment | None = None  # when the customer placed it, for orders that come in later
    vat_id: Annotated[str, Meta(max_length=40)] = ""  # of a business that buys, with its country in front
    # An agreed charge for sending it, like `unit_price`; without it the shipping option's counts. Unset, and not null:
    # what was asked before there was this field is still the same to the byte when it is asked again.
    shipping: Money | UnsetType = UNSET


class ReserveItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sku: Sku
    quantity: Quantity


class ReserveCart(Command, frozen=True, kw_only=True, tag="receipt.hold_cart"):
    """Keep stock for a cart for a while. Asked again, it replaces what was held."""

    cart_id: UUID
    items: Annotated[tuple[ReserveItem, ...], Meta(max_length=1_000)]
    minutes: Minutes = 30
    visitor: Annotated[str, Meta(max_length=64)] = ""  # so much is kept for one of them at most, in all carts


class ReleaseCart(Command, frozen=True, kw_only=True, tag="receipt.release_cart"):
    """Let go of what a cart holds: emptied, or its time is over (`expired_by` says when that was)."""

    cart_id: UUID
    expired_by: Moment | None = None
