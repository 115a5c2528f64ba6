"""The merchant's rules as data. Every document is versioned; decisions record the version they used.

Defaults are those of a small European shop, so that everything works before anything is set.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from purveyor.core.calendars import WEEKDAYS, BusinessHours, CalendarPolicy, Place, minutes_of, zone_of
from purveyor.core.field_types import BasisPoints, Code, Count, Country, Currency, Days, Line, LongText, Minor, Name
from purveyor.core.holds import HoldPolicy
from purveyor.core.saved_answers import SavedAnswers
from purveyor.core.service_levels import StagePolicy, SupportPolicy
from purveyor.core.tax_areas import AREAS, country_of, is_inside
from purveyor.core.vat_rates import RATES, TaxRate

Countries = Annotated[tuple[Country, ...], Meta(max_length=300)]
Reasons = Annotated[tuple[Code, ...], Meta(max_length=100)]
Millimetres = Annotated[int, Meta(ge=1, le=20_000)]
Score = Annotated[int, Meta(ge=-100_000, le=100_000)]
# Of the amounts beside it. Empty only in what was set before amounts had one: the shop's (see `with_currencies`).
AmountCurrency = Annotated[str, Meta(pattern="^([A-Z]{3})?$", max_length=3)]


class TaxPolicy(msgspec.Struct, frozen=True, dict=True):
    """Rates by country of delivery and tax class; prices hold tax where `inclusive`.

    The first row of a country and class that fits counts: one without a day always does, and of a series with days the
    one that began last. Rows for `*` are for whatever country has none.
    """

    inclusive: bool = True
    rates: Annotated[tuple[TaxRate, ...], Meta(max_length=10_000)] = RATES

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], list[TaxRate]]:
        found: dict[tuple[str, str], list[TaxRate]] = {}
        for rate in self.rates:
            found.setdefault((rate.country, rate.tax_class), []).append(rate)
        return found

    @cached_property
    def classes(self) -> frozenset[str]:
        """The tax classes that have a rate anywhere."""
        return frozenset(rate.tax_class for rate in self.rates)

    def basis_points(
        self, area: str, tax_class: str, day: date, today: date | None = None, *, home: str = ""
    ) -> int | None:
        """The rate for goods of a class delivered to an area on a day, by a seller of a country; None without one.

        A day before the first row of a class, as orders of former years have it, takes that row, if it is in force
        `today`.
        """
        asked = (area, tax_class, day, today, home)
        if asked not in self._known:
            self._known[asked] = self._looked_up(area, tax_class, day, today or day, home)
        return self._known[asked]

    @cached_property
    def _known(self) -> dict[tuple[str, str, date, date | None, str], int | None]:
        """What was looked up before: the same few rates hold for thousands of orders."""
        return {}

    def _looked_up(self, area: str, tax_class: str, day: date, today: date, home: str) -> int | None:
        for country in (area, country_of(area), "*") if area in AREAS and is_inside(area) else (area, "*"):
            rates = self._by_place.get((country, tax_class))
            if rates:
                found = rate_on(rates, day, today, is_home=home == country)
                if found is not None:
                    return found.basis_points
        return None


def rate_on(rates: Iterable[TaxRate], day: date, today: date, *, is_home: bool) -> TaxRate | None:
    """The one of the rows of a country and class that counts on a day."""
    series: list[tuple[date, TaxRate]] = []
    always: TaxRate | None = None
    for rate in rates:
        if rate.domestic and not is_home:
            continue
        if rate.valid_from is not None:
            series.append((rate.valid_from, rate))
        elif not series:
            return rate
        else:
            always = always or rate
    begun = [each for each in series if each[0] <= day]
    if begun:
        return max(begun, key=lambda each: each[0])[1]
    oldest = min(series, key=lambda each: each[0], default=None)
    if always is None and oldest is not None and oldest[0] <= today:
        return oldest[1]
    return always


class Location(msgspec.Struct, frozen=True):
    code: Code
    name: Name
    country: Country
    city: Name = ""
    postal_code: Name = ""
    street: Line = ""
    priority: Count = 1  # lower is asked first
    ships: bool = True
    collects: bool = False  # customers may collect here, and hand in what they return

    @property
    def in_words(self) -> str:
        """Its name, and where it is as far as that was said: `Shop, Main Street 1, 10115 Berlin`."""
        city = " ".join(filter(None, (self.postal_code, self.city)))
        return ", ".join(filter(None, (self.name, self.street, city)))


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
    currency: AmountCurrency = ""


class ShippingPolicy(msgspec.Struct, frozen=True):
    """What sending costs, with a row for every currency. Its tax is that of what is sent, by value."""

    options: Annotated[tuple[ShippingOption, ...], Meta(max_length=1_000)] = (
        ShippingOption("standard", "Standard", 490, 4, 5_000),
        ShippingOption("express", "Express", 1_290, 2),
        ShippingOption("free", "Free", 0, 7),
    )


class RiskRule(msgspec.Struct, frozen=True):
    """One test of an order. `limit` is what the test is held against; `score` is added when it fires.

    amount: total in minor units above the limit, or in a currency for which no such rule has one; quantity: units of
    one line above it; country: deliveries to one of `values`; mismatch: billing and delivery country differ;
    email_domain / email / phone / customer: on the block list `values`; velocity: more than `limit` orders of the
    customer or e-mail within a day; first_order: a guest or a new customer above the limit (as for amount).
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
    currency: AmountCurrency = ""  # of `limit`, where it is an amount


