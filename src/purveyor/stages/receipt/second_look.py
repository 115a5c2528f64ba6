"""Orders that another person looks at: prices below the list, and cash beyond what one person takes in a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from purveyor.core import limits
from purveyor.core.messages import Call
from purveyor.core.positions import Counted
from purveyor.core.rows import Product
from purveyor.core.state import State
from purveyor.stages.receipt.commands import PlaceOrder, Tender

IN_THE_TILL: Final = frozenset({"cash", "card_present"})


class SecondLook(NamedTuple):
    """Under which types of hold the order waits for another person, and what counts toward limits of a day."""

    holds: tuple[str, ...] = ()
    counts: tuple[Counted, ...] = ()


NOTHING: Final = SecondLook()


def second_look(
    state: State, command: PlaceOrder, products: Sequence[Product], tenders: Sequence[Tender], call: Call
) -> SecondLook:
    """Customers buy at the catalog's prices, and an import asks as nobody: neither is looked at here."""
    if not limits.is_somebody(call.actor):
        return NOTHING
    below = below_list(command, products)
    cash = sum(each.amount.minor for each in tenders if each.amount is not None and each.method in IN_THE_TILL)
    if not below and not cash:
        return NOTHING
    holds: list[str] = []
    counts: tuple[Counted, ...] = ()
    currency = command.currency
    amounts = state.policies.payment.limits_in(currency)
    if below:
        listed = sum(each.price_minor * line.quantity for each, line in zip(products, command.lines, strict=True))
        given = limits.sum_of_day(state, "given", call.actor, currency, call.at)
        too_low = below * 100 > listed * state.policies.holds.price_below_percent
        if too_low or given + below > amounts.day_limit_minor:
            holds.append("price")
        counts += limits.counted("given", call.actor, currency, call.at, below)
    if cash:
        taken = limits.sum_of_day(state, "cash", call.actor, currency, call.at)
        if taken + cash > amounts.cash_limit_minor:
            holds.append("cash")
        counts += limits.counted("cash", call.actor, currency, call.at, cash)
    return SecondLook(tuple(holds), counts)


def below_list(command: PlaceOrder, products: Sequence[Product]) -> int:
    """How much less is asked than the catalog does, in minor units; what is dearer makes up for nothing."""
    below = command.discount.minor if command.discount is not None else 0
    for line, product in zip(command.lines, products, strict=True):
        below += line.discount.minor if line.discount is not None else 0
        if line.unit_price is not None and product.currency == command.currency:
            below += max(0, product.price_minor - line.unit_price.minor) * line.quantity
    return below
