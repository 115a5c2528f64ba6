"""Which of the carriers' offers is taken, and why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from purveyor.core.calendars import local_day
from purveyor.ports.carrier import Rate
from purveyor.stages.shipping.reasons import CHEAPEST_IN_TIME, FASTEST

UTC: Final = ZoneInfo("UTC")


class Choice(NamedTuple):
    rate: Rate
    why: str


def choose_rate(
    rates: Iterable[Rate], promised_at: datetime | None, now: datetime, zone: ZoneInfo = UTC
) -> Choice | None:
    """The cheapest rate that keeps the promise; the fastest where none does; None where nothing is offered.

    A promise is a day, so days of the shop's zone are compared. Equal offers are told apart by speed, then by name, so
    that the same offers in any order give the same choice.
    """
    offers = sorted(rates, key=lambda rate: (rate.cost.minor, rate.transit_days, rate.carrier, rate.service))
    if not offers:
        return None
    if promised_at is None:
        return Choice(offers[0], "cheapest, nothing was promised")
    promise, today = local_day(promised_at, zone), local_day(now, zone)
    in_time = [rate for rate in offers if today + timedelta(days=rate.transit_days) <= promise]
    if in_time:
        return Choice(in_time[0], CHEAPEST_IN_TIME(offer_count=len(in_time), promise_day=promise))
    fastest = min(offers, key=lambda rate: rate.transit_days)
    there = today + timedelta(days=fastest.transit_days)
    return Choice(fastest, FASTEST(arrival_day=there, promise_day=promise))
