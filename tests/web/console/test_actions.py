"""Actions on an order: what is offered to whom, forms made from commands, preview, refusals."""

from __future__ import annotations

import json
import re
from uuid import UUID

import httpx
import pytest

from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def placed(api: Api, *lines: tuple[str, int]) -> tuple[str, str]:
    """An order by id, and the place of its actions."""
    answer = await api.place(*lines)
    return str(answer["order_id"]), f"/console/orders/{answer['number']}"


async def status(api: Api, order_id: str) -> str:
    return str((await api.get(f"/orders/{order_id}")).json()["order"]["status"])


async def test_what_is_possible_has_a_form_and_the_rest_a_reason(api: Api, admin: Colleague) -> None:
    _, place = await placed(api)
    page = await admin.see(f"{place}/actions")

    assert f"{place}/do/review.cancel_units" in page.text
    assert "The order has no refund." in page.text


async def test_what_would_change_nothing_is_not_offered(api: Api, admin: Colleague) -> None:
    _, place = await placed(api)
    page = await admin.see(f"{place}/actions")

    assert f"{place}/do/review.allocate_backorders" not in page.text
    assert "There is nothing to do: it would change nothing now." in page.text


async def test_only_the_actions_of_the_role_are_offered(api: Api) -> None:
    picker = await somebody(api, "picker")
    _, place = await placed(api)
    page = await picker.see(f"{place}/actions")

    assert "Units of one line were taken off the shelf" in page.text
    assert "Cancel units" not in page.text


async def test_an_action_of_another_role_is_not_done(api: Api) -> None:
    picker = await somebody(api, "picker")
    order_id, place = await placed(api)
    sent = await picker.send(f"{place}/do/review.cancel_units", seen_at=place, reason="customer", step="do")

    assert sent.status_code == 403
    assert await status(api, order_id) == "placed"


async def test_a_preview_says_what_would_happen_and_does_nothing(api: Api, admin: Colleague) -> None:
    _, place = await placed(api)
    happened = await api.happened()
    shown = await admin.send(f"{place}/do/review.cancel_units", reason="duplicate", step="preview")

    assert shown.status_code == 200, shown.text
    assert "2 of Mug: from Allocated to Canceled" in shown.text
    assert 'value="duplicate"' in shown.text
    assert await api.happened() == happened


async def after_a_look(colleague: Colleague, path: str, *, key: str = "", **fields: str) -> httpx.Response:
    """What cannot be undone: the preview first, then the deed."""
    shown = await colleague.send(path, step="preview", **fields)
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen is not None, told(shown)
    return await colleague.send(path, key=key, step="do", seen=seen[1], **fields)


async def test_what_cannot_be_undone_is_shown_first_and_done_as_it_was_shown(api: Api, admin: Colleague) -> None:
    order_id, place = await placed(api, ("MUG", 3))
    line = (await api.get(f"/orders/{order_id}")).json()["lines"][0]["id"]
    path = f"{place}/do/review.cancel_units"
    form = await admin.see(path)
    at_once = await admin.send(path, reason="customer", step="do")
    shown = await admin.send(path, reason="customer", step="preview", **{f"units.quantity.{line}": "1"})
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen is not None
    other = await admin.send(path, reason="customer", step="do", seen=seen[1])

    assert "This cannot be undone." in form.text
    assert 'value="do"' not in form.text
    assert at_once.status_code == other.status_code == 200  # a preview of what was sent
    assert "3 of Mug: from Allocated to Canceled" in other.text
    assert await status(api, order_id) == "placed"
    assert (await api.get(f"/orders/{order_id}")).json()["units"]["canceled"] == 0


async def test_an_order_offers_what_people_look_for_by_its_state(api: Api, admin: Colleague) -> None:
    order_id, place = await placed(api, ("MUG", 3))
    await api.house.job_runner.drain()  # the customer is told
    before = await admin.see(place)
    await api.post(f"/orders/{order_id}/hold", {"type": "customer", "why": "asked"})
    held = await admin.see(place)
    picker = await somebody(api, "picker")
    theirs = await picker.see(place)

    assert primary(before) == ["Edit", "Cancel", "Put on hold", "Resend"]
    assert primary(held) == ["Approve", "Release", "Edit", "Cancel", "Resend"]
    assert primary(theirs) == []


