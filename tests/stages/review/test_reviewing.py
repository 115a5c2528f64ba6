"""One pass over a new order, and shelves for what has none."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from purveyor.core.holds import HoldPolicy, HoldRule
from purveyor.core.messages import Fact
from purveyor.core.policies import Policies, RiskPolicy, RiskRule, RoutingPolicy
from purveyor.core.positions import BACKORDER
from purveyor.core.rows import Customer, Stock
from purveyor.core.state import Book, State
from purveyor.core.vocabulary import Channel
from purveyor.stages.review.commands import AllocateBackorders, AllocateUnits, HoldOrder, ReviewOrder
from purveyor.stages.review.facts import (
    AddressDoubted,
    ChoiceOffered,
    OrderApproved,
    OrderHeld,
    OrderRejected,
    RiskAssessed,
    UnitsAllocated,
    UnitsBackordered,
    UnitsCanceled,
)
from purveyor.stages.review.state import MissingChoice, RiskAssessment, is_approved, open_holds
from tests.pure import ADDRESS, SHOP, a_call, a_shop, do, later, order_id, placed


def reviewed(shop: State, *lines: tuple[str, int], **changes: object) -> tuple[Book, list[Fact]]:
    book = placed(shop, *lines, **changes)
    return book, do(shop, ReviewOrder(order_id=order_id(book)))


def kinds(facts: list[Fact]) -> list[type[Fact]]:
    return [type(fact) for fact in facts]


def with_rules(*rules: RiskRule, **limits: int) -> Policies:
    return msgspec.structs.replace(SHOP, risk=msgspec.structs.replace(RiskPolicy(rules=rules), **limits))


def test_a_plain_order_gets_its_shelves_and_is_approved_in_two_facts() -> None:
    shop = a_shop()
    book, facts = reviewed(shop, ("MUG", 2), ("TEE", 1), ("BOOK", 1))

    assert kinds(facts) == [UnitsAllocated, OrderApproved]
    assert facts[0].why == "main: has all of it"
    assert [(move.sku, move.location) for move in facts[0].moves] == [("BOOK", None), ("MUG", "main"), ("TEE", "main")]
    assert book.units("allocated") == 4
    assert shop.stock["MUG"]["main"].available == 98
    assert is_approved(book)


def test_one_location_that_has_everything_is_chosen_over_two() -> None:
    shop = a_shop(MUG=1)
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 5)
    book, facts = reviewed(shop, ("MUG", 2))

    assert {row.location: row.quantity for row in book.allocations.values()} == {"shop": 2}
    assert facts[0].why == "shop: has all of it"


def test_an_order_is_collected_from_its_own_location_only() -> None:
    shop = a_shop()
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 1)
    book, facts = reviewed(shop, ("MUG", 1), method="collect", collect_at="shop")

    assert [row.location for row in book.allocations.values()] == ["shop"]
    assert OrderApproved in kinds(facts)


def test_what_is_not_there_waits_and_the_customer_may_choose() -> None:
    shop = a_shop(MUG=1)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=5)
    book, facts = reviewed(shop, ("MUG", 3))

    assert kinds(facts) == [UnitsAllocated, UnitsBackordered, ChoiceOffered, OrderApproved]
    assert (book.units("allocated"), book.units("backordered")) == (1, 2)
    assert shop.stock["MUG"][BACKORDER].available == 3
    assert book.row(MissingChoice, order_id(book)).deadline_at == later(hours=168)


def test_the_cap_of_the_policy_counts_where_a_sku_has_none() -> None:
    shop = a_shop(msgspec.structs.replace(SHOP, routing=RoutingPolicy(backorder_cap=2)), MUG=3)
    book = placed(shop, ("MUG", 3))
    shop.stock["MUG"]["main"].on_hand = 1  # broken since

    do(shop, ReviewOrder(order_id=order_id(book)))

    assert book.units("backordered") == 2
    assert shop.stock["MUG"][BACKORDER].on_hand == 2
    assert is_approved(book)


def test_what_neither_is_there_nor_may_wait_is_held_for() -> None:
    shop = a_shop(MUG=3)
    book = placed(shop, ("MUG", 3))
    shop.stock["MUG"]["main"].on_hand = 2

    facts = do(shop, ReviewOrder(order_id=order_id(book)))

    assert kinds(facts) == [UnitsAllocated, OrderHeld]
    assert [(hold.type, hold.owner) for hold in open_holds(book)] == [("stock", "purchasing")]
    assert book.units("placed") == 1
    assert not is_approved(book)


def test_stock_that_comes_in_ends_the_hold_for_want_of_it() -> None:
    shop = a_shop(MUG=3)
    book = placed(shop, ("MUG", 3))
    shop.stock["MUG"]["main"].on_hand = 2
    do(shop, ReviewOrder(order_id=order_id(book)))
    assert do(shop, AllocateBackorders(order_id=order_id(book))) == []

    shop.stock["MUG"]["main"].on_hand = 3
    facts = do(shop, AllocateBackorders(order_id=order_id(book)))

    assert book.units("allocated") == 3
    assert OrderApproved in kinds(facts)
    assert not open_holds(book)


def test_who_waits_is_served_when_stock_comes_in_as_far_as_it_goes() -> None:
    shop = a_shop(MUG=0)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=9)
    book, _ = reviewed(shop, ("MUG", 3))
    assert do(shop, AllocateBackorders(order_id=order_id(book))) == []

    shop.stock["MUG"]["main"].on_hand = 2
    do(shop, AllocateBackorders(order_id=order_id(book)))
    assert (book.units("allocated"), book.units("backordered")) == (2, 1)
    assert shop.stock["MUG"][BACKORDER].allocated == 1

    shop.stock["MUG"]["main"].on_hand = 9
    do(shop, AllocateBackorders(order_id=order_id(book)))
    assert (book.units("allocated"), book.units("backordered")) == (3, 0)


def test_a_short_pick_finds_another_shelf() -> None:
    shop = a_shop(MUG=2)
    shop.stock["MUG"]["shop"] = Stock("MUG", "shop", 2)
    book = placed(shop, ("MUG", 2))
    shop.stock["MUG"]["main"].on_hand = 0

    facts = do(shop, AllocateUnits(order_id=order_id(book)))

    assert kinds(facts) == [UnitsAllocated]
    assert [row.location for row in book.allocations.values()] == ["shop"]
    assert do(shop, AllocateUnits(order_id=order_id(book))) == []


def test_risk_from_the_limit_on_is_looked_at_by_a_person() -> None:
    rules = (RiskRule("large", "amount", 30, 1_000), RiskRule("many", "quantity", 20, 1))
    for hold_from, is_held in ((50, True), (51, False)):
        shop = a_shop(with_rules(*rules, hold_from=hold_from))
        book, facts = reviewed(shop, ("MUG", 2))

        assert RiskAssessed in kinds(facts)
        assert book.row(RiskAssessment, order_id(book)).reasons == ["large", "many"]
        assert [hold.type for hold in open_holds(book)] == (["fraud"] if is_held else [])
        assert is_approved(book) is not is_held
        assert book.units("allocated") == 2  # its stock is kept meanwhile


def test_an_amount_at_the_limit_is_no_risk_and_leaves_no_row() -> None:
    total = 1_190 + 490
    for limit, fires in ((total, False), (total - 1, True)):
        book, _ = reviewed(a_shop(with_rules(RiskRule("large", "amount", 10, limit))), ("MUG", 1))
        assert bool(book.rows(RiskAssessment)) is fires


def test_risk_that_nobody_needs_to_look_at_is_turned_down() -> None:
    shop = a_shop(with_rules(RiskRule("blocked", "email", 1_000, values=("ann@example.com",)), refuse_from=1_000))
    book, facts = reviewed(shop, ("MUG", 2))

    assert kinds(facts) == [RiskAssessed, OrderRejected, UnitsCanceled]
    assert book.units("canceled") == 2
    assert book.order.receivable_minor == 0
    assert shop.stock["MUG"]["main"].allocated == 0


def test_the_third_order_within_a_day_is_too_quick() -> None:
    shop = a_shop(with_rules(RiskRule("quick", "velocity", 60, 2)))
    held = [bool(open_holds(reviewed(shop, ("MUG", 1))[0])) for _ in range(3)]

    assert held == [False, False, True]
    book = placed(shop, ("MUG", 1))
    do(shop, ReviewOrder(order_id=order_id(book)), a_call(later(hours=25)))
    assert not open_holds(book)


def test_an_address_that_cannot_be_is_held_with_what_is_wrong() -> None:
    wrong = msgspec.structs.replace(ADDRESS, postal_code="1011", email="ann@gmial.com")
    book, _ = reviewed(a_shop(), ("MUG", 1), contact=wrong)

    (hold,) = open_holds(book)
    assert (hold.type, hold.why) == ("address", "email_domain_misspelled, postal_code_shape")
    assert "ann" not in hold.why


def test_a_download_needs_no_street() -> None:
    nowhere = msgspec.structs.replace(ADDRESS, street="", city="", postal_code="")

    assert not open_holds(reviewed(a_shop(), ("BOOK", 1), contact=nowhere)[0])
    assert [hold.why for hold in open_holds(reviewed(a_shop(), ("MUG", 1), contact=nowhere)[0])] == [
        "street_missing, city_missing, postal_code_missing"
    ]


@pytest.mark.parametrize("channel", get_args(Channel))
@pytest.mark.parametrize(
    ("actor", "is_checked"), [("channel:file", False), ("key:aaa", True), ("staff:anna", True), ("customer", True)]
)
def test_who_asks_and_not_what_the_order_says_decides_whether_its_address_is_checked(
    channel: str, actor: str, is_checked: bool
) -> None:
    nowhere = msgspec.structs.replace(ADDRESS, street="", postal_code="99")
    shop = a_shop()
    book = placed(shop, ("MUG", 1), contact=nowhere, channel=channel)
    do(shop, ReviewOrder(order_id=order_id(book)), a_call(actor=actor))

    holds = ["address"] if is_checked else []
    assert [hold.type for hold in open_holds(book)] == holds


def test_doubts_and_typed_addresses_get_a_closer_look() -> None:
    abroad = msgspec.structs.replace(ADDRESS, phone="+33123456789")

    _, facts = reviewed(a_shop(), ("MUG", 1), contact=abroad)
    assert [fact.doubts for fact in facts if isinstance(fact, AddressDoubted)] == [("phone_of_another_country",)]
    assert OrderApproved in kinds(facts)
    assert AddressDoubted in kinds(reviewed(a_shop(), ("MUG", 1), channel="phone")[1])
    assert AddressDoubted not in kinds(reviewed(a_shop(), ("MUG", 1))[1])


def test_orders_of_a_blocked_customer_are_looked_at() -> None:
    shop = a_shop()
    id_ = a_call().ids.new()
    shop.shared[Customer][id_] = Customer(id_, "C1", a_call().ids.new(), blocked=True)

    assert [hold.type for hold in open_holds(reviewed(shop, ("MUG", 1), customer_id=id_)[0])] == ["approval"]


def test_an_order_that_was_held_before_its_review_is_not_approved_by_it() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    do(shop, HoldOrder(order_id=order_id(book), type="credit"))

    assert kinds(do(shop, ReviewOrder(order_id=order_id(book)))) == [UnitsAllocated]
    assert not is_approved(book)


def test_where_the_merchant_has_a_rule_for_it_a_part_waits_for_the_customers_choice() -> None:
    rule = HoldRule("choice", "customer", 48, "release")
    shop = a_shop(msgspec.structs.replace(SHOP, holds=HoldPolicy(rules=(rule,))), MUG=1)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=5)
    book, _ = reviewed(shop, ("MUG", 3))

    assert [(hold.type, hold.deadline_at) for hold in open_holds(book)] == [("choice", None)]
    assert book.row(MissingChoice, order_id(book)).deadline_at == later(hours=48)
    all_waits, _ = reviewed(shop, ("MUG", 1))
    assert not open_holds(all_waits)
