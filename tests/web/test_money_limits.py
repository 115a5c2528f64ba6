"""More than one person gives away in a day waits for another person: refunds, credits, debts, prices and cash."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from purveyor.core.ids import uuid7
from purveyor.core.limits import is_second_person, sum_of_day
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.core.rows import ApiKey
from purveyor.insight.verify import verify
from purveyor.records.policies.commands import SetPolicy
from purveyor.stages.payment.commands import (
    ApproveMoneyAct,
    ApproveRefund,
    CaptureForUnits,
    CreditAmount,
    DeclineMoneyAct,
    WriteOff,
)
from purveyor.stages.payment.rows import Invoice, MoneyRequest, Refund
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.stages.review.commands import AddLine, AddUnits, ApproveOrder, EditOrder, HoldOrder, ReleaseHold
from tests.pure import NOON, a_call, a_shop, do, eur, later
from tests.web.conftest import Api, an_order, key_for

CONTACT = Address(
    name="Ann", email="ann@example.com", street="Teststr. 1", city="Berlin", postal_code="10115", country="DE"
)


# the sum of a day


def test_a_day_is_the_last_24_hours_with_begun_hours_counted_whole() -> None:
    shop = a_shop()
    order = PlaceOrder(
        channel="phone",
        currency="EUR",
        contact=CONTACT,
        lines=(LineItem(sku="MUG", quantity=2, unit_price=eur(1_090)),),
    )
    do(shop, order, a_call(actor="staff:anna"))

    assert sum_of_day(shop, "given", "staff:anna", "EUR", NOON) == 200
    assert sum_of_day(shop, "given", "staff:anna", "EUR", later(hours=24)) == 200
    assert sum_of_day(shop, "given", "staff:anna", "EUR", later(hours=25)) == 0
    assert sum_of_day(shop, "given", "staff:bert", "EUR", NOON) == 0
    assert sum_of_day(shop, "given", "staff:anna", "USD", NOON) == 0


def test_the_second_person_is_signed_in_and_has_no_part_in_it() -> None:
    shop = a_shop()
    for number, prefix, maker in ((1, "aaa", "staff:anna"), (2, "bbb", "key:aaa"), (3, "ccc", "key:ccc")):
        key = ApiKey(uuid7(1, number), "shop", prefix, "", ["*"], NOON, made_by=maker)
        shop.shared[ApiKey][key.id] = key

    assert is_second_person(shop, "staff:bert", "staff:anna")
    assert is_second_person(shop, "staff:bert", "key:bbb")
    assert is_second_person(shop, "staff:bert", "key:ccc")
    assert is_second_person(shop, "staff:bert", "key:of old")
    for actor, asked_by in (
        ("staff:anna", "staff:anna"),
        ("staff:anna", "key:aaa"),
        ("staff:anna", "key:bbb"),
        ("key:aaa", "staff:anna"),
        ("customer", "staff:anna"),
        ("job:payment.capture", "staff:anna"),
        ("staff:operator", "staff:anna"),
    ):
        assert not is_second_person(shop, actor, asked_by), (actor, asked_by)


# over the API and the rules together


class Till:
    """Orders that were paid in cash and handed over or billed, and what is asked about them, by whom."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._keys = 0

    async def ask(self, command: Command, actor: str) -> Any:
        self._keys += 1
        given = await self.api.house.committer.submit(command, key=f"till {self._keys}", actor=actor)
        return given.answer

    async def limits(self, **amounts: int) -> None:
        answer = await self.ask(SetPolicy(name="payment", data=amounts), "staff:boss")
        assert answer.refusal is None, answer.refusal

    async def sold(self, actor: str = "customer", *, terms: str = "at_counter", **changes: Any) -> tuple[Any, Any]:
        """An order of ten mugs, billed: paid in cash, or on account and open."""
        order = PlaceOrder(
            channel="in_person",
            currency="EUR",
            contact=CONTACT,
            terms=terms,  # type: ignore[arg-type]
            tenders=(Tender(method="cash" if terms == "at_counter" else "cash_on_delivery"),),
            lines=(LineItem(sku="MUG", quantity=10),),
            **changes,
        )
        placed = await self.ask(order, actor)
        assert placed.refusal is None, placed.refusal
        lines = await self.api.house.read.values("SELECT id FROM line WHERE order_id = $1", placed.order_id)
        bill = CaptureForUnits(
            order_id=placed.order_id,
            shipment_id=uuid7(9, self._keys),
            units=tuple(UnitsOf(line_id=line, quantity=10) for line in lines),
        )
        assert (await self.ask(bill, "job:test")).refusal is None
        return placed.order_id, lines[0]

    async def refunds(self, order_id: Any) -> list[str]:
        rows = await self.api.house.pool.fetch("SELECT status FROM refund WHERE order_id = $1 ORDER BY id", order_id)
        return [row["status"] for row in rows]

    async def one(self, kind: Any, order_id: Any) -> Any:
        found = await self.api.house.read.values(
            f"SELECT id FROM {kind.table} WHERE order_id = $1 ORDER BY id DESC LIMIT 1",
            order_id,
        )
        return found[0]

    async def credit(self, order_id: Any, minor: int, actor: str) -> Any:
        return await self.ask(CreditAmount(order_id=order_id, amount=Money(minor, "EUR"), reason="goodwill"), actor)


