"""What comes to the bench, goes back, and is not wanted any more."""

from __future__ import annotations

from uuid import UUID

import pytest

from purveyor.core.messages import Fact
from purveyor.core.positions import UnitMove
from purveyor.core.state import Book
from purveyor.engine.ledger import apply_moves
from purveyor.stages.packing.commands import BringToBench, TakeOffBench, TakeOut
from purveyor.stages.packing.decide import NotPicked
from purveyor.stages.packing.facts import ParcelUnpacked, TakenOffBench, TakenUnits, UnitsTakenOut
from purveyor.stages.packing.state import on_bench
from tests.pure import a_call, a_shop, do, order_id
from tests.stages.packing.bench import brought, cancel, line_of, pack, parcels, units


def test_what_goes_back_to_its_shelf_must_come_again_before_anything_is_packed() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 3))
    off = TakeOffBench(order_id=bench.order_id, fulfillment_id=bench.fulfillment_id, units=units(book, MUG=1))
    back = UnitMove(line_of(book, "MUG"), "MUG", "picked", "allocated", 1, "main")
    apply_moves(shop, Fact(order_id=order_id(book), moves=(back,)))
    do(shop, off)

    assert bench.status == "incomplete"
    with pytest.raises(NotPicked):
        pack(shop, bench)
    again = UnitMove(line_of(book, "MUG"), "MUG", "allocated", "picked", 1, "main")
    apply_moves(shop, Fact(order_id=order_id(book), moves=(again,)))
    do(
        shop,
        BringToBench(
            order_id=bench.order_id,
            fulfillment_id=bench.fulfillment_id,
            location="main",
            tote="T2",
            units=units(book, MUG=3),
        ),
    )
    assert (bench.status, bench.tote) == ("waiting", "T2")
    assert pack(shop, bench)


def test_a_parcel_is_opened_for_what_goes_back_to_its_shelf() -> None:
    """It takes two fulfillment orders of one line: of one alone, what was packed cannot be put back."""
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 3))
    pack(shop, bench, contents=units(book, MUG=2))

    facts = do(
        shop, TakeOffBench(order_id=bench.order_id, fulfillment_id=bench.fulfillment_id, units=units(book, MUG=2))
    )

    assert [type(fact) for fact in facts] == [ParcelUnpacked, TakenOffBench]
    assert (parcels(book)[0].status, bench.status) == ("unpacked", "incomplete")
    assert on_bench(book, bench) == {line_of(book, "MUG"): 1}
    assert (book.units("picked"), book.units("packed")) == (3, 0)


def test_nothing_is_taken_off_a_bench_to_which_nothing_came() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 1))
    other = a_call().ids.new()

    off = TakeOffBench(order_id=bench.order_id, fulfillment_id=other, units=units(book, MUG=1))
    assert do(shop, off) == []
    assert do(shop, BringToBench(order_id=bench.order_id, fulfillment_id=other, location="main", units=())) == []
    assert bench.status == "waiting"


def test_no_more_comes_to_the_bench_than_was_picked() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 3))
    pack(shop, bench, contents=units(book, MUG=1))

    def bring(fulfillment_id: UUID) -> BringToBench:
        return BringToBench(
            order_id=bench.order_id, fulfillment_id=fulfillment_id, location="main", units=units(book, MUG=5)
        )

    assert do(shop, bring(a_call().ids.new())) == []
    do(shop, bring(bench.fulfillment_id))
    assert bench.units == units(book, MUG=3)


def take_out(book: Book, **quantities: int) -> TakeOut:
    return TakeOut(order_id=order_id(book), units=units(book, **quantities))


def test_units_that_were_canceled_on_the_bench_are_left_over() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 3))
    pack(shop, bench, contents=units(book, MUG=1))
    cancel(shop, book, "picked", "MUG", 2)

    facts = do(shop, take_out(book, MUG=2))

    assert [type(fact) for fact in facts] == [UnitsTakenOut]
    assert isinstance(facts[0], UnitsTakenOut)
    assert facts[0].left_over == (TakenUnits(bench.fulfillment_id, line_of(book, "MUG"), 2),)
    assert (bench.status, bench.units, parcels(book)[0].status) == ("packed", units(book, MUG=1), "packed")


def test_a_parcel_is_opened_for_units_that_were_canceled_in_it() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 3), ("TEE", 1))
    pack(shop, bench, contents=units(book, TEE=1))
    pack(shop, bench)
    cancel(shop, book, "packed", "MUG", 1)

    facts = do(shop, take_out(book, MUG=1))

    assert isinstance(facts[0], ParcelUnpacked)
    assert facts[0].removed == units(book, MUG=1)
    assert isinstance(facts[1], UnitsTakenOut)
    assert facts[1].removed == (TakenUnits(bench.fulfillment_id, line_of(book, "MUG"), 1),)
    assert [parcel.status for parcel in parcels(book)] == ["packed", "unpacked"]
    assert on_bench(book, bench) == {line_of(book, "MUG"): 2}
    assert (book.units("picked"), book.units("packed"), bench.status) == (2, 1, "waiting")
    pack(shop, bench)
    assert (book.units("packed"), bench.status) == (3, "packed")


def test_bench_and_parcels_share_what_was_canceled() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 3))
    pack(shop, bench, contents=units(book, MUG=2))
    cancel(shop, book, "picked", "MUG", 1)
    cancel(shop, book, "packed", "MUG", 2)

    facts = do(shop, take_out(book, MUG=3))

    assert [type(fact) for fact in facts] == [ParcelUnpacked, UnitsTakenOut]
    assert facts[0].moves == ()
    assert (bench.units, bench.status, book.units("canceled")) == ((), "packed", 3)


def test_the_bench_that_has_it_gives_it_back() -> None:
    """Two fulfillment orders of one line: one lies on the bench, the other in a parcel."""
    shop = a_shop()
    book, packed = brought(shop, ("MUG", 3))
    other = a_call().ids.new()
    line = line_of(book, "MUG")
    packed.units = units(book, MUG=2)
    bring = BringToBench(order_id=order_id(book), fulfillment_id=other, location="main", units=units(book, MUG=1))
    do(shop, bring)
    pack(shop, packed)
    cancel(shop, book, "picked", "MUG", 1)

    facts = do(shop, take_out(book, MUG=1))

    assert isinstance(facts[0], UnitsTakenOut)
    assert facts[0].left_over == (TakenUnits(other, line, 1),)
    assert parcels(book)[0].status == "packed"


def test_what_is_in_no_parcel_and_on_no_bench_is_not_taken_out() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 1))
    pack(shop, bench)

    facts = do(shop, take_out(book, MUG=1))

    assert facts == [UnitsTakenOut(order_id=order_id(book), left_over=(), removed=(), why="no longer wanted")]
    assert parcels(book)[0].status == "packed"
