"""What the order page says is what the shop does: of a lost parcel, of all of an order, and of how it answers."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from purveyor.records.policies.commands import SetPolicy
from purveyor.stages.confirmation.texts import TEXTS
from purveyor.web.api.command_endpoints import ROOT
from tests.web.conftest import Api, an_order
from tests.web.console.staff import somebody
from tests.web.console.test_next_step import next_of
from tests.web.order_page.conftest import Counter, Customer

BY_PARCEL: dict[str, Any] = {"terms": "on_delivery", "tenders": [{"method": "cash_on_delivery"}]}
BY_CARD: dict[str, Any] = {"tenders": [{"method": "card", "source": "tok_visa"}]}


async def act(api: Api, order_id: str, *actions: str, body: Any = None) -> None:
    for action in actions:
        offered = (await api.get(f"/orders/{order_id}/actions")).json()["items"]
        path = next(each["path"] for each in offered if each["action"] == action and each["possible"])
        done = await api.post(path.removeprefix(ROOT), body)
        assert done.status_code in (200, 201), done.text


async def a_lost_parcel(shop: Counter) -> tuple[Customer, str]:
    placed = await shop.api.place(("MUG", 2), **BY_CARD)
    order_id = str(placed["order_id"])
    await shop.api.house.job_runner.drain()
    await act(shop.api, order_id, "picking.confirm_pick_list", "packing.pack_parcel")
    await shop.api.house.job_runner.drain()
    (shipment,) = (await shop.api.get(f"/orders/{order_id}")).json()["parts"]["shipment"]
    handed = [{"order_id": order_id, "shipment_id": shipment["id"]}]
    closed = await shop.api.post("/manifests", {"location": "main", "shipments": handed})
    assert closed.status_code in (200, 201), closed.text
    await shop.api.house.job_runner.drain()
    await act(shop.api, order_id, "delivery.declare_lost")
    await shop.api.house.job_runner.drain()
    return shop.customer(UUID(order_id)), order_id


async def case_path(api: Api, order_id: str) -> str:
    (case,) = (await api.get(f"/orders/{order_id}")).json()["parts"]["support_case"]
    return f"/orders/{order_id}/cases/{case['id']}"


async def test_nobody_is_asked_to_choose_what_becomes_of_a_lost_parcel(shop: Counter) -> None:
    customer, order_id = await a_lost_parcel(shop)
    page = unescape((await customer.see()).text)

    assert "We send it again or give you your money back; you need not do anything." in page
    assert "Tell us whether" not in page

    path = await case_path(shop.api, order_id)
    done = await shop.api.post(f"{path}/resolve", {"remedy": "refund"})
    assert done.status_code == 200, done.text
    page = unescape((await customer.see()).text)
    assert "We have credited you what it cost." in page
    assert "We send it again" not in page


async def test_what_is_sent_again_after_a_loss_has_its_own_news(shop: Counter) -> None:
    customer, order_id = await a_lost_parcel(shop)
    done = await shop.api.post(f"{await case_path(shop.api, order_id)}/resolve", {"remedy": "resend"})
    assert done.status_code == 200, done.text
    page = unescape((await customer.see()).text)

    assert "A parcel was lost on its way to you." not in page
    assert "Your order is being prepared." in page


@pytest.mark.parametrize("language", ["en", "de", "es", "pt"])
def test_the_message_about_a_lost_parcel_says_that_nothing_need_be_done(language: str) -> None:
    nothing = {"en": "need not do anything", "de": "müssen nichts tun", "es": "No tiene que", "pt": "Não tem de"}
    assert nothing[language] in " ".join(TEXTS[language]["parcel_lost"][1])


async def test_an_order_that_was_canceled_was_not_canceled_in_part(shop: Counter) -> None:
    customer = await shop.order(("MUG", 2), ("TEE", 1), **BY_PARCEL)
    await act(shop.api, str(await shop.order_id()), "review.cancel_units", body={"units": "all", "reason": "x"})
    page = unescape((await customer.see()).text)

    assert page.count("Your order was canceled.") == 1
    assert "Something of your order was canceled." not in page


async def test_the_rest_of_an_order_is_told_from_its_first_part(shop: Counter) -> None:
    customer = await shop.order(("MUG", 2), **BY_PARCEL)
    order_id, line = str(await shop.order_id()), await shop.line_id()
    one = {"units": [{"line_id": line, "quantity": 1}], "reason": "x"}
    await act(shop.api, order_id, "review.cancel_units", body=one)
    page = unescape((await customer.see()).text)
    assert "Something of your order was canceled." in page
    assert "Your order was canceled." not in page

    await act(shop.api, order_id, "review.cancel_units", body=one)
    page = unescape((await customer.see()).text)
    assert "The rest of your order was canceled." in page
    assert "Something of your order was canceled." in page


async def test_an_order_of_which_all_waits_does_not_wait_in_part(shop: Counter) -> None:
    routing = SetPolicy(name="routing", data={"backorder_cap": 200})
    assert (await shop.api.house.committer.submit(routing, key="cap", actor="staff:test")).accepted
    too_many = unescape((await (await shop.order(("MUG", 150), **BY_PARCEL)).see()).text)

    assert "Something of your order has to wait for new stock." in too_many  # a hundred are here
    none_left = unescape((await (await shop.order(("MUG", 3), **BY_PARCEL)).see()).text)
    assert "Your order has to wait for new stock." in none_left
    assert "Something of your order has to wait" not in none_left


async def test_a_part_of_a_return_is_not_all_of_it(shop: Counter) -> None:
    customer = await shop.collected()
    order_id, line = str(await shop.order_id()), await shop.line_id()
    item = {"line_id": line, "quantity": 2, "reason": "changed_mind"}
    assert (await shop.api.post(f"/orders/{order_id}/returns", {"items": [item]})).status_code == 201
    rma = (await shop.api.get(f"/orders/{order_id}")).json()["parts"]["rma"][0]["id"]
    one = {"counted": [{"line_id": line, "quantity": 1}]}
    assert (await shop.api.post(f"/orders/{order_id}/returns/{rma}/receive", one)).status_code == 200
    told = (await customer.see()).text
    assert "Your return has arrived." not in told
    assert "A part of your return has arrived." in told

    assert (await shop.api.post(f"/orders/{order_id}/returns/{rma}/receive", one)).status_code == 200
    assert "Your return has arrived." in (await customer.see()).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "We answer here and by mail"),
        ({"email": ""}, "We answer here and by text message"),
        ({"email": "", "phone": ""}, "We answer here<"),
    ],
)
async def test_an_answer_is_promised_where_the_customer_can_be_reached(
    shop: Counter, changes: dict[str, str], said: str
) -> None:
    contact = an_order()["contact"] | changes
    stock = {"items": [{"sku": "MUG", "location": "shop", "quantity": 2}]}
    assert (await shop.api.post("/stock/receive", stock)).status_code == 200
    wanted = {"method": "collect", "collect_at": "shop", "terms": "at_counter", "tenders": [{"method": "cash"}]}
    customer = await shop.order(("MUG", 1), contact=contact, channel="in_person", **wanted)

    assert said in re.sub(r"\s+<", "<", (await customer.see()).text)


async def test_staff_are_not_sent_to_answer_where_nobody_has_asked(shop: Counter) -> None:
    admin = await somebody(shop.api, "admin")
    customer, order_id = await a_lost_parcel(shop)
    number = (await shop.api.get(f"/orders/{order_id}")).json()["order"]["number"]
    assert (await next_of(admin, number))[0] == "Send the lost goods again, or give the money back."
    case = (await case_path(shop.api, order_id)).replace("/orders/", "/console/support/").replace("/cases/", "/")
    page = unescape((await admin.see(case)).text)
    assert "A parcel was lost on its way to the customer." in page
    assert "Nothing was written yet." not in page

    asked = await customer.send("/help", text="Where is my parcel?")
    assert asked.status_code == 303
    cases = (await shop.api.get(f"/orders/{order_id}")).json()["parts"]["support_case"]
    assert len(cases) == 2  # the loss still comes first


async def test_a_disputed_payment_sends_staff_to_the_bank(shop: Counter) -> None:
    admin = await somebody(shop.api, "admin")
    await shop.collected(tenders=[{"method": "card_present"}])
    order_id = str(await shop.order_id())
    shown = (await shop.api.get(f"/orders/{order_id}")).json()
    payment = shown["parts"]["payment"][0]["id"]
    body = {"amount": {"minor": 100, "currency": "EUR"}, "dispute_id": "d1"}
    disputed = await shop.api.post(f"/orders/{order_id}/payments/{payment}/chargeback", body)
    assert disputed.status_code == 200, disputed.text
    await shop.api.house.job_runner.drain()

    assert (await next_of(admin, shown["order"]["number"]))[0] == "Answer the bank."


async def test_a_question_of_the_customer_is_answered(shop: Counter) -> None:
    admin = await somebody(shop.api, "admin")
    customer = await shop.collected()
    assert (await customer.send("/help", text="How do I wash it?")).status_code == 303
    await shop.api.house.job_runner.drain()
    order = (await shop.api.get(f"/orders/{await shop.order_id()}")).json()["order"]

    assert (await next_of(admin, order["number"]))[0] == "Answer the customer."
