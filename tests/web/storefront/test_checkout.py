"""From the cart to the order: totals of the rules themselves, mistakes beside their field, and never two orders."""

from __future__ import annotations

import asyncio
import re

import pytest

from purveyor.core.approval_limits import OPERATOR
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer, SetTerms
from purveyor.records.policies.commands import SetPolicy
from tests.web.storefront.conftest import CARD, Visitor

HOSTILE = ("<script>alert(1)</script>", "'; DROP TABLE orders; --", "\u200fמרים \u05d0\u05d1")


async def test_the_cart_holds_stock_and_shows_what_it_costs(visitor: Visitor) -> None:
    assert (await visitor.puts("MUG", 2)).headers["location"] == "/cart"
    page = (await visitor.see("/cart")).text

    assert "€23.80" in page
    assert "€4.90" in page  # shipping
    assert "€28.70" in page
    assert "is kept for you until" in page
    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [2]


async def test_what_is_taken_out_is_let_go(visitor: Visitor) -> None:
    await visitor.puts("MUG", 2)
    await visitor.send("/cart/set", sku="MUG", quantity="1")
    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [1]
    await visitor.send("/cart/set", sku="MUG", quantity="0")

    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [0]
    assert "Your cart is empty" in (await visitor.see("/cart")).text


@pytest.mark.parametrize("quantity", ["-1", "0", "10000", "1.5", "many", "9" * 5_000])
async def test_a_quantity_that_cannot_be_is_refused_and_nothing_is_in_the_cart(visitor: Visitor, quantity: str) -> None:
    page = await visitor.send("/cart/add", sku="MUG", quantity=quantity)

    assert page.status_code == 422
    assert "Quantity must be a whole number" in page.text
    assert "Your cart is empty" in page.text
    assert "9" * 250 not in page.text


@pytest.mark.parametrize("quantity", ["-1", "10000", "1.5", "9" * 5_000])
async def test_a_quantity_that_cannot_be_leaves_the_cart_as_it_was(visitor: Visitor, quantity: str) -> None:
    await visitor.puts("MUG", 2)
    page = await visitor.send("/cart/set", sku="MUG", quantity=quantity)

    assert page.status_code == 422
    assert "9" * 250 not in page.text
    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [2]


async def test_what_was_sent_is_not_repeated_whole(visitor: Visitor) -> None:
    page = await visitor.send("/cart/add", sku="X" * 10_000, quantity="1")

    assert page.status_code == 404
    assert "X" * 200 + "..." in page.text
    assert "X" * 201 not in page.text


async def test_nobody_takes_the_whole_shelf(visitor: Visitor) -> None:
    refused = await visitor.puts("MUG", 9_999)
    assert refused.status_code == 409
    assert "at most 20" in refused.text
    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [0]
    await visitor.puts("MUG", 20)
    assert (await visitor.puts("MUG", 1)).status_code == 409

    for _ in range(9):  # in ever new carts
        other = Visitor(visitor.api)
        await other.puts("MUG", 20)
    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [60]


async def test_more_than_there_is_is_told_at_the_line(visitor: Visitor) -> None:
    command = SetPolicy(name="carts", data={"most_of_one": 200, "most_of_visitor": 200})
    given = await visitor.api.house.committer.submit(command, key="carts", actor=OPERATOR)
    assert given.accepted, given.body
    await visitor.puts("MUG", 150)
    page = (await visitor.see("/cart")).text
    assert "Only 100 are left, and you want 150." in page
    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [100]


@pytest.mark.parametrize("quantity", ["-1", "x", "99999999999999999999", "1.5"])
async def test_a_quantity_that_cannot_be_changes_nothing(visitor: Visitor, quantity: str) -> None:
    await visitor.puts("MUG", 1)
    response = await visitor.send("/cart/set", sku="MUG", quantity=quantity)
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [1]