@pytest.fixture
async def till(api: Api) -> AsyncIterator[Till]:
    """Whatever is done: afterwards the journal says the same as the tables."""
    yield Till(api)
    assert (await verify(api.house.pool)).differences == []


@pytest.mark.parametrize("actor", ["staff:anna", "key"])
async def test_a_refund_split_over_one_order_waits_once_the_sum_is_too_large(till: Till, actor: str) -> None:
    prefix = (await till.api.get("/api-keys")).json()["items"][0]["prefix"]
    who = f"key:{prefix}" if actor == "key" else actor
    await till.limits(refund_limit_minor=1_000)
    order_id, _ = await till.sold()
    for _ in range(3):
        assert (await till.credit(order_id, 400, who)).refusal is None

    assert await till.refunds(order_id) == ["pending", "pending", "awaiting_approval"]


async def test_what_one_person_gives_of_many_orders_in_a_day_is_summed_as_well(till: Till) -> None:
    await till.limits(day_limit_minor=1_000)
    orders = [(await till.sold())[0] for _ in range(3)]
    for order_id in orders:
        assert (await till.credit(order_id, 500, "staff:anna")).refusal is None
    first, second, third = [await till.refunds(order_id) for order_id in orders]

    assert (first, second, third) == (["pending"], ["pending"], ["awaiting_approval"])
    assert (await till.credit(orders[0], 500, "staff:bert")).refusal is None
    assert await till.refunds(orders[0]) == ["pending", "pending"]


