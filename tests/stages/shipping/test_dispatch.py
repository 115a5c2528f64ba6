"""What may be handed to the courier."""

from __future__ import annotations

from uuid import UUID

import pytest

from purveyor.core.positions import UnitsOf
from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.state import State
from purveyor.stages.shipping.commands import DispatchShipment, DispatchShipments, ShipmentRef, VoidLabel
from purveyor.stages.shipping.decide.dispatch import MOST_IN_A_MANIFEST
from purveyor.stages.shipping.facts import ManifestClosed, ShipmentDispatched
from purveyor.stages.shipping.refusals import (
    DispatchStopped,
    NotReadyToDispatch,
    UnitsNotPacked,
    WrongManifest,
)
from purveyor.stages.shipping.state import Manifest, Shipment
from tests.pure import a_call, a_shop, do, order_id
from tests.stages.shipping.parcels import labeled, packed, requested


def handover(shipment: Shipment) -> DispatchShipment:
    return DispatchShipment(order_id=shipment.order_id, shipment_id=shipment.id)


def manifest(*shipments: Shipment, location: str = "main") -> DispatchShipments:
    refs = tuple(ShipmentRef(order_id=each.order_id, shipment_id=each.id) for each in shipments)
    return DispatchShipments(location=location, shipments=refs)


def on_hand(shop: State) -> tuple[int, int]:
    row = shop.stock["MUG"]["main"]
    return row.on_hand, row.allocated


def test_dispatch_ships_the_units_and_takes_them_out_of_the_house() -> None:
    shop = a_shop(MUG=10)
    book = packed(shop, ("MUG", 3))
    shipment = labeled(shop, book, 2)
    assert on_hand(shop) == (10, 3)
    do(shop, handover(shipment))

    assert (book.units("packed"), book.units("shipped")) == (1, 2)
    assert on_hand(shop) == (8, 1)
    assert shipment.status == "dispatched"
    assert shipment.dispatched_at is not None


def test_an_order_leaves_in_two_shipments() -> None:
    shop = a_shop()
    book = packed(shop, ("MUG", 2), ("TEE", 1))
    mugs, tees = book.lines.values()
    first = labeled(shop, book, contents=(UnitsOf(mugs.id, 2),))
    second = labeled(shop, book, contents=(UnitsOf(tees.id, 1),))
    do(shop, handover(first))
    assert (mugs.shipped, tees.shipped) == (2, 0)
    do(shop, handover(second))

    assert (mugs.shipped, tees.shipped) == (2, 1)


def test_a_parcel_without_label_does_not_leave() -> None:
    shop = a_shop()
    book = packed(shop)
    shipment = requested(shop, book)

    with pytest.raises(NotReadyToDispatch) as refusal:
        do(shop, handover(shipment))
    assert refusal.value.shipments == {str(shipment.id): "label_requested"}
    assert book.units("packed") == 2


def test_a_parcel_leaves_once() -> None:
    shop = a_shop()
    book = packed(shop)
    shipment = labeled(shop, book)
    do(shop, handover(shipment))

    with pytest.raises(NotReadyToDispatch):
        do(shop, handover(shipment))
    assert book.units("shipped") == 2


@pytest.mark.parametrize("hold", ["address", "customer", "fraud", "payment"])
def test_a_held_order_stays_in_the_house(hold: str) -> None:
    shop = a_shop()
    book = packed(shop)
    shipment = labeled(shop, book)
    book.order.holds = f"{hold} stock"

    with pytest.raises(DispatchStopped, match=hold):
        do(shop, handover(shipment))
    assert book.units("packed") == 2


def test_what_lacks_stock_elsewhere_does_not_stop_what_is_packed() -> None:
    shop = a_shop()
    book = packed(shop)
    shipment = labeled(shop, book)
    book.order.holds = "stock"
    do(shop, handover(shipment))

    assert book.units("shipped") == 2


def test_two_parcels_cannot_send_the_same_units() -> None:
    shop = a_shop()
    book = packed(shop, ("MUG", 3))
    first, second = labeled(shop, book, 2), labeled(shop, book, 2)

    with pytest.raises(UnitsNotPacked) as refusal:
        do(shop, manifest(first, second))
    assert (refusal.value.wanted, refusal.value.packed) == (4, 3)
    assert book.units("packed") == 3
    do(shop, handover(first))
    with pytest.raises(UnitsNotPacked):
        do(shop, handover(second))


def test_a_manifest_hands_over_parcels_of_many_orders_at_once() -> None:
    shop = a_shop()
    books = [packed(shop, ("MUG", 1)) for _ in range(3)]
    shipments = [labeled(shop, book) for book in books]
    facts = do(shop, manifest(*shipments))

    closed = facts[0]
    assert isinstance(closed, ManifestClosed)
    assert (closed.parcels, closed.weight_g, closed.carrier) == (3, 3 * 820, "post")
    assert closed.order_id is None
    assert [type(fact) for fact in facts[1:]] == [ShipmentDispatched] * 3
    assert {shipment.manifest_id for shipment in shipments} == {closed.manifest_id}
    assert all(book.units("shipped") == 1 for book in books)
    assert shop.shared[Manifest][closed.manifest_id].parcels == 3


def test_a_manifest_with_one_bad_parcel_hands_over_none() -> None:
    shop = a_shop()
    good, bad = packed(shop), packed(shop)
    first, second = labeled(shop, good), labeled(shop, bad)
    do(shop, VoidLabel(order_id=order_id(bad), shipment_id=second.id))

    with pytest.raises(NotReadyToDispatch) as refusal:
        do(shop, manifest(first, second))
    assert list(refusal.value.shipments) == [str(second.id)]
    assert good.units("packed") == 2
    assert not shop.shared[Manifest]


def test_a_manifest_is_of_one_location_and_one_carrier() -> None:
    shop = a_shop()
    one, other = labeled(shop, packed(shop)), labeled(shop, packed(shop))

    with pytest.raises(WrongManifest):
        do(shop, manifest(one, location="shop"))
    other.carrier = "bike"
    with pytest.raises(WrongManifest, match=r"bike \(main\)"):
        do(shop, manifest(one, other))
    assert {one.status, other.status} == {"labeled"}


def test_a_manifest_has_one_to_two_hundred_parcels_each_once() -> None:
    shop = a_shop()
    shipment = labeled(shop, packed(shop))
    nobody = UUID(int=1)

    with pytest.raises(Invalid):
        do(shop, manifest())
    with pytest.raises(Invalid, match="twice"):
        do(shop, manifest(shipment, shipment))
    refs = [ShipmentRef(order_id=nobody, shipment_id=a_call().ids.new()) for _ in range(MOST_IN_A_MANIFEST + 1)]
    with pytest.raises(Invalid, match="201"):
        do(shop, DispatchShipments(location="main", shipments=tuple(refs)))
    with pytest.raises(NotFound):
        do(shop, DispatchShipments(location="main", shipments=tuple(refs[:-1])))
    assert shipment.status == "labeled"