async def test_a_cart_that_was_tampered_with_is_no_cart(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    sealed = visitor.browser.cookies["cart"]
    visitor.browser.cookies.set("cart", "x" + sealed, domain="purveyor.local")
    visitor.browser.cookies.delete("cart", domain="purveyor.local")
    visitor.browser.cookies.set("cart", "x" + sealed)
    assert (await visitor.see("/cart")).status_code == 200


async def test_a_guest_orders_and_comes_to_the_page_of_the_order(visitor: Visitor) -> None:
    await visitor.puts("MUG", 2)
    await visitor.puts("BOOK", 1)
    placed = await visitor.orders()
    assert placed.status_code == 303, placed.text
    done = await visitor.see(placed.headers["location"])

    assert "Thank you for your order" in done.text
    assert (await visitor.see("/o/" + placed.headers["location"].rpartition("/")[2])).status_code == 200
    assert "Your cart is empty" in (await visitor.see("/cart")).text
    assert await visitor.api.house.read.values("SELECT total_minor FROM orders") == [23_80 + 9_90 + 4_90]
    assert await visitor.api.house.read.values("SELECT held FROM stock WHERE sku = 'MUG'") == [0]


async def test_the_same_form_sent_twice_is_one_order_and_leads_to_it(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    form = await visitor.form()
    first = await visitor.browser.post("/checkout", data=form)
    second = await visitor.browser.post("/checkout", data=form)

    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert await visitor.count("orders") == 1


async def test_the_same_form_sent_at_once_is_one_order(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    form = await visitor.form()
    answers = await asyncio.gather(*(visitor.browser.post("/checkout", data=form) for _ in range(4)))
    assert {answer.headers.get("location") for answer in answers} == {answers[0].headers["location"]}
    assert await visitor.count("orders") == 1


async def test_two_windows_of_one_cart_are_one_order(visitor: Visitor) -> None:
    await visitor.puts("BOOK", 1)
    one, other = await visitor.form(), await visitor.form()
    assert one["key"] != other["key"]
    other["contact.name"] = "Ann B. Example"
    answers = await asyncio.gather(
        visitor.browser.post("/checkout", data=one), visitor.browser.post("/checkout", data=other)
    )

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await visitor.count("orders") == 1


async def test_a_cart_that_changed_in_another_window_is_shown_before_it_is_ordered(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    form = await visitor.form()
    await visitor.puts("TEE", 1)
    response = await visitor.browser.post("/checkout", data=form)
    assert "Your cart was changed in another window" in response.text
    assert "T-shirt" in response.text
    assert await visitor.count("orders") == 0


async def test_when_all_cookies_are_gone_nothing_typed_is_lost(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    form = await visitor.form()
    visitor.browser.cookies.clear()
    response = await visitor.browser.post("/checkout", data=form)
    assert response.status_code == 403
    assert "Nothing was done" in response.text
    assert 'value="Teststr. 1"' in response.text
    assert await visitor.count("orders") == 0

    fresh = dict(re.findall(r'name="(csrf_token|key)" value="([^"]*)"', response.text))
    again = await visitor.browser.post("/checkout", data={**form, **fresh})
    assert again.status_code == 303, again.text
    assert await visitor.count("orders") == 1


async def test_mistakes_stand_beside_their_fields_all_at_once(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    wrong = {"contact.email": "no mail", "contact.postal_code": "1", "contact.phone": "12", "contact.name": ""}
    response = await visitor.orders(**wrong)
    assert response.status_code == 422
    for name in wrong:
        assert re.search(rf'name="{re.escape(name)}"[^>]*aria-invalid="true"', response.text), name
    assert "Nothing was ordered yet" in response.text
    assert 'value="Teststr. 1"' in response.text
    assert await visitor.count("orders") == 0


async def test_fields_follow_the_country(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    page = (await visitor.orders(**{"contact.country": "US", "step": "refresh"})).text
    assert "ZIP code" in page
    assert '<option value="CA">California</option>' in page
    assert await visitor.count("orders") == 0
    refused = await visitor.orders(**{"contact.country": "US"})
    assert refused.status_code == 422  # no state was chosen
    done = await visitor.orders(
        **{
            "contact.country": "US",
            "contact.region": "CA",
            "contact.postal_code": "95014",
            "contact.phone": "212 555 0101",
        }
    )
    assert done.status_code == 303, done.text
    rows = await visitor.api.house.pool.fetch("SELECT region, phone FROM contact WHERE country = 'US'")
    assert [tuple(row) for row in rows] == [("CA", "+12125550101")]


async def test_delivery_and_payment_change_what_is_asked_and_paid(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    express = (await visitor.orders(delivery="ship:express", step="refresh")).text
    collect = (await visitor.orders(delivery="collect:shop", step="refresh")).text
    assert "€24.80" in express
    assert "Pay when you collect" in collect
    assert "Nothing is sent to you" in collect

    done = await visitor.orders(delivery="collect:shop", payment="on_collection", **{"contact.street": ""})
    assert done.status_code == 303, done.text
    rows = await visitor.api.house.pool.fetch("SELECT method, collect_at, terms FROM orders")
    assert [tuple(row) for row in rows] == [("collect", "shop", "on_delivery")]


async def test_downloads_are_not_paid_at_the_door(visitor: Visitor) -> None:
    await visitor.puts("BOOK", 1)
    page = (await visitor.see("/checkout")).text
    assert 'value="on_delivery"' not in page
    assert "Nothing of it is sent by parcel" in page


@pytest.mark.parametrize(("field", "value"), [("card_number", "1234"), ("card_expiry", "12 / 20"), ("card_code", "x")])
async def test_a_card_that_cannot_be_is_refused_and_never_shown_again(visitor: Visitor, field: str, value: str) -> None:
    await visitor.puts("MUG", 1)
    response = await visitor.orders(**{field: value})
    assert response.status_code == 422
    assert f'value="{CARD["card_number"]}"' not in response.text
    assert await visitor.count("orders") == 0


async def test_the_invoice_may_go_elsewhere(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    billing = {
        "billing.name": "Example Ltd",
        "billing.country": "AT",
        "billing.street": "Am Graben 1",
        "billing.city": "Wien",
        "billing.postal_code": "1010",
    }
    assert (await visitor.orders(**{**billing, "billing.postal_code": "x"})).status_code == 422
    assert (await visitor.orders(**billing)).status_code == 303
    found = await visitor.api.house.read.values("SELECT billing->>'city' FROM contact WHERE billing IS NOT NULL")
    assert found == ["Wien"]


async def test_the_invoice_may_go_to_a_country_that_nothing_is_sent_to(visitor: Visitor) -> None:
    options = [{"code": "standard", "name": "Parcel", "price_minor": 490, "days": 3, "countries": ["DE", "AT"]}]
    await visitor.api.house.committer.submit(
        SetPolicy(name="shipping", data={"options": options}), key="two countries", actor="staff:test"
    )
    await visitor.puts("MUG", 1)

    page = (await visitor.see("/checkout")).text
    offered = {
        name: set(
            re.findall(r'<option value="([A-Z]{2})"', re.split(f'name="{name}.country"', page)[1].split("</select>")[0])
        )
        for name in ("contact", "billing")
    }
    assert offered["contact"] == {"DE", "AT"}
    assert offered["billing"] >= {"DE", "AT", "CH", "US", "JP"}
    billing = {
        "billing.name": "Example Ltd",
        "billing.country": "CH",
        "billing.street": "Bahnhofstr. 1",
        "billing.city": "Zürich",
        "billing.postal_code": "8001",
    }
    assert (await visitor.orders(**billing)).status_code == 303
    assert await visitor.api.house.read.values("SELECT billing->>'country' FROM contact WHERE billing IS NOT NULL") == [
        "CH"
    ]


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_kept_and_shown_as_they_are(visitor: Visitor, name: str) -> None:
    await visitor.puts("MUG", 1)
    again = await visitor.orders(**{"contact.name": name, "contact.email": "x"})
    assert "<script>alert" not in again.text
    assert (await visitor.orders(**{"contact.name": name})).status_code == 303
    assert await visitor.api.house.read.values("SELECT name FROM contact WHERE email <> ''") == [name]


async def test_a_name_of_10000_characters_is_refused_in_words(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    response = await visitor.orders(**{"contact.name": "x" * 10_000})
    assert response.status_code == 422
    assert "At most 200 characters, please." in response.text
    assert await visitor.count("orders") == 0


async def test_on_account_is_for_those_who_may_and_are_signed_in(visitor: Visitor) -> None:
    submit = visitor.api.house.committer.submit
    given = await submit(
        RegisterCustomer(number="C1", address=CustomerAddress(name="Ann", email="ann@example.com", country="DE")),
        key="c1",
        actor="staff:test",
    )
    customer_id = given.answer.reply["customer_id"]
    await submit(SetTerms(customer_id=customer_id, credit_limit_minor=50_000), key="t1", actor="staff:test")
    await visitor.puts("MUG", 1)
    assert (await visitor.orders(payment="invoice")).status_code == 422
    assert await visitor.count("orders") == 0


async def test_too_many_orders_at_once_are_slowed_down(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    form = {**(await visitor.form()), "contact.name": ""}
    statuses = [(await visitor.browser.post("/checkout", data=form)).status_code for _ in range(22)]
    assert statuses[0] == 422
    assert statuses[-1] == 429


async def test_without_its_token_nothing_is_ordered(visitor: Visitor) -> None:
    await visitor.puts("MUG", 1)
    form = await visitor.form()
    response = await visitor.browser.post("/checkout", data={**form, "csrf_token": "made up"})
    assert response.status_code == 403
    assert await visitor.count("orders") == 0


async def test_a_business_of_another_member_state_sees_and_pays_no_vat(visitor: Visitor) -> None:
    await visitor.puts("BOOK", 1)
    abroad = {"contact.country": "FR", "contact.company": "Exemple SARL"}
    wrong = await visitor.orders(**abroad, vat_id="FR123")
    assert wrong.status_code == 422
    assert 'id="f-vat_id-hint"' in wrong.text
    assert await visitor.count("orders") == 0

    placed = await visitor.orders(**abroad, vat_id="FR 40 303 265 045")
    assert placed.status_code == 303, placed.text
    assert await visitor.api.house.read.values("SELECT tax_minor FROM orders") == [0]
    assert await visitor.api.house.read.values("SELECT vat_id FROM contact") == ["FR40303265045"]
    assert await visitor.api.house.read.values("SELECT tax_reason FROM line") == ["reverse_charge"]
