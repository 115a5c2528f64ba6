"""What goes into a parcel: nothing wrong, nothing too much, and it weighs what it should."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from purveyor.core.policies import Carton, PackingPolicy
from purveyor.core.refusals import Invalid, Refusal
from purveyor.core.rows import Product
from purveyor.core.state import Book, State
from purveyor.stages.packing.commands import RecordParcelLeft, ScannedItem, UnpackParcel
from purveyor.stages.packing.decide import (
    CartonTooSmall,
    MoreThanPicked,
    NeedsSeveralCartons,
    NothingOnBench,
    NotInThisParcel,
    NotPicked,
    ParcelNotHere,
    TooHeavy,
    TooManyParcels,
    WeightDiffers,
)
from purveyor.stages.packing.sscc import sscc
from purveyor.stages.packing.state import Bench
from tests.pure import SHOP, a_call, a_shop, do, order_id, placed, walk
from tests.stages.packing.bench import brought, pack, parcels, units


def refused(shop: State, bench: Bench, book: Book, kind: type[Refusal], **more: Any) -> Refusal:
    """The refusal, after a look that nothing has changed."""
    before = (len(parcels(book)), book.units("picked"), book.units("packed"), bench.status)
    with pytest.raises(kind) as refusal:
        pack(shop, bench, **more)
    assert (len(parcels(book)), book.units("picked"), book.units("packed"), bench.status) == before
    return refusal.value


def a_shop_with(*cartons: Carton) -> State:
    return a_shop(msgspec.structs.replace(SHOP, packing=PackingPolicy(cartons=cartons)))


def test_everything_on_the_bench_goes_into_the_smallest_carton_that_holds_it() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 2), ("TEE", 1))

    fact = pack(shop, bench)[0]

    assert fact.carton == "M"
    assert (fact.weight_g, fact.weighed) == (2 * 350 + 180 + 220, False)
    assert (fact.length_mm, fact.width_mm, fact.height_mm) == (350, 250, 150)
    assert fact.why == "the smallest carton that holds it"
    assert (book.units("packed"), book.units("picked"), bench.status) == (3, 0, "packed")
    assert shop.stock["MUG"]["main"].allocated == 2  # still in the house
    assert fact.reply()["sscc"] == parcels(book)[0].sscc
    refused(shop, bench, book, NothingOnBench)


def test_a_flat_thing_goes_into_the_envelope() -> None:
    shop = a_shop()
    _, bench = brought(shop, ("TEE", 1))

    assert pack(shop, bench)[0].carton == "envelope"


def test_an_order_is_packed_in_parts() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 3))

    pack(shop, bench, contents=units(book, MUG=2))
    assert (bench.status, book.units("picked")) == ("waiting", 1)
    pack(shop, bench)

    assert [parcel.contents for parcel in parcels(book)] == [units(book, MUG=2), units(book, MUG=1)]
    assert bench.status == "packed"


def test_a_wrong_item_is_stopped() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 2))
    other, _ = brought(shop, ("TEE", 1))

    refusal = refused(shop, bench, book, NotInThisParcel, scanned=(ScannedItem(sku="TEE"),))
    assert str(refusal) == "TEE does not belong into this parcel. Still to be packed: 2 × MUG."
    refused(shop, bench, book, NotInThisParcel, contents=units(other, TEE=1))
    refused(shop, bench, book, NotInThisParcel, scanned=(ScannedItem(sku="MUG"), ScannedItem(sku="")))
    assert pack(shop, bench, scanned=(ScannedItem(sku="MUG"), ScannedItem(sku="MUG")))


def test_one_too_many_is_stopped() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 2))

    refusal = refused(shop, bench, book, MoreThanPicked, scanned=(ScannedItem(sku="MUG", quantity=3),))
    assert (refusal.data["wanted"], refusal.data["there"]) == (3, 2)
    twice = (*units(book, MUG=1), *units(book, MUG=2))
    refused(shop, bench, book, MoreThanPicked, contents=twice)
    refused(shop, bench, book, Invalid, contents=units(book, MUG=0))
    refused(shop, bench, book, Invalid, contents=units(book, MUG=1), scanned=(ScannedItem(sku="MUG"),))
    assert pack(shop, bench, contents=units(book, MUG=2))


def test_scans_are_given_to_the_lines_that_want_them() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 1), ("TEE", 1), ("MUG", 2))

    fact = pack(shop, bench, scanned=(ScannedItem(sku="MUG", quantity=2),))[0]

    numbers = {book.line(each.line_id).line_no: each.quantity for each in fact.contents}
    assert numbers == {1: 1, 3: 1}


def test_what_was_not_picked_is_not_packed() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 1))
    other = placed(shop, ("MUG", 1))

    command = msgspec.structs.replace(bench, fulfillment_id=a_call().ids.new())
    refused(shop, command, book, NotPicked)
    refused(shop, bench, book, Invalid, location="shop")
    assert not parcels(other)
    assert pack(shop, bench, location="main")


@pytest.mark.parametrize("found_g", [738, 902])
def test_a_scale_within_the_tolerance_is_believed(found_g: int) -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 2))  # 700 g in 120 g of carton S, give or take 82 g

    fact = pack(shop, bench, weight_g=found_g)[0]

    assert (fact.carton, fact.weight_g, fact.weighed) == ("S", found_g, True)
    assert book.units("packed") == 2


@pytest.mark.parametrize("found_g", [737, 903])
def test_a_scale_beyond_the_tolerance_shows_a_mistake(found_g: int) -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 2))

    refusal = refused(shop, bench, book, WeightDiffers, weight_g=found_g)
    assert (refusal.data["expected_g"], refusal.data["tolerance_g"]) == (820, 82)
    fact = pack(shop, bench, weight_g=found_g, override="extra_packaging")[0]

    assert fact.why == f"{found_g} g instead of 820 g: extra packaging"


def test_where_the_catalog_knows_no_weight_only_too_light_is_suspicious() -> None:
    shop = a_shop()
    shop.shared[Product]["TEE"].weight_g = 0
    book, bench = brought(shop, ("MUG", 2), ("TEE", 1))

    refused(shop, bench, book, WeightDiffers, weight_g=700)
    assert pack(shop, bench, weight_g=2_500)


def test_where_the_catalog_knows_no_weight_it_is_asked_for() -> None:
    shop = a_shop()
    shop.shared[Product]["TEE"].weight_g = 0
    book, bench = brought(shop, ("MUG", 2), ("TEE", 1))

    for more in ({}, {"contents": units(book, TEE=1)}, {"scanned": (ScannedItem(sku="TEE", quantity=1),)}):
        assert refused(shop, bench, book, Invalid, **more).data["field"] == "weight_g"
    assert pack(shop, bench, contents=units(book, MUG=2))[0].weight_g == 2 * 350 + 120
    assert pack(shop, bench, weight_g=300)[0].weighed


def test_what_is_handed_over_at_the_counter_needs_no_weight() -> None:
    shop = a_shop()
    shop.shared[Product]["TEE"].weight_g = 0
    book, bench = brought(shop, ("TEE", 1))
    book.order.method = "collect"

    assert pack(shop, bench, carton="as_is")[0].weight_g == 0


def test_what_has_to_be_weighed_and_fits_no_carton_is_packed_part_by_part() -> None:
    shop = a_shop()
    shop.shared[Product]["MUG"].weight_g = 0
    book, bench = brought(shop, ("MUG", 100))

    assert refused(shop, bench, book, Invalid).data["field"] == "weight_g"
    refusal = refused(shop, bench, book, NeedsSeveralCartons, weight_g=40_000)
    assert refusal.what_instead() == ("pack a part of it and weigh that",)


def test_a_weight_that_cannot_be_is_refused() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 1))

    refused(shop, bench, book, Invalid, weight_g=-1)
    refused(shop, bench, book, Invalid, weight_g=1_000_001)


def test_a_carton_is_refused_only_when_it_cannot_hold_the_goods_at_all() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 4))

    refusal = refused(shop, bench, book, CartonTooSmall, carton="envelope")
    assert refusal.data["better"] == "S"
    refused(shop, bench, book, Invalid, carton="barrel")
    fact = pack(shop, bench, carton="L")[0]

    assert (fact.carton, fact.why) == ("L", "chosen by the packer")


def test_no_carton_carries_more_than_it_can() -> None:
    shop = a_shop_with(Carton("weak", 500, 500, 500, 100, 700))
    book, bench = brought(shop, ("MUG", 3))

    refused(shop, bench, book, CartonTooSmall, carton="weak")
    refused(shop, bench, book, TooHeavy, contents=units(book, MUG=2), weight_g=801, override="scale_out_of_order")
    assert pack(shop, bench, contents=units(book, MUG=2), weight_g=800)


def test_what_no_carton_holds_goes_into_several() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 100))

    refusal = refused(shop, bench, book, NeedsSeveralCartons, weight_g=40_000)
    assert refusal.what_instead() == ("pack a part of it and weigh that", "leave the weight out")
    packed = pack(shop, bench)

    assert [fact.carton for fact in packed] == refusal.data["cartons"]
    assert len(packed) > 1
    assert sum(each.quantity for fact in packed for each in fact.contents) == 100 == book.units("packed")
    assert len({parcel.sscc for parcel in parcels(book)}) == len(packed)


def test_goods_larger_than_any_carton_go_in_their_own_box() -> None:
    shop = a_shop()
    shop.shared[Product]["TEE"].length_mm = 2_000
    _, bench = brought(shop, ("TEE", 2), ("MUG", 1))

    packed = pack(shop, bench)

    assert sorted(fact.carton for fact in packed) == ["S", "as_is", "as_is"]
    own = next(fact for fact in packed if fact.carton == "as_is")
    assert (own.length_mm, own.width_mm, own.height_mm, own.weight_g) == (2_000, 250, 20, 180)


def test_a_shop_without_cartons_packs_as_well() -> None:
    shop = a_shop_with()
    book, bench = brought(shop, ("MUG", 2))

    fact = pack(shop, bench)[0]

    assert (fact.carton, fact.length_mm, fact.width_mm, fact.height_mm) == ("as_is", 120, 100, 180)
    assert book.units("packed") == 2


def test_dangerous_and_fragile_goods_are_noted() -> None:
    shop = a_shop()
    shop.shared[Product]["MUG"].fragile = True
    shop.shared[Product]["TEE"].dangerous = True
    book, bench = brought(shop, ("MUG", 1), ("TEE", 1))

    assert pack(shop, bench, contents=units(book, MUG=1))[0].notes == ("fragile",)
    assert pack(shop, bench)[0].notes == ("dangerous",)


def test_a_parcel_is_opened_and_packed_again() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 2))
    pack(shop, bench)
    parcel = parcels(book)[0]
    unpack = UnpackParcel(order_id=order_id(book), parcel_id=parcel.id, reason="other_carton")

    do(shop, unpack)
    assert (parcel.status, bench.status, book.units("picked")) == ("unpacked", "waiting", 2)
    with pytest.raises(ParcelNotHere, match="unpacked"):
        do(shop, unpack)
    pack(shop, bench, carton="L")

    assert [each.status for each in parcels(book)] == ["unpacked", "packed"]
    assert parcels(book)[0].sscc != parcels(book)[1].sscc


def test_a_parcel_that_has_left_stays_closed() -> None:
    shop = a_shop()
    book, bench = brought(shop, ("MUG", 1))
    pack(shop, bench)
    parcel = parcels(book)[0]
    left = RecordParcelLeft(order_id=order_id(book), parcel_id=parcel.id)

    assert do(shop, left) == []  # the ledger has it packed: it is here
    walk(book, shop, "shipped")
    assert len(do(shop, left)) == 1
    with pytest.raises(ParcelNotHere, match="gone"):
        do(shop, UnpackParcel(order_id=order_id(book), parcel_id=parcel.id, reason="wrong_contents"))
    assert (parcel.status, book.units("shipped")) == ("gone", 1)
    assert do(shop, left) == []
    assert do(shop, RecordParcelLeft(order_id=order_id(book), parcel_id=a_call().ids.new())) == []


def test_without_a_company_prefix_parcels_have_no_number_that_is_somebody_elses() -> None:
    assert sscc(100_001, 1, "") == ""
    with pytest.raises(msgspec.ValidationError, match="company_prefix"):
        msgspec.convert({"company_prefix": "95 21"}, PackingPolicy)
    assert msgspec.convert({"company_prefix": "4012345"}, PackingPolicy).company_prefix == "4012345"


def test_more_parcels_than_an_order_can_have_are_packed_bit_by_bit_and_then_on_pallets() -> None:
    shop = a_shop(MUG=100_000)
    book, bench = brought(shop, ("MUG", 100_000))

    refusal = refused(shop, bench, book, TooManyParcels)
    assert refusal.data == {"most": 1_000, "left": 1_000}
    assert "pack a part of it" in refusal.instead
    some = len(pack(shop, bench, contents=units(book, MUG=800)))
    assert some > 1
    assert refused(shop, bench, book, TooManyParcels).data["left"] == 1_000 - some
    assert len(pack(shop, bench, carton="as_is")) == 1
    assert bench.status == "packed"