def primary(page: httpx.Response) -> list[str]:
    """The buttons on top."""
    row = page.text.partition('id="order-primary"')[2].partition("</span>")[0]
    return re.findall(r"</svg>([^<]+)</a>", row)


async def test_some_units_are_canceled_and_the_others_stay(api: Api, admin: Colleague) -> None:
    order_id, place = await placed(api, ("MUG", 3))
    line = (await api.get(f"/orders/{order_id}")).json()["lines"][0]["id"]
    fields = {f"units.quantity.{line}": "1", "reason": "customer"}
    done = await after_a_look(admin, f"{place}/do/review.cancel_units", **fields)

    assert done.status_code == 303, done.text
    units = (await api.get(f"/orders/{order_id}")).json()["units"]
    assert (units["canceled"], units["allocated"]) == (1, 2)


async def test_the_same_form_sent_twice_is_done_once(api: Api, admin: Colleague) -> None:
    order_id, place = await placed(api, ("MUG", 3))
    line = (await api.get(f"/orders/{order_id}")).json()["lines"][0]["id"]
    fields = {f"units.quantity.{line}": "1", "reason": "customer"}
    for _ in range(2):
        done = await after_a_look(admin, f"{place}/do/review.cancel_units", key="one form", **fields)
        assert done.status_code == 303, done.text

    assert (await api.get(f"/orders/{order_id}")).json()["units"]["canceled"] == 1


async def test_a_refusal_is_told_on_the_form_and_what_was_typed_stays(api: Api, admin: Colleague) -> None:
    _, place = await placed(api)
    shown = await admin.send(f"{place}/do/payment.credit_amount", amount="a lot", reason="late", step="do")

    assert shown.status_code == 422
    assert 'value="a lot"' in shown.text
    assert "is-invalid" in shown.text
    assert told(shown) == ["Amount must be an amount such as 12.34; you sent a lot."]


async def test_an_amount_that_a_rule_refuses_is_told_as_its_reader_writes_it(api: Api, admin: Colleague) -> None:
    order_id, place = await placed(api)
    worth = (await api.get(f"/orders/{order_id}")).json()["order"]["total_minor"]
    admin.browser.headers["accept-language"] = "de"
    shown = await admin.send(f"{place}/do/payment.credit_amount", amount="98765,43", reason="late", step="do")

    assert shown.status_code == 422
    asked, most = "98.765,43\N{NO-BREAK SPACE}€", f"{worth // 100},{worth % 100:02}\N{NO-BREAK SPACE}€"
    assert told(shown) == [f"{asked} sind mehr, als die Bestellung wert ist ({most})."]


async def test_what_the_rule_refuses_is_told(api: Api, admin: Colleague) -> None:
    order_id, place = await placed(api)
    line = (await api.get(f"/orders/{order_id}")).json()["lines"][0]["id"]
    fields = {f"units.quantity.{line}": "9", "reason": "customer", "step": "do"}
    shown = await admin.send(f"{place}/do/review.cancel_units", **fields)

    assert shown.status_code in (409, 422)
    assert told(shown)
    assert 'value="9"' in shown.text


async def test_an_order_is_edited_with_only_what_differs(api: Api, admin: Colleague) -> None:
    order_id, place = await placed(api)
    line = (await api.get(f"/orders/{order_id}")).json()["lines"][0]["id"]
    fields = {f"quantity.{line}": "1", "sku.0": "TEE", "new_quantity.0": "2", "reason": "customer", "step": "do"}
    done = await admin.send(f"{place}/do/review.edit_order", **fields)

    assert done.status_code == 303, done.text
    lines = (await api.get(f"/orders/{order_id}")).json()["lines"]
    assert {each["sku"]: each["quantity"] - each["canceled"] for each in lines} == {"MUG": 1, "TEE": 2}
    kinds = await api.house.read.values("SELECT kind FROM journal WHERE kind = 'review.order_edited'")
    assert len(kinds) == 1


