"""What a carrier says of a parcel may name whoever took it in: it is told, and erased with the person."""

from __future__ import annotations

from typing import Any

from purveyor.records.customers.commands import EraseOrderPerson
from purveyor.stages.delivery.commands import RecordTrackingEvent, RecordTrackingEvents, Scan, ScanStatus
from tests.journeys.shop import Placed, Shop
from tests.journeys.test_delivery import on_its_way
from tests.journeys.test_erasure import places_that_know

NAME = ("zebulonius",)


def words(event: str) -> dict[str, Any]:
    return {"place": f"At Zebulonius' ({event})", "carrier_status": f"Handed to Zebulonius ({event})"}


async def scanned(shop: Shop, order: Placed, status: ScanStatus, sequence: int) -> None:
    shipment = await shop.one(order, "shipment")
    await shop.ask(
        RecordTrackingEvent(
            order_id=order.id,
            shipment_id=shipment["id"],
            event_id=f"told-{sequence}",
            status=status,
            at=shop.clock.now(),
            sequence=sequence,
            **words(status),
        ),
        actor="channel:carrier",
    )


async def test_a_carriers_words_are_told_and_erased_with_the_person(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await on_its_way(shop)
    await scanned(shop, order, "available_for_pickup", 10)
    shipment = await shop.one(order, "shipment")
    polled = Scan(event_id="told-11", status="in_transit", at=shop.clock.now(), sequence=9, **words("polled"))
    known = Scan(event_id="told-10", status="available_for_pickup", at=shop.clock.now(), **words("again"))
    await shop.ask(RecordTrackingEvents(order_id=order.id, shipment_id=shipment["id"], events=(known, polled)))
    await scanned(shop, order, "returned_to_sender", 12)

    sent = "\n".join(each.message.text for each in shop.notifier.messages(str(order.number)))
    assert "Where: At Zebulonius' (available_for_pickup)" in sent
    kept = await shop.house.read.values("SELECT text FROM private_text WHERE what = 'scan_words' ORDER BY text")
    events = ("available_for_pickup", "polled", "returned_to_sender")
    assert kept == [words(event)[name] for name in ("place", "carrier_status") for event in events], "each once"
    assert await places_that_know(shop, NAME) == {"private_text.text"}

    await shop.ask(EraseOrderPerson(order_id=order.id, reason="asked"))
    assert await places_that_know(shop, NAME) == set()
