"""The merchant's rules as data. Every document is versioned; decisions record the version they used.

Defaults are those of a small European shop, so that everything works before anything is set.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec


class TaxRate(msgspec.Struct, frozen=True):
    country: str  # ISO 3166-1 alpha-2, or "*"
    tax_class: str
    basis_points: int  # 1900 is 19 %


class TaxPolicy(msgspec.Struct, frozen=True):
    """Rates by country of delivery and tax class, the first that fits; prices hold tax where `inclusive`."""

    inclusive: bool = True
    rates: tuple[TaxRate, ...] = (
        TaxRate("DE", "standard", 1900),
        TaxRate("DE", "reduced", 700),
        TaxRate("AT", "standard", 2000),
        TaxRate("AT", "reduced", 1000),
        TaxRate("FR", "standard", 2000),
        TaxRate("FR", "reduced", 550),
        TaxRate("NL", "standard", 2100),
        TaxRate("ES", "standard", 2100),
        TaxRate("IT", "standard", 2200),
        TaxRate("PT", "standard", 2300),
        TaxRate("GB", "standard", 2000),
        TaxRate("*", "zero", 0),
        TaxRate("*", "standard", 0),
        TaxRate("*", "reduced", 0),
    )

    def basis_points(self, country: str, tax_class: str) -> int | None:
        """The rate for goods of a class delivered to a country; None where the table has none."""
        anywhere = None
        for rate in self.rates:
            if rate.tax_class == tax_class:
                if rate.country == country:
                    return rate.basis_points
                if rate.country == "*":
                    anywhere = rate.basis_points
        return anywhere


class Location(msgspec.Struct, frozen=True):
    code: str
    name: str
    country: str
    city: str = ""
    postal_code: str = ""
    street: str = ""
    priority: int = 1  # lower is asked first
    ships: bool = True
    collects: bool = False  # customers may collect here


class RoutingPolicy(msgspec.Struct, frozen=True):
    """Which location serves an order. `priority`: in order of priority; `fewest_parcels`: one location if one can."""

    rule: Literal["priority", "fewest_parcels"] = "fewest_parcels"
    backorder_cap: int = 0  # units of a SKU that may wait, where its stock row says nothing else


class ShippingOption(msgspec.Struct, frozen=True):
    code: str
    name: str
    price_minor: int
    days: int  # promised, in calendar days from placement
    free_from_minor: int | None = None
    countries: tuple[str, ...] = ()  # empty: everywhere


class ShippingPolicy(msgspec.Struct, frozen=True):
    tax_class: str = "standard"
    options: tuple[ShippingOption, ...] = (
        ShippingOption("standard", "Standard", 490, 4, 5_000),
        ShippingOption("express", "Express", 1_290, 2),
        ShippingOption("free", "Free", 0, 7),
    )

    def option(self, code: str) -> ShippingOption | None:
        return next((option for option in self.options if option.code == code), None)


class RiskRule(msgspec.Struct, frozen=True):
    """One test of an order. `limit` is what the test is held against; `score` is added when it fires.

    amount: total in minor units above the limit; quantity: units of one line above it; country: deliveries to one of
    `values`; mismatch: billing and delivery country differ; email_domain / email / phone / customer: on the block list
    `values`; velocity: more than `limit` orders of the customer or e-mail within a day; first_order: a guest or a new
    customer above the limit.
    """

    name: str
    test: Literal[
        "amount",
        "quantity",
        "country",
        "mismatch",
        "email_domain",
        "email",
        "phone",
        "customer",
        "velocity",
        "first_order",
    ]
    score: int
    limit: int = 0
    values: tuple[str, ...] = ()


class RiskPolicy(msgspec.Struct, frozen=True):
    hold_from: int = 50  # score at which a person looks
    refuse_from: int = 1_000  # score at which nobody needs to
    rules: tuple[RiskRule, ...] = (
        RiskRule("large order", "amount", 30, 200_000),
        RiskRule("many of one", "quantity", 20, 500),
        RiskRule("billed elsewhere", "mismatch", 20),
        RiskRule("throw-away mail", "email_domain", 40, values=("mailinator.com", "trashmail.com")),
    )


class HoldRule(msgspec.Struct, frozen=True):
    """Who owns holds of a type, and what happens by itself after so many hours."""

    type: str
    owner: str
    hours: int
    at_deadline: Literal["release", "cancel", "escalate"]


class HoldPolicy(msgspec.Struct, frozen=True):
    rules: tuple[HoldRule, ...] = (
        HoldRule("stock", "purchasing", 720, "escalate"),
        HoldRule("address", "support", 72, "cancel"),
        HoldRule("fraud", "reviewer", 48, "cancel"),
        HoldRule("credit", "finance", 120, "cancel"),
        HoldRule("price", "sales", 48, "escalate"),
        HoldRule("approval", "reviewer", 72, "escalate"),
        HoldRule("customer", "support", 168, "cancel"),
        HoldRule("payment", "finance", 72, "cancel"),
        HoldRule("balance", "finance", 72, "escalate"),  # paid in part
    )

    def rule(self, type: str) -> HoldRule:  # noqa: A002 (the field's word)
        """The rule of a hold type; three days with an escalation where none is set."""
        return next((rule for rule in self.rules if rule.type == type), HoldRule(type, "support", 72, "escalate"))


class PaymentPolicy(msgspec.Struct, frozen=True):
    invoice_days: int = 14
    cod_fee_minor: int = 0
    doubt_after_s: int = 60  # a request without an answer for so long is asked about
    refund_limit_minor: int = 50_000  # above it, a second person approves
    link_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7  # for the customer to pay by link, then somebody acts


class Carton(msgspec.Struct, frozen=True):
    """A box: inner dimensions in millimetres, what it weighs and carries in grams."""

    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int
    limit_g: int


class PackingPolicy(msgspec.Struct, frozen=True):
    """How parcels are made and numbered. Without a GS1 company prefix of the merchant's own they have no SSCC."""

    company_prefix: Annotated[str, msgspec.Meta(pattern="^([0-9]{4,12})?$")] = ""  # 4 to 12 digits, leased from GS1
    tolerance_basis_points: int = 1_000  # of the expected weight, before the scale is believed to show a mistake
    cartons: tuple[Carton, ...] = (
        Carton("envelope", 350, 250, 30, 30, 1_000),
        Carton("S", 250, 180, 100, 120, 5_000),
        Carton("M", 350, 250, 150, 220, 10_000),
        Carton("L", 500, 350, 250, 420, 20_000),
        Carton("XL", 600, 400, 400, 700, 31_500),
    )