async def test_the_first_goods_of_an_order_are_sent_as_staff_chooses(api: Api, admin: Colleague) -> None:
    order_id, place = await placed(api, ("BOOK", 1))
    assert "Charged once the order has goods." in (await admin.see(f"{place}/do/review.edit_order")).text
    fields = {"sku.0": "TEE", "new_quantity.0": "1", "option": "express", "reason": "customer", "step": "do"}
    done = await admin.send(f"{place}/do/review.edit_order", **fields)

    assert done.status_code == 303, done.text
    sent = "SELECT id FROM orders WHERE method = 'ship' AND shipping_option = 'express' AND shipping_minor = 1290"
    assert await api.house.read.values(sent) == [UUID(order_id)]


OTHER_OPTIONS = '[{"code": "parcel", "name": "Parcel", "price_minor": 590, "days": 3}]'


def as_shown(page: httpx.Response, name: str) -> str:
    """What a browser sends of a select that nobody touched: what is selected, else the first."""
    options = page.text.split(f'name="{name}"')[1].split("</select>")[0]
    return str((re.findall(r'value="([^"]*)" selected', options) or re.findall(r'value="([^"]*)"', options))[0])


async def with_other_options(api: Api, sku: str) -> tuple[str, str]:
    """An order whose shipping option is offered no longer."""
    order_id, place = await placed(api, (sku, 1))
    options = {"name": "shipping", "data": {"options": json.loads(OTHER_OPTIONS)}}
    assert (await api.post("/policies", options)).status_code == 200
    return order_id, place


async def test_a_download_is_added_to_an_order_of_none_without_a_word_about_shipping(
    api: Api, admin: Colleague
) -> None:
    order_id, place = await with_other_options(api, "BOOK")
    form = await admin.see(f"{place}/do/review.edit_order")
    fields = {"sku.0": "BOOK", "new_quantity.0": "1", "option": as_shown(form, "option"), "step": "do"}
    done = await admin.send(f"{place}/do/review.edit_order", reason="customer", **fields)

    assert done.status_code == 303, told(done)
    order = (await api.get(f"/orders/{order_id}")).json()["order"]
    assert (order["method"], order["shipping_minor"]) == ("none", 0)


async def test_first_goods_without_a_way_that_is_offered_are_refused_beside_the_choice(
    api: Api, admin: Colleague
) -> None:
    _, place = await with_other_options(api, "BOOK")
    fields = {"sku.0": "TEE", "new_quantity.0": "1", "reason": "customer", "step": "do"}
    refused = await admin.send(f"{place}/do/review.edit_order", option="", **fields)

    assert refused.status_code == 422
    assert 'class="invalid-feedback" id="f-option-hint"' in refused.text
    assert as_shown(refused, "option") == ""
    assert (await admin.send(f"{place}/do/review.edit_order", option="parcel", **fields)).status_code == 303


async def test_an_option_that_is_offered_no_longer_stays_until_another_is_chosen(api: Api, admin: Colleague) -> None:
    order_id, place = await with_other_options(api, "MUG")
    form = await admin.see(f"{place}/do/review.edit_order")
    fields = {"sku.0": "TEE", "new_quantity.0": "1", "option": as_shown(form, "option"), "step": "do"}

    assert (await admin.send(f"{place}/do/review.edit_order", reason="customer", **fields)).status_code == 303
    order = (await api.get(f"/orders/{order_id}")).json()["order"]
    assert (order["shipping_option"], order["shipping_minor"]) == ("standard", 490)


async def test_an_option_for_an_order_of_no_goods_is_refused(api: Api, admin: Colleague) -> None:
    _, place = await placed(api, ("BOOK", 1))
    fields = {"option": "express", "reason": "customer", "step": "do"}
    refused = await admin.send(f"{place}/do/review.edit_order", **fields)

    assert refused.status_code == 422
    assert "the order is not shipped" in refused.text


async def test_an_action_that_is_not_there_is_told(api: Api, admin: Colleague) -> None:
    _, place = await placed(api)

    assert (await admin.see(f"{place}/do/review.sing")).status_code == 404


async def test_every_action_has_a_form(api: Api, admin: Colleague) -> None:
    _, place = await placed(api, ("MUG", 2), ("BOOK", 1))
    page = await admin.see(f"{place}/actions")
    hrefs = {part.partition('"')[0].replace("&amp;", "&") for part in page.text.split('href="') if "/do/" in part[:90]}

    assert len(hrefs) >= 8
    for href in hrefs:
        assert (await admin.see(href)).status_code == 200, href
