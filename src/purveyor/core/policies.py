"""The merchant's rules as data. Every document is versioned; decisions record the version they used.

Defaults are those of a small European shop, so that everything works before anything is set.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from purveyor.core.bounds import BasisPoints, Code, Count, Country, Currency, Days, Hours, Line, Minor, Name

Countries = Annotated[tuple[Country, ...], Meta(max_length=300)]
Reasons = Annotated[tuple[Code, ...], Meta(max_length=100)]
Millimetres = Annotated[int, Meta(ge=1, le=20_000)]
Score = Annotated[int, Meta(ge=-100_000, le=100_000)]


class TaxRate(msgspec.Struct, frozen=True):
    country: Annotated[str, Meta(pattern=r"^([A-Z]{2}|\*)$", max_length=2)]  # ISO 3166-1 alpha-2, or "*"
    tax_class: Code
    basis_points: BasisPoints  # 1900 is 19 %


class TaxPolicy(msgspec.Struct, frozen=True):
    """Rates by country of delivery and tax class, the first that fits; prices hold tax where `inclusive`."""

    inclusive: bool = True
    rates: Annotated[tuple[TaxRate, ...], Meta(max_length=10_000)] = (
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
    code: Code
    name: Name
    country: Country
    city: Name = ""
    postal_code: Name = ""
    street: Line = ""
    priority: Count = 1  # lower is asked first
    ships: bool = True
    collects: bool = False  # customers may collect here


class RoutingPolicy(msgspec.Struct, frozen=True):
    """Which location serves an order. `priority`: in order of priority; `fewest_parcels`: one location if one can."""

    rule: Literal["priority", "fewest_parcels"] = "fewest_parcels"
    backorder_cap: Count = 0  # units of a SKU that may wait, where its stock row says nothing else


class ShippingOption(msgspec.Struct, frozen=True):
    code: Code
    name: Name
    price_minor: Minor
    days: Annotated[int, Meta(ge=0, le=365)]  # promised, in calendar days from placement
    free_from_minor: Minor | None = None
    countries: Countries = ()  # empty: everywhere


class ShippingPolicy(msgspec.Struct, frozen=True):
    tax_class: Code = "standard"
    options: Annotated[tuple[ShippingOption, ...], Meta(max_length=1_000)] = (
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

    name: Name
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
    score: Score
    limit: Minor = 0
    values: Annotated[tuple[Name, ...], Meta(max_length=100_000)] = ()


class RiskPolicy(msgspec.Struct, frozen=True):
    hold_from: Score = 50  # score at which a person looks
    refuse_from: Score = 1_000  # score at which nobody needs to
    rules: Annotated[tuple[RiskRule, ...], Meta(max_length=1_000)] = (
        RiskRule("large order", "amount", 30, 200_000),
        RiskRule("many of one", "quantity", 20, 500),
        RiskRule("billed elsewhere", "mismatch", 20),
        RiskRule("throw-away mail", "email_domain", 40, values=("mailinator.com", "trashmail.com")),
    )


class HoldRule(msgspec.Struct, frozen=True):
    """Who owns holds of a type, and what happens by itself after so many hours."""

    type: Code
    owner: Code
    hours: Hours
    at_deadline: Literal["release", "cancel", "escalate"]


class HoldPolicy(msgspec.Struct, frozen=True):
    rules: Annotated[tuple[HoldRule, ...], Meta(max_length=1_000)] = (
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
    invoice_days: Days = 14
    cod_fee_minor: Minor = 0
    doubt_after_s: Annotated[int, Meta(ge=1, le=86_400)] = 60  # a request without an answer for so long is asked about
    refund_limit_minor: Minor = 50_000  # above it, a second person approves
    link_days: Annotated[int, Meta(ge=1, le=365)] = 7  # for the customer to pay by link, then somebody acts


class Carton(msgspec.Struct, frozen=True):
    """A box: inner dimensions in millimetres, what it weighs and carries in grams."""

    code: Code
    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres
    tare_g: Count
    limit_g: Annotated[int, Meta(ge=1, le=10_000_000)]


class PackingPolicy(msgspec.Struct, frozen=True):
    """How parcels are made and numbered. Without a GS1 company prefix of the merchant's own they have no SSCC."""

    company_prefix: Annotated[str, Meta(pattern="^([0-9]{4,12})?$", max_length=12)] = (
        ""  # 4 to 12 digits, leased from GS1
    )
    tolerance_basis_points: BasisPoints = (
        1_000  # of the expected weight, before the scale is believed to show a mistake
    )
    cartons: Annotated[tuple[Carton, ...], Meta(max_length=1_000)] = (
        Carton("envelope", 350, 250, 30, 30, 1_000),
        Carton("S", 250, 180, 100, 120, 5_000),
        Carton("M", 350, 250, 150, 220, 10_000),
        Carton("L", 500, 350, 250, 420, 20_000),
        Carton("XL", 600, 400, 400, 700, 31_500),
    )


