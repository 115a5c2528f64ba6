"""Which offer is taken, and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

from purveyor.ports.carrier import Rate
from purveyor.stages.shipping.rates import choose_rate
from tests.pure import NOON, eur, later

ECONOMY = Rate("post", "economy", eur(430), 4)
STANDARD = Rate("post", "standard", eur(550), 2)
EXPRESS = Rate("post", "express", eur(1_100), 1)
ALL = (EXPRESS, ECONOMY, STANDARD)


def test_the_cheapest_service_that_keeps_the_promise_is_taken() -> None:
    on_the_day = choose_rate(ALL, later(days=2), NOON)
    a_day_less = choose_rate(ALL, later(days=1), NOON)

    assert on_the_day is not None
    assert on_the_day.rate == STANDARD
    assert "cheapest of 2 that are there by 2026-03-04" in on_the_day.why
    assert a_day_less is not None
    assert a_day_less.rate == EXPRESS


def test_a_promise_is_a_day_whatever_the_hour() -> None:
    choice = choose_rate(ALL, later(days=2, hours=-11), later(hours=11))

    assert choice is not None
    assert choice.rate == STANDARD


def test_when_none_keeps_the_promise_the_fastest_is_taken_and_it_says_so() -> None:
    choice = choose_rate(ALL, NOON, NOON)

    assert choice is not None
    assert choice.rate == EXPRESS
    assert "none keeps the promise of 2026-03-02" in choice.why


def test_without_a_promise_the_cheapest_is_taken() -> None:
    choice = choose_rate(ALL, None, NOON)

    assert choice is not None
    assert choice.rate == ECONOMY


def test_without_offers_there_is_no_choice() -> None:
    assert choose_rate((), later(days=2), NOON) is None


def test_the_same_offers_in_any_order_give_the_same_choice() -> None:
    twin = Rate("bike", "standard", eur(550), 2)

    assert len({choose_rate(offers, later(days=3), NOON) for offers in permutations((*ALL, twin))}) == 1


def test_the_day_of_a_promise_is_one_of_the_shops_zone() -> None:
    evening = datetime.fromisoformat("2026-03-02T23:30:00+00:00")  # the third of March in Berlin
    promised = datetime.fromisoformat("2026-03-04T23:30:00+00:00")  # the fifth in Berlin, the fourth in New York
    by_zone = {
        zone: choose_rate(ALL, promised, evening - timedelta(hours=4), ZoneInfo(zone))
        for zone in ("Europe/Berlin", "America/New_York", "Asia/Tokyo")
    }

    assert {zone: choice.why for zone, choice in by_zone.items() if choice} == {
        "Europe/Berlin": "cheapest of 2 that are there by 2026-03-05",
        "America/New_York": "cheapest of 2 that are there by 2026-03-04",
        "Asia/Tokyo": "cheapest of 2 that are there by 2026-03-05",
    }
