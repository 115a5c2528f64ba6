"""What the customer wants done when something is missing."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.core.holds import HoldPolicy, HoldRule
from purveyor.core.policies import Policies
from purveyor.core.positions import BACKORDER, UnitsOf
from purveyor.core.refusals import Invalid
from purveyor.core.rows import Line, Stock
from purveyor.core.state import Book, State
from purveyor.stages.review.commands import (
    AllocateBackorders,
    ApplyDefaultChoice,
    CancelUnits,
    ChooseWhenMissing,
    CloseOrder,
    ReviewOrder,
)
from purveyor.stages.review.facts import OrderApproved, OrderClosed
from purveyor.stages.review.refusals import CannotSubstitute, DeadlineNotDue, NothingMissing
from purveyor.stages.review.state import Closing, MissingChoice, open_holds
from tests.pure import SHOP, a_call, a_shop, do, later, order_id, placed, walk


def short(policies: Policies = SHOP) -> tuple[State, Book, Line]:
    """One mug is there, two are missing."""
    shop = a_shop(policies, MUG=1)
    shop.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, on_hand=5)
    book = placed(shop, ("MUG", 3))
    do(shop, ReviewOrder(order_id=order_id(book)))
    return shop, book, next(iter(book.lines.values()))


def choose(shop: State, book: Book, choice: str, **more: object) -> None:
    do(shop, ChooseWhenMissing(order_id=order_id(book), choice=choice, **more))  # type: ignore[arg-type]


def test_who_waits_gets_all_of_it_together() -> None:
    shop, book, _ = short()
    choose(shop, book, "wait")
    assert [hold.type for hold in open_holds(book)] == ["choice"]

    shop.stock["MUG"]["main"].on_hand = 9
    do(shop, AllocateBackorders(order_id=order_id(book)))

    assert book.units("allocated") == 3
    assert not open_holds(book)


def test_who_has_waited_may_still_take_what_is_there() -> None:
    shop, book, _ = short()
    choose(shop, book, "wait")
    choose(shop, book, "ship_available")

    assert not open_holds(book)
    row = book.row(MissingChoice, order_id(book))
    assert (row.choice, row.deadline_at, row.by_default) == ("ship_available", None, False)


def test_a_canceled_line_keeps_what_is_there() -> None:
    shop, book, line = short()
    choose(shop, book, "cancel_line", line_id=line.id)

    assert (line.allocated, line.backordered, line.canceled) == (1, 0, 2)
    assert book.order.receivable_minor == 1_190 + 490
    with pytest.raises(NothingMissing):
        choose(shop, book, "cancel_line", line_id=line.id)


def test_a_substitute_never_costs_more() -> None:
    shop, book, line = short()
    choose(shop, book, "substitute", line_id=line.id, substitute_sku="TEE")

    tee = next(each for each in book.lines.values() if each.sku == "TEE")
    assert (tee.quantity, tee.unit_price_minor, tee.total_minor) == (2, 1_190, 2_380)
    assert (line.canceled, book.order.total_minor) == (2, 3 * 1_190 + 490)
    assert book.order.receivable_minor == book.order.total_minor


def test_a_cheaper_substitute_costs_less() -> None:
    shop, book, line = short()
    shop.product("TEE").price_minor = 990
    choose(shop, book, "substitute", line_id=line.id, substitute_sku="TEE")

    assert book.order.total_minor == 1_190 + 2 * 990 + 490 == book.order.receivable_minor


@pytest.mark.parametrize("sku", ["MUG", "BOOK", "CUP"])
def test_what_cannot_take_its_place_is_refused(sku: str) -> None:
    shop, book, line = short()
    with pytest.raises(CannotSubstitute):
        choose(shop, book, "substitute", line_id=line.id, substitute_sku=sku)
    assert line.backordered == 2


def test_a_substitute_must_be_there() -> None:
    shop, book, line = short()
    shop.stock["TEE"]["main"].on_hand = 1
    with pytest.raises(CannotSubstitute, match="1 are in stock, 2 are needed"):
        choose(shop, book, "substitute", line_id=line.id, substitute_sku="TEE")
    with pytest.raises(Invalid, match="line_id"):
        choose(shop, book, "cancel_line")


def test_where_nothing_is_missing_there_is_nothing_to_choose() -> None:
    shop = a_shop()
    book = placed(shop, ("MUG", 1))
    do(shop, ReviewOrder(order_id=order_id(book)))
    with pytest.raises(NothingMissing):
        choose(shop, book, "wait")


@pytest.mark.parametrize(("at_deadline", "left"), [("release", 2), ("cancel", 0), ("escalate", 2)])
def test_who_says_nothing_gets_the_default(at_deadline: str, left: int) -> None:
    rule = HoldRule("choice", "customer", 48, at_deadline)  # type: ignore[arg-type]
    shop, book, line = short(msgspec.structs.replace(SHOP, holds=HoldPolicy(rules=(rule,))))
    command = ApplyDefaultChoice(order_id=order_id(book), deadline_at=later(hours=48))

    with pytest.raises(DeadlineNotDue):
        do(shop, command, a_call(later(hours=47)))
    facts = do(shop, command, a_call(later(hours=48)))

    assert line.backordered == left
    assert bool(open_holds(book)) is (at_deadline == "escalate")
    assert any(isinstance(fact, OrderApproved) for fact in facts) is (at_deadline != "escalate")
    with pytest.raises(DeadlineNotDue):
        do(shop, command, a_call(later(hours=48)))


# closing


def test_a_book_is_closed_when_everything_has_ended_and_nothing_is_owed() -> None:
    shop, book, line = short()
    close = CloseOrder(order_id=order_id(book))
    assert do(shop, close) == []

    units = (UnitsOf(line.id, 3),)
    do(shop, CancelUnits(order_id=order_id(book), units=units, reason="changed mind"))
    (fact,) = do(shop, close, a_call(later(days=1)))

    assert isinstance(fact, OrderClosed)
    assert book.row(Closing, order_id(book)).closed_at == later(days=1)
    assert do(shop, close) == []


def test_a_book_stays_open_while_somebody_owes() -> None:
    shop = a_shop()
    book = placed(shop, ("BOOK", 1))
    do(shop, ReviewOrder(order_id=order_id(book)))
    walk(book, shop, "delivered")

    assert do(shop, CloseOrder(order_id=order_id(book))) == []
    assert not book.rows(Closing)
