"""What a policy would have made of past orders, in words that people of the shop know."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from purveyor.core.calendars import CalendarPolicy
from purveyor.core.money import Money
from purveyor.core.policies import Policies
from purveyor.insight.backtest import BACKTESTS, BacktestResult, policies_compared
from purveyor.records.policies.queries import load_policies
from tests.journeys.shop import Shop


async def tried(shop: Shop, name: str, change: Callable[[Policies], Policies], zone: str = "UTC") -> BacktestResult:
    read = shop.house.read
    before = replace(await load_policies(read), home_zone=zone)
    return await BACKTESTS[name](read, await policies_compared(read, before, change(before), shop.clock.now()))


def sooner(policies: Policies) -> Policies:
    """Everything is promised a day earlier."""
    options = tuple(replace(option, days=option.days - 1) for option in policies.shipping.options)
    return replace(policies, shipping=replace(policies.shipping, options=options))


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", ("2026-03-06", "2026-03-05")),
        ("Pacific/Auckland", ("2026-03-07", "2026-03-06")),
        ("America/Los_Angeles", ("2026-03-06", "2026-03-05")),
    ],
)
async def test_a_promised_day_is_one_of_the_shop(shop: Shop, zone: str, days: tuple[str, str]) -> None:
    await shop.receive("MUG", 5)
    await shop.wait(minutes=6 * 60)  # to the afternoon in UTC: in Auckland it is tomorrow
    await shop.order(MUG=1)
    (changed,) = (await tried(shop, "shipping", sooner, zone)).changed

    assert days[0] in changed.before
    assert days[1] in changed.after


async def test_a_zone_of_the_calendar_goes_before_the_one_of_the_installation(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    await shop.wait(minutes=6 * 60)
    await shop.order(MUG=1)
    there = CalendarPolicy(zone="Pacific/Auckland")
    (changed,) = (await tried(shop, "shipping", lambda before: replace(sooner(before), calendar=there))).changed

    assert "2026-03-06" in changed.after


async def test_locations_are_told_by_their_names(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    await shop.receive("MUG", 5, "north")
    await shop.order(MUG=2)

    def north_first(policies: Policies) -> Policies:
        places = (replace(each, priority=0) if each.code == "north" else each for each in policies.locations)
        return replace(policies, locations=tuple(places))

    (changed,) = (await tried(shop, "locations", north_first)).changed

    assert (changed.before, changed.after) == ("Main 2", "North 2")


async def test_a_new_name_of_a_location_moves_no_order(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    await shop.order(MUG=2)

    def renamed(policies: Policies) -> Policies:
        return replace(
            policies, locations=tuple(replace(each, name=f"{each.name} hall") for each in policies.locations)
        )

    assert (await tried(shop, "locations", renamed)).changed == []


async def test_an_agreed_charge_for_shipping_stays_whatever_the_options_cost(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    await shop.place(replace(shop.an_order(MUG=1), shipping=Money(690, "EUR")))

    def dearer(policies: Policies) -> Policies:
        options = tuple(replace(option, price_minor=option.price_minor + 500) for option in policies.shipping.options)
        return replace(policies, shipping=replace(policies.shipping, options=options))

    backtest = await tried(shop, "shipping", dearer)

    assert backtest.looked_at == 1
    assert backtest.changed == []


@pytest.mark.parametrize("name", sorted(BACKTESTS))
async def test_every_policy_is_tried_on_orders_of_every_kind(shop: Shop, name: str) -> None:
    await shop.receive("MUG", 5)
    await shop.order(MUG=1, BOOK=1)
    await shop.order(MUG=1, APP=1, CLUB=1, FITTING=1)

    found = await tried(shop, name, lambda before: before)

    assert found.changed == []
    assert found.left_out == 0
