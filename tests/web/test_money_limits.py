"""More than one person gives away in a day waits for another person: refunds, credits, debts, prices and cash."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest

from purveyor.core.approval_limits import OPERATOR, is_second_person, sum_of_day
from purveyor.core.holds import HoldPolicy
from purveyor.core.ids import uuid7
from purveyor.core.messages import Command
from purveyor.core.money import Money
from purveyor.core.positions import UnitsOf
from purveyor.core.rows import ApiKey, StaffOrigin
from purveyor.insight.verify import verify
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.customers.commands import CustomerAddress, RegisterCustomer, SetTerms
from purveyor.records.policies.approval import PolicyNotDue
from purveyor.records.policies.commands import ApplyPolicyDeadline, ApprovePolicy, DeclinePolicy, SetPolicy
from purveyor.records.policies.facts import PolicyApproved, PolicyAsked, PolicySet
from purveyor.records.policies.queries import load_policies, past_deadline, policies_waiting
from purveyor.records.policies.state import Policy, assemble
from purveyor.records.staff.commands import AddStaff, SetPassword, VouchForStaff
from purveyor.stages.payment.commands import (
    ApproveMoneyAct,
    ApproveRefund,
    CaptureForUnits,
    CreditAmount,
    DeclineMoneyAct,
    SettleOnDelivery,
    WriteOff,
)
from purveyor.stages.payment.rows import Invoice, MoneyRequest, Refund
from purveyor.stages.receipt.commands import Address, LineItem, PlaceOrder, Tender
from purveyor.stages.returns.commands import RequestReturn, ReturnItem
from purveyor.stages.review.commands import AddLine, AddUnits, ApproveOrder, EditOrder, HoldOrder, ReleaseHold
from purveyor.stages.support.commands import OpenClaim, ResolveClaim
from tests.pure import NOON, SHOP, a_call, a_shop, do, eur, later
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

    assert is_second_person(shop, "staff:bert", "staff:anna", NOON)
    assert is_second_person(shop, "staff:bert", "key:bbb", NOON)
    assert is_second_person(shop, "staff:bert", "key:ccc", NOON)
    assert is_second_person(shop, "staff:bert", "key:of old", NOON)
    for actor, asked_by in (
        ("staff:anna", "staff:anna"),
        ("staff:anna", "key:aaa"),
        ("staff:anna", "key:bbb"),
        ("key:aaa", "staff:anna"),
        ("customer", "staff:anna"),
        ("job:payment.capture", "staff:anna"),
        ("staff:operator", "staff:anna"),
    ):
        assert not is_second_person(shop, actor, asked_by, NOON), (actor, asked_by)


ANNA, BERT, CARL, DORA = (uuid7(1, number) for number in range(4))


@pytest.mark.parametrize(
    ("actor", "asked_by", "is_second"),
    [
        (BERT, f"staff:{ANNA}", False),  # Anna made this login
        (ANNA, f"staff:{BERT}", False),
        (CARL, f"staff:{ANNA}", False),  # Bert's login made this one
        (CARL, "key:anna", False),
        (ANNA, "key:carl", False),
        (CARL, "key:carl", False),
        (DORA, f"staff:{ANNA}", True),  # from the command line
        (ANNA, f"staff:{DORA}", True),
        (DORA, "key:carl", True),
        (CARL, f"staff:{DORA}", True),
    ],
)
def test_a_login_that_one_made_for_oneself_is_no_second_person(actor: UUID, asked_by: str, is_second: bool) -> None:
    shop = a_shop()
    makers = {ANNA: OPERATOR, BERT: f"staff:{ANNA}", CARL: f"staff:{BERT}", DORA: OPERATOR}
    for staff_id, maker in makers.items():
        shop.shared[StaffOrigin][staff_id] = StaffOrigin(staff_id, maker)
    for prefix, maker_id in (("anna", ANNA), ("carl", CARL)):
        key = ApiKey(uuid7(2, maker_id.int & 7), "shop", prefix, "", ["*"], NOON, made_by=f"staff:{maker_id}")
        shop.shared[ApiKey][key.id] = key

    assert is_second_person(shop, f"staff:{actor}", asked_by, NOON) is is_second


def test_who_has_just_reset_a_login_may_hold_it() -> None:
    shop = a_shop()
    shop.shared[StaffOrigin][BERT] = StaffOrigin(BERT, OPERATOR, f"staff:{ANNA}", NOON)

    assert not is_second_person(shop, f"staff:{BERT}", f"staff:{ANNA}", later(days=29))
    assert is_second_person(shop, f"staff:{BERT}", f"staff:{ANNA}", later(days=30))
    assert is_second_person(shop, f"staff:{BERT}", f"staff:{DORA}", NOON)


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
        answer = await self.ask(SetPolicy(name="payment", data=amounts), OPERATOR)
        assert answer.refusal is None, answer.refusal

    async def sold(
        self, actor: str = "customer", *, terms: str = "at_counter", bills: tuple[int, ...] = (10,), **changes: Any
    ) -> tuple[Any, Any]:
        """An order of ten mugs, billed so many at a time: paid in cash, or on account and open."""
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
        for quantity in bills:
            bill = CaptureForUnits(
                order_id=placed.order_id,
                shipment_id=uuid7(9, self._keys),
                units=tuple(UnitsOf(line_id=line, quantity=quantity) for line in lines),
            )
            assert (await self.ask(bill, "job:test")).refusal is None
        return placed.order_id, lines[0]

    async def downloads_on_account(self) -> tuple[Any, Any]:
        """Ten books that the customer has, billed and not paid."""
        known = await self.ask(
            RegisterCustomer(number="C1", address=CustomerAddress(name="Ann", email="ann@example.com", country="DE")),
            "staff:boss",
        )
        assert known.refusal is None, known.refusal
        customer_id = UUID(str(known.reply["customer_id"]))
        assert (
            await self.ask(SetTerms(customer_id=customer_id, credit_limit_minor=90_000), "staff:boss")
        ).refusal is None
        order = PlaceOrder(
            channel="email",
            currency="EUR",
            contact=CONTACT,
            customer_id=customer_id,
            terms="invoice",
            tenders=(Tender(method="invoice"),),
            lines=(LineItem(sku="BOOK", quantity=10),),
        )
        placed = await self.ask(order, "customer")
        assert placed.refusal is None, placed.refusal
        lines = await self.api.house.read.values("SELECT id FROM line WHERE order_id = $1", placed.order_id)
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


async def test_cash_that_a_courier_took_for_a_debt_that_two_gave_up_counts(till: Till) -> None:
    await till.limits(refund_limit_minor=1_000)
    order_id, line_id = await till.sold(terms="on_delivery")
    gone = WriteOff(order_id=order_id, invoice_id=await till.one(Invoice, order_id), reason="uncollectible")
    assert (await till.ask(gone, "staff:anna")).reply["needs_approval"] is True
    approve = ApproveMoneyAct(order_id=order_id, request_id=await till.one(MoneyRequest, order_id))
    assert (await till.ask(approve, "staff:bert")).refusal is None
    summed = "SELECT array[receivable_minor, captured_minor - total_minor] FROM orders WHERE id = $1"
    taken = SettleOnDelivery(order_id=order_id, units=(UnitsOf(line_id, 10),))

    assert (await till.ask(taken, "job:carrier")).refusal is None

    assert await till.api.house.read.values(summed, order_id) == [[0, 0]]
    assert await till.api.house.read.values("SELECT payment_status FROM orders WHERE id = $1", order_id) == ["paid"]


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
        ({}, {"shipping": {"minor": 900, "currency": "EUR"}}, False),
        ({}, {"shipping": {"minor": 400, "currency": "EUR"}}, False),
        ({"unit_price": {"minor": 900, "currency": "EUR"}}, {"shipping": {"minor": 0, "currency": "EUR"}}, True),
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


def _usd(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "USD"}


def _usd_order(*lines: dict[str, Any]) -> dict[str, Any]:
    return an_order(currency="USD", lines=lines)


@pytest.fixture
async def services(till: Till) -> Till:
    """A shop that also sells what needs no shipping option: those are in euros, as the catalog is."""
    products = (
        ProductData(sku="KEY", name="License", price=Money(4_900, "EUR"), kind="license"),
        ProductData(sku="FIT", name="Installation", price=Money(9_900, "EUR"), kind="service", duration_min=90),
    )
    saved = await till.ask(SaveProducts(products=products), "staff:boss")
    assert saved.refusal is None, saved.refusal
    return till


async def _holds(api: Api, number: Any) -> list[str]:
    return await api.house.read.values(
        "SELECT h.type FROM hold h JOIN orders o ON o.id = h.order_id WHERE number = $1", number
    )


async def _counted_in_usd(api: Api) -> int:
    sums = await api.house.read.values(
        "SELECT coalesce(sum(minor), 0)::bigint FROM money_hour WHERE pot LIKE '% USD %' AND pot NOT LIKE '% order:%'"
    )
    return int(sums[0])


@pytest.mark.parametrize(
    ("lines", "counted"),
    [
        ([{"sku": "KEY", "quantity": 30, "unit_price": _usd(1)}], 30),
        ([{"sku": "KEY", "quantity": 2, "unit_price": _usd(99_000)}], 198_000),  # nobody can say that it is enough
        ([{"sku": "KEY", "quantity": 3, "unit_price": _usd(0)}], 3),
        ([{"sku": "FIT", "quantity": 1, "unit_price": _usd(500), "discount": _usd(100)}], 600),
    ],
)
async def test_a_price_in_a_currency_that_the_catalog_does_not_have_is_looked_at_by_another_person(
    services: Till, lines: list[dict[str, Any]], counted: int
) -> None:
    api = services.api
    placed = await api.post("/orders", _usd_order(*lines))
    assert placed.status_code == 201, placed.text

    assert await _holds(api, placed.json()["number"]) == ["price"]
    assert await _counted_in_usd(api) == counted
    refused = await api.post(f"/orders/{placed.json()['order_id']}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "hold_needs_another")


@pytest.mark.parametrize("limits", [{}, {"other_currencies": [{"currency": "USD", "day_limit_minor": 10**9}]}])
async def test_an_edit_in_a_currency_that_the_catalog_does_not_have_is_looked_at_as_well(
    services: Till, limits: dict[str, Any]
) -> None:
    api = services.api
    await services.limits(**limits)
    line = LineItem(sku="KEY", quantity=1, unit_price=Money(4_900, "USD"))
    order = PlaceOrder(channel="web", currency="USD", contact=CONTACT, lines=(line,))
    placed = await services.ask(order, "customer")
    assert await _holds(api, placed.number) == []
    cheap = {"change": "add_line", "sku": "FIT", "quantity": 50, "unit_price": _usd(1)}
    edited = await api.post(f"/orders/{placed.order_id}/edit", {"changes": [cheap]})
    assert edited.status_code == 200, edited.text

    assert await _holds(api, placed.number) == ["price"]
    assert await _counted_in_usd(api) == 50


def test_a_shop_in_which_any_price_goes_has_none_in_another_currency_looked_at() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, holds=HoldPolicy(price_below_percent=100)))
    line = LineItem(sku="KEY", quantity=30, unit_price=Money(1, "USD"))
    do(shop, PlaceOrder(channel="phone", currency="USD", contact=CONTACT, lines=(line,)))
    (book,) = shop.books.values()
    more = AddLine(sku="FIT", quantity=1, unit_price=Money(1, "USD"))
    edited = do(shop, EditOrder(order_id=book.order.id, changes=(more,)))

    assert [type(fact).__name__ for fact in edited] == ["OrderEdited"]
    assert sum_of_day(shop, "given", "staff:test", "USD", NOON) == 0


async def test_units_are_not_added_at_the_number_of_a_price_in_another_currency(services: Till) -> None:
    api = services.api
    placed = await api.post("/orders", _usd_order({"sku": "KEY", "quantity": 1, "unit_price": _usd(1_190)}))
    before = await _counted_in_usd(api)
    wanted = {"items": [{"sku": "FIT", "quantity": 2}], "reason": "exchange"}
    refused = await api.post(f"/orders/{placed.json()['order_id']}/units", wanted)
    assert (refused.status_code, refused.json()["data"]["field"]) == (422, "items[1].sku"), refused.text
    free = await api.post(f"/orders/{placed.json()['order_id']}/units", wanted | {"free": True})
    assert free.status_code == 200, free.text

    assert await _holds(api, placed.json()["number"]) == ["price"]
    assert await _counted_in_usd(api) == before + 2


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


# logins that somebody made for himself


class Colleagues:
    """People who are let in, by the operator or by each other."""

    def __init__(self, till: Till) -> None:
        self.till = till

    async def add(self, login: str, by: str, *roles: str) -> str:
        added = await self.till.ask(AddStaff(login=login, name=login, roles=roles or ("admin",)), by)
        assert added.refusal is None, added.refusal
        return f"staff:{added.reply['staff_id']}"


@pytest.fixture
def colleagues(till: Till) -> Colleagues:
    return Colleagues(till)


async def test_a_login_of_ones_own_making_approves_nothing_until_the_operator_vouches(
    till: Till, colleagues: Colleagues
) -> None:
    await till.limits(refund_limit_minor=1_000)
    ada = await colleagues.add("ada", OPERATOR)
    second_ada = await colleagues.add("second-ada", ada, "finance")
    order_id, _ = await till.sold()
    await till.credit(order_id, 4_000, ada)
    approve = ApproveRefund(order_id=order_id, refund_id=await till.one(Refund, order_id))
    assert (await till.ask(approve, second_ada)).refusal.code == "refund_needs_another"
    vouch = VouchForStaff(staff_id=UUID(second_ada.removeprefix("staff:")))
    assert (await till.ask(vouch, ada)).refusal.code == "not_yours_to_vouch"
    assert await till.refunds(order_id) == ["awaiting_approval"]

    assert (await till.ask(vouch, OPERATOR)).refusal is None
    assert (await till.ask(approve, second_ada)).refusal is None
    assert await till.refunds(order_id) == ["pending"]


async def test_a_login_whose_password_one_has_just_set_approves_nothing(till: Till, colleagues: Colleagues) -> None:
    await till.limits(refund_limit_minor=1_000)
    ada, finn = await colleagues.add("ada", OPERATOR), await colleagues.add("finn", OPERATOR, "finance")
    order_id, _ = await till.sold()
    await till.credit(order_id, 4_000, ada)
    approve = ApproveRefund(order_id=order_id, refund_id=await till.one(Refund, order_id))
    reset = SetPassword(staff_id=UUID(finn.removeprefix("staff:")), password_hash="$argon2id$x")
    assert (await till.ask(reset, ada)).refusal is None

    assert (await till.ask(approve, finn)).refusal.code == "refund_needs_another"
    assert await till.refunds(order_id) == ["awaiting_approval"]
    dora = await colleagues.add("dora", OPERATOR, "finance")
    assert (await till.ask(approve, dora)).refusal is None


# limits that are raised


async def _set(till: Till, actor: str, name: str = "payment", **data: Any) -> Any:
    answer = await till.ask(SetPolicy(name=name, data=data), actor)
    assert answer.refusal is None, answer.refusal
    return answer


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("payment", {"refund_limit_minor": 50_001}),
        ("payment", {"day_limit_minor": 200_001}),
        ("payment", {"cash_limit_minor": 500_001}),
        ("payment", {"currency": "USD"}),  # in which nothing was allowed before
        ("payment", {"other_currencies": [{"currency": "USD", "refund_limit_minor": 1}]}),
        ("holds", {"price_below_percent": 26}),
        (
            "holds",
            {"rules": [{"type": "price", "owner": "x", "hours": 1, "at_deadline": "cancel", "stops": "nothing"}]},
        ),
        (
            "holds",
            {"rules": [{"type": "cash", "owner": "x", "hours": 1, "at_deadline": "cancel", "stops": "dispatch"}]},
        ),
    ],
)
async def test_what_raises_a_limit_waits_for_another_admin(
    till: Till, colleagues: Colleagues, name: str, data: dict[str, Any]
) -> None:
    read = till.api.house.read
    ada = await colleagues.add("ada", OPERATOR)
    dora = await colleagues.add("dora", OPERATOR)
    puppet = await colleagues.add("puppet", ada)
    before = await load_policies(read)
    asked = await _set(till, ada, name, **data)
    assert asked.reply["needs_approval"] is True
    assert asked.reply["due_at"] is None
    assert await load_policies(read) == before
    [waits] = await policies_waiting(read)
    approve = ApprovePolicy(request_id=waits.id)
    for nobody in (ada, puppet, "key:abc", OPERATOR, "customer"):
        assert (await till.ask(approve, nobody)).refusal.code == "policy_needs_another", nobody
    assert (await till.ask(SetPolicy(name=name, data=data), ada)).refusal.code == "policy_waits"
    assert await load_policies(read) == before

    assert (await till.ask(approve, dora)).refusal is None
    assert await load_policies(read) != before
    assert await policies_waiting(read) == []
    assert (await till.ask(approve, dora)).refusal.code == "policy_is_decided"


async def test_what_lowers_a_limit_counts_at_once_and_ends_what_waited(till: Till, colleagues: Colleagues) -> None:
    ada, _ = await colleagues.add("ada", OPERATOR), await colleagues.add("dora", OPERATOR)
    await _set(till, ada, refund_limit_minor=90_000)
    lowered = await _set(till, ada, refund_limit_minor=40_000)

    assert lowered.reply == {"name": "payment", "version": 1}
    assert (await load_policies(till.api.house.read)).payment.refund_limit_minor == 40_000
    assert await policies_waiting(till.api.house.read) == []


async def test_a_raise_may_be_declined(till: Till, colleagues: Colleagues) -> None:
    ada, dora = await colleagues.add("ada", OPERATOR), await colleagues.add("dora", OPERATOR)
    asked = await _set(till, ada, day_limit_minor=900_000)
    no = DeclinePolicy(request_id=UUID(str(asked.reply["request_id"])))

    assert (await till.ask(no, dora)).refusal is None
    assert (await load_policies(till.api.house.read)).payment.day_limit_minor == 200_000
    approve = ApprovePolicy(request_id=no.request_id)
    assert (await till.ask(approve, dora)).refusal.code == "policy_is_decided"


async def test_where_there_is_one_admin_a_raise_counts_after_a_day(till: Till, colleagues: Colleagues) -> None:
    house = till.api.house
    ada = await colleagues.add("ada", OPERATOR)
    asked = await _set(till, ada, refund_limit_minor=90_000)
    due = ApplyPolicyDeadline(request_id=UUID(str(asked.reply["request_id"])))
    assert (await till.ask(due, "sweep")).refusal.code == "policy_not_due"
    [waits] = await policies_waiting(house.read)
    assert waits.due_at == waits.asked_at + timedelta(days=1)
    assert await past_deadline(house.read, waits.due_at, 10) == []
    assert [each.command for each in await past_deadline(house.read, waits.due_at + timedelta(seconds=1), 10)] == [due]
    assert (await load_policies(house.read)).payment.refund_limit_minor == 50_000


def test_the_only_admins_raise_comes_into_force_when_it_is_due() -> None:
    shop = a_shop()
    [asked] = do(shop, SetPolicy(name="payment", data={"refund_limit_minor": 90_000}), a_call(actor="staff:ada"))
    assert isinstance(asked, PolicyAsked)
    due = ApplyPolicyDeadline(request_id=asked.request_id)
    with pytest.raises(PolicyNotDue):
        do(shop, due, a_call(later(hours=23)))
    facts = do(shop, due, a_call(later(hours=24)))

    assert [type(fact) for fact in facts] == [PolicyApproved, PolicySet]
    assert assemble(shop.shared[Policy].values()).payment.refund_limit_minor == 90_000


async def test_every_admin_is_told_of_raises_and_of_new_logins(till: Till, colleagues: Colleagues) -> None:
    ada = await colleagues.add("ada@example.com", OPERATOR)
    await colleagues.add("bert@example.com", ada, "picker")
    await _set(till, ada, refund_limit_minor=90_000)
    jobs = await till.api.house.pool.fetch("SELECT convert_from(payload, 'UTF8') AS job FROM pgqueuer ORDER BY id")
    told = [what for row in jobs for what in ("staff_added", "policy_asked") if f'"{what}"' in row["job"]]

    assert told == ["staff_added", "policy_asked"]


# claims


async def test_a_claim_that_lowers_a_debt_counts_and_waits_above_the_limits(till: Till) -> None:
    await till.limits(refund_limit_minor=2_000)
    order_id, line = await till.downloads_on_account()
    owed = "SELECT receivable_minor FROM orders WHERE id = $1"
    assert await till.api.house.read.values(owed, order_id) == [10 * 990]
    claim = OpenClaim(order_id=order_id, claim="damaged", contents=(UnitsOf(line, 5),), channel="email")
    case_id = UUID(str((await till.ask(claim, "staff:anna")).reply["case_id"]))
    part = ResolveClaim(order_id=order_id, case_id=case_id, remedy="refund", contents=(UnitsOf(line, 1),))
    assert (await till.ask(part, "staff:anna")).reply["amount"]["minor"] == 990
    rest = ResolveClaim(order_id=order_id, case_id=case_id, remedy="refund")
    asked = await till.ask(rest, "staff:bert")  # the order's sum, whoever gives
    assert asked.reply["needs_approval"] is True
    assert (await till.ask(rest, "staff:carl")).refusal.code == "request_waits"
    assert (await till.credit(order_id, 1_100, "staff:dora")).reply["needs_approval"] is True
    assert await till.api.house.read.values(owed, order_id) == [9 * 990]
    [request_id] = await till.api.house.read.values("SELECT id FROM money_request WHERE what = 'claim'")
    approve = ApproveMoneyAct(order_id=order_id, request_id=request_id)
    assert (await till.ask(approve, "staff:bert")).refusal.code == "request_needs_another"

    assert (await till.ask(approve, "staff:anna")).refusal is None
    assert await till.api.house.read.values(owed, order_id) == [5 * 990]
    case = "SELECT status FROM support_case WHERE id = $1"
    assert await till.api.house.read.values(case, case_id) == ["closed"]


@pytest.mark.parametrize(("remedy", "minor"), [("goodwill", 2_001), ("refund", 2_001)])
async def test_a_part_of_a_claim_and_goodwill_wait_just_so(till: Till, remedy: str, minor: int) -> None:
    await till.limits(refund_limit_minor=2_000)
    order_id, line = await till.downloads_on_account()
    claim = OpenClaim(order_id=order_id, claim="damaged", contents=(UnitsOf(line, 5),), channel="email")
    case_id = UUID(str((await till.ask(claim, "customer")).reply["case_id"]))
    give = ResolveClaim(order_id=order_id, case_id=case_id, remedy=remedy, amount=eur(minor))  # type: ignore[arg-type]
    assert (await till.ask(give, "staff:anna")).reply["needs_approval"] is True
    request_id = await till.one(MoneyRequest, order_id)

    assert (await till.ask(ApproveMoneyAct(order_id=order_id, request_id=request_id), "staff:bert")).refusal is None
    owed = await till.api.house.read.values("SELECT receivable_minor FROM orders WHERE id = $1", order_id)
    assert owed == [10 * 990 - minor]


# an order's sum of a day, whichever way it is given

HALF = 1_980  # of two books


class Debt(NamedTuple):
    """An order that was billed and not paid."""

    till: Till
    order_id: Any
    line_id: Any

    async def invoices(self) -> list[UUID]:
        found = "SELECT id FROM invoice WHERE order_id = $1 AND written_off_minor = 0 ORDER BY number"
        return await self.till.api.house.read.values(found, self.order_id)

    async def waiting(self) -> list[str]:
        """What waits for a second person, whatever it is."""
        return await self.till.api.house.read.values(
            "SELECT what FROM money_request WHERE order_id = $1 AND status = 'waiting'"
            " UNION ALL SELECT 'refund' FROM refund WHERE order_id = $1 AND status = 'awaiting_approval'"
            " UNION ALL SELECT 'hold' FROM hold WHERE order_id = $1 AND by_another AND released_at IS NULL",
            self.order_id,
        )


async def _credit(debt: Debt, actor: str) -> None:
    assert (await debt.till.credit(debt.order_id, HALF, actor)).refusal is None


async def _write_off(debt: Debt, actor: str) -> None:
    gone = WriteOff(order_id=debt.order_id, invoice_id=(await debt.invoices())[0], reason="uncollectible")
    assert (await debt.till.ask(gone, actor)).refusal is None


async def _claim(debt: Debt, actor: str, **remedy: Any) -> None:
    claim = OpenClaim(order_id=debt.order_id, claim="damaged", contents=(UnitsOf(debt.line_id, 2),), channel="email")
    case_id = UUID(str((await debt.till.ask(claim, "customer")).reply["case_id"]))
    assert (await debt.till.ask(ResolveClaim(order_id=debt.order_id, case_id=case_id, **remedy), actor)).refusal is None


async def _refund_of_a_claim(debt: Debt, actor: str) -> None:
    await _claim(debt, actor, remedy="refund")


async def _part_of_a_claim(debt: Debt, actor: str) -> None:
    await _claim(debt, actor, remedy="refund", amount=eur(HALF))


async def _goodwill(debt: Debt, actor: str) -> None:
    await _claim(debt, actor, remedy="goodwill", amount=eur(HALF))


async def _free_units(debt: Debt, actor: str) -> None:
    more = AddUnits(order_id=debt.order_id, units=(UnitsOf(debt.line_id, 2),), free=True, reason="claim")
    assert (await debt.till.ask(more, actor)).refusal is None


async def _agreed_price(debt: Debt, actor: str) -> None:
    cheap = AddLine(sku="BOOK", quantity=10, unit_price=eur(770))  # 22 % below the list
    assert (await debt.till.ask(EditOrder(order_id=debt.order_id, changes=(cheap,)), actor)).refusal is None


async def _return(debt: Debt, actor: str) -> None:
    back = ReturnItem(line_id=debt.line_id, quantity=2, reason="damaged")
    assert (await debt.till.ask(RequestReturn(order_id=debt.order_id, items=(back,)), actor)).refusal is None


Act = Callable[[Debt, str], Awaitable[None]]
OF_GOODS: list[Act] = [_credit, _write_off, _free_units, _agreed_price]  # ten mugs on two invoices
OF_BOOKS: list[Act] = [_credit, _refund_of_a_claim, _part_of_a_claim, _goodwill]  # ten books that the customer has


async def _debt_for(till: Till, act: Act) -> Debt:
    await till.limits(refund_limit_minor=HALF * 2 - 1)
    returns = SetPolicy(name="returns", data={"kinds": ["goods", "download"]})
    assert (await till.ask(returns, OPERATOR)).refusal is None
    if act in OF_GOODS:
        return Debt(till, *await till.sold(terms="on_delivery", bills=(2, 2, 6)))
    return Debt(till, *await till.downloads_on_account())


@pytest.mark.parametrize("act", [*OF_GOODS, *OF_BOOKS[1:]])
async def test_the_second_half_of_what_is_too_much_for_an_order_waits(till: Till, act: Act) -> None:
    debt = await _debt_for(till, act)
    await act(debt, "staff:anna")
    assert await debt.waiting() == []

    await act(debt, "staff:bert")
    assert len(await debt.waiting()) == 1


@pytest.mark.parametrize("first", [*OF_GOODS, *OF_BOOKS[1:], _return])
async def test_a_credit_waits_after_anything_else_that_was_given_of_the_order(till: Till, first: Act) -> None:
    debt = await _debt_for(till, first)
    await first(debt, "staff:anna")

    await _credit(debt, "staff:bert")
    assert await debt.waiting() == ["credit"]


@pytest.mark.parametrize("then", OF_BOOKS)
async def test_what_was_declined_does_not_count(till: Till, then: Act) -> None:
    debt = await _debt_for(till, _goodwill)
    await till.credit(debt.order_id, 9_000, "staff:anna")
    no = DeclineMoneyAct(
        order_id=debt.order_id, request_id=await till.one(MoneyRequest, debt.order_id), reason="not_agreed"
    )
    assert (await till.ask(no, "staff:bert")).refusal is None

    await then(debt, "staff:anna")
    assert await debt.waiting() == []


async def test_what_was_declined_does_not_count_for_whoever_asked(till: Till) -> None:
    await till.limits(refund_limit_minor=5_000, day_limit_minor=6_000)
    debt = Debt(till, *await till.downloads_on_account())
    await till.credit(debt.order_id, 5_500, "staff:anna")
    no = DeclineMoneyAct(
        order_id=debt.order_id, request_id=await till.one(MoneyRequest, debt.order_id), reason="not_agreed"
    )
    assert (await till.ask(no, "staff:bert")).refusal is None

    await _credit(debt, "staff:anna")
    assert await debt.waiting() == []


async def test_a_key_does_not_credit_an_open_invoice_bit_by_bit(till: Till) -> None:
    api = till.api
    await till.limits(refund_limit_minor=5_000)
    order_id, _ = await till.sold(terms="on_delivery")
    body = {"amount": {"minor": 2_400, "currency": "EUR"}, "reason": "goodwill"}
    for _ in range(3):
        assert (await api.post(f"/orders/{order_id}/credit", body)).status_code == 200

    assert await Debt(till, order_id, None).waiting() == ["credit"]
    assert await api.house.read.values("SELECT receivable_minor FROM orders WHERE id = $1", order_id) == [7_100]
