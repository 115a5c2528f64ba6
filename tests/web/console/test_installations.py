"""Technicians see on a phone where they have to be today, whom to call, and say there what was done."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.stages.delivery.commands import AddSlots, BookAppointment, MoveAppointment, SlotItem
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
    await api.house.pump.drain()
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
