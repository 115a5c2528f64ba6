"""Technicians see on a phone where they have to be today, whom to call, and say there what was done."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from purveyor.core.calendars import local_day, start_of
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.stages.delivery.commands import AddSlots, BookAppointment, MoveAppointment, SlotItem
from purveyor.web.console.fulfillment.installations import OVERDUE
from tests.pure import eur
from tests.web.conftest import Api
from tests.web.console.staff import somebody

PLACE = "/console/installations"
WEEK = re.compile(r'aria-labelledby="(today|others)".*?</section>', re.DOTALL)


async def ask(api: Api, command: Any, key: str) -> dict[str, Any]:
    given = await api.house.committer.submit(command, key=key, actor="staff:test")
    assert given.accepted, given.answer.refusal
    return given.answer.reply


@pytest.fixture
async def booked(api: Api) -> Api:
    """An installation that tove has in an hour."""
    product = ProductData(sku="FIT", name="Fitting", kind="service", price=eur(5_000), duration_min=60)
    await ask(api, SaveProducts(products=(product,)), "product")
    placed = await api.place(("FIT", 1), tenders=[{"method": "card", "source": "card-good"}])
    await api.house.job_runner.drain()
    now = api.house.outside.clock.now()
    slot = SlotItem(technician="tove", starts_at=now + timedelta(minutes=1), minutes=120)
    await ask(api, AddSlots(slots=(slot,)), "slot")
    (slot_id,) = await api.house.read.values("SELECT id FROM slot")
    (appointment,) = await api.house.read.values("SELECT id FROM appointment")
    (order_id,) = await api.house.read.values("SELECT order_id FROM appointment")
    assert str(order_id) == placed["order_id"]
    await ask(api, BookAppointment(order_id=order_id, appointment_id=appointment, slot_id=slot_id), "book")
    return api


async def week_of(api: Api) -> str:
    """The page of the week in which it is, also where that begins at midnight."""
    (starts_at,) = await api.house.read.values("SELECT starts_at FROM appointment")
    return f"{PLACE}?week={starts_at:%Y-%m-%d}"


async def test_a_technician_sees_whom_and_where_and_records_it_there(booked: Api) -> None:
    tove = await somebody(booked, "technician", login="tove@test")
    page = (await tove.see(await week_of(booked))).text
    found = WEEK.search(page)

    assert found is not None
    for said in ("Ann Example", "Teststr. 1", "10115 Berlin", 'href="tel:+4930123456"', "What was done", "Signed by"):
        assert said in found[0], said
    assert '<th scope="row"><bdi>Tove</bdi></th>' in page

    hidden = dict(re.findall(r'name="(order|appointment)" value="([^"]+)"', found[0]))
    done = await tove.send(f"{PLACE}/complete", seen_at=PLACE, record="Fitted.", signed_by="Ann", **hidden)
    assert done.status_code == 303
    assert await booked.house.read.values("SELECT status FROM appointment") == ["done"]


async def test_who_may_not_read_contacts_sees_no_customer(booked: Api) -> None:
    analyst = await somebody(booked, "analyst")
    page = (await analyst.see(await week_of(booked))).text

    assert "FIT" in page
    for hidden in ("Ann Example", "Teststr. 1", "10115", "Berlin", "+4930123456"):
        assert hidden not in page, hidden


async def test_a_technician_who_is_no_staff_has_a_name_all_the_same(booked: Api) -> None:
    admin = await somebody(booked, "admin")

    assert '<th scope="row"><bdi>Tove</bdi></th>' in (await admin.see(await week_of(booked))).text


async def shown_as(api: Api) -> list[str]:
    """What tove is called: in the calendar, on the page of the order, and where a time is chosen for it."""
    later = SlotItem(technician="tove", starts_at=api.house.outside.clock.now() + timedelta(days=1), minutes=120)
    await ask(api, AddSlots(slots=(later,)), "later")
    await ask(api, MoveAppointment(**await the_visit(api)), "move")
    (number,) = await api.house.read.values("SELECT number FROM orders")
    admin = await somebody(api, "admin")
    choices = (await admin.see(f"/console/orders/{number}/do/delivery.book_appointment")).text
    (free,) = await api.house.read.values("SELECT id FROM slot ORDER BY starts_at LIMIT 1")
    await ask(api, BookAppointment(**await the_visit(api), slot_id=free), "again")
    order = (await admin.see(f"/console/orders/{number}")).text
    calendar = (await admin.see(await week_of(api))).text
    return [
        *re.findall(r'<th scope="row"><bdi>([^<]*)</bdi>', calendar),
        *re.findall(r'#calendar"></use></svg> 1 × .*?<bdi>([^<]*)</bdi>', order),
        *dict.fromkeys(re.findall(r"<option[^>]*>[^<]*:\d\d[^<·]* · ([^<]*)</option>", choices)),
    ]


async def the_visit(api: Api) -> dict[str, Any]:
    (appointment,) = await api.house.read.values("SELECT id FROM appointment")
    (order,) = await api.house.read.values("SELECT order_id FROM appointment")
    return {"order_id": order, "appointment_id": appointment}


async def test_a_technician_has_one_name_on_all_pages(booked: Api) -> None:
    await somebody(booked, "technician", login="tove@test", name="Tove Larsson")

    assert await shown_as(booked) == ["Tove Larsson"] * 3


async def test_a_short_code_of_two_colleagues_is_the_name_of_neither(booked: Api) -> None:
    await somebody(booked, "technician", login="tove@a", name="Tove Larsson")
    await somebody(booked, "technician", login="tove@b", name="Tove Berg")

    assert await shown_as(booked) == ["Tove"] * 3


async def put(api: Api, at: datetime) -> str:
    """As if the visit had been booked for that time. Answers the id of the visit."""
    (found,) = await api.house.pool.fetch("UPDATE appointment SET starts_at = $1 RETURNING id", at)
    return str(found["id"])


def lists_of(page: str) -> dict[str, str]:
    """The lists of visits by their ids."""
    return {found[1]: found[0] for found in WEEK.finditer(page)}


async def test_a_visit_of_last_week_that_has_no_record_is_due_today(booked: Api) -> None:
    now = booked.house.outside.clock.now()
    visit = await put(booked, now - timedelta(days=8))
    admin = await somebody(booked, "admin")

    assert visit in lists_of((await admin.see(PLACE)).text)["today"]

    await booked.house.pool.execute("UPDATE appointment SET status = 'done', done_at = $1, record_id = id", now)
    assert lists_of((await admin.see(PLACE)).text) == {}


async def test_another_week_has_no_visits_of_today(booked: Api) -> None:
    now = booked.house.outside.clock.now()
    visit = await put(booked, now - timedelta(days=8))
    admin = await somebody(booked, "admin")
    page = (await admin.see(await week_of(booked))).text

    assert list(lists_of(page)) == ["others"]
    assert "Booked visits" in page
    assert f'href="#visit-{visit}"' in page


async def test_days_of_visits_are_those_of_whoever_reads(booked: Api) -> None:
    """One zone for the calendar, for what is today, and for what stands with its day: in Auckland it is later."""
    auckland = ZoneInfo("Pacific/Auckland")
    today = local_day(booked.house.outside.clock.now(), auckland)
    admin = await somebody(booked, "admin")
    admin.browser.cookies.set("zone", "Pacific.Auckland")

    visit = await put(booked, start_of(today, auckland))
    assert re.search(rf'id="visit-{visit}">\s*<div><strong>12:00\sAM</strong>', (await admin.see(PLACE)).text)

    await put(booked, start_of(today, auckland) - timedelta(minutes=1))
    page = (await admin.see(PLACE)).text
    assert re.search(rf'id="visit-{visit}">\s*<div><strong><time[^>]*>[^<]+, [^<]+11:59\s?PM</time>', page)

    await put(booked, start_of(today + timedelta(days=1), auckland))
    assert "today" not in lists_of((await admin.see(PLACE)).text)


async def test_what_is_due_is_found_by_an_index(api: Api) -> None:
    async with api.house.pool.acquire() as db, db.transaction():
        await db.execute("SET LOCAL enable_seqscan = off")
        await db.execute("SET LOCAL enable_bitmapscan = off")
        plan = "\n".join(row[0] for row in await db.fetch(f"EXPLAIN {OVERDUE}", api.house.outside.clock.now(), 50))

    assert "Index Scan Backward using appointment_open" in plan, plan
    assert "Sort" not in plan, plan


async def test_a_record_that_is_refused_stays_as_it_was_typed_at_its_visit_alone(booked: Api) -> None:
    now = booked.house.outside.clock.now()
    await booked.place(("FIT", 1), tenders=[{"method": "card", "source": "card-good"}])
    await booked.house.job_runner.drain()
    slot = SlotItem(technician="tove", starts_at=now + timedelta(minutes=200), minutes=120)
    await ask(booked, AddSlots(slots=(slot,)), "another")
    (free,) = await booked.house.read.values("SELECT id FROM slot WHERE taken_by IS NULL")
    rows = await booked.house.pool.fetch("SELECT id, order_id, status FROM appointment ORDER BY status")
    mine, other = rows
    await ask(booked, BookAppointment(order_id=other["order_id"], appointment_id=other["id"], slot_id=free), "other")
    await booked.house.pool.execute("UPDATE appointment SET starts_at = $1", now)
    tove = await somebody(booked, "technician")

    refused = await tove.send(
        f"{PLACE}/complete",
        seen_at=PLACE,
        order=mine["order_id"],
        appointment=mine["id"],
        record="Fitted <well>.",
        signed_by="",
    )

    assert refused.status_code == 422
    items = dict(re.findall(r'<li class="list-group-item" id="visit-([^"]+)">(.*?)</li>', refused.text, re.DOTALL))
    assert set(items) == {str(mine["id"]), str(other["id"])}
    assert ">Fitted &lt;well&gt;.</textarea>" in items[str(mine["id"])]
    assert items[str(mine["id"])].count("is-invalid") == 1
    assert re.search(r"<details[^>]* open>", items[str(mine["id"])])
    assert "Fitted" not in items[str(other["id"])]
    assert "is-invalid" not in items[str(other["id"])]
    assert not re.search(r"<details[^>]* open>", items[str(other["id"])])


async def test_free_time_that_is_refused_stays_as_it_was_typed(booked: Api) -> None:
    admin = await somebody(booked, "admin")
    typed = {"technician": "tove", "starts_at": "never", "minutes": "45", "count": "2", "days": "4"}

    refused = await admin.send(f"{PLACE}/slots", seen_at=PLACE, **typed)

    assert refused.status_code == 422
    for name, value in typed.items():
        (field,) = re.findall(rf'<input [^>]*name="{name}"[^>]*>', refused.text)
        assert f'value="{value}"' in field, field


async def test_a_visit_has_one_form_to_which_the_calendar_leads(booked: Api) -> None:
    admin = await somebody(booked, "admin")
    visit = (await the_visit(booked))["appointment_id"]
    page = (await admin.see(await week_of(booked))).text

    assert page.count(f'action="{PLACE}/complete') == 1
    assert page.count(f'href="#visit-{visit}"') == page.count(f'id="visit-{visit}"') == 1


async def test_a_form_of_another_week_leads_back_to_it(booked: Api) -> None:
    await put(booked, booked.house.outside.clock.now() + timedelta(days=14))
    admin = await somebody(booked, "admin")
    week = await week_of(booked)
    (action,) = re.findall(rf'action="({PLACE}/move[^"]*)"', (await admin.see(week)).text)
    visit = await the_visit(booked)

    moved = await admin.send(action, seen_at=week, order=visit["order_id"], appointment=visit["appointment_id"])

    assert moved.status_code == 303
    assert moved.headers["location"].startswith(f"{PLACE}?week=")
