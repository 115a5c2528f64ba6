"""Which tax a sale bears: the rate of where it goes, or none and why. Pure.

The rules are those of Directive 2006/112/EC for a seller in the EU. Whoever sells from elsewhere is taxed by the rows
of the merchant's table alone: at home and in the EU (Art. 33 c), where a row names the country; other countries are
exports of his.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, Literal

import msgspec

from purveyor.core.calendars import local_day
from purveyor.core.money import BASIS_POINTS, ratio, spread
from purveyor.core.policies import Policies
from purveyor.core.refusals import Refusal
from purveyor.core.rows import Order, Product, ShippingTax
from purveyor.core.tax_areas import (
    COUNTS_AS,
    NORTHERN_IRELAND,
    STATES,
    area_of,
    country_of,
    is_inside,
    is_one_territory,
)

Reason = Literal["", "export", "outside_scope", "intra_community_supply", "reverse_charge", "abroad"]
GOODS: Final = "goods"


class NoTaxRate(Refusal):
    """The tax table has no rate for a country and class."""

    country: str
    tax_class: str
    sentence = "There is no tax rate for {tax_class} goods delivered to {country}."
    country_fields = ("country",)
    instead = ("give the product a class that has a rate there", "set the rate in the tax policy")


class Tax(msgspec.Struct, frozen=True, gc=False):
    """A rate, and where it is 0 % because of a rule, that rule."""

    basis_points: int
    reason: Reason = ""


class Sale(msgspec.Struct, frozen=True):
    """What tax asks of a sale: where from, where to, to whom, and when."""

    home: str  # the seller's country; "" where nobody said
    area: str  # where it goes, as `tax_areas` calls it
    vat_country: str  # that gave the buyer the VAT id; "" for consumers
    day: date
    today: date


def home_of(policies: Policies) -> str:
    """The seller's country: as the seller policy says, else that of the first location; "" where neither is set."""
    if policies.seller.country:
        return COUNTS_AS.get(policies.seller.country, policies.seller.country)
    first = min(policies.locations, key=lambda place: (not place.ships, place.priority), default=None)
    return COUNTS_AS.get(first.country, first.country) if first else ""


def sale_to(policies: Policies, country: str, postal_code: str, vat_country: str, day: date, today: date) -> Sale:
    return Sale(home_of(policies), area_of(country, postal_code), vat_country, day, today)


def sale_of(policies: Policies, order: Order, today: date) -> Sale:
    """The sale that a placed order is: its area and buyer are frozen, and its rates are those of its own day."""
    area = order.tax_area or COUNTS_AS.get(order.country, order.country)
    return Sale(home_of(policies), area, order.vat_country, local_day(order.placed_at, policies.zone), today)


def tax_of(policies: Policies, sale: Sale, kind: str, tax_class: str) -> Tax | None:
    """The tax on a product of a kind and class; None where the table has no rate and no rule gives one.

    Northern Ireland belongs to the EU for goods, and to Great Britain for everything else. A business of the seller's
    own state is taxed there wherever in the EU its goods go: distance selling is to consumers (Art. 14(4), 32), and a
    service is supplied where the business is (Art. 44).
    """
    is_goods = kind == GOODS
    area = "GB" if sale.area == NORTHERN_IRELAND and not is_goods else sale.area
    if is_one_territory(area, sale.home):
        area = sale.home
    if is_inside(area) and sale.home in STATES and sale.vat_country == sale.home:
        area = sale.home
    inside = is_inside(area)
    is_home = country_of(area) == sale.home and (inside or area == sale.home)
    from_eu = not sale.home or sale.home in STATES
    if inside and not is_home and _is_business_elsewhere(sale, is_goods=is_goods):
        return Tax(0, "intra_community_supply" if is_goods else "reverse_charge")
    points = policies.tax.basis_points(area, tax_class, sale.day, sale.today, home=sale.home)
    if points is None and not inside and not is_home:
        points = 0
    if points is None:
        return None
    return Tax(points, _why_nothing(is_goods=is_goods, from_eu=from_eu) if not points and not inside else "")


