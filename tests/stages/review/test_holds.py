"""Who may open and release holds, and what their deadlines do."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from purveyor.core.holds import HoldPolicy, HoldRule
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.state import Book, State
from purveyor.stages.review.commands import (
    ApplyHoldDeadline,
    ApproveOrder,
    CancelUnits,
    HoldOrder,
    RejectOrder,
    ReleaseHold,
    ReleaseHolds,
    ReviewOrder,
)
from purveyor.stages.review.facts import HoldEscalated, HoldReleased, OrderApproved, OrderHeld, OrderRejected
from purveyor.stages.review.refusals import (
    DeadlineNotDue,
    HeldAlready,
    HoldIsReleased,
    NothingHeld,
    OrderHasLeft,
    OrderIsOver,
)
from purveyor.stages.review.state import Hold, is_approved, open_holds
from tests.pure import SHOP, a_call, a_shop, do, later, order_id, placed, walk


def held(shop: State, *types: str) -> Book:
    """An order that was held before its review."""
    book = placed(shop, ("MUG", 2))
    for each in types:
        do(shop, HoldOrder(order_id=order_id(book), type=each, why="asked"))
    do(shop, ReviewOrder(order_id=order_id(book)))
    return book


def approved(shop: State) -> Book:
    book = held(shop)
    assert is_approved(book)
    return book


def due(hold: Hold) -> ApplyHoldDeadline:
    assert hold.deadline_at is not None
    return ApplyHoldDeadline(order_id=hold.order_id, hold_id=hold.id, deadline_at=hold.deadline_at)


def test_a_hold_has_the_owner_and_deadline_of_the_policy() -> None:
    (hold,) = open_holds(held(a_shop(), "address"))

    assert (hold.owner, hold.at_deadline, hold.deadline_at) == ("support", "cancel", later(hours=72))


def test_a_type_is_held_once_and_several_types_at_the_same_time() -> None:
    shop = a_shop()
    book = held(shop, "address", "credit")

    assert do(shop, HoldOrder(order_id=order_id(book), type="credit")) == []
    assert sorted(hold.type for hold in open_holds(book)) == ["address", "credit"]


def test_the_last_hold_that_is_released_approves_the_order() -> None:
    shop = a_shop()
    book = held(shop, "address", "credit")
    first, last = open_holds(book)

    assert [type(fact) for fact in do(shop, ReleaseHold(order_id=order_id(book), hold_id=first.id))] == [HoldReleased]
    facts = do(shop, ReleaseHold(order_id=order_id(book), hold_id=last.id), a_call(actor="staff:rita"))
    assert [type(fact) for fact in facts] == [HoldReleased, OrderApproved]
    assert (last.released_by, is_approved(book)) == ("staff:rita", True)
    with pytest.raises(HoldIsReleased):
        do(shop, ReleaseHold(order_id=order_id(book), hold_id=last.id))
    with pytest.raises(NotFound):
        do(shop, ReleaseHold(order_id=order_id(book), hold_id=a_call().ids.new()))


def test_a_hold_after_the_approval_does_not_approve_twice() -> None:
    shop = a_shop()
    book = approved(shop)
    do(shop, HoldOrder(order_id=order_id(book), type="payment"))

    facts = do(shop, ReleaseHolds(order_id=order_id(book), type="payment"))

    assert [type(fact) for fact in facts] == [HoldReleased]
    assert do(shop, ReleaseHolds(order_id=order_id(book), type="payment")) == []


def test_to_approve_releases_everything() -> None:
    shop = a_shop()
    book = held(shop, "address", "fraud")

    facts = do(shop, ApproveOrder(order_id=order_id(book), why="called back"))

    assert [type(fact) for fact in facts] == [HoldReleased, HoldReleased, OrderApproved]
    with pytest.raises(NothingHeld):
        do(shop, ApproveOrder(order_id=order_id(book)))


def test_to_reject_cancels_everything_and_nobody_owes_anything() -> None:
    shop = a_shop()
    book = held(shop, "fraud")

    facts = do(shop, RejectOrder(order_id=order_id(book), why="fraud"))

    assert OrderRejected in [type(fact) for fact in facts]
    assert OrderApproved not in [type(fact) for fact in facts]
    assert (book.units("canceled"), book.order.receivable_minor, book.order.total_minor) == (2, 0, 0)
    assert shop.stock["MUG"]["main"].allocated == 0
    assert not open_holds(book)
    with pytest.raises(OrderIsOver):
        do(shop, RejectOrder(order_id=order_id(book), why="again"))


def test_what_has_left_the_house_is_not_rejected() -> None:
    shop = a_shop()
    book = approved(shop)
    walk(book, shop, "picked", "packed", "shipped")

    with pytest.raises(OrderHasLeft):
        do(shop, RejectOrder(order_id=order_id(book), why="late"))
    assert book.units("shipped") == 2


def test_an_order_that_is_over_is_not_held() -> None:
    shop = a_shop()
    book = approved(shop)
    do(shop, CancelUnits(order_id=order_id(book), units="all", reason="changed mind"))

    with pytest.raises(OrderIsOver):
        do(shop, HoldOrder(order_id=order_id(book), type="payment"))
    assert do(shop, HoldOrder(order_id=order_id(book), type="payment", if_needed=True)) == []  # a rule asks in vain
    assert not open_holds(book)


@pytest.mark.parametrize("other", [{"why": "a thief"}, {"deadline_at": later(hours=5)}])
def test_a_hold_that_would_lose_what_is_said_of_it_is_refused(other: dict[str, Any]) -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    first: dict[str, Any] = {"type": "address", "why": "asked", "deadline_at": later(hours=2)}
    do(shop, HoldOrder(order_id=order_id(book), **first))

    assert do(shop, HoldOrder(order_id=order_id(book), **first)) == []
    with pytest.raises(HeldAlready, match="address"):
        do(shop, HoldOrder(order_id=order_id(book), **first | other))
    assert do(shop, HoldOrder(order_id=order_id(book), if_needed=True, **first | other)) == []
    assert [(hold.why, hold.deadline_at) for hold in open_holds(book)] == [("asked", later(hours=2))]


@pytest.mark.parametrize("type_", ["", "Address", "two words", "x" * 33])
def test_a_hold_type_is_a_word(type_: str) -> None:
    shop = a_shop()
    book = approved(shop)
    with pytest.raises(Invalid, match="type"):
        do(shop, HoldOrder(order_id=order_id(book), type=type_))
    assert not book.rows(Hold)


def test_a_deadline_cancels_releases_or_escalates_and_not_a_moment_earlier() -> None:
    rules = tuple(HoldRule(each, "staff", 10, each) for each in ("release", "cancel", "escalate"))
    policies = msgspec.structs.replace(SHOP, holds=HoldPolicy(rules=rules))
    for rule in rules:
        shop = a_shop(policies)
        book = held(shop, rule.type)
        (hold,) = open_holds(book)
        command = due(hold)

        with pytest.raises(DeadlineNotDue):
            do(shop, command, a_call(later(hours=9.99)))
        facts = do(shop, command, a_call(later(hours=10), actor="system:hold-deadlines"))

        if rule.type == "release":
            assert OrderApproved in [type(fact) for fact in facts]
        elif rule.type == "cancel":
            assert book.units("canceled") == 2
        else:
            assert isinstance(facts[0], HoldEscalated)
            assert (hold.owner, hold.deadline_at) == ("manager", later(hours=20))
        with pytest.raises(DeadlineNotDue):
            do(shop, command, a_call(later(hours=10)))


def test_what_cannot_be_canceled_any_more_is_escalated() -> None:
    shop = a_shop()
    book = approved(shop)
    do(shop, HoldOrder(order_id=order_id(book), type="payment"))
    (hold,) = open_holds(book)
    walk(book, shop, "picked", "packed", "shipped")

    facts = do(shop, due(hold), a_call(later(hours=72)))

    assert [type(fact) for fact in facts] == [HoldEscalated]
    assert book.units("shipped") == 2


def test_a_deadline_of_ones_own_must_be_to_come() -> None:
    shop = a_shop()
    book = approved(shop)
    with pytest.raises(Invalid, match="deadline_at"):
        do(shop, HoldOrder(order_id=order_id(book), type="customer", deadline_at=later()))
    (fact,) = do(shop, HoldOrder(order_id=order_id(book), type="customer", deadline_at=later(hours=1)))
    assert isinstance(fact, OrderHeld)
    assert fact.deadline_at == later(hours=1)