class RiskPolicy(msgspec.Struct, frozen=True):
    """`salt` is given by us: block lists of e-mails and phones hold hashes under it."""

    hold_from: Score = 50  # score at which a person looks
    refuse_from: Score = 1_000  # score at which nobody needs to
    rules: Annotated[tuple[RiskRule, ...], Meta(max_length=1_000)] = (
        RiskRule("large order", "amount", 30, 200_000),
        RiskRule("many of one", "quantity", 20, 500),
        RiskRule("billed elsewhere", "mismatch", 20),
        RiskRule("throw-away mail", "email_domain", 40, values=("mailinator.com", "trashmail.com")),
    )
    salt: Annotated[str, Meta(max_length=64, pattern="^([0-9a-f]{64})?$")] = ""


class PaymentAmounts(msgspec.Struct, frozen=True):
    """The amounts of the payment policy in one more currency."""

    currency: Currency
    cod_fee_minor: Minor = 0
    refund_limit_minor: Minor = 0
    day_limit_minor: Minor = 0
    cash_limit_minor: Minor = 0


class PaymentPolicy(msgspec.Struct, frozen=True):
    invoice_days: Days = 14
    cod_fee_minor: Minor = 0
    doubt_after_s: Annotated[int, Meta(ge=1, le=86_400)] = 60  # a request without an answer for so long is asked about
    refund_limit_minor: Minor = 50_000  # of an order in a day: above it, a second person approves
    day_limit_minor: Minor = 200_000  # that one person or key gives away in a day: above it, a second person approves
    cash_limit_minor: Minor = 500_000  # that one person or key takes in cash in a day: above it, orders are held
    link_days: Annotated[int, Meta(ge=1, le=365)] = 7  # for the customer to pay by link, then somebody acts
    reminders: Annotated[int, Meta(ge=1, le=20)] = 3  # of an invoice that is overdue
    reminder_days: Annotated[int, Meta(ge=1, le=365)] = 7  # between two of them
    currency: AmountCurrency = ""
    other_currencies: Annotated[tuple[PaymentAmounts, ...], Meta(max_length=200)] = ()

    def amounts_in(self, currency: str) -> PaymentAmounts | None:
        """The amounts in a currency; None where nobody set them."""
        if self.currency == currency:
            return PaymentAmounts(
                currency, self.cod_fee_minor, self.refund_limit_minor, self.day_limit_minor, self.cash_limit_minor
            )
        return next((each for each in self.other_currencies if each.currency == currency), None)

    def limits_in(self, currency: str) -> PaymentAmounts:
        """The amounts in a currency; nothing where nobody said how much is little, so that everything is looked at."""
        return self.amounts_in(currency) or PaymentAmounts(currency)


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
    collect_reminders: Annotated[int, Meta(ge=1, le=20)] = 3  # then somebody acts


class ReturnAmounts(msgspec.Struct, frozen=True):
    """The amounts of a return policy in one more currency."""

    currency: Currency
    label_minor: Minor = 0
    keep_below_minor: Minor = 0


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
    currency: AmountCurrency = ""
    other_currencies: Annotated[tuple[ReturnAmounts, ...], Meta(max_length=200)] = ()

    def amounts_in(self, currency: str) -> ReturnAmounts | None:
        """The amounts in a currency; None where nobody set them."""
        if self.currency == currency:
            return ReturnAmounts(currency, self.label_minor, self.keep_below_minor)
        return next((each for each in self.other_currencies if each.currency == currency), None)


class SurveyPolicy(msgspec.Struct, frozen=True):
    days_after_delivery: Days = 3
    expires_after_days: Days = 14
    low_score: Annotated[int, Meta(ge=0, le=5)] = 2  # CSAT of 1 to 5 at or below it opens a case


class CartPolicy(msgspec.Struct, frozen=True):
    """How much is kept for somebody who has not ordered yet, so that nobody takes a shelf away from all others."""

    most_of_one: Annotated[int, Meta(ge=1, le=1_000_000)] = 20  # units of a product in one cart
    most_of_visitor: Annotated[int, Meta(ge=1, le=1_000_000)] = 60  # units in all carts of one visitor