def tax_for_order(policies: Policies, order: Order, product: Product, now: datetime) -> Tax:
    """The tax on a product where a placed order goes, of the day on which it was placed; refuses with `NoTaxRate`."""
    sale = sale_of(policies, order, local_day(now, policies.zone))
    tax = tax_of(policies, sale, product.kind, product.tax_class)
    if tax is None:
        raise NoTaxRate(country=sale.area, tax_class=product.tax_class)
    return tax


def has_tax(policies: Policies, order: Order, product: Product, now: datetime) -> bool:
    """Whether a product can be added to a placed order."""
    sale = sale_of(policies, order, local_day(now, policies.zone))
    return tax_of(policies, sale, product.kind, product.tax_class) is not None


def _is_business_elsewhere(sale: Sale, *, is_goods: bool) -> bool:
    """Whether the buyer is a business of another member state than the seller's (Art. 138, 44 and 196)."""
    if sale.home not in STATES or sale.vat_country in {"", sale.home}:
        return False
    return sale.vat_country in STATES or (is_goods and sale.vat_country == NORTHERN_IRELAND)


def _why_nothing(*, is_goods: bool, from_eu: bool) -> Reason:
    if not from_eu:
        return "abroad"
    return "export" if is_goods else "outside_scope"


class Taxed(msgspec.Struct, frozen=True, gc=False):
    """An amount that is sent, and its tax: what a shipping charge is shared by."""

    amount_minor: int
    basis_points: int
    reason: str


def share_shipping(price_minor: int, sent: Iterable[Taxed], *, inclusive: bool) -> tuple[ShippingTax, ...]:
    """A shipping charge by the rates of the goods that it is for, in proportion to their value.

    It belongs to what is paid for the goods (Directive 2006/112/EC, Art. 78 b), and so bears their tax. Rounded part
    by part; the parts add up to the price, or to the price and the tax on top of it.
    """
    worth: dict[tuple[int, str], int] = {}
    for each in sent:
        key = (each.basis_points, each.reason)
        worth[key] = worth.get(key, 0) + each.amount_minor
    if not price_minor or not worth:
        return ()
    if len(worth) == 1:
        ((points, reason),) = worth
        return (_taxed(price_minor, points, reason, inclusive=inclusive),)
    ordered = sorted(worth, reverse=True)
    parts: list[ShippingTax] = []
    for (points, reason), amount in zip(ordered, spread(price_minor, [worth[key] for key in ordered]), strict=True):
        if amount:
            parts.append(_taxed(amount, points, reason, inclusive=inclusive))
    return tuple(parts)


def _taxed(amount: int, points: int, reason: str, *, inclusive: bool) -> ShippingTax:
    tax = ratio(amount, points, BASIS_POINTS + points if inclusive else BASIS_POINTS)
    return ShippingTax(points, amount if inclusive else amount + tax, tax, reason)


def shipping_sums(parts: Sequence[ShippingTax]) -> tuple[int, int]:
    """The charge with its tax, and the tax."""
    return sum(part.amount_minor for part in parts), sum(part.tax_minor for part in parts)


def shipping_text(parts: Iterable[ShippingTax]) -> str:
    """Parts as one text, `1900:345:55 700:145:9`, because the row of an order holds no documents."""
    return " ".join(
        f"{part.basis_points}:{part.amount_minor}:{part.tax_minor}" + (f":{part.reason}" if part.reason else "")
        for part in parts
    )


def _part(text: str) -> ShippingTax:
    points, amount, tax, *reason = text.split(":")
    return ShippingTax(int(points), int(amount), int(tax), "".join(reason))


def shipping_parts(order: Order) -> tuple[ShippingTax, ...]:
    """The shipping charge of an order, rate by rate; of orders from before parts were kept, in one."""
    if order.shipping_taxes or not order.shipping_minor:
        return tuple(map(_part, order.shipping_taxes.split()))
    net = order.shipping_minor - order.shipping_tax_minor
    points = round(order.shipping_tax_minor * BASIS_POINTS / net / 50) * 50 if net else 0
    return (ShippingTax(points, order.shipping_minor, order.shipping_tax_minor),)
