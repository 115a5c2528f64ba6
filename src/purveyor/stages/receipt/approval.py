"""Orders that another person looks at: prices below the list, and cash beyond what one person takes in a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from purveyor.core import approval_limits
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
    state: State,
    command: PlaceOrder,
    products: Sequence[Product],
    tenders: Sequence[Tender],
    call: Call,
    *,
    less_shipping: int = 0,
) -> SecondLook:
    """Customers buy at the catalog's prices, and an import asks as nobody: neither is looked at here.

    `less_shipping`: how much less than the shipping option is charged for sending it.
    """
    if not approval_limits.is_person_or_key(call.actor):
        return NOTHING
    below, listed, is_unlisted = against_list(state, command, products)
    below, listed = below + max(0, less_shipping), listed + max(0, less_shipping)
    cash = sum(each.amount.minor for each in tenders if each.amount is not None and each.method in IN_THE_TILL)
    if not below and not cash:
        return NOTHING
    holds: list[str] = []
    counts: tuple[Counted, ...] = ()
    currency = command.currency
    amounts = state.policies.payment.limits_in(currency)
    if below:
        given = approval_limits.sum_of_day(state, "given", call.actor, currency, call.at)
        too_low = below * 100 > listed * state.policies.holds.price_below_percent
        if is_unlisted or too_low or given + below > amounts.day_limit_minor:
            holds.append("price")
        counts += approval_limits.counted("given", call.actor, currency, call.at, below)
    if cash:
        taken = approval_limits.sum_of_day(state, "cash", call.actor, currency, call.at)
        if taken + cash > amounts.cash_limit_minor:
            holds.append("cash")
        counts += approval_limits.counted("cash", call.actor, currency, call.at, cash)
    return SecondLook(tuple(holds), counts)


def against_list(state: State, command: PlaceOrder, products: Sequence[Product]) -> tuple[int, int, bool]:
    """How much less is asked than the catalog does, what that is, and whether it has no price for some of it.

    Minor units. What is dearer makes up for nothing.
    """
    below = command.discount.minor if command.discount is not None else 0
    listed = 0
    is_unlisted = False
    for line, product in zip(command.lines, products, strict=True):
        below += line.discount.minor if line.discount is not None else 0
        if line.unit_price is None:
            listed += product.price_minor * line.quantity
            continue
        price = approval_limits.own_price(state.policies, product, line.unit_price.minor, command.currency)
        below += price.below_minor * line.quantity
        listed += price.listed_minor * line.quantity
        is_unlisted = is_unlisted or price.is_unlisted
    return below, listed, is_unlisted
