"""Collect in store with a code."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
import pytest

from purveyor.core.calendars import CalendarPolicy, ClosingDay
from purveyor.core.positions import UnitsOf
from purveyor.core.state import Book, State
from purveyor.stages.delivery.commands import (
    CountWrongCode,
    HandOver,
    ReadyToCollect,
    RemindToCollect,
    RenewCollectCode,
    WithdrawDeliveries,
)
from purveyor.stages.delivery.decide.counter import (
    MOST_WRONG_CODES,
    CollectLocked,
    HandoverStopped,
    NotAtCounter,
    WrongCode,
    code_in,
    new_code,
)
from purveyor.stages.delivery.facts import CollectOverdue, CollectReady
from purveyor.stages.delivery.state import Collection
from tests.pure import BERLIN, SHOP, a_call, a_shop, do, later, order_id, placed, walk
from tests.stages.delivery.goods import all_of


def waiting(shop: State) -> tuple[Book, Collection]:
    book = placed(shop, ("MUG", 2), method="collect", collect_at="shop")
    walk(book, shop, "allocated", "picked", "packed")
    parcel_id = a_call().ids.new()
    ready = ReadyToCollect(order_id=order_id(book), parcel_id=parcel_id, location="main", contents=all_of(book))
    [fact] = do(shop, ready)
    assert isinstance(fact, CollectReady)
    assert do(shop, ready) == []
    return book, book.row(Collection, parcel_id)


def say(collection: Collection, code: str) -> HandOver:
    return HandOver(order_id=collection.order_id, parcel_id=collection.parcel_id, code=code)


def test_whoever_says_the_code_gets_the_parcel() -> None:
    shop = a_shop(MUG=5)
    book, collection = waiting(shop)
    code = code_in(shop, collection)
    do(shop, say(collection, f" {code[:3].lower()}-{code[3:]} "))

    assert book.units("delivered") == 2
    assert shop.stock["MUG"]["main"].on_hand == 3
    assert collection.status == "collected"
    with pytest.raises(NotAtCounter, match="collected"):
        do(shop, say(collection, code_in(shop, collection)))
    assert book.units("delivered") == 2


def test_a_wrong_code_gets_nothing_and_five_of_them_lock_the_parcel() -> None:
    shop = a_shop()
    book, collection = waiting(shop)
    wrong = CountWrongCode(order_id=collection.order_id, parcel_id=collection.parcel_id)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as refusal:
            do(shop, say(collection, "WRONG"))
        assert refusal.value.tries_left == left
        do(shop, wrong)

    assert collection.wrong_codes == MOST_WRONG_CODES
    with pytest.raises(CollectLocked):
        do(shop, say(collection, code_in(shop, collection)))
    assert do(shop, wrong) == []
    assert book.units("packed") == 2


def test_a_parcel_of_an_order_that_is_held_stays_at_the_counter() -> None:
    shop = a_shop()
    book, collection = waiting(shop)
    code = code_in(shop, collection)
    book.order.holds = "dispute"
    with pytest.raises(HandoverStopped):
        do(shop, say(collection, code))
    assert (book.units("delivered"), collection.wrong_codes) == (0, 0)

    book.order.holds = "stock"
    do(shop, say(collection, code))
    assert book.units("delivered") > 0


def test_a_new_code_opens_a_locked_parcel_and_the_old_one_does_not() -> None:
    shop = a_shop()
    book, collection = waiting(shop)
    old = code_in(shop, collection)
    collection.wrong_codes = MOST_WRONG_CODES
    do(shop, RenewCollectCode(order_id=collection.order_id, parcel_id=collection.parcel_id))

    with pytest.raises(WrongCode):
        do(shop, say(collection, old))
    do(shop, say(collection, code_in(shop, collection)))
    assert book.units("delivered") == 2


def test_codes_are_readable_and_differ() -> None:
    codes = {new_code(a_call()) for _ in range(200)}

    assert len(codes) == 200
    assert not set("".join(codes)) & set("01ILO")
    assert {len(code) for code in codes} == {6}


def test_nobody_came_is_told_three_times_and_then_left_to_people() -> None:
    shop = a_shop()
    _, collection = waiting(shop)
    told = []
    while collection.collect_by is not None:
        due = collection.collect_by
        command = RemindToCollect(order_id=collection.order_id, parcel_id=collection.parcel_id, due_at=due)
        [fact] = do(shop, command, a_call(due))
        assert isinstance(fact, CollectOverdue)
        assert do(shop, command, a_call(due)) == []
        told.append((fact.reminder, fact.collect_by))

    assert told == [(1, later(days=14)), (2, later(days=21)), (3, None)]
    assert collection.status == "waiting"


def test_a_parcel_of_canceled_units_is_cleared_from_the_counter() -> None:
    shop = a_shop()
    book, collection = waiting(shop)
    assert do(shop, WithdrawDeliveries(order_id=order_id(book))) == []
    walk(book, shop, "canceled")
    do(shop, WithdrawDeliveries(order_id=order_id(book)))

    assert collection.status == "withdrawn"
    with pytest.raises(NotAtCounter, match="withdrawn"):
        do(shop, say(collection, code_in(shop, collection)))
    assert book.units("delivered") == 0


def test_the_new_code_a_parcel_that_was_opened_is_void_while_another_holds_the_same_line() -> None:
    shop = a_shop(MUG=5)
    book, first = waiting(shop)
    [line] = book.lines.values()
    second_id = a_call().ids.new()
    contents = (UnitsOf(line.id, 1),)
    do(shop, ReadyToCollect(order_id=order_id(book), parcel_id=second_id, location="main", contents=contents))

    withdraw = WithdrawDeliveries(order_id=order_id(book), parcel_id=first.parcel_id)
    do(shop, withdraw)
    assert (first.status, book.row(Collection, second_id).status) == ("withdrawn", "waiting")
    with pytest.raises(NotAtCounter, match="withdrawn"):
        do(shop, say(first, first.code))
    assert do(shop, withdraw) == []


def test_the_last_day_to_collect_is_one_on_which_somebody_is_there() -> None:
    closed = CalendarPolicy(closing_days=(ClosingDay(date(2026, 3, 9), "Stocktaking", "main"),))
    shop = a_shop(msgspec.structs.replace(SHOP, calendar=closed))
    _, collection = waiting(shop)

    assert collection.collect_by == later(days=8)


def test_the_days_to_collect_are_those_of_the_shops_zone() -> None:
    shop = a_shop(BERLIN)
    _, collection = waiting(shop)
    assert collection.collect_by == later(days=7)
    command = RemindToCollect(
        order_id=collection.order_id, parcel_id=collection.parcel_id, due_at=collection.collect_by
    )
    [fact] = do(shop, command, a_call(datetime.fromisoformat("2026-03-24T22:30:00+00:00")))

    assert isinstance(fact, CollectOverdue)
    assert fact.collect_by == datetime.fromisoformat("2026-03-31T23:30:00+02:00")  # clocks go forward in between
    assert fact.why == "not collected by 2026-03-09"
