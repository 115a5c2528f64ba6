"""Promises about parcels on the road."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from purveyor.db.migrations.scripts import SQL
from purveyor.stages.delivery.commands import DeclareLost, RecordTrackingEvent, ScanStatus
from purveyor.stages.review.commands import HoldOrder
from purveyor.stages.support.commands import AddMessage, ResolveClaim
from tests.journeys.shop import Placed, Shop, eur

SCANS: tuple[ScanStatus, ...] = ("in_transit", "out_for_delivery", "failed_attempt", "out_for_delivery", "delivered")


async def on_its_way(shop: Shop, quantity: int = 2) -> Placed:
    order = await shop.order(MUG=quantity)
    await shop.send()
    assert await shop.units(order) == {"shipped": quantity}
    return order


async def test_scans_that_come_twice_and_in_any_order_tell_one_story(shop: Shop) -> None:
    await shop.receive("MUG", 500)
    seen = set()
    orders = [order for order in permutations(range(len(SCANS))) if order[0] > order[1] or order[4] == 0][:12]
    for sequence in orders:
        order = await on_its_way(shop)
        shipment = await shop.one(order, "shipment")
        start = shop.clock.now()
        shop.clock.advance(timedelta(hours=len(SCANS)))  # what has not happened yet cannot be scanned
        for index in (*sequence, *sequence[::-1]):  # all of it twice
            await shop.ask(
                RecordTrackingEvent(
                    order_id=order.id,
                    shipment_id=shipment["id"],
                    event_id=f"{order.number}-{index}",
                    status=SCANS[index],
                    at=start + timedelta(hours=index),
                    sequence=index + 1,
                ),
                actor="channel:carrier",
            )
        tracking = await shop.one(order, "tracking", by="shipment_id")
        told = await shop.notices(order)
        row = await shop.row(order)
        assert len(await shop.rows(order, "tracking_event", by="event_id")) == len(SCANS)
        assert len(await shop.facts(order, "delivery.shipment_delivered")) == 1
        assert tracking["delivered_at"] == start + timedelta(hours=4)
        assert await shop.units(order) == {"delivered": 2}
        assert [charge.captures for charge in shop.charges(order)] == [1]
        seen.add((tracking["status"], tracking["attempts"], told.count("delivered"), row["captured_minor"]))
    assert seen == {("delivered", 1, 1, 2_890)}


async def test_the_carriers_own_feed_twice_and_late_tells_one_story(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    script = shop.carrier.script()
    shop.carrier.tell(type(script)(events_twice=1.0, events_out_of_order=0.5))
    order = await on_its_way(shop)
    await shop.wait(days=9)

    assert await shop.units(order) == {"delivered": 2}
    assert len(await shop.facts(order, "delivery.shipment_delivered")) == 1
    assert (await shop.notices(order)).count("delivered") == 1
    assert [charge.captures for charge in shop.charges(order)] == [1]


async def test_a_lost_parcel_is_sent_again_free_of_charge(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await on_its_way(shop)
    shipment = await shop.one(order, "shipment")
    shop.carrier.meet(shipment["tracking_number"], "stuck")
    await shop.ask(DeclareLost(order_id=order.id, shipment_id=shipment["id"]))
    assert await shop.units(order) == {"lost": 2}
    case = await shop.one(order, "support_case")
    assert case["claim"] == "lost"

    await shop.ask(ResolveClaim(order_id=order.id, case_id=case["id"], remedy="resend"))
    await shop.deliver()
    await shop.until_closed(order)

    assert await shop.units(order) == {"lost": 2, "delivered": 2}
    assert [(charge.captured, charge.refunded) for charge in shop.charges(order)] == [(eur(2_890), eur(0))]
    assert await shop.stock("MUG") == (6, 0)
    assert len([label for label in shop.carrier.labels(str(order.number)) if not label.is_canceled]) == 2


async def test_a_parcel_that_is_never_heard_of_again_is_noticed_and_paid_back(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await on_its_way(shop)
    shop.carrier.meet((await shop.one(order, "shipment"))["tracking_number"], "stuck")
    await shop.wait(days=30)
    assert await shop.units(order) == {"lost": 2}

    case = await shop.one(order, "support_case")
    await shop.ask(ResolveClaim(order_id=order.id, case_id=case["id"], remedy="refund"))
    await shop.until_closed(order)

    (charge,) = shop.charges(order)
    assert charge.refunded == charge.captured == eur(2_890), "with what the shipping cost"
    row = await shop.row(order)
    assert (row["receivable_minor"], row["payment_status"]) == (0, "refunded")


async def test_a_parcel_that_comes_back_is_put_on_the_shelf_and_paid_back(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await on_its_way(shop)
    shop.carrier.meet((await shop.one(order, "shipment"))["tracking_number"], "returned_to_sender")
    await shop.wait(days=20)
    assert await shop.units(order) == {"returning": 2}

    for _ in range(6):
        await shop.staff.doors.work()
        await shop.house.job_runner.drain()
        await shop.wait(days=2)
    await shop.until_closed(order)

    assert await shop.units(order) == {"returned": 2}
    assert (await shop.one(order, "tracking", by="shipment_id"))["coming_back"] == []
    assert await shop.stock("MUG") == (10, 0)
    (charge,) = shop.charges(order)
    assert charge.refunded.minor > 0
    assert (await shop.row(order))["receivable_minor"] == 0


async def scan(shop: Shop, order: Placed, status: ScanStatus, sequence: int) -> None:
    shipment = await shop.one(order, "shipment")
    await shop.ask(
        RecordTrackingEvent(
            order_id=order.id,
            shipment_id=shipment["id"],
            event_id=f"{status}-{sequence}",
            status=status,
            at=shop.clock.now(),
            sequence=sequence,
        ),
        actor="channel:carrier",
    )


async def test_the_customer_is_told_that_a_parcel_comes_back_and_that_it_is_delivered_after_all(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await on_its_way(shop)
    await scan(shop, order, "returned_to_sender", 10)
    row = await shop.row(order)
    assert (row["fulfillment_status"], row["return_status"]) == ("returned_to_sender", "returning")
    assert (await shop.notices(order)).count("returned_to_sender") == 1

    await scan(shop, order, "delivered", 11)

    row = await shop.row(order)
    assert (row["fulfillment_status"], row["return_status"]) == ("delivered", "none")
    assert (await shop.notices(order)).count("delivered") == 1
    assert [rma["status"] for rma in await shop.rows(order, "rma")] == ["canceled"]
    await shop.wait(days=4)
    assert (await shop.notices(order)).count("survey") == 1
    await shop.until_closed(order)


async def test_a_parcel_that_was_delivered_after_all_may_come_back_again(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await on_its_way(shop)
    came: tuple[ScanStatus, ...] = ("returned_to_sender", "delivered", "returned_to_sender", "delivered")
    for sequence, status in enumerate(came, 10):
        await scan(shop, order, status, sequence)

    await scan(shop, order, "returned_to_sender", 20)

    row = await shop.row(order)
    assert (row["fulfillment_status"], row["return_status"]) == ("returned_to_sender", "returning")
    returns = await shop.rows(order, "rma")
    assert sorted(rma["status"] for rma in returns) == ["announced", "canceled", "canceled"]


@pytest.mark.parametrize(("then", "stage"), [("delivered", "feedback"), ("returned_to_sender", "returns")])
async def test_a_lost_parcel_that_is_found_is_not_put_right_as_well(shop: Shop, then: ScanStatus, stage: str) -> None:
    await shop.receive("MUG", 5)
    order = await on_its_way(shop)
    shipment = await shop.one(order, "shipment")
    await shop.ask(DeclareLost(order_id=order.id, shipment_id=shipment["id"]))
    assert (await shop.row(order))["stage"] == "support"

    await scan(shop, order, then, 10)

    case = await shop.one(order, "support_case")
    assert (case["status"], case["contents"]) == ("closed", [])
    assert (await shop.row(order))["stage"] == stage
    refusal = await shop.refusal(ResolveClaim(order_id=order.id, case_id=case["id"], remedy="resend"))
    assert refusal.code == "case_is_closed"


async def test_a_case_in_which_the_customer_wrote_waits_for_an_answer_though_the_parcel_is_found(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await on_its_way(shop)
    shipment = await shop.one(order, "shipment")
    await shop.ask(DeclareLost(order_id=order.id, shipment_id=shipment["id"]))
    case = await shop.one(order, "support_case")
    await shop.ask(AddMessage(order_id=order.id, case_id=case["id"], author="customer", text="Where is it?"))

    await scan(shop, order, "delivered", 10)

    case = await shop.one(order, "support_case")
    assert (case["status"], case["contents"]) == ("open", [])


async def test_the_customer_is_told_that_a_parcel_is_lost_whoever_says_so(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    for said_by_carrier in (True, False):
        order = await on_its_way(shop)
        shipment = await shop.one(order, "shipment")
        if said_by_carrier:
            await scan(shop, order, "lost", 10)
        else:
            await shop.ask(DeclareLost(order_id=order.id, shipment_id=shipment["id"]))

        assert (await shop.notices(order)).count("parcel_lost") == 1
        assert (await shop.row(order))["fulfillment_status"] == "lost"
        assert (await shop.row(order))["stage"] == "support"


async def test_a_parcel_that_can_be_picked_up_is_told(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await on_its_way(shop)
    await scan(shop, order, "available_for_pickup", 10)

    assert (await shop.one(order, "tracking", by="shipment_id"))["status"] == "at_pickup_point"
    assert (await shop.notices(order)).count("parcel_waiting") == 1
    await scan(shop, order, "delivered", 11)
    assert await shop.units(order) == {"delivered": 2}


async def until_labeled(shop: Shop, order: Placed) -> None:
    """Packed and labeled, and still in the house."""
    for _ in range(3):
        await shop.staff.floor.work()
        if await shop.units(order) == {"packed": 2}:
            break
    await shop.house.job_runner.drain()
    assert (await shop.one(order, "shipment"))["status"] == "labeled"


async def test_a_parcel_that_the_carrier_has_scanned_is_dispatched(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    for first in ("in_transit", "delivered"):
        order = await shop.order(MUG=2)
        await until_labeled(shop, order)
        await scan(shop, order, "label_created", 1)
        assert await shop.units(order) == {"packed": 2}, "the carrier knows of it and does not have it"

        await scan(shop, order, first, 2)

        assert await shop.units(order) == {"shipped" if first == "in_transit" else "delivered": 2}
        assert (await shop.one(order, "shipment"))["status"] == "dispatched"
        assert (await shop.notices(order)).count("shipped") == 1
        assert [charge.captures for charge in shop.charges(order)] == [1]


async def test_a_parcel_that_is_gone_is_dispatched_whatever_holds_it(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=2)
    await until_labeled(shop, order)
    await shop.ask(HoldOrder(order_id=order.id, type="customer", why="asked"))
    await scan(shop, order, "in_transit", 2)

    assert await shop.units(order) == {"shipped": 2}


async def test_a_parcel_is_bought_one_label_however_often_the_carrier_times_out(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    script = shop.carrier.script()
    shop.carrier.tell(type(script)(timeout_after_calls=2))
    order = await shop.order(MUG=1)
    await shop.pick_and_pack()
    shipment = await shop.one(order, "shipment")
    for _ in range(8):
        await shop.wait(minutes=30)
        shipment = await shop.one(order, "shipment")

    assert shipment["status"] in {"labeled", "dispatched"}
    assert len(shop.carrier.labels(str(order.number))) == 1


async def test_a_parcel_on_its_way_back_from_before_is_filled_as_a_replay_fills_it(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await on_its_way(shop)
    await scan(shop, order, "returned_to_sender", 10)
    pool = shop.house.pool
    coming = "SELECT coming_back FROM tracking"
    replayed = await pool.fetchval(coming)
    _, fill = (SQL / "0053_coming_back" / "24_delivery.sql").read_text().split("\n\n", 1)
    await pool.execute("UPDATE tracking SET coming_back = '[]'")

    await pool.execute(fill)

    assert await pool.fetchval(coming) == replayed
    assert replayed[0]["quantity"] == 2
