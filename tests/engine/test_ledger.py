"""The ledger moves what a fact says, and refuses what does not add up."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise, product
from typing import ClassVar
from uuid import UUID

import pytest

from purveyor.core.messages import Fact
from purveyor.core.positions import (
    BACKORDER,
    CLAIMING,
    GONE,
    MOVES,
    POSITIONS,
    Adjustment,
    Posting,
    StockMove,
    UnitMove,
)
from purveyor.core.rows import Line, PriceAdjustment, Stock
from purveyor.core.state import Book, State
from purveyor.engine.journal import fact_kinds
from purveyor.engine.ledger import LedgerError, apply_moves, implied_stock
from purveyor.stages.review.facts import OrderEdited, UnitsAdded, UnitsCanceled
from tests.pure import a_shop, placed

FAR = {  # a way to every position
    "placed": (),
    "allocated": ("allocated",),
    "backordered": ("backordered",),
    "picked": ("allocated", "picked"),
    "packed": ("allocated", "picked", "packed"),
    "shipped": ("allocated", "picked", "packed", "shipped"),
    "delivered": ("allocated", "picked", "packed", "shipped", "delivered"),
    "returning": ("allocated", "picked", "packed", "shipped", "delivered", "returning"),
    "returned": ("allocated", "picked", "packed", "shipped", "delivered", "returning", "returned"),
    "canceled": ("canceled",),
    "lost": ("allocated", "picked", "packed", "shipped", "lost"),
}


def strict_shop() -> tuple[State, Book, Line]:
    """Two mugs ordered of ten at hand, in a state that checks its stock as a batch does."""
    state = a_shop(MUG=10)
    state.stock["MUG"][BACKORDER] = Stock("MUG", BACKORDER, 5)
    book = placed(state, ("MUG", 2))
    state.complete = False
    (line,) = book.lines.values()
    return state, book, line


def move(state: State, book: Book, line: Line, source: str | None, target: str, quantity: int = 1) -> None:
    where = "main" if source in CLAIMING or target in CLAIMING else None
    way = UnitMove(line.id, line.sku, source, target, quantity, where)  # type: ignore[arg-type]
    apply_moves(state, Fact(order_id=book.order.id, moves=(way,)))


def walk_to(position: str) -> tuple[State, Book, Line]:
    state, book, line = strict_shop()
    for source, target in pairwise(("placed", *FAR[position])):
        move(state, book, line, source, target)
    return state, book, line


@pytest.mark.parametrize(("source", "target"), list(product(POSITIONS, POSITIONS)))
def test_units_go_only_where_there_is_a_way(source: str, target: str) -> None:
    state, book, line = walk_to(source)
    if target in MOVES[source]:  # type: ignore[index]
        move(state, book, line, source, target)
        assert getattr(line, target) >= 1
        assert sum(getattr(line, position) for position in POSITIONS) == line.quantity == 2
    else:
        with pytest.raises(LedgerError, match="no way"):
            move(state, book, line, source, target)


def test_nothing_leaves_a_position_where_it_is_not() -> None:
    state, book, line = strict_shop()
    with pytest.raises(LedgerError, match="3 of MUG wanted from placed, 2 there"):
        move(state, book, line, "placed", "allocated", 3)
    assert line.placed == 2


@pytest.mark.parametrize("quantity", [0, -1])
def test_a_move_moves_at_least_one_unit(quantity: int) -> None:
    state, book, line = strict_shop()
    with pytest.raises(LedgerError, match="moves"):
        move(state, book, line, "placed", "allocated", quantity)


def test_a_promise_beyond_the_shelf_is_refused() -> None:
    state, book, line = strict_shop()
    state.stock["MUG"]["main"].on_hand = 1
    move(state, book, line, "placed", "allocated", 1)
    with pytest.raises(LedgerError, match="1 on hand, 2 allocated"):
        move(state, book, line, "placed", "allocated", 1)


def test_what_a_cart_holds_is_not_there_for_others() -> None:
    state, book, line = strict_shop()
    state.stock["MUG"]["main"].held = 9
    with pytest.raises(LedgerError, match="9 held"):
        move(state, book, line, "placed", "allocated", 2)


@pytest.mark.parametrize(
    "change",
    [
        StockMove("MUG", "main", on_hand=-11),
        StockMove("MUG", "main", allocated=11),
        StockMove("MUG", "main", allocated=-1),
        StockMove("MUG", "main", held=-1),
        StockMove("TEE", "nowhere", on_hand=-1),
    ],
)
def test_stock_never_goes_below_zero_nor_promises_above_what_is_there(change: StockMove) -> None:
    state, _, _ = strict_shop()
    with pytest.raises(LedgerError, match="would have"):
        apply_moves(state, Fact(stock=(change,)))


def test_more_backorders_than_the_cap_are_refused() -> None:
    state, book, line = strict_shop()
    state.stock["MUG"][BACKORDER].on_hand = 1
    with pytest.raises(LedgerError, match="1 on hand, 2 allocated"):
        move(state, book, line, "placed", "backordered", 2)


@pytest.mark.parametrize("minor", [-1, 1])
def test_one_cent_out_of_balance_is_refused(minor: int) -> None:
    state, book, _ = strict_shop()
    postings = (Posting("receivable", 100), Posting("revenue", -100 + minor))
    with pytest.raises(LedgerError, match="do not add up to zero"):
        apply_moves(state, Fact(order_id=book.order.id, postings=postings))


def test_units_and_money_belong_to_an_order() -> None:
    state, _, line = strict_shop()
    with pytest.raises(LedgerError, match="of no order"):
        apply_moves(state, Fact(moves=(UnitMove(line.id, "MUG", "placed", "canceled", 1),)))
    with pytest.raises(LedgerError, match="of no order"):
        apply_moves(state, Fact(postings=(Posting("receivable", 1), Posting("tax", -1))))


def test_the_order_keeps_the_balances_that_statuses_need() -> None:
    state, book, _ = strict_shop()
    owed = book.order.receivable_minor
    postings = (
        Posting("captured", 500),
        Posting("receivable", -500),
        Posting("authorized", 70),
        Posting("authorization", -70),
    )
    apply_moves(state, Fact(order_id=book.order.id, postings=postings))

    order = book.order
    assert (order.receivable_minor, order.captured_minor, order.authorized_minor) == (owed - 500, 500, 70)


def test_what_leaves_the_building_leaves_the_shelf_and_nothing_else_does() -> None:
    for source in POSITIONS:
        for target in sorted(MOVES[source]):
            sums: defaultdict[str, int] = defaultdict(int)
            for change in implied_stock(UnitMove(UUID(int=1), "MUG", source, target, 3, "main")):
                sums[f"{change.location}.on_hand"] += change.on_hand
                sums[f"{change.location}.allocated"] += change.allocated
            claims = (target in CLAIMING) - (source in CLAIMING)
            assert sums["main.allocated"] == 3 * claims
            assert sums["main.on_hand"] == (-3 if source in CLAIMING and target in GONE else 0)
            assert sums["backorder.allocated"] == 3 * ((target == "backordered") - (source == "backordered"))


def test_claims_at_a_location_are_counted_by_line() -> None:
    state, book, line = strict_shop()
    move(state, book, line, "placed", "allocated", 2)
    move(state, book, line, "allocated", "picked", 1)
    (claim,) = book.allocations.values()
    assert claim.quantity == 2
    assert state.stock["MUG"]["main"] == Stock("MUG", "main", 10, allocated=2)

    move(state, book, line, "allocated", "placed", 1)
    assert claim.quantity == 1
    assert state.stock["MUG"]["main"] == Stock("MUG", "main", 10, allocated=1)


def test_a_claim_is_released_where_it_was_made() -> None:
    state, book, line = strict_shop()
    state.stock["MUG"]["shop"] = Stock("MUG", "shop", 10, allocated=1)
    move(state, book, line, "placed", "allocated", 1)
    with pytest.raises(LedgerError, match="releases more than it claimed"):
        apply_moves(
            state, Fact(order_id=book.order.id, moves=(UnitMove(line.id, "MUG", "allocated", "placed", 1, "shop"),))
        )


class Repriced(Fact, frozen=True, kw_only=True, tag="trial.repriced"):
    """It has sums, and does not say that it brings prices."""

    totals: int = 0


class Priced(Fact, frozen=True, kw_only=True, tag="trial.priced"):
    brings_prices: ClassVar[bool] = True


DEARER = (Posting("receivable", 300), Posting("revenue", -300))


@pytest.mark.parametrize("kind", [Fact, Repriced])
def test_adjustments_say_what_the_postings_say(kind: type[Fact]) -> None:
    state, book, line = strict_shop()
    for minor in (299, 301):
        wrong = kind(order_id=book.order.id, postings=DEARER, adjustments=(Adjustment(str(line.id), 1_900, minor, 0),))
        with pytest.raises(LedgerError, match="the postings say"):
            apply_moves(state, wrong)
    apply_moves(
        state, kind(order_id=book.order.id, postings=DEARER, adjustments=(Adjustment(str(line.id), 1_900, 300, 0),))
    )


def test_units_that_come_or_go_do_not_let_adjustments_say_something_else() -> None:
    state, book, line = strict_shop()
    gone = UnitMove(line.id, line.sku, "placed", "canceled", 1)
    adjusted = (Adjustment(str(line.id), 1_900, 299, 0),)

    with pytest.raises(LedgerError, match="the postings say"):
        apply_moves(state, Fact(order_id=book.order.id, moves=(gone,), postings=DEARER, adjustments=adjusted))


def test_whoever_brings_prices_says_more_than_its_adjustments() -> None:
    state, book, line = strict_shop()

    apply_moves(
        state, Priced(order_id=book.order.id, postings=DEARER, adjustments=(Adjustment(str(line.id), 1_900, 299, 0),))
    )
    assert [row.amount_minor for row in book.rows(PriceAdjustment).values()] == [299]


def test_what_carries_the_sums_of_an_order_says_that_it_brings_prices() -> None:
    bringing = {
        kind for kind in fact_kinds().values() if kind.__module__.startswith("purveyor.") and kind.brings_prices
    }
    assert bringing == {UnitsCanceled, OrderEdited, UnitsAdded}
