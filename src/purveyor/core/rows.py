"""What a table row is to the rules: a struct that `apply` may change, and that the unit of work loads and writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar
from uuid import UUID

import msgspec


class Row(msgspec.Struct, gc=False):
    """One row of one table: fields are its columns, in order.

    Column types follow from the annotations: int bigint, str text, bool boolean, float double precision, UUID uuid,
    datetime timestamptz, date date, anything else jsonb (structs, dicts, tuples).
    """

    table: ClassVar[str] = ""
    key: ClassVar[tuple[str, ...]] = ("id",)
    locked: ClassVar[bool] = True  # loaded FOR UPDATE, because decisions about it must queue up
    personal: ClassVar[bool] = False  # may be erased, so it is no part of what the journal rebuilds
    pool: ClassVar[tuple[str, str] | None] = None  # (column that names the pool, SQL condition of a free row)

    key_of: ClassVar[Callable[[Any], Any]] = attrgetter("id")  # a row's key: a value, or a tuple of values

    def __init_subclass__(cls) -> None:
        cls.key_of = attrgetter(*cls.key)


class ShippingTax(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The part of a shipping charge that follows goods of one rate: `amount_minor` holds `tax_minor`."""

    basis_points: int
    amount_minor: int
    tax_minor: int
    reason: str = ""  # why the rate is 0 %, as `taxes` calls it


class OrderRow(Row):
    """A row that belongs to one order and is guarded by the lock on it."""

    part: ClassVar[int] = -1  # its bit in `Order.parts`: 0 to 62, never given to another table


class Order(Row):
    """The order: who, where, what it sums up to, and the summaries that lists filter on."""

    table: ClassVar[str] = "orders"

    id: UUID
    number: int
    channel: str
    reference: str  # what the channel or the customer calls it
    customer_id: UUID | None
    contact_id: UUID  # names and addresses stand in the erasable table `contact`
    source_id: UUID | None  # the document it came from, erasable too
    currency: str
    language: str
    country: str  # of delivery, ISO 3166-1 alpha-2: for tax and figures
    terms: str  # prepaid | invoice | on_delivery | at_counter
    method: str  # ship | collect | none (nothing of it is goods)
    collect_at: str  # the location where it is collected
    shipping_option: str
    goods_minor: int  # all lines, with tax, after discounts
    discount_minor: int
    tax_minor: int  # of lines and shipping
    shipping_minor: int  # with tax
    shipping_tax_minor: int
    total_minor: int  # what the customer pays for all of it
    return_policy: str
    return_policy_version: int
    promised_at: datetime | None  # what the customer was told
    placed_at: datetime
    # ledger
    receivable_minor: int = 0
    authorized_minor: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    # summaries, written by `summary.summarize` alone
    status: str = "placed"
    stage: str = "review"
    payment_status: str = "unpaid"
    fulfillment_status: str = "open"
    return_status: str = "none"
    holds: str = ""  # open hold types, sorted, joined by blanks
    stage_since: datetime | None = None
    closed_at: datetime | None = None
    # bookkeeping
    version: int = 0  # facts recorded so far
    parts: int = 0  # bit mask of the tables that have rows for it
    # tax, as it was decided when the order was placed
    tax_area: str = ""  # whose rates count: a country, or an area of `tax_areas`; "" before that was kept
    vat_country: str = ""  # that gave the buyer the VAT id (which stands in `contact`), or ""
    shipping_taxes: str = ""  # the shipping charge rate by rate, as `taxes.shipping_parts` reads it