class DeliveryPolicy(msgspec.Struct, frozen=True):
    download_days: int = 30
    download_count: int = 5
    collect_days: int = 7
    failed_attempts: int = 3
    lost_after_days: int = 14


class ReturnPolicy(msgspec.Struct, frozen=True):
    """One version of the rules under which goods come back. The one in force at purchase counts.

    The law of the EU asks for 14 days from delivery (Directive 2011/83/EU, Art. 9); the default gives more.
    """

    name: str = "default"
    version: int = 1
    window_days: int = 30
    reasons: tuple[str, ...] = ("changed_mind", "too_small", "too_large", "damaged", "wrong_item", "not_as_described")
    our_fault: tuple[str, ...] = ("damaged", "wrong_item", "not_as_described")  # no fee, and we pay the label
    restocking_fee_basis_points: int = 0
    customer_pays_label: bool = True
    label_minor: int = 490
    refund_on: Literal["receipt", "request"] = "receipt"
    kinds: tuple[str, ...] = ("goods",)
    keep_below_minor: int = 0  # refund without return below this amount


class SurveyPolicy(msgspec.Struct, frozen=True):
    days_after_delivery: int = 3
    expires_after_days: int = 14
    low_score: int = 2  # CSAT of 1 to 5 at or below it opens a case


class SignInPolicy(msgspec.Struct, frozen=True):
    """How often staff may fail to sign in, for how long a login is locked then, and how long a session lasts."""

    failures: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5  # in a row
    locked_minutes: Annotated[int, msgspec.Meta(ge=1, le=1_440)] = 15
    idle_minutes: Annotated[int, msgspec.Meta(ge=5, le=1_440)] = 480
    session_hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 24


class SellerPolicy(msgspec.Struct, frozen=True):
    """Who sells: as invoices say it, and pages where customers look for it."""

    name: str = "Purveyor"
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    tax_id: str = ""  # for VAT
    register: str = ""  # where the company is registered, and under which number
    email: str = ""
    phone: str = ""
    iban: str = ""  # where invoices are paid to


class Policies(msgspec.Struct, frozen=True):
    """All of them, as of one moment. `version` counts every change of any."""

    version: int = 0
    currency: str = "EUR"
    closed_channels: tuple[str, ...] = ()
    tax: TaxPolicy = TaxPolicy()
    locations: tuple[Location, ...] = ()
    routing: RoutingPolicy = RoutingPolicy()
    shipping: ShippingPolicy = ShippingPolicy()
    risk: RiskPolicy = RiskPolicy()
    holds: HoldPolicy = HoldPolicy()
    payment: PaymentPolicy = PaymentPolicy()
    packing: PackingPolicy = PackingPolicy()
    delivery: DeliveryPolicy = DeliveryPolicy()
    returns: tuple[ReturnPolicy, ...] = (ReturnPolicy(),)
    survey: SurveyPolicy = SurveyPolicy()
    sign_in: SignInPolicy = SignInPolicy()
    seller: SellerPolicy = SellerPolicy()

    def location(self, code: str) -> Location | None:
        return next((location for location in self.locations if location.code == code), None)

    def return_policy(self, name: str, version: int) -> ReturnPolicy:
        """The version that was in force at a purchase; the newest of that name where the version is gone."""
        named = [policy for policy in self.returns if policy.name == name] or [ReturnPolicy()]
        return next((policy for policy in named if policy.version == version), named[-1])

    @property
    def current_return_policy(self) -> ReturnPolicy:
        return self.returns[-1] if self.returns else ReturnPolicy()
