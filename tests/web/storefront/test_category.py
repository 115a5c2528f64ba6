"""A category is sorted and narrowed down by its address alone."""

from __future__ import annotations

import re
from html import unescape

import pytest

from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.web.storefront.queries import IN_CATEGORY, Choice, in_category
from purveyor.wiring import House
from tests.pure import eur
from tests.web.storefront.conftest import Visitor

PRICES = {"A": 300, "B": 100, "C": 200, "D": 200, "E": 999}  # by SKU; E is a download


@pytest.fixture
async def visitor(visitor: Visitor) -> Visitor:
    submit = visitor.api.house.committer.submit
    products = tuple(
        ProductData(
            sku=sku,
            name=f"Tea {sku}",
            price=eur(minor),
            category="Tea & more",
            kind="download" if sku == "E" else "goods",
        )
        for sku, minor in PRICES.items()
    )
    for command in (
        SaveProducts(products=products),
        ReceiveStock(items=(ReceivedItem(sku="C", location="main", quantity=1),)),
    ):
        given = await submit(command, key=f"tea {command.kind()}", actor="staff:test")
        assert given.accepted, given.body
    return visitor


async def shown(visitor: Visitor, query: str = "") -> str:
    page = (await visitor.see(f"/c/Tea%20%26%20more{query}")).text
    return "".join(re.findall(r'stretched-link" href="/p/(\w)"', page))


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("", "ABCDE"),
        ("?sort=name", "ABCDE"),
        ("?sort=price", "BCDAE"),
        ("?sort=price_down", "EADCB"),
        ("?sort=nonsense&kind=nonsense&stock=maybe", "ABCDE"),
        ("?kind=download", "E"),
        ("?stock=1", "CE"),
        ("?from=2", "ACDE"),
        ("?from=2,00&to=3&sort=price", "CDA"),
        ("?to=2&stock=1", "C"),
        ("?from=3&to=2", "ACD"),
        ("?from=99", ""),
    ],
)
async def test_the_address_says_what_is_shown_and_in_which_order(visitor: Visitor, query: str, skus: str) -> None:
    assert await shown(visitor, query) == skus


@pytest.mark.parametrize("wrong", ["abc", "-1", "1.234", "1e999", "\u0661\u0662x", "9" * 30])
async def test_a_price_that_is_none_is_told_beside_its_field(visitor: Visitor, wrong: str) -> None:
    answer = await visitor.browser.get("/c/Tea & more", params={"from": wrong})

    assert answer.status_code == 422
    assert re.search(r'name="from"[^>]* aria-invalid="true"', answer.text)


async def test_what_was_chosen_stands_in_the_form_and_can_be_taken_back(visitor: Visitor) -> None:
    page = (await visitor.see("/c/Tea%20%26%20more?sort=price&stock=1&kind=goods&to=3")).text

    assert '<option value="price" selected>' in page
    assert '<option value="goods" selected>' in page
    assert re.search(r'name="stock" value="1" checked', page)
    assert re.search(r'name="to" type="text" value="3"', page)
    assert 'href="/c/Tea%20%26%20more?sort=price"' in page
    assert "Nothing here fits" in (await visitor.see("/c/Tea%20%26%20more?from=99")).text


async def test_the_next_page_keeps_what_was_chosen(visitor: Visitor) -> None:
    many = tuple(ProductData(sku=f"N{number:02}", name="Same", price=eur(500), category="Many") for number in range(30))
    given = await visitor.api.house.committer.submit(SaveProducts(products=many), key="many", actor="staff:test")
    assert given.accepted
    seen: list[str] = []
    address: str | None = "/c/Many?sort=price_down&from=1"
    while address:
        page = (await visitor.see(address)).text
        seen += re.findall(r'stretched-link" href="/p/(\w+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = unescape(following[1]) if following else None
        assert address is None or "sort=price_down&from=1" in address

    assert seen == [f"N{number:02}" for number in reversed(range(30))]
    refused = await visitor.browser.get("/c/Many", params={"sort": "price", "after": "x\nN1"})
    assert refused.status_code == 422


@pytest.mark.parametrize("sort", ["name", "price", "price_down"])
async def test_every_order_is_read_from_an_index(visitor: Visitor, house: House, sort: str) -> None:
    await in_category(house.read, "Tea & more", None, 2, Choice(sort="price"))
    last = "''" if sort == "name" else "0"
    values = ("'Tea'", last, "''", "''", "0", "999", "true", "10")
    statement = IN_CATEGORY[sort]
    for number, value in enumerate(values, 1):
        statement = statement.replace(f"${number}", value)
    async with house.pool.acquire() as db, db.transaction():
        await db.execute("SET LOCAL enable_seqscan = off")
        await db.execute("SET LOCAL enable_bitmapscan = off")
        lines = [record[0] for record in await db.fetch(f"EXPLAIN {statement}")]

    assert any(f"product_category_by_{sort.partition('_')[0]}" in line for line in lines)
    assert not any("Sort" in line for line in lines)