class Line(OrderRow):
    """One product in one quantity of it. The positions always add up to the quantity."""

    table: ClassVar[str] = "line"
    part: ClassVar[int] = 0

    id: UUID
    order_id: UUID
    line_no: int
    sku: str
    name: str
    kind: str  # goods | download | license | access | service
    unit_price_minor: int
    discount_minor: int
    tax_basis_points: int
    tax_minor: int
    total_minor: int  # what the customer pays for the line: with tax, after discounts
    weight_g: int
    quantity: int = 0
    placed: int = 0
    allocated: int = 0
    backordered: int = 0
    picked: int = 0
    packed: int = 0
    shipped: int = 0
    delivered: int = 0
    returning: int = 0
    returned: int = 0
    canceled: int = 0
    lost: int = 0
    tax_reason: str = ""  # why the rate is 0 %, as `taxes` calls it


class Allocation(OrderRow):
    """How many units of a line claim stock at a location now: allocated, picked or packed there."""

    table: ClassVar[str] = "allocation"
    key: ClassVar[tuple[str, ...]] = ("line_id", "location")
    part: ClassVar[int] = 1

    line_id: UUID
    location: str
    order_id: UUID
    sku: str
    quantity: int = 0


class PriceAdjustment(OrderRow):
    """By how much a thing of the order became dearer or cheaper after it was priced, at one rate of tax."""

    table: ClassVar[str] = "price_adjustment"
    key: ClassVar[tuple[str, ...]] = ("order_id", "of", "basis_points")
    part: ClassVar[int] = 17

    order_id: UUID
    of: str  # the id of a line, or shipping, fee, goodwill
    basis_points: int
    amount_minor: int = 0  # with tax
    tax_minor: int = 0
    quantity: int = 0  # units of the line that were paid back
    cut_minor: int = 0  # taken off the price of units that have left, and not used up by paying them back


class Stock(Row):
    """What a location has of a SKU. `on_hand - allocated - held` is what can be promised."""

    table: ClassVar[str] = "stock"
    key: ClassVar[tuple[str, ...]] = ("sku", "location")

    sku: str
    location: str
    on_hand: int = 0
    allocated: int = 0
    held: int = 0

    @property
    def available(self) -> int:
        return self.on_hand - self.allocated - self.held


class Product(Row):
    """What can be bought. Prices are minor units of `currency`, with tax where the tax policy says so."""

    table: ClassVar[str] = "product"
    key: ClassVar[tuple[str, ...]] = ("sku",)
    locked: ClassVar[bool] = False

    sku: str
    name: str
    kind: str  # goods | download | license | access | service
    price_minor: int
    currency: str
    tax_class: str = "standard"
    category: str = ""
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    hs_code: str = ""
    origin: str = ""
    dangerous: bool = False
    fragile: bool = False
    returnable: bool = True
    active: bool = True
    asset: str = ""  # what a download delivers, or the system an access is switched on at
    duration_min: int = 0  # of an installation
    description: str = ""


class AssetFile(Row):
    """Whether the file of an asset was in its place when somebody last looked. No row: nobody has looked yet."""

    table: ClassVar[str] = "asset_file"
    key: ClassVar[tuple[str, ...]] = ("asset",)
    locked: ClassVar[bool] = False

    asset: str  # as the product has it; "" of downloads that name none
    missing: bool
    seen_at: datetime


class Customer(Row):
    """Somebody we know. Name and addresses stand in `contact`, so that they can be erased."""

    table: ClassVar[str] = "customer"
    locked: ClassVar[bool] = False  # what is owed stands in CreditAccount, and that is locked

    id: UUID
    number: str
    contact_id: UUID
    group: str = "retail"
    language: str = "en"
    credit_limit_minor: int = 0
    credit_currency: str = "EUR"
    terms_days: int = 0
    notices: str = "email"  # channels the customer wants: email, sms, both by blank, or none
    blocked: bool = False
    erased_at: datetime | None = None


