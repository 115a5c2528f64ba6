"""What somebody gives away in a day, and who may say yes to what is more than one person decides.

Somebody is a member of staff or a key of the API. Customers and the shop's own rules follow policies that say what is
owed; they have no limit of this kind.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from purveyor.core.positions import Counted
from purveyor.core.rows import ApiKey, MoneyHour
from purveyor.core.state import Missing, Needs, State

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
OPERATOR: Final = "staff:operator"  # whoever is at the command line: nobody knows who that is

What = Literal["given", "cash"]  # given: refunds, credits, debts, prices below the list. cash: said to be in the till


def is_somebody(actor: str) -> bool:
    """Whether a person or a key stands behind it, and not a customer, a job or a rule."""
    return actor.startswith(("staff:", "key:"))


def sum_of_day(state: State, what: What, who: str, currency: str, at: datetime) -> int:
    """What somebody has given in the 24 hours before `at`, in minor units; begun hours count whole."""
    pots = [_pot(what, who, currency, at - DAY), _pot(what, who, currency, at)]
    unknown = tuple(pot for pot in pots if (MoneyHour, "pot", pot) not in state.found)
    if unknown and not state.complete:
        raise Missing(Needs(found={(MoneyHour, "pot"): unknown}))
    since = at - DAY - HOUR
    return sum(row.minor for pot in pots for row in state.find(MoneyHour, "pot", pot) if row.hour_at > since)


def counted(what: What, who: str, currency: str, at: datetime, minor: int) -> tuple[Counted, ...]:
    """For a fact: it counts. Whoever decides it has asked for `sum_of_day` before, so that the row is loaded."""
    if minor <= 0:
        return ()
    return (Counted(_pot(what, who, currency, at), at.replace(minute=0, second=0, microsecond=0), minor),)


def is_second_person(state: State, actor: str, asked_by: str) -> bool:
    """Whether `actor` is a person other than who asked, and other than who made the key that asked."""
    if not actor.startswith("staff:") or actor == OPERATOR:
        return False
    seen: set[str] = set()
    while asked_by not in seen:
        if asked_by == actor:
            return False
        seen.add(asked_by)
        kind, _, prefix = asked_by.partition(":")
        keys = state.find(ApiKey, "prefix", prefix) if kind == "key" else []
        if not keys:
            return True
        asked_by = keys[0].made_by
    return True


def _pot(what: What, who: str, currency: str, at: datetime) -> str:
    return f"{what} {who} {currency} {at:%Y-%m-%d}"
