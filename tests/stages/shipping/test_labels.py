"""Labels: asked for once, bought once, refused, asked for again, given back."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.core.refusals import Invalid, NotFound
from purveyor.core.rows import PrivateText
from purveyor.stages.shipping.commands import (
    CallOffParcel,
    DispatchShipment,
    RecordLabelFailure,
    RecordVoid,
    RetryLabel,
    RetryVoid,
    VoidLabel,
    VoidLabels,
)
from purveyor.stages.shipping.facts import LabelRequested
from purveyor.stages.shipping.refusals import LabelNotRetryable, LabelNotVoidable, NotReadyToDispatch, ParcelWasOpened
from purveyor.stages.shipping.state import Shipment
from tests.pure import a_call, a_shop, do, later, order_id, walk
from tests.stages.shipping.parcels import a_label, a_request, labeled, packed, requested


def test_a_request_says_all_that_the_carrier_needs_but_no_name_and_no_street_of_the_customer() -> None:
    shop = a_shop()
    book = packed(shop)
    fact = do(shop, a_request(book))[0]

    assert isinstance(fact, LabelRequested)
    assert (fact.box.weight_g, fact.origin.postal_code, fact.attempt) == (820, "10115", 1)
    assert fact.contact_id == book.order.contact_id
    assert fact.promised_at == later(days=4)
    assert b"Ann" not in msgspec.json.encode(fact)
    assert b"Teststr" not in msgspec.json.encode(fact)
    assert book.row(Shipment, fact.shipment_id).status == "label_requested"


def test_one_parcel_has_one_shipment_however_often_it_is_asked_for() -> None:
    shop = a_shop()
    book = packed(shop)
    request = a_request(book)
    do(shop, request)

    assert do(shop, request) == []
    assert len(book.rows(Shipment)) == 1


def test_two_parcels_of_one_order_are_two_shipments() -> None:
    shop = a_shop()
    book = packed(shop, ("MUG", 2))
    first, second = labeled(shop, book, 1), labeled(shop, book, 1)

    assert first.id != second.id
    assert {first.status, second.status} == {"labeled"}


def test_a_box_cannot_weigh_less_than_nothing() -> None:
    shop = a_shop()
    book = packed(shop)

    with pytest.raises(Invalid, match="weight_g"):
        do(shop, a_request(book, weight_g=-1))
    assert not book.rows(Shipment)


def test_a_bought_label_stands_outside_the_journal_with_its_reason_inside() -> None:
    shop = a_shop()
    book = packed(shop)
    shipment = requested(shop, book)
    [fact] = do(shop, a_label(shipment))

    assert fact.why == "cheapest"
    assert b"data:" not in msgspec.json.encode(fact)
    assert shipment.label_id is not None
    assert shop.shared[PrivateText][shipment.label_id].text.startswith("data:")
    assert (shipment.status, shipment.cost_minor, shipment.currency) == ("labeled", 550, "EUR")


def test_the_same_label_told_twice_is_one_label() -> None:
    shop = a_shop()
    shipment = requested(shop, packed(shop))
    do(shop, a_label(shipment))
    label_id = shipment.label_id

    assert do(shop, a_label(shipment)) == []
    assert shipment.label_id == label_id


def test_a_refused_address_is_a_fact_without_the_address() -> None:
    shop = a_shop()
    shipment = requested(shop, packed(shop))
    failure = RecordLabelFailure(
        order_id=shipment.order_id, shipment_id=shipment.id, attempt=1, reason="address_undeliverable"
    )
    [fact] = do(shop, failure)

    assert fact.why == "the carrier does not deliver to this address"
    assert (shipment.status, shipment.why) == ("failed", fact.why)
    assert do(shop, failure) == []


def test_after_a_refusal_the_order_address_of_today_is_asked_for_under_a_new_key() -> None:
    shop = a_shop()
    book = packed(shop)
    shipment = requested(shop, book)
    do(shop, RecordLabelFailure(order_id=shipment.order_id, shipment_id=shipment.id, attempt=1, reason="no_rate"))
    book.order.contact_id = a_call().ids.new()
    do(shop, RetryLabel(order_id=order_id(book)), a_call(later(hours=1)))

    assert (shipment.status, shipment.attempt, shipment.contact_id) == ("label_requested", 2, book.order.contact_id)
    assert shipment.requested_at == later(hours=1)


def test_an_unanswered_request_is_sent_again_as_it_was() -> None:
    shop = a_shop()
    book = packed(shop)
    shipment = requested(shop, book)
    first = shipment.contact_id
    book.order.contact_id = a_call().ids.new()
    again = RetryLabel(order_id=order_id(book), shipment_id=shipment.id, asked_at=shipment.asked_at)
    [fact] = do(shop, again, a_call(later(hours=1)))

    assert isinstance(fact, LabelRequested)
    assert (fact.attempt, fact.contact_id, fact.requested_at) == (1, first, later())
    assert shipment.asked_at == later(hours=1)
    assert do(shop, again, a_call(later(hours=2))) == []


def test_a_shipment_with_its_label_asks_for_no_other() -> None:
    shop = a_shop()
    shipment = labeled(shop, packed(shop))

    with pytest.raises(LabelNotRetryable):
        do(shop, RetryLabel(order_id=shipment.order_id, shipment_id=shipment.id))
    assert do(shop, RetryLabel(order_id=shipment.order_id)) == []
    assert shipment.attempt == 1


def test_a_label_is_given_back_when_the_carrier_takes_it() -> None:
    shop = a_shop()
    shipment = labeled(shop, packed(shop))
    do(shop, VoidLabel(order_id=shipment.order_id, shipment_id=shipment.id))
    assert shipment.status == "voiding"
    answer = RecordVoid(order_id=shipment.order_id, shipment_id=shipment.id, tracking_number=shipment.tracking_number)
    do(shop, answer)

    assert shipment.status == "voided"
    assert do(shop, answer) == []
    with pytest.raises(LabelNotVoidable):
        do(shop, VoidLabel(order_id=shipment.order_id, shipment_id=shipment.id))


def test_a_label_that_the_carrier_does_not_take_back_stays_on_the_parcel() -> None:
    shop = a_shop()
    shipment = labeled(shop, packed(shop))
    do(shop, VoidLabel(order_id=shipment.order_id, shipment_id=shipment.id))
    do(
        shop,
        RecordVoid(
            order_id=shipment.order_id,
            shipment_id=shipment.id,
            tracking_number=shipment.tracking_number,
            refused="already_in_transit",
        ),
    )

    assert shipment.status == "labeled"
    assert "already_in_transit" in shipment.why


def test_an_unanswered_void_is_asked_again_once() -> None:
    shop = a_shop()
    shipment = labeled(shop, packed(shop))
    do(shop, VoidLabel(order_id=shipment.order_id, shipment_id=shipment.id))
    again = RetryVoid(order_id=shipment.order_id, shipment_id=shipment.id, asked_at=shipment.asked_at)

    assert len(do(shop, again, a_call(later(hours=1)))) == 1
    assert do(shop, again, a_call(later(hours=2))) == []


def test_a_label_that_comes_after_it_was_called_off_goes_straight_back() -> None:
    shop = a_shop()
    shipment = requested(shop, packed(shop))
    do(shop, VoidLabel(order_id=shipment.order_id, shipment_id=shipment.id))
    assert shipment.status == "voided"
    [fact] = do(shop, a_label(shipment))

    assert fact.kind() == "shipping.label_unwanted"
    assert shipment.status == "voiding"
    assert shipment.label_id is None


def test_a_late_label_of_an_older_request_goes_back_and_leaves_the_newer_one_alone() -> None:
    shop = a_shop()
    shipment = requested(shop, packed(shop))
    do(shop, VoidLabel(order_id=shipment.order_id, shipment_id=shipment.id))
    do(shop, RetryLabel(order_id=shipment.order_id, shipment_id=shipment.id))
    [fact] = do(shop, a_label(shipment, attempt=1, tracking_number="OLD"))

    assert fact.kind() == "shipping.label_unwanted"
    assert (shipment.status, shipment.attempt) == ("label_requested", 2)


def test_labels_of_parcels_whose_units_were_canceled_are_given_back_and_others_kept() -> None:
    shop = a_shop()
    book = packed(shop, ("MUG", 2))
    first, second = labeled(shop, book, 1), labeled(shop, book, 1)
    assert do(shop, VoidLabels(order_id=order_id(book))) == []
    line = next(iter(book.lines.values()))
    line.packed, line.canceled = 1, 1
    do(shop, VoidLabels(order_id=order_id(book)))

    assert (first.status, second.status) == ("labeled", "voiding")


def test_a_shipment_that_is_not_there_cannot_be_voided() -> None:
    shop = a_shop()
    book = packed(shop)
    walk(book, shop, "shipped")

    with pytest.raises(NotFound):
        do(shop, VoidLabel(order_id=order_id(book), shipment_id=a_call().ids.new()))


@pytest.mark.parametrize("is_voiding", [False, True])
def test_an_opened_parcel_is_not_sent_even_if_the_carrier_keeps_the_label(is_voiding: bool) -> None:
    shop = a_shop()
    book = packed(shop, ("MUG", 2))
    opened = labeled(shop, book, 1)
    other = labeled(shop, book, 1)
    if is_voiding:  # somebody had asked for it before
        do(shop, VoidLabel(order_id=opened.order_id, shipment_id=opened.id))
    call_off = CallOffParcel(order_id=opened.order_id, parcel_id=opened.parcel_id)
    do(shop, call_off)
    assert do(shop, call_off) == []
    assert (opened.status, other.status) == ("voiding", "labeled")
    do(
        shop,
        RecordVoid(
            order_id=opened.order_id,
            shipment_id=opened.id,
            tracking_number=opened.tracking_number,
            refused="already_scanned",
        ),
    )

    with pytest.raises(NotReadyToDispatch):
        do(shop, DispatchShipment(order_id=opened.order_id, shipment_id=opened.id))
    with pytest.raises(ParcelWasOpened):
        do(shop, RetryLabel(order_id=opened.order_id, shipment_id=opened.id))
    assert book.units("packed") == 2
    do(shop, DispatchShipment(order_id=other.order_id, shipment_id=other.id))
    assert book.units("shipped") == 1