class DeliveryPolicy(msgspec.Struct, frozen=True):
    download_days: Days = 30
    download_count: Count = 5
    collect_days: Days = 7
    failed_attempts: Count = 3
    lost_after_days: Days = 14


class ReturnPolicy(msgspec.Struct, frozen=True):
    """One version of the rules under which goods come back. The one in force at purchase counts.

    The law of the EU asks for 14 days from delivery (Directive 2011/83/EU, Art. 9); the default gives more.
    """

    name: Code = "default"
    version: Count = 1
    window_days: Days = 30
    reasons: Reasons = ("changed_mind", "too_small", "too_large", "damaged", "wrong_item", "not_as_described")
    our_fault: Reasons = ("damaged", "wrong_item", "not_as_described")  # no fee, and we pay the label
    restocking_fee_basis_points: BasisPoints = 0
    customer_pays_label: bool = True
    label_minor: Minor = 490
    refund_on: Literal["receipt", "request"] = "receipt"
    kinds: Reasons = ("goods",)
    keep_below_minor: Minor = 0  # refund without return below this amount


class SurveyPolicy(msgspec.Struct, frozen=True):
    days_after_delivery: Days = 3
    expires_after_days: Days = 14
    low_score: Annotated[int, Meta(ge=0, le=5)] = 2  # CSAT of 1 to 5 at or below it opens a case


class SignInPolicy(msgspec.Struct, frozen=True):
    """How often staff may fail to sign in, for how long a login is locked then, and how long a session lasts."""

    failures: Annotated[int, Meta(ge=1, le=100)] = 5  # in a row
    locked_minutes: Annotated[int, Meta(ge=1, le=1_440)] = 15
    idle_minutes: Annotated[int, Meta(ge=5, le=1_440)] = 480
    session_hours: Annotated[int, Meta(ge=1, le=720)] = 24


class SellerPolicy(msgspec.Struct, frozen=True):
    """Who sells: as invoices say it, and pages where customers look for it."""

    name: Name = "Purveyor"
    street: Line = ""
    postal_code: Name = ""
    city: Name = ""
    country: Annotated[str, Meta(pattern="^([A-Z]{2})?$", max_length=2)] = ""  # ISO 3166-1 alpha-2
    tax_id: Name = ""  # for VAT
    register: Line = ""  # where the company is registered, and under which number
    email: Name = ""
    phone: Name = ""
    iban: Name = ""  # where invoices are paid to


class Policies(msgspec.Struct, frozen=True):
    """All of them, as of one moment. `version` counts every change of any."""

    version: int = 0
    currency: Currency = "EUR"
    closed_channels: Reasons = ()
    tax: TaxPolicy = TaxPolicy()
    locations: Annotated[tuple[Location, ...], Meta(max_length=1_000)] = ()
    routing: RoutingPolicy = RoutingPolicy()
    shipping: ShippingPolicy = ShippingPolicy()
    risk: RiskPolicy = RiskPolicy()
    holds: HoldPolicy = HoldPolicy()
    payment: PaymentPolicy = PaymentPolicy()
    packing: PackingPolicy = PackingPolicy()
    delivery: DeliveryPolicy = DeliveryPolicy()
    returns: Annotated[tuple[ReturnPolicy, ...], Meta(min_length=1, max_length=100_000)] = (ReturnPolicy(),)
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
