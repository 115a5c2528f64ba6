"""What staff write to a customer, outside any case: sent once, kept, read by the customer, erased with the person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.web.conftest import Api, key_for
from tests.web.console.staff import somebody, told

WORDS = "The fair is over:\nit leaves <today>."


async def messages(api: Api, order: dict[str, Any]) -> list[dict[str, Any]]:
    parts = (await api.get(f"/orders/{order['order_id']}")).json()["parts"]
    return [each for each in parts["message"] if each["notice"] == "message_from_us"]


def page_of(api: Api, order: dict[str, Any]) -> str:
    """Of the customer."""
    url = api.house.outside.order_url(UUID(order["order_id"]), 0)
    return url[url.index("/o/") :]


async def test_a_message_is_sent_and_read_by_the_customer_and_by_staff(api: Api) -> None:
    order = await api.place(language="de")
    answer = await api.post(f"/orders/{order['order_id']}/messages", {"text": WORDS})
    assert answer.status_code == 201, answer.text
    await api.house.job_runner.drain()

    (message,) = await messages(api, order)
    assert message["status"] == "sent"
    kept = (await api.get(f"/orders/{order['order_id']}/texts/{message['text_id']}")).json()["text"]
    assert kept.startswith(f"Eine Nachricht zu Bestellung {order['number']}\n\n")
    assert WORDS in kept
    page = (await api.client.get(page_of(api, order))).text
    assert "The fair is over:\nit leaves &lt;today&gt;." in page
    sales, analyst = await somebody(api, "sales"), await somebody(api, "analyst")
    path = f"/console/orders/{order['order_id']}/texts/{message['text_id']}"
    assert f'href="{path}"' in (await sales.see(f"/console/orders/{order['number']}")).text
    assert "it leaves &lt;today&gt;." in (await sales.see(path)).text
    as_customer = f"/console/orders/{order['number']}/as-customer"
    assert "it leaves &lt;today&gt;." in (await sales.see(as_customer)).text
    assert "it leaves" not in (await analyst.see(as_customer)).text, "mails are for whoever may know customers"


async def test_what_was_not_sent_yet_can_be_read_by_staff(api: Api) -> None:
    order = await api.place()
    text_id = (await api.post(f"/orders/{order['order_id']}/messages", {"text": WORDS})).json()["reply"]["text_id"]
    support = await somebody(api, "support")

    assert f"/texts/{text_id}" in (await support.see(f"/console/orders/{order['number']}")).text
    assert "The fair is over:" in (await support.see(f"/console/orders/{order['order_id']}/texts/{text_id}")).text


async def test_erasing_the_person_takes_the_words_and_the_message_that_waits(api: Api) -> None:
    sent, waiting = await api.place(), await api.place()
    for order in (sent, waiting):
        await api.post(f"/orders/{order['order_id']}/messages", {"text": WORDS})
        if order is sent:
            await api.house.job_runner.drain()
    for order in (sent, waiting):
        await api.post(f"/orders/{order['order_id']}/erase-person", {"reason": "asked"})
    await api.house.job_runner.drain()

    assert [each["status"] for order in (sent, waiting) for each in await messages(api, order)] == ["sent", "failed"]
    assert await api.house.read.values("SELECT text FROM private_text WHERE text LIKE '%fair%'") == []
    assert "The fair is over" not in (await api.client.get(page_of(api, sent))).text
    refused = await api.post(f"/orders/{sent['order_id']}/messages", {"text": WORDS})
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_to_write_to")


@pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": "x" * 10_001}, {"text": "a\0b"}])
async def test_a_message_without_words_or_with_too_many_is_refused_and_nothing_is_kept(
    api: Api, body: dict[str, str]
) -> None:
    order = await api.place()
    happened = await api.happened()
    refused = await api.post(f"/orders/{order['order_id']}/messages", body)

    assert (refused.status_code, refused.json()["data"]["field"]) == (422, "text")
    assert await api.happened() == happened


async def test_only_who_writes_messages_may_write_one(api: Api) -> None:
    order = await api.place()
    key = await key_for(api.house, "support:write", "confirmation:read", name="support only")
    headers = {"Authorization": key, "Idempotency-Key": "1"}
    path = f"/api/v1/orders/{order['order_id']}/messages"

    assert (await api.client.post(path, json={"text": WORDS}, headers=headers)).status_code == 403
    assert await messages(api, order) == []


async def test_a_message_is_written_on_the_page_of_the_order(api: Api) -> None:
    order = await api.place()
    sales, picker = await somebody(api, "sales"), await somebody(api, "picker")
    place = f"/console/orders/{order['number']}"
    form = f"{place}/do/confirmation.write_to_customer"
    assert f'href="{form}"' in (await sales.see(place)).text
    assert "Write to the customer" in (await sales.see(f"{place}/actions")).text
    assert form not in (await picker.see(place)).text

    empty = await sales.send(form, step="do", text=" ")
    done = await sales.send(form, step="do", text=WORDS)

    assert empty.status_code == 422
    assert done.status_code == 303, told(done)
    assert len(await messages(api, order)) == 1
    assert (await picker.see(form)).status_code == 403


async def test_who_is_told_by_mail_and_sms_reads_the_words_once_and_whole_on_the_page(api: Api) -> None:
    address = {"name": "Ann", "email": "ann@example.com", "phone": "+4930123456", "country": "DE"}
    known = await api.post("/customers", {"number": "K1", "address": address, "notices": "email sms"})
    assert known.status_code == 201, known.text
    order = await api.place(customer_id=known.json()["reply"]["customer_id"])
    words = "Dear Ann, " + "it takes a little longer. " * 40 + "Sorry."
    assert (await api.post(f"/orders/{order['order_id']}/messages", {"text": words})).status_code == 201
    await api.house.job_runner.drain()
    (first, second) = await messages(api, order)
    again = await api.post(f"/orders/{order['order_id']}/messages/{first['id']}/resend")
    assert again.status_code in (200, 201), again.text
    await api.house.job_runner.drain()

    assert {first["channel"], second["channel"]} == {"email", "sms"}
    sent = [each.message for each in api.house.outside.notifier.messages()]  # type: ignore[attr-defined]
    texts = [each for each in sent if "Dear Ann, it takes" in each.text]
    assert sorted(each.channel for each in texts) == sorted(["email", "sms", first["channel"]])
    (sms,) = {each.text for each in texts if each.channel == "sms"}
    assert "Sorry." not in sms, "there is no room for it"
    assert sms.endswith(page_of(api, order)), "the way to the page has"
    assert (await api.client.get(page_of(api, order))).text.count(words) == 1


async def test_of_many_orders_each_says_whether_its_customer_was_written_to(api: Api) -> None:
    good, erased = await api.place(), await api.place()
    await api.post(f"/orders/{erased['order_id']}/erase-person", {"reason": "asked"})
    sales, technician = await somebody(api, "sales"), await somebody(api, "technician")
    chosen = [good["order_id"], erased["order_id"]]
    page = await sales.send("/console/orders", order=chosen, action="message", words=WORDS)

    assert "1 order done." in told(page)
    assert "There is neither an e-mail address nor a phone number to write to." in page.text
    assert (len(await messages(api, good)), len(await messages(api, erased))) == (1, 0)
    assert "Write to the customers" not in (await technician.see("/console/orders")).text
    refused = await technician.send("/console/orders", order=chosen, action="message", words=WORDS)
    assert refused.status_code == 403
    assert len(await messages(api, good)) == 1