class CreditAccount(Row):
    """What a customer on account owes and has as store credit: locked whenever an order on invoice is placed or paid.

    It is kept in one currency: that of the store credit and of the credit line. What is owed in others stands beside
    it, because amounts of different currencies are never added.
    """

    table: ClassVar[str] = "credit_account"
    key: ClassVar[tuple[str, ...]] = ("customer_id",)

    customer_id: UUID
    open_minor: int = 0  # owed in `currency`
    store_credit_minor: int = 0  # in `currency`
    currency: str = ""  # "" as long as there is neither a credit line nor store credit
    others: dict[str, int] = {}  # owed in other currencies

    @property
    def owed(self) -> dict[str, int]:
        """What is owed, by currency."""
        own = {self.currency: self.open_minor} if self.open_minor else {}
        return own | self.others

    @property
    def held(self) -> dict[str, int]:
        """What is owed or kept as store credit, by currency: the larger of the two."""
        own = {self.currency: self.store_credit_minor} if self.store_credit_minor else {}
        return own | {key: max(minor, own.get(key, 0)) for key, minor in self.owed.items()}

    def owe(self, currency: str, minor: int) -> None:
        """So much more is owed in a currency; less, where it is negative."""
        if currency == self.currency:
            self.open_minor += minor
            return
        left = self.others.get(currency, 0) + minor
        rest = {key: each for key, each in self.others.items() if key != currency}
        self.others = rest | {currency: left} if left else rest

    def keep_in(self, currency: str) -> None:
        """Keep an account without store credit in another currency; what is owed stays what it is."""
        owed = self.owed
        unnamed = owed.pop("", 0)  # of rows from before accounts had a currency
        self.currency, self.open_minor = currency, owed.pop(currency, 0) + unnamed
        self.others = owed


class Counter(Row):
    """A number without gaps, given out under lock: invoices, credit notes."""

    table: ClassVar[str] = "counter"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    value: int = 0


class Contact(Row):
    """Who and where, of one order or customer, one immutable version. Erasable: facts only know its id."""

    table: ClassVar[str] = "contact"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    customer_id: UUID | None
    name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""  # E.164
    street: str = ""
    city: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""
    billing: dict[str, str] | None = None  # where it differs from delivery
    erased: bool = False
    replaces: UUID | None = None  # the version before, where the address of an order was changed
    vat_id: str = ""  # of a business, with its country in front


class PrivateText(Row):
    """Free text or a document that may hold personal data: case messages, survey texts, source mails. Erasable."""

    table: ClassVar[str] = "private_text"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    customer_id: UUID | None
    order_id: UUID | None
    what: str  # case_message, survey_text, source, proof_of_delivery ...
    text: str = ""
    erased: bool = False


class MoneyHour(Row):
    """What somebody has given away in one hour: refunds, credits, debts, prices below the list; or taken in cash."""

    table: ClassVar[str] = "money_hour"
    key: ClassVar[tuple[str, ...]] = ("pot", "hour_at")

    pot: str  # see `core.limits`
    hour_at: datetime
    minor: int = 0


class ApiKey(Row):
    """A key for the API: found by its prefix, proved by the hash of its secret. Never deleted, only revoked."""

    table: ClassVar[str] = "api_key"
    locked: ClassVar[bool] = False  # read by rules about money; a key that is revoked twice at once is revoked

    id: UUID
    name: str
    prefix: str
    hash: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None = None
    expires_at: datetime | None = None  # None: made before keys had an end
    made_by: str = ""  # the actor who made it


class StaffOrigin(Row):
    """Who let a person of the staff in, and who has reset their password or second factor last."""

    table: ClassVar[str] = "staff_origin"
    key: ClassVar[tuple[str, ...]] = ("staff_id",)
    locked: ClassVar[bool] = False

    staff_id: UUID
    added_by: str = ""  # the actor; "" from before it was noted
    reset_by: str = ""
    reset_at: datetime | None = None


class OrderTrace(Row):
    """That somebody ordered on a day, for rules that count orders. `who` starts with the day and says no name."""

    table: ClassVar[str] = "order_trace"
    locked: ClassVar[bool] = False
    personal: ClassVar[bool] = True

    id: UUID
    who: str  # empty once the person is erased
    at: datetime
    contact_id: UUID
    customer_id: UUID | None
