"""The simulated shop promises a parcel only where it sends one, and later where the way is longer."""

from __future__ import annotations

from typing import Any

import msgspec

from purveyor.core.locales import locale_of
from purveyor.core.policies import Policies, ShippingPolicy
from purveyor.core.shipping_charges import option_for
from purveyor.records.policies.commands import SetPolicy
from purveyor.simulation.buyers import Buyers
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.simulation.shop import Shop
from purveyor.stages.returns.outcome import EU
from purveyor.web.storefront.address_form import countries

MEMBER_STATES = 27


def policies_of(shop: Shop) -> Policies:
    commands: list[Any] = [act.command for act in shop._policies()]
    (data,) = [each.data for each in commands if isinstance(each, SetPolicy) and each.name == "shipping"]
    return Policies(shipping=msgspec.convert(data, ShippingPolicy))


def test_the_checkout_offers_the_union_and_three_neighbors() -> None:
    policies = policies_of(Shop(SeededRandom(1), people=0))

    offered = {code for code, _ in countries(locale_of("en"), policies)}

    assert offered - EU == {"CH", "GB", "NO"}
    assert len(offered) == MEMBER_STATES + 3


def test_what_goes_further_comes_later_and_costs_more() -> None:
    policies = policies_of(Shop(SeededRandom(1), people=0))
    first = [policies.shipping_options("EUR", country)[0] for country in ("DE", "PT", "NO")]

    assert [each.days for each in first] == sorted({each.days for each in first})
    assert [each.price_minor for each in first] == sorted({each.price_minor for each in first})


def test_everybody_orders_what_is_sent_to_them() -> None:
    shop = Shop(SeededRandom(3), people=20)
    policies, buyers = policies_of(shop), Buyers(SeededRandom(3), shop)
    seen = set()
    for number in range(400):
        command: Any = buyers.order(number).command
        if command.method != "ship":
            continue
        option_for(policies, command.shipping_option, command.contact.country, "EUR", "shipping_option")
        seen.add(command.shipping_option)

    assert {"standard", "express", "europe", "abroad"} <= seen