async def test_a_key_asks_and_only_a_person_who_did_not_make_it_says_yes(till: Till) -> None:
    api = till.api
    await till.limits(refund_limit_minor=1_000)
    order_id, _ = await till.sold()
    body = {"amount": {"minor": 4_000, "currency": "EUR"}, "reason": "goodwill"}
    assert (await api.post(f"/orders/{order_id}/credit", body)).status_code == 200
    assert await till.refunds(order_id) == ["awaiting_approval"]
    refund_id = await till.one(Refund, order_id)
    api.headers["Authorization"] = await key_for(api.house, "*", name="other")
    refused = await api.post(f"/orders/{order_id}/refunds/{refund_id}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "refund_needs_another")
    approve = ApproveRefund(order_id=order_id, refund_id=refund_id)
    assert (await till.ask(approve, "staff:test")).refusal.code == "refund_needs_another"  # who made the key
    assert await till.refunds(order_id) == ["awaiting_approval"]

    assert (await till.ask(approve, "staff:bert")).refusal is None
    assert await till.refunds(order_id) == ["pending"]


async def test_a_debt_is_given_up_by_two(till: Till) -> None:
    await till.limits(refund_limit_minor=1_000)
    order_id, _ = await till.sold(terms="on_delivery")
    invoice_id = await till.one(Invoice, order_id)
    gone = WriteOff(order_id=order_id, invoice_id=invoice_id, reason="uncollectible")
    asked = await till.ask(gone, "staff:anna")
    assert asked.reply["needs_approval"] is True
    assert (await till.ask(gone, "staff:bert")).refusal.code == "request_waits"
    approve = ApproveMoneyAct(order_id=order_id, request_id=await till.one(MoneyRequest, order_id))
    assert (await till.ask(approve, "staff:anna")).refusal.code == "request_needs_another"
    open_minor = "SELECT total_minor - written_off_minor FROM invoice WHERE order_id = $1"
    assert (await till.api.house.read.values(open_minor, order_id))[0] > 0

    assert (await till.ask(approve, "staff:bert")).refusal is None
    assert await till.api.house.read.values(open_minor, order_id) == [0]
    assert (await till.ask(approve, "staff:bert")).refusal.code == "request_is_decided"


async def test_a_credit_on_an_open_invoice_waits_and_may_be_declined(till: Till) -> None:
    await till.limits(refund_limit_minor=1_000)
    order_id, _ = await till.sold(terms="on_delivery")
    owed = "SELECT receivable_minor FROM orders WHERE id = $1"
    before = await till.api.house.read.values(owed, order_id)
    assert (await till.credit(order_id, 2_000, "staff:anna")).reply["needs_approval"] is True
    assert await till.api.house.read.values(owed, order_id) == before
    request_id = await till.one(MoneyRequest, order_id)
    no = DeclineMoneyAct(order_id=order_id, request_id=request_id, reason="not_agreed")

    assert (await till.ask(no, "staff:anna")).refusal is None
    assert await till.api.house.read.values(owed, order_id) == before
    assert (await till.credit(order_id, 900, "staff:anna")).reply == {}
    (left,) = await till.api.house.read.values(owed, order_id)
    assert left == before[0] - 900


@pytest.mark.parametrize(
    ("line", "order", "is_held"),
    [
        ({"unit_price": {"minor": 900, "currency": "EUR"}}, {}, False),  # 24 % below the list
        ({"unit_price": {"minor": 890, "currency": "EUR"}}, {}, True),
        ({"unit_price": {"minor": 0, "currency": "EUR"}}, {}, True),
        ({"discount": {"minor": 1_190, "currency": "EUR"}}, {}, True),
        ({}, {"discount": {"minor": 1_190, "currency": "EUR"}}, True),
        ({"unit_price": {"minor": 5_000, "currency": "EUR"}}, {}, False),
    ],
)
async def test_a_price_far_below_the_list_is_looked_at_by_another_person(
    api: Api, line: dict[str, Any], order: dict[str, Any], is_held: bool
) -> None:
    placed = await api.post("/orders", an_order() | {"lines": [{"sku": "MUG", "quantity": 2, **line}]} | order)
    assert placed.status_code == 201, placed.text
    seen = (await api.get(f"/orders/{placed.json()['number']}")).json()

    assert [hold["type"] for hold in seen["parts"].get("hold", [])] == (["price"] if is_held else [])
    assert (seen["order"]["stage"] == "review") is is_held
    if is_held:
        refused = await api.post(f"/orders/{seen['order']['id']}/approve")
        assert (refused.status_code, refused.json()["code"]) == (409, "hold_needs_another")


async def test_who_lowered_a_price_does_not_say_that_it_is_right(till: Till) -> None:
    order_id, _ = await till.sold()
    by_hand = HoldOrder(order_id=order_id, type="price", why="asked")
    assert (await till.ask(by_hand, "staff:anna")).refusal is None  # a hold of one's own hides nothing
    cheap = EditOrder(order_id=order_id, changes=(AddLine(sku="TEE", quantity=1, unit_price=Money(100, "EUR")),))
    assert (await till.ask(cheap, "staff:anna")).refusal is None
    holds = await till.api.house.pool.fetch("SELECT id, by_another FROM hold WHERE order_id = $1", order_id)
    (hold,) = [row["id"] for row in holds if row["by_another"]]
    release = ReleaseHold(order_id=order_id, hold_id=hold)
    for command in (release, ApproveOrder(order_id=order_id)):
        assert (await till.ask(command, "staff:anna")).refusal.code == "hold_needs_another"

    assert (await till.ask(release, "staff:bert")).refusal is None


async def test_units_for_nothing_count_by_what_they_are_worth(till: Till) -> None:
    await till.limits(refund_limit_minor=2_000)
    order_id, line = await till.sold()
    held = "SELECT holds FROM orders WHERE id = $1"
    one = AddUnits(order_id=order_id, units=(UnitsOf(line_id=line, quantity=1),), free=True, reason="claim")
    assert (await till.ask(one, "staff:anna")).refusal is None
    assert await till.api.house.read.values(held, order_id) == [""]
    two = AddUnits(order_id=order_id, units=(UnitsOf(line_id=line, quantity=2),), free=True, reason="claim")
    assert (await till.ask(two, "staff:anna")).refusal is None
    assert await till.api.house.read.values(held, order_id) == ["price"]


async def test_cash_beyond_what_one_person_takes_in_a_day_holds_the_order(till: Till) -> None:
    await till.limits(cash_limit_minor=25_000)
    held = "SELECT holds FROM orders WHERE id = $1"
    orders = [(await till.sold("staff:anna"))[0] for _ in range(2)]
    assert [(await till.api.house.read.values(held, each))[0] for each in orders] == ["", ""]
    third = PlaceOrder(
        channel="in_person",
        currency="EUR",
        contact=CONTACT,
        terms="at_counter",
        lines=(LineItem(sku="MUG", quantity=10),),
    )
    placed = await till.ask(third, "staff:anna")

    assert await till.api.house.read.values(held, placed.order_id) == ["cash"]
    captured = await till.api.house.read.values("SELECT captured_minor FROM orders WHERE id = $1", placed.order_id)
    assert captured == [0]


async def test_what_waits_for_a_second_person_is_listed(till: Till) -> None:
    await till.limits(refund_limit_minor=100)
    order_id, _ = await till.sold(terms="on_delivery")
    await till.credit(order_id, 2_000, "staff:anna")
    listed = (await till.api.get("/money-requests")).json()["items"]

    assert [(each["what"], each["amount_minor"], each["requested_by"]) for each in listed] == [
        ("credit", 2_000, "staff:anna")
    ]
