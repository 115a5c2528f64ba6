"""Pages say names instead of codes, offer what there is to choose from, and compare."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from purveyor.insight.figures import best_sold
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def test_stock_says_the_name_of_a_location_and_not_its_code(api: Api, admin: Colleague) -> None:
    place = (await api.get("/policies")).json()["locations"][0]
    page = (await admin.see("/console/stock")).text

    assert place["name"] != place["code"]
    assert f'<td data-th="Location">{place["name"]}</td>' in page
    assert f">{place['code']}</td>" not in page


async def test_a_customer_has_the_address_before_the_orders_and_a_country_to_choose(api: Api, admin: Colleague) -> None:
    answer = await admin.send(
        "/console/customers", seen_at="/console/customers/new", number="K-1", name="Ann", country="PT", group="club"
    )
    page = (await admin.see(answer.headers["location"])).text
    customer_id = UUID(answer.headers["location"].rpartition("/")[2])
    for quantity in (1, 2):
        await api.place(("MUG", quantity), customer_id=str(customer_id))
    total = await api.house.pool.fetchval("SELECT sum(total_minor) FROM orders WHERE customer_id = $1", customer_id)
    with_orders = (await admin.see(answer.headers["location"])).text

    assert page.index('id="contact"') < page.index('id="orders"')
    assert '<option value="PT" selected>Portugal</option>' in page
    assert '<option value="club">' in page
    assert f"€{total / 100:.2f}" in with_orders


async def test_technicians_are_offered_by_their_names(api: Api, admin: Colleague) -> None:
    await somebody(api, "technician", login="tove@test")

    assert '<option value="Tove">' in (await admin.see("/console/installations")).text


async def test_free_time_keeps_its_hour_in_the_shop_when_the_clocks_change_wherever_it_was_added(api: Api) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    answer = await api.post("/policies", {"name": "calendar", "data": {"zone": "Europe/Berlin"}})
    assert answer.status_code == 200, answer.text
    admin = await somebody(api, "admin")
    (now,) = await api.house.read.values("SELECT now()")
    noons = [datetime.combine(now.date() + timedelta(days=number), time(12), berlin) for number in range(2, 366)]
    change = next(day for day, after in pairwise(noons) if day.utcoffset() != after.utcoffset())
    hours = set()
    for number, zone in enumerate((berlin, ZoneInfo("UTC"))):
        admin.browser.cookies.set("zone", zone.key)
        start = change.replace(hour=9 + 6 * number) - timedelta(days=1)

        added = await admin.send(
            "/console/installations/slots",
            seen_at="/console/installations",
            technician="Tove",
            starts_at=start.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
            minutes="120",
            count="2",
            days="5",
        )

        assert added.status_code == 303, added.text
        hours |= {start.hour, start.hour + 2}
    slots = await api.house.read.values("SELECT starts_at FROM slot")
    assert len(slots) == 20
    assert {at.astimezone(berlin).hour for at in slots} == hours


async def test_what_sold_most_adds_up_one_currency_alone(api: Api, admin: Colleague) -> None:
    await api.place(("MUG", 2))
    other = await api.place(("MUG", 1))
    await api.house.pool.execute("UPDATE orders SET currency = 'JPY' WHERE id = $1", UUID(str(other["order_id"])))
    (now,) = await api.house.read.values("SELECT max(placed_at) FROM orders")
    span = (now - timedelta(days=2), now + timedelta(days=2))

    assert [each.units for each in await best_sold(api.house.read, *span, "EUR")] == [2]
    assert [each.units for each in await best_sold(api.house.read, *span, "JPY")] == [1]
    assert (await admin.see("/console/figures")).status_code == 200


async def test_figures_take_days_of_ones_own_and_compare_with_as_many_before(api: Api, admin: Colleague) -> None:
    for day in ("2026-06-12", "2026-06-13", "2026-06-14"):
        await api.place(("MUG", 1), placed_at=f"{day}T10:00:00Z")
    page = (await admin.see("/console/figures?from=2026-06-13&to=2026-06-14")).text
    tile = re.search(r'placed_from=2026-06-13&amp;placed_to=2026-06-14">2</a></div><div[^>]*>([^<]*)<', page)

    assert tile is not None
    assert " ".join(tile[1].split()) == "+100% than before: 1"


@pytest.mark.parametrize("days", ["from=2026-06-14&to=2026-06-13", "from=x", "from=1900-01-01&to=2026-01-01", "to=1"])
async def test_days_that_cannot_be_are_told_and_the_last_month_is_shown(admin: Colleague, days: str) -> None:
    page = await admin.see(f"/console/figures?{days}")

    assert page.status_code == 422
    assert "Choose two days" in told(page)[0]


async def test_the_first_day_of_all_times_hurts_nobody(admin: Colleague) -> None:
    assert (await admin.see("/console/figures?from=0001-01-01&to=0001-01-02")).status_code in (200, 422)
