"""New orders by phone and at the counter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told

PLACE = "/console/new-order"
PART = {"HX-Request": "true"}
BY_PHONE = {
    "channel": "phone",
    "name": "Bo Caller",
    "phone": "030 1234567",
    "email": "bo@example.com",
    "street": "Teststr. 2",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
    "sku.0": "mug",
    "quantity.0": "2",
    "method": "ship",
    "shipping_option": "standard",
    "pay": "link",
    "step": "place",
}


@pytest.fixture
async def sales(api: Api) -> Colleague:
    return await somebody(api, "sales")


async def newest(api: Api) -> dict[str, Any]:
    (number,) = await api.house.read.values("SELECT max(number) FROM orders")
    found: dict[str, Any] = (await api.get(f"/orders/{number}")).json()
    return found


async def orders(api: Api) -> int:
    (count,) = await api.house.read.values("SELECT count(*) FROM orders")
    return int(count)


async def test_an_order_by_phone_is_placed_and_its_number_told(api: Api, sales: Colleague) -> None:
    done = await sales.send(PLACE, **BY_PHONE)
    order = await newest(api)

    assert done.status_code == 303, done.text
    assert done.headers["location"] == f"{PLACE}?channel=phone&placed={order['order']['number']}"
    assert (order["order"]["channel"], order["units"]["allocated"]) == ("phone", 2)
    assert order["contact"]["phone"] == "+49301234567"
    shown = await sales.see(done.headers["location"])
    assert told(shown)[0].startswith(f"Order {order['order']['number']} is placed: €28.70")


async def test_the_same_form_sent_twice_is_one_order(api: Api, sales: Colleague) -> None:
    for _ in range(2):
        assert (await sales.send(PLACE, key="typed once", **BY_PHONE)).status_code == 303

    assert await orders(api) == 1


async def test_what_cannot_be_is_told_and_what_was_typed_stays(api: Api, sales: Colleague) -> None:
    shown = await sales.send(PLACE, **{**BY_PHONE, "sku.0": "NONSENSE"})

    assert shown.status_code == 422
    assert "there is no product NONSENSE for sale" in told(shown)[0]
    assert 'value="Bo Caller"' in shown.text
    assert await orders(api) == 0


async def test_the_country_is_chosen_by_its_name_and_none_is_taken_for_another(api: Api, sales: Colleague) -> None:
    start = (await sales.see(PLACE)).text
    unknown = (await sales.send(PLACE, **{**BY_PHONE, "country": "UK"})).text

    assert '<option value="DE" selected>Germany</option>' in start
    assert '<option value="FR">France</option>' in start
    assert " selected>" not in unknown[unknown.index('id="a-country"') :].partition("</select>")[0]
    assert await orders(api) == 0


async def test_a_phone_number_that_is_none_is_told_beside_its_field(api: Api, sales: Colleague) -> None:
    shown = await sales.send(PLACE, **{**BY_PHONE, "phone": "call me"})

    assert shown.status_code == 422
    assert "must be a phone number such as" in shown.text
    assert await orders(api) == 0


async def test_the_total_is_known_before_anything_is_placed(api: Api, sales: Colleague) -> None:
    happened = await api.happened()
    shown = await sales.send(f"{PLACE}/total", seen_at=PLACE, **BY_PHONE)

    assert shown.status_code == 200, shown.text
    assert "€28.70" in shown.text
    assert "<html" not in shown.text
    assert await api.happened() == happened


async def test_somebody_who_called_before_is_found_by_the_beginning_of_the_number(api: Api, sales: Colleague) -> None:
    await sales.send(PLACE, **BY_PHONE)
    number = (await newest(api))["order"]["number"]
    for text in ("030 1234", "+49 30 12", "bo@ex", "bo c"):
        found = await sales.see(f"{PLACE}/people?q={text.replace('+', '%2B')}", **PART)
        assert "Bo Caller" in found.text, text
        assert str(number) in found.text, text


async def test_products_are_found_with_price_and_stock_by_location(api: Api, sales: Colleague) -> None:
    found = await sales.see(f"{PLACE}/products?sku.0=shirt", **PART)

    assert 'data-pick="TEE"' in found.text
    assert "€25.00" in found.text
    assert ">Main <" in found.text
    assert ">100<" in found.text


async def test_goods_sold_at_the_counter_are_handed_over_at_once(api: Api, sales: Colleague) -> None:
    stock = {"items": [{"sku": "MUG", "location": "shop", "quantity": 2}]}
    assert (await api.post("/stock/receive", stock)).status_code == 200
    at_counter = {"channel": "in_person", "method": "collect", "collect_at": "shop", "pay": "cash", "hand_over": "1"}
    done = await sales.send(PLACE, **{**BY_PHONE, **at_counter})
    order = await newest(api)

    assert done.status_code == 303, done.text
    assert order["units"]["delivered"] == 2
    assert order["order"]["payment_status"] == "paid"
    assert "handed over" in told(await sales.see(done.headers["location"]))[0]


async def test_more_lines_are_there_without_scripts(api: Api, sales: Colleague) -> None:
    shown = await sales.send(PLACE, **{**BY_PHONE, "step": "more"})

    assert shown.status_code == 200
    assert 'name="sku.5"' in shown.text
    assert 'value="mug"' in shown.text


async def test_a_picker_takes_no_orders(api: Api) -> None:
    picker = await somebody(api, "picker")

    assert (await picker.see(PLACE)).status_code == 403
    assert (await picker.send(PLACE, seen_at="/console/orders", **BY_PHONE)).status_code == 403
    assert await orders(api) == 0


async def test_a_vat_number_is_taken_down_or_refused_beside_its_field(api: Api, sales: Colleague) -> None:
    typed = {**BY_PHONE, "country": "FR", "postal_code": "75001", "city": "Paris", "region": ""}
    wrong = await sales.send(PLACE, **typed, vat_id="FR123")
    assert wrong.status_code == 422
    assert await orders(api) == 0

    assert (await sales.send(PLACE, **typed, vat_id="fr40303265045")).status_code == 303
    order = await newest(api)
    assert order["contact"]["vat_id"] == "FR40303265045"
    assert (order["order"]["tax_minor"], order["order"]["vat_country"], order["order"]["tax_area"]) == (0, "FR", "FR")
    shown = await sales.see(f"/console/orders/{order['order']['number']}")
    assert "FR40303265045" in shown.text


async def test_an_order_tells_its_shipping_charge_rate_by_rate(api: Api) -> None:
    placed = await api.place(("MUG", 1))

    order = (await api.get(f"/orders/{placed['order_id']}")).json()["order"]
    assert order["shipping_taxes"] == [{"basis_points": 1_900, "amount_minor": 490, "tax_minor": 78, "reason": ""}]
