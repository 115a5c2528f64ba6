"""Tax, shipping, channels, locations: the orders of the past, placed once more by the rule that placed them."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET

from purveyor.core.calendars import local_day
from purveyor.core.money import Money
from purveyor.core.policies import Policies
from purveyor.core.reason_templates import ReasonTemplate
from purveyor.core.refusals import Refusal
from purveyor.core.registry import DECIDES
from purveyor.core.rows import Product, Stock
from purveyor.core.tax_areas import example_of
from purveyor.db.reader import Reader
from purveyor.insight.backtest.history import (
    BacktestResult,
    ChangedOrder,
    OutcomeCount,
    PastOrder,
    PolicyPair,
    a_state,
    placed,
    products_of,
    without_timeout,
)
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder
from purveyor.stages.receipt.facts import OrderPlaced

PLENTY = 10**9  # in stock: what was there then is not what is asked
A_DAY = timedelta(days=1)
AMOUNTS: Final = ReasonTemplate("{total_amount} (tax {tax_amount}, shipping {shipping_amount})")
AMOUNTS_BY_DAY: Final = ReasonTemplate(
    "{total_amount} (tax {tax_amount}, shipping {shipping_amount}, {promised_day})",
    "{total_amount} (tax {tax_amount}, shipping {shipping_amount}, by {promised_day})",
)


class Placed(msgspec.Struct, frozen=True):
    """What became of an order: a fact, or what refused it."""

    fact: OrderPlaced | None
    refusal: Refusal | None = None


async def backtest_orders(read: Reader, asked: PolicyPair) -> BacktestResult:
    """Who would have been refused, and what orders would have come to; amounts by currency."""
    answer = asked.answer()
    orders = await placed(read, asked)
    products = await products_of(read, orders)
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    refused = sooner = later = 0
    async for past in without_timeout(orders):
        if past.fact.vat_country:  # the VAT id that decided its tax may be erased by now
            answer.left_out += 1
            continue
        before, after = again(past, asked.before, products), again(past, asked.after, products)
        if before.fact is None:
            answer.left_out += 1
            continue
        answer.looked_at += 1
        for what in ("total", "tax", "shipping"):
            both = sums[what, past.fact.currency]
            both[0] += getattr(before.fact, f"{what}_minor")
            both[1] += getattr(after.fact, f"{what}_minor") if after.fact is not None else 0
        if after.fact is None:
            refused += 1
            answer.changed.append(
                ChangedOrder(past.order_id, past.fact.number, "placed", "refused", refusal=after.refusal)
            )
            continue
        days = _days_later(before.fact, after.fact)
        sooner += days < 0
        later += days > 0
        if difference := _difference(before.fact, after.fact, asked.after.zone):
            answer.changed.append(ChangedOrder(past.order_id, past.fact.number, *difference))
    answer.counts = [
        OutcomeCount("refused", 0, refused),
        *(OutcomeCount(what, old, new, currency) for (what, currency), (old, new) in sums.items()),
        OutcomeCount("promised_sooner", 0, sooner),
        OutcomeCount("promised_later", 0, later),
    ]
    return answer


def _days_later(before: OrderPlaced, after: OrderPlaced) -> int:
    if before.promised_at is None or after.promised_at is None:
        return 0
    return (after.promised_at - before.promised_at) // A_DAY


def _difference(before: OrderPlaced, after: OrderPlaced, zone: ZoneInfo) -> tuple[str, str] | None:
    """Amounts in words, where they or the promised day differ."""
    shown = [_shown(each, zone) for each in (before, after)]
    return (shown[0], shown[1]) if shown[0] != shown[1] else None


def _shown(fact: OrderPlaced, zone: ZoneInfo) -> str:
    minors = (fact.total_minor, fact.tax_minor, fact.shipping_minor)
    total, tax, shipping = (str(Money(minor, fact.currency)) for minor in minors)
    amounts = {"total_amount": total, "tax_amount": tax, "shipping_amount": shipping}
    if fact.promised_at is None:
        return AMOUNTS(**amounts)
    return AMOUNTS_BY_DAY(**amounts, promised_day=local_day(fact.promised_at, zone))


def again(past: PastOrder, policies: Policies, products: dict[str, Product]) -> Placed:
    """Place an order once more: at its prices and discounts, with everything in stock, and nobody's name in it."""
    fact = past.fact
    goods: list[Product] = []
    for line in fact.lines:
        known = products.get(line.sku)
        tax_class = known.tax_class if known is not None else "standard"
        goods.append(Product(line.sku, line.name, line.kind, line.unit_price_minor, fact.currency, tax_class=tax_class))
    state = a_state(policies, products=goods)
    state.stock = {product.sku: {"anywhere": Stock(product.sku, "anywhere", PLENTY)} for product in goods}
    try:
        for made in DECIDES[PlaceOrder](state, _command(past), past.call):
            if isinstance(made, OrderPlaced):
                return Placed(made)
    except Refusal as refusal:
        return Placed(None, refusal)
    return Placed(None)


def _command(past: PastOrder) -> PlaceOrder:
    fact = past.fact
    return PlaceOrder(
        channel=fact.channel,  # type: ignore[arg-type]
        lines=tuple(
            LineItem(
                sku=line.sku,
                quantity=line.quantity,
                unit_price=Money(line.unit_price_minor, fact.currency),
                discount=Money(line.discount_minor, fact.currency) if line.discount_minor else None,
            )
            for line in fact.lines
        ),
        contact=Address(country=fact.country, postal_code=example_of(fact.tax_area)),
        currency=fact.currency,
        terms=fact.terms,  # type: ignore[arg-type]
        tenders=(),
        method="collect" if fact.method == "collect" else "ship",
        collect_at=fact.collect_at,
        shipping_option=fact.shipping_option,
        language=fact.language,
        placed_at=fact.placed_at,
        shipping=UNSET if fact.agreed_shipping_minor is None else Money(fact.agreed_shipping_minor, fact.currency),
    )
