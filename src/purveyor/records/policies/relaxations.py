"""What each policy may loosen: money that goes out, checks that somebody makes, doors that are shut.

Every policy has a test here, or stands in `AT_ONCE` with the reason why one admin may set it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from purveyor.core.holds import HoldPolicy
from purveyor.core.policies import PaymentPolicy, Policies, ReturnPolicy, RiskPolicy, RiskRule

Test = Callable[[Policies, Policies], bool]

LIMITS: Final = ("refund_limit_minor", "day_limit_minor", "cash_limit_minor")
_STOPS: Final = ("nothing", "dispatch", "picking")  # what a hold stops: the later, the more
_BY_AMOUNT: Final = frozenset({"amount", "first_order"})  # tests whose limit is money of a currency

AT_ONCE: Final = {
    "currency": "amounts stay in the currency that they were set in",
    "closed_channels": "an order is looked at the same, whatever it came by",
    "tax": "rates are the law's, and books show them",
    "locations": "stock is counted, wherever it stands",
    "routing": "it chooses a place, and how much may be promised",
    "shipping": "a price is what all customers are offered",
    "survey": "it asks, and gives nothing",
    "calendar": "it says when somebody is there",
    "support": "it says when somebody is late",
    "saved_answers": "whoever sends one reads it before",
    "stages": "they say when somebody is late",
}


def is_loosened(name: str, before: Policies, after: Policies) -> bool:
    """Whether a policy gives somebody more than the one in force, or looks at less."""
    return name in LOOSENED and LOOSENED[name](before, after)


# ---------------------------------------------------------------------------------------------------------------- money


def _payment(before: Policies, after: Policies) -> bool:
    return after.payment.invoice_days > before.payment.invoice_days or _gives_more(before.payment, after.payment)


def _gives_more(before: PaymentPolicy, after: PaymentPolicy) -> bool:
    currencies = {after.currency, *(each.currency for each in after.other_currencies)}
    return any(
        getattr(after.limits_in(currency), limit) > getattr(before.limits_in(currency), limit)
        for currency in currencies
        for limit in LIMITS
    )


def _seller(before: Policies, after: Policies) -> bool:
    """Invoices are paid to another account than before. The first one that is named takes nothing from anybody."""
    return bool(before.seller.iban) and _account(after.seller.iban) != _account(before.seller.iban)


def _account(iban: str) -> str:
    return "".join(iban.split()).upper()


def _returns(before: Policies, after: Policies) -> bool:
    old, new = before.current_return_policy, after.current_return_policy
    return (
        new.window_days > old.window_days
        or new.restocking_fee_basis_points < old.restocking_fee_basis_points
        or (new.refund_on == "request" and old.refund_on != "request")
        or not set(new.kinds) <= set(old.kinds)
        or not set(new.our_fault) <= set(old.our_fault)
        or any(
            _kept(new, currency) > _kept(old, currency) or _label(new, currency) < _label(old, currency)
            for currency in {*_currencies(old), *_currencies(new)}
        )
    )


def _currencies(policy: ReturnPolicy) -> Iterable[str]:
    return policy.currency, *(each.currency for each in policy.other_currencies)


def _kept(policy: ReturnPolicy, currency: str) -> int:
    amounts = policy.amounts_in(currency)
    return amounts.keep_below_minor if amounts else 0


def _label(policy: ReturnPolicy, currency: str) -> int:
    """What a customer pays to send something back; nothing in a currency without amounts."""
    amounts = policy.amounts_in(currency)
    return amounts.label_minor if amounts and policy.customer_pays_label else 0


def _delivery(before: Policies, after: Policies) -> bool:
    old, new = before.delivery, after.delivery
    return new.download_days > old.download_days or new.download_count > old.download_count


# --------------------------------------------------------------------------------------------------------------- checks


def _holds(before: Policies, after: Policies) -> bool:
    old, new = before.holds, after.holds
    types = dict.fromkeys([*old.types(), *new.types()])
    return new.price_below_percent > old.price_below_percent or any(_holds_less(old, new, each) for each in types)


def _holds_less(before: HoldPolicy, after: HoldPolicy, type: str) -> bool:  # noqa: A002 (the field's word)
    """A hold of a type stops less, or lets go by itself, or sooner."""
    old, new = before.rule(type), after.rule(type)
    if _STOPS.index(new.stops) < _STOPS.index(old.stops):
        return True
    return new.at_deadline == "release" and (old.at_deadline != "release" or new.hours < old.hours)


def _risk(before: Policies, after: Policies) -> bool:
    old, new = before.risk, after.risk
    if new.hold_from > old.hold_from or new.refuse_from > old.refuse_from:
        return True
    adding = [[rule for rule in each.rules if rule.score > 0] for each in (old, new)]
    lowering = [[rule for rule in each.rules if rule.score < 0] for each in (new, old)]
    return (
        not _are_covered(*adding) or not _are_covered(*lowering) or any(_unknown_less(old, new, t) for t in _BY_AMOUNT)
    )


def _are_covered(rules: list[RiskRule], others: list[RiskRule]) -> bool:
    """Whether for each of the rules there is one of its own among the others that fires as often, and says as much."""
    left = sorted(others, key=lambda rule: abs(rule.score))
    for rule in sorted(rules, key=lambda rule: -abs(rule.score)):
        fits = next((each for each in left if _covers(each, rule)), None)
        if fits is None:
            return False
        left.remove(fits)
    return True


def _covers(other: RiskRule, rule: RiskRule) -> bool:
    return (
        other.test == rule.test
        and (other.currency == rule.currency or rule.test not in _BY_AMOUNT)
        and other.limit <= rule.limit
        and set(other.values) >= set(rule.values)
        and abs(other.score) >= abs(rule.score)
    )


def _unknown_less(before: RiskPolicy, after: RiskPolicy, test: str) -> bool:
    """Of rules by amount the first fires always in currencies that none of them names: of these it fires in fewer."""
    old = [rule for rule in before.rules if rule.test == test]
    new = [rule for rule in after.rules if rule.test == test]
    if not old or old[0].score <= 0:
        return bool(new and new[0].score < 0)
    return (
        not new or new[0].score < old[0].score or not {rule.currency for rule in new} <= {rule.currency for rule in old}
    )


def _packing(before: Policies, after: Policies) -> bool:
    return after.packing.tolerance_basis_points > before.packing.tolerance_basis_points


def _carts(before: Policies, after: Policies) -> bool:
    old, new = before.carts, after.carts
    return new.most_of_one > old.most_of_one or new.most_of_visitor > old.most_of_visitor


# ---------------------------------------------------------------------------------------------------------------- doors


def _sign_in(before: Policies, after: Policies) -> bool:
    old, new = before.sign_in, after.sign_in
    return (
        new.failures > old.failures
        or new.locked_minutes < old.locked_minutes
        or new.idle_minutes > old.idle_minutes
        or new.session_hours > old.session_hours
        or not set(new.second_factor_for) >= set(old.second_factor_for)
    )


LOOSENED: Final[dict[str, Test]] = {
    "payment": _payment,
    "seller": _seller,
    "returns": _returns,
    "delivery": _delivery,
    "holds": _holds,
    "risk": _risk,
    "packing": _packing,
    "carts": _carts,
    "sign_in": _sign_in,
}
