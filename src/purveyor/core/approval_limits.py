"""What somebody gives away in a day, and who may say yes to what is more than one person decides.

Somebody is a member of staff or a key of the API. Customers and the shop's own rules follow policies that say what is
owed; they have no limit of this kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple
from uuid import UUID

from purveyor.core.policies import Policies
from purveyor.core.positions import Counted
from purveyor.core.rows import ApiKey, MoneyHour, Product, StaffOrigin
from purveyor.core.state import Missing, Needs, State

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
RESET_COUNTS: Final = timedelta(days=30)  # for so long whoever reset a login may have used it
OPERATOR: Final = "staff:operator"  # whoever is at the command line: nobody knows who that is

ANY_PRICE: Final = 100  # percent below the list

# given: refunds, credits, debts, prices below the list. cash: said to be in the till
LimitKind = Literal["given", "cash"]


def is_person_or_key(actor: str) -> bool:
    """Whether a person or a key stands behind it, and not a customer, a job or a rule."""
    return actor.startswith(("staff:", "key:"))


def sum_of_day(state: State, what: LimitKind, who: str, currency: str, at: datetime) -> int:
    """What somebody has given in the 24 hours before `at`, in minor units; begun hours count whole."""
    return _sums_of_day(state, what, (who,), currency, at)[0]


def _sums_of_day(state: State, what: LimitKind, whose: Iterable[str], currency: str, at: datetime) -> list[int]:
    """One sum for each of them, asked for together."""
    pots = [(_pot(what, who, currency, at - DAY), _pot(what, who, currency, at)) for who in whose]
    unknown = tuple(pot for days in pots for pot in days if (MoneyHour, "pot", pot) not in state.found)
    if unknown and not state.complete:
        raise Missing(Needs(found={(MoneyHour, "pot"): unknown}))
    since = at - DAY - HOUR
    return [
        sum(row.minor for pot in days for row in state.find(MoneyHour, "pot", pot) if row.hour_at > since)
        for days in pots
    ]


def counted(what: LimitKind, who: str, currency: str, at: datetime, minor: int) -> tuple[Counted, ...]:
    """For a fact: it counts. Whoever decides it has asked for `sum_of_day` before, so that the row is loaded."""
    if minor <= 0:
        return ()
    return (Counted(_pot(what, who, currency, at), _hour(at), minor),)


def of_order(order_id: UUID) -> str:
    """Under which what anybody gives of an order is summed, as a person's is under their own name."""
    return f"order:{order_id}"


class AmountGiven(NamedTuple):
    """What was given in a day."""

    by_one: int
    of_order: int


def given_today(state: State, order_id: UUID, currency: str, who: str, at: datetime) -> AmountGiven:
    """What somebody has given, and what anybody has given of the order. What waits for a second person counts."""
    return AmountGiven(*_sums_of_day(state, "given", (who, of_order(order_id)), currency, at))


def needs_second_person(state: State, order_id: UUID, currency: str, who: str, at: datetime, minor: int) -> bool:
    """Whether somebody gives more in a day with this, of the order or altogether, than one person may."""
    policy = state.policies.payment.limits_in(currency)
    before = given_today(state, order_id, currency, who, at)
    return before.by_one + minor > policy.day_limit_minor or before.of_order + minor > policy.refund_limit_minor


def count_given(order_id: UUID, currency: str, who: str, at: datetime, minor: int) -> tuple[Counted, ...]:
    """For a fact that gives something away: it counts for who gives it, and for the order. See `counted`."""
    return tuple(each for pot in (who, of_order(order_id)) for each in counted("given", pot, currency, at, minor))


def uncount_given(
    state: State, order_id: UUID, currency: str, who: str, at: datetime, minor: int, now: datetime
) -> tuple[Counted, ...]:
    """For a fact that ends what was asked for at `at`: it does not count any more, as far as it still did."""
    if at <= now - DAY - HOUR:
        return ()
    given_today(state, order_id, currency, who, at)  # so that the rows are loaded
    counts = count_given(order_id, currency, who, at, minor)
    there = ((each, state.get(MoneyHour, (each.pot, each.hour_at))) for each in counts)
    return tuple(Counted(each.pot, each.hour_at, -min(each.minor, row.minor)) for each, row in there if row is not None)


class CustomPrice(NamedTuple):
    """A price that somebody agreed to, against the catalog's: minor units of one unit, in the order's currency."""

    below_minor: int  # what counts as given
    listed_minor: int
    is_unlisted: bool  # the catalog says nothing, so that only another person can judge it


def own_price(policies: Policies, product: Product | None, price_minor: int, currency: str) -> CustomPrice:
    """Without a catalog price in the order's currency nobody knows what is given: all of the price counts.

    A shop in which any price goes (`holds.price_below_percent` of 100) has nothing to judge.
    """
    if product is not None and product.currency == currency:
        return CustomPrice(max(0, product.price_minor - price_minor), product.price_minor, is_unlisted=False)
    if policies.holds.price_below_percent >= ANY_PRICE:
        return CustomPrice(0, price_minor, is_unlisted=False)
    return CustomPrice(max(1, price_minor), price_minor, is_unlisted=True)


def is_second_person(state: State, actor: str, asked_by: str, at: datetime) -> bool:
    """Whether `actor` is a person other than the one behind `asked_by`.

    A key is whoever made it. Of two logins neither has made the other, directly or through others: one person might
    hold both. Nor has one reset the other's password or second factor of late.
    """
    if not actor.startswith("staff:") or actor == OPERATOR:
        return False
    asked = _behind(state, asked_by, at)
    who = next((each for each in asked if each.startswith("staff:")), "")
    return actor not in asked and who not in _behind(state, actor, at)


def _behind(state: State, actor: str, at: datetime) -> list[str]:
    """An actor, who made it, who made that, and so on; the nearest first, without the operator."""
    found = [actor]
    for each in found:
        found += [maker for maker in dict.fromkeys(_makers(state, each, at)) if maker and maker not in found]
    return found


def _makers(state: State, actor: str, at: datetime) -> Iterator[str]:
    kind, _, name = actor.partition(":")
    if kind == "key":
        for key in state.find(ApiKey, "prefix", name):
            yield key.made_by
    elif kind == "staff" and (staff_id := _as_id(name)) is not None:
        origin = state.get(StaffOrigin, staff_id)
        if origin is not None:
            makers = [origin.added_by]
            if origin.reset_at is not None and origin.reset_at > at - RESET_COUNTS:
                makers.append(origin.reset_by)
            yield from (maker for maker in makers if maker != OPERATOR)


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _pot(what: LimitKind, who: str, currency: str, at: datetime) -> str:
    return f"{what} {who} {currency} {at:%Y-%m-%d}"