class SignInPolicy(msgspec.Struct, frozen=True):
    """How often staff may fail to sign in, for how long a login is locked then, and how long a session lasts."""

    failures: Annotated[int, Meta(ge=1, le=100)] = 5  # in a row
    locked_minutes: Annotated[int, Meta(ge=1, le=1_440)] = 15
    idle_minutes: Annotated[int, Meta(ge=5, le=1_440)] = 480
    session_hours: Annotated[int, Meta(ge=1, le=720)] = 24
    # Roles that do nothing before they have set up a second factor.
    second_factor_for: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(max_length=20)] = (
        "admin",
        "finance",
    )


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
    # What law wants to be found on every page: an address (https://...), or the text itself.
    terms: LongText = ""
    privacy: LongText = ""
    withdrawal: LongText = ""
    imprint: LongText = ""  # empty: made of the fields above

    @property
    def missing(self) -> tuple[str, ...]:
        """What an invoice must say of the seller (Directive 2006/112/EC, Art. 226 (3) and (5)) and nobody filled in."""
        return tuple(name for name in ("name", "street", "city", "country", "tax_id") if not getattr(self, name))


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
    carts: CartPolicy = CartPolicy()
    calendar: CalendarPolicy = CalendarPolicy()
    support: SupportPolicy = SupportPolicy()
    saved_answers: SavedAnswers = ()
    stages: StagePolicy = StagePolicy()
    home_zone: Name = "UTC"  # of the installation (PURVEYOR_TIMEZONE), for a calendar that names none

    @property
    def zone(self) -> ZoneInfo:
        """In which the shop reads its days and hours."""
        return zone_of(self.calendar.zone or self.home_zone)

    @property
    def place(self) -> Place:
        """Whose public holidays the shop has: ("", "") where that is not known."""
        calendar = self.calendar
        if calendar.country:
            return calendar.country, calendar.subdivision
        return self.seller.country or next((each.country for each in self.locations), ""), ""

    @property
    def business_hours(self) -> BusinessHours:
        """When somebody is there."""
        calendar = self.calendar
        return BusinessHours(
            opens_minute=minutes_of(calendar.opens),
            closes_minute=minutes_of(calendar.closes),
            weekdays=tuple(map(WEEKDAYS.index, calendar.weekdays)),
            holidays=tuple(closing.day for closing in calendar.closing_days if not closing.location),
            zone=self.zone.key,
            places=(self.place,) if calendar.public_holidays and self.place[0] else (),
        )

    def is_closed(self, day: date, location: str) -> bool:
        """Whether nobody is at a location on a day."""
        here = any(each.day == day and each.location == location for each in self.calendar.closing_days)
        return here or not self.business_hours.is_working_day(day)

    def __post_init__(self) -> None:
        """Amounts that say no currency are in the shop's: so they were meant when they were set."""
        replace, own = msgspec.structs.replace, self.currency
        set_ = msgspec.structs.force_setattr
        options = tuple(each if each.currency else replace(each, currency=own) for each in self.shipping.options)
        rules = tuple(each if each.currency else replace(each, currency=own) for each in self.risk.rules)
        returns = tuple(each if each.currency else replace(each, currency=own) for each in self.returns)
        set_(self, "shipping", replace(self.shipping, options=options))
        set_(self, "risk", replace(self.risk, rules=rules))
        set_(self, "returns", returns)
        if not self.payment.currency:
            set_(self, "payment", replace(self.payment, currency=own))

    def shipping_option(self, code: str, currency: str) -> ShippingOption | None:
        """An option with its price in a currency; one that costs nothing costs nothing in any."""
        free: ShippingOption | None = None
        for option in self.shipping.options:
            if option.code == code:
                if option.currency == currency:
                    return option
                if free is None and not option.price_minor:
                    free = option
        return free

    def shipping_options(self, currency: str, country: str = "") -> list[ShippingOption]:
        """What can be chosen, with prices in a currency; for one country, where it is known."""
        codes = dict.fromkeys(option.code for option in self.shipping.options)
        found = [option for code in codes if (option := self.shipping_option(code, currency))]
        return [option for option in found if not country or not option.countries or country in option.countries]

    def location(self, code: str) -> Location | None:
        return next((location for location in self.locations if location.code == code), None)

    def return_policy(self, name: str, version: int) -> ReturnPolicy:
        """The version that was in force at a purchase; the newest of that name where the version is gone."""
        named = [policy for policy in self.returns if policy.name == name] or [ReturnPolicy(currency=self.currency)]
        return next((policy for policy in named if policy.version == version), named[-1])

    @property
    def current_return_policy(self) -> ReturnPolicy:
        return self.returns[-1] if self.returns else ReturnPolicy(currency=self.currency)
