"""What came back, as staff read it: what else was in the box, its state, and what was kept back of a credit."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import httpx
import pytest

from purveyor.insight.verify import verify
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told
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

    async def announce(self, *more: tuple[str, int]) -> None:
        self.customer = await self.shop.collected(*more)
        self.order = str(await self.shop.order_id())
        self.line = await self.shop.line_id()
        self.lines = [each["id"] for each in (await self.api.get(f"/orders/{self.order}")).json()["lines"]]
        items = [{"line_id": line, "quantity": 1, "reason": "changed_mind"} for line in self.lines]
        asked = await self.api.post(f"/orders/{self.order}/returns", {"items": items})
        assert asked.status_code == 201, asked.text
        shown = (await self.api.get(f"/orders/{self.order}")).json()
        self.rma, self.number = shown["parts"]["rma"][0]["id"], shown["order"]["number"]

    async def tell(self, what: str, body: dict[str, Any]) -> None:
        done = await self.api.post(f"/orders/{self.order}/returns/{self.rma}/{what}", body)
        assert done.status_code in (200, 201), done.text

    async def receive(self, **found: int) -> None:
        others = [{"sku": sku, "quantity": quantity} for sku, quantity in found.items()]
        counted = [{"line_id": line, "quantity": 1} for line in self.lines]
        await self.tell("receive", {"counted": counted, "found": others})

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


async def counts_at(admin: Colleague, desk: Desk, **fields: str) -> httpx.Response:
    page = desk.pages[1]
    return await admin.send(f"{page}/receive", seen_at=page, **{f"quantity.{desk.line}": "1"} | fields)


async def test_what_else_was_in_the_box_is_counted_on_the_page(desk: Desk, admin: Colleague) -> None:
    form = (await admin.see(desk.pages[1])).text
    assert "Something else was in the box" in form
    assert '<option value="MUG">' in form  # what the order has is suggested

    answer = await counts_at(
        admin, desk, **{"found[1].sku": "POT", "found[1].quantity": "2", "found[3].sku": "TEE", "found[3].quantity": ""}
    )

    assert answer.status_code == 303, told(answer)
    read = words((await admin.see(desk.pages[1])).text)
    assert "2 × POT" in read
    assert "1 × TEE" in read
    assert "2 × POT" in words((await admin.see(await case_of(desk.api, desk.order))).text)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"found[2].quantity": "3"}, "found[2].sku"),
        ({"found[1].sku": "POT", "found[1].quantity": "0"}, "found[1].quantity"),
        ({"found[1].sku": "POT", "found[1].quantity": "many"}, "found[1].quantity"),
    ],
)
async def test_a_row_that_is_half_filled_in_is_told_beside_its_field_and_nothing_is_received(
    desk: Desk, admin: Colleague, fields: dict[str, str], field: str
) -> None:
    before = await desk.api.happened()
    answer = await counts_at(admin, desk, **fields)

    assert answer.status_code == 422
    assert re.search(rf'is-invalid" id="[^"]*" name="{re.escape(field)}"', answer.text)
    assert answer.text.count("is-invalid") == 1
    for name, value in fields.items():
        assert re.search(rf'name="{re.escape(name)}" type="\w+" value="{value}"', answer.text)
    assert '<details class="card-body border-top" open' in answer.text
    assert await desk.api.happened() == before


async def looks_at(admin: Colleague, desk: Desk, **fields: str) -> httpx.Response:
    page = desk.pages[1]
    sent = {"line": desk.line, "quantity": "1", "condition": "damaged", "disposition": "scrap"} | fields
    return await admin.send(f"{page}/inspect", seen_at=page, **sent)


async def test_what_is_kept_back_is_typed_at_the_inspection_and_shown_before(desk: Desk, admin: Colleague) -> None:
    await desk.receive()
    before = await desk.api.happened()
    shown = await looks_at(admin, desk, deduct="1,23", step="look")

    assert 'name="deduct" type="text" value="1,23"' in shown.text
    assert "€5.77" in words(shown.text)  # 11.90 less the label and what is kept back
    assert await desk.api.happened() == before

    assert (await looks_at(admin, desk, deduct="1.23")).status_code == 303
    read = words((await admin.see(desk.pages[1])).text)
    assert "less €1.23 for lost value" in read
    assert (await verify(desk.api.house.pool)).differences == []


@pytest.mark.parametrize("step", ["look", "do"])
@pytest.mark.parametrize(
    ("deduct", "said"),
    [("999", "€999.00 cannot be kept back"), ("a lot", "an amount such as 12.34"), ("-1", "must be an amount in EUR")],
)
async def test_more_than_the_goods_are_worth_is_not_kept_back(
    desk: Desk, admin: Colleague, deduct: str, said: str, step: str
) -> None:
    await desk.receive()
    before = await desk.api.happened()
    answer = await looks_at(admin, desk, deduct=deduct, step=step)

    assert said in unescape(answer.text)
    assert f'name="deduct" type="text" value="{deduct}"' in answer.text
    assert await desk.api.happened() == before


async def test_nothing_typed_keeps_nothing_back(desk: Desk, admin: Colleague) -> None:
    await desk.receive()

    assert (await looks_at(admin, desk, deduct="")).status_code == 303
    assert "for lost value" not in words((await admin.see(desk.pages[1])).text).partition("Keep back")[0]


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"quantity": "many"}, "quantity"), ({"deduct": "a lot"}, "deduct"), ({"condition": "shiny"}, "condition")],
)
async def test_of_two_lines_that_wait_only_the_one_that_is_wrong_is_told_so(
    api: Api, admin: Colleague, fields: dict[str, str], field: str
) -> None:
    desk = Desk(Counter(api))
    await desk.announce(("TEE", 1))
    await desk.receive()
    answer = await looks_at(admin, desk, line=desk.lines[1], step="do", **fields)

    assert answer.status_code == 422, told(answer)
    forms = {line: answer.text.partition(f'name="line" value="{line}"')[2].split("</form>")[0] for line in desk.lines}
    assert "is-invalid" not in forms[desk.lines[0]]
    assert "autofocus" not in forms[desk.lines[0]]
    assert re.findall(r'is-invalid" id="[^"]*" name="(\w+)"', forms[desk.lines[1]]) == [field]


async def test_a_count_that_is_wrong_stands_in_no_form_of_an_inspection(api: Api, admin: Colleague) -> None:
    desk = Desk(Counter(api))
    await desk.announce(("TEE", 1))
    await desk.receive()
    answer = await admin.send(f"{desk.pages[1]}/receive", seen_at=desk.pages[1], **{f"quantity.{desk.line}": "many"})

    assert answer.status_code == 422
    assert "is-invalid" not in answer.text
