"""The shop promises a day for what is there, and sells what can be bought."""

from __future__ import annotations

import re

from purveyor.core.money import Money
from purveyor.records.catalog.commands import ProductData, SaveProducts
from tests.pure import eur
from tests.web.storefront.conftest import Visitor


async def sells(visitor: Visitor, **changes: object) -> None:
    product = ProductData(**{"sku": "NEW", "name": "New", "price": eur(500), **changes})  # type: ignore[arg-type]
    given = await visitor.api.house.committer.submit(
        SaveProducts(products=(product,)), key=f"sells {product.sku}", actor="staff:test"
    )
    assert given.accepted, given.body


async def test_the_checkout_promises_no_day_for_what_only_waits(visitor: Visitor) -> None:
    await visitor.policy("routing", backorder_cap=10)
    await sells(visitor)
    await visitor.puts("NEW")
    page = (await visitor.see("/checkout")).text
    assert not re.search(r"with you by", page, re.IGNORECASE)
    assert "It is not in stock. We send it as soon as it comes in." in page

    await visitor.puts("MUG")
    page = (await visitor.see("/checkout")).text
    assert "What is in stock is with you by" in page
    assert "what is in stock is with you by" in page

    await visitor.send("/cart/set", sku="NEW", quantity="0")
    page = (await visitor.see("/checkout")).text
    assert "With you by" in page
    assert "in stock is with you by" not in page


async def test_the_page_of_an_order_promises_a_day_for_what_is_there(visitor: Visitor) -> None:
    await visitor.policy("routing", backorder_cap=10)
    await sells(visitor)
    await visitor.puts("NEW")
    await visitor.puts("MUG")
    done = await visitor.orders(payment="on_delivery")
    thanks = (await visitor.see(done.headers["location"])).text
    order = re.search(r'href="(/o/[^"]+)"', thanks)
    assert order is not None
    assert "Everything is in order" not in thanks, "nobody knows that yet"
    page = (await visitor.see(order[1])).text

    assert "It should be with you on" not in page
    assert "What is in stock should be with you on" in page


async def test_what_is_priced_in_another_currency_is_not_offered(visitor: Visitor) -> None:
    await sells(visitor, sku="YEN", kind="download", asset="a", price=Money(500, "JPY"))
    page = (await visitor.see("/p/YEN")).text

    assert "Not sold here at the moment" in page
    assert 'action="/cart/add"' not in page


async def test_a_way_that_costs_nothing_is_called_free_once(visitor: Visitor) -> None:
    for language, free in (("en", "free"), ("de", "kostenlos"), ("es", "gratis"), ("pt", "gr\u00e1tis")):
        page = (await visitor.see("/p/MUG", **{"Accept-Language": language})).text
        said = re.findall(r"<span>([^<]*)</span></li>", page)
        assert [text for text in said if re.search(rf"\b(free|{free})$", text, re.IGNORECASE)] == [free], (
            language,
            said,
        )


async def test_a_name_that_says_free_needs_no_price(visitor: Visitor) -> None:
    options = [
        {"code": "slow", "name": "Free shipping", "price_minor": 0, "days": 7},
        {"code": "bike", "name": "Bike", "price_minor": 0, "days": 2},
    ]
    await visitor.policy("shipping", options=options)

    page = (await visitor.see("/p/MUG")).text
    assert re.findall(r"<span>([^<]*)</span></li>", page) == ["Bike, free", "Free shipping"]


async def test_a_product_promises_the_days_of_the_visitors_country_and_names_it(visitor: Visitor) -> None:
    options = [
        {"code": "home", "name": "Standard", "price_minor": 490, "days": 2, "countries": ["DE"]},
        {"code": "near", "name": "Standard", "price_minor": 890, "days": 4, "countries": ["AT", "FR"]},
        {"code": "far", "name": "World", "price_minor": 1990, "days": 9},
    ]
    await visitor.policy("shipping", options=options)
    for language, country, ways in (
        ("en-DE", "Germany", ["Standard, \u20ac4.90", "World, \u20ac19.90"]),
        ("en-AT", "Austria", ["Standard, \u20ac8.90", "World, \u20ac19.90"]),
        ("en-IE", "Ireland", ["World, \u20ac19.90"]),
    ):
        page = (await visitor.see("/p/MUG", **{"Accept-Language": language})).text
        assert re.findall(r"<span>([^<]*)</span></li>", page) == ways, language
        assert f"Country of delivery: {country}. You can choose another one at the checkout." in page

    await visitor.policy("shipping", options=options[:1])
    page = (await visitor.see("/p/MUG", **{"Accept-Language": "en-AT"})).text
    assert "Country of delivery: Germany." in page, "nothing goes to Austria any more"
    assert "choose another" not in page


async def test_what_is_in_stock_is_never_said_to_be_missing(visitor: Visitor) -> None:
    await visitor.policy(
        "shipping", options=[{"code": "x", "name": "X", "price_minor": 1, "days": 1, "currency": "USD"}]
    )
    page = (await visitor.see("/p/MUG")).text

    assert "It is not in stock" not in page
