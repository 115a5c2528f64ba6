"""What came back, as staff read it: what else was in the box, its state, and what was kept back of a credit."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from purveyor.insight.verify import verify
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody
from tests.web.order_page.conftest import Counter

TAGS = re.compile(r"<[^>]+>")
NEXT = re.compile(r'class="order-next">(.*?)</p>', re.DOTALL)


def words(text: str) -> str:
    """What can be read on a page."""
    return re.sub(r"\s+", " ", unescape(TAGS.sub(" ", text.partition("<main")[2])))


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


class Desk:
    """Two mugs that the customer has, and a return of one of them."""

    def __init__(self, shop: Counter) -> None:
        self.shop = shop
        self.api = shop.api

    async def announce(self) -> None:
        self.customer = await self.shop.collected()
        self.order = str(await self.shop.order_id())
        self.line = await self.shop.line_id()
        item = {"line_id": self.line, "quantity": 1, "reason": "changed_mind"}
        asked = await self.api.post(f"/orders/{self.order}/returns", {"items": [item]})
        assert asked.status_code == 201, asked.text
        shown = (await self.api.get(f"/orders/{self.order}")).json()
        self.rma, self.number = shown["parts"]["rma"][0]["id"], shown["order"]["number"]

    async def tell(self, what: str, body: dict[str, Any]) -> None:
        done = await self.api.post(f"/orders/{self.order}/returns/{self.rma}/{what}", body)
        assert done.status_code in (200, 201), done.text

    async def receive(self, **found: int) -> None:
        others = [{"sku": sku, "quantity": quantity} for sku, quantity in found.items()]
        await self.tell("receive", {"counted": [{"line_id": self.line, "quantity": 1}], "found": others})

    async def inspect(self, **more: Any) -> None:
        body = {"line_id": self.line, "quantity": 1, "condition": "damaged", "disposition": "scrap", **more}
        await self.tell("inspect", body)

    @property
    def pages(self) -> tuple[str, str]:
        return f"/console/orders/{self.number}", f"/console/returns/{self.order}/{self.rma}"


@pytest.fixture
async def desk(api: Api) -> Desk:
    made = Desk(Counter(api))
    await made.announce()
    return made


async def case_of(api: Api, order: str) -> str:
    (case,) = (await api.get(f"/orders/{order}")).json()["parts"]["support_case"]
    return f"/console/support/{order}/{case['id']}"


async def test_what_nobody_announced_is_on_the_return_the_order_and_the_case(desk: Desk, admin: Colleague) -> None:
    await desk.receive(POT=2, TEE=1)
    pages = [*desk.pages, await case_of(desk.api, desk.order)]

    for page in pages:
        read = words((await admin.see(page)).text)
        assert "2 × POT" in read, page
        assert "1 × TEE" in read, page
        assert "Ask the customer what is to become of it" in read, page
    assert "Nothing was written yet." not in (await admin.see(pages[2])).text


async def test_nothing_is_told_of_a_box_that_held_what_was_announced(desk: Desk, admin: Colleague) -> None:
    await desk.receive()

    for page in desk.pages:
        assert "Not announced" not in (await admin.see(page)).text


async def test_an_inspection_is_on_the_order_and_on_the_return_with_what_was_kept_back(
    desk: Desk, admin: Colleague
) -> None:
    await desk.receive()
    await desk.inspect(deduct={"minor": 123, "currency": "EUR"})

    for page in desk.pages:
        read = words((await admin.see(page)).text)
        assert "1 × Damaged, Scrap" in read, page
        assert "€11.90" in read, page
        assert "less €1.23 for lost value" in read, page
        assert "less €4.90 for the label" in read, page
        assert "€5.77" in read, page


async def test_an_inspection_without_anything_kept_back_names_nothing_kept_back(desk: Desk, admin: Colleague) -> None:
    await desk.tell(
        "receive", {"counted": [{"line_id": desk.line, "quantity": 1}], "at_counter": "shop"}
    )  # no label was used
    await desk.inspect(condition="new", disposition="restock")

    for page in desk.pages:
        read = words((await admin.see(page)).text)
        assert "1 × New, Back to stock" in read, page
        assert "for lost value" not in read, page
        assert "for the label" not in read, page


async def test_a_credit_note_says_the_goods_in_full_and_what_was_kept_back_of_them(desk: Desk) -> None:
    await desk.receive()
    await desk.inspect(deduct={"minor": 123, "currency": "EUR"})

    read = words((await desk.customer.see("/documents/credit-note-1")).text)

    rows = ("1 19% €11.90", "Less lost value 19% -€1.23", "Less the label 19% -€4.90", "Credited €5.77")
    assert [row for row in rows if row not in read.replace("−", "-")] == []
    assert "€4.85 €0.92" in read  # net and tax of 5.77
    assert (await verify(desk.api.house.pool)).differences == []
