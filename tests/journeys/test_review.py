"""Promises about orders that somebody looks at."""

from __future__ import annotations

import msgspec

from purveyor.core.policies import RiskPolicy, RiskRule, RoutingPolicy
from purveyor.stages.packing.commands import PackParcel, UnpackParcel
from purveyor.stages.payment.commands import PayAgain
from purveyor.stages.picking.commands import ShortPick
from purveyor.stages.receipt.commands import Address, Tender
from purveyor.stages.review.commands import (
    ChangeAddress,
    EditOrder,
    HoldOrder,
    NewAddress,
    RejectOrder,
    ReleaseHold,
    SetQuantity,
)
from tests.journeys.shop import ANN, Shop, eur

SUSPICIOUS = RiskPolicy(rules=(RiskRule("large order", "amount", 60, 10_000),))


async def test_a_held_order_is_not_charged_until_it_is_released_and_then_arrives(shop: Shop) -> None:
    await shop.set_policy("risk", msgspec.to_builtins(SUSPICIOUS))
    await shop.receive("POT", 10)
    order = await shop.order(POT=3)
    assert (await shop.row(order))["holds"] == "fraud"
    assert shop.charges(order) == []
    assert await shop.stock("POT") == (10, 3), "but nobody takes the goods away"

    hold = await shop.one(order, "hold")
    await shop.ask(ReleaseHold(order_id=order.id, hold_id=hold["id"], why="called back"))
    await shop.deliver()
    await shop.until_closed(order)

    assert [charge.captured for charge in shop.charges(order)] == [eur(12_000)]
    assert "order_confirmed" in await shop.notices(order)


async def test_a_rejected_order_gives_everything_back(shop: Shop) -> None:
    await shop.set_policy("risk", msgspec.to_builtins(SUSPICIOUS))
    await shop.receive("POT", 10)
    order = await shop.order(POT=3)
    await shop.ask(RejectOrder(order_id=order.id, why="fraud suspected"))

    row = await shop.row(order)
    assert (row["status"], row["receivable_minor"]) == ("canceled", 0)
    assert await shop.stock("POT") == (10, 0)
    assert shop.charges(order) == []
    assert "order_confirmed" not in await shop.notices(order)


async def test_a_hold_on_units_that_all_wait_again_does_not_confirm_the_order_twice(shop: Shop) -> None:
    await shop.set_policy("routing", msgspec.to_builtins(RoutingPolicy(backorder_cap=0)))
    await shop.receive("MUG", 2)
    order = await shop.order(MUG=2)
    work = await shop.one(order, "fulfillment")
    await shop.ask(
        ShortPick(
            order_id=order.id,
            fulfillment_id=work["id"],
            line_id=order.lines["MUG"],
            missing=2,
            reason="not_found",
        )
    )
    assert await shop.units(order) == {"placed": 2}
    await shop.ask(HoldOrder(order_id=order.id, type="customer", why="asked to wait"))
    hold = next(row for row in await shop.rows(order, "hold") if row["type"] == "customer")
    assert hold["before_approval"]
    await shop.receive("MUG", 5)
    await shop.ask(ReleaseHold(order_id=order.id, hold_id=hold["id"], why="asked to go on"))
    await shop.deliver()

    assert len(await shop.facts(order, "review.order_approved")) == 2
    assert (await shop.notices(order)).count("order_confirmed") == 1
    assert await shop.units(order) == {"delivered": 2}


async def test_a_corrected_address_gets_a_new_label(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    nowhere = Address(
        name="Ann Example", email="ann@example.com", street="Teststr. 1", city="Berlin", postal_code="00000",
        country="DE",
    )  # fmt: skip
    order = await shop.place(
        msgspec.structs.replace(shop.an_order(Tender(method="card", source="card-good"), MUG=2), contact=nowhere)
    )
    for hold in await shop.rows(order, "hold"):
        await shop.ask(ReleaseHold(order_id=order.id, hold_id=hold["id"], why="the customer is sure"))
    await shop.pick_and_pack()
    failed = await shop.one(order, "shipment")
    assert (failed["status"], (await shop.row(order))["holds"]) == ("failed", "address")
    await shop.send()
    assert await shop.units(order) == {"packed": 2}, "nothing leaves without a label"

    parcel = await shop.one(order, "parcel")
    await shop.ask(UnpackParcel(order_id=order.id, parcel_id=parcel["id"], reason="other_carton"))
    right = NewAddress(**msgspec.structs.asdict(ANN))
    await shop.ask(EditOrder(order_id=order.id, changes=(ChangeAddress(contact=right),), reason="asked by phone"))
    assert (await shop.row(order))["holds"] == ""
    await shop.ask(PackParcel(order_id=order.id, fulfillment_id=parcel["fulfillment_id"]))
    await shop.deliver()

    assert {row["status"] for row in await shop.rows(order, "shipment")} == {"voided", "dispatched"}
    assert len(shop.carrier.labels(str(order.number))) == 1
    assert await shop.units(order) == {"delivered": 2}
    await shop.until_closed(order)


async def test_one_more_of_it_is_charged_and_one_less_is_not(shop: Shop) -> None:
    await shop.receive("POT", 10)
    more, less = await shop.order(POT=2), await shop.order(POT=3)
    for order, quantity in ((more, 3), (less, 2)):
        change = SetQuantity(line_id=order.lines["POT"], quantity=quantity)
        await shop.ask(EditOrder(order_id=order.id, changes=(change,), reason="asked by phone"))
    assert (await shop.row(more))["receivable_minor"] == 12_000
    assert (await shop.row(less))["receivable_minor"] == 8_000

    await shop.deliver()
    assert await shop.units(less) == {"delivered": 2, "canceled": 1}
    assert [charge.captured for charge in shop.charges(less)] == [eur(8_000)]
    assert await shop.units(more) == {"delivered": 2, "allocated": 1}, "what is not paid for waits"
    assert "pay_by_link" in await shop.notices(more)

    offered = next(row for row in await shop.rows(more, "payment") if row["status"] == "offered")
    await shop.ask(PayAgain(order_id=more.id, payment_id=offered["id"], source="card-good"), actor="channel:web")
    await shop.deliver()
    await shop.until_closed(more)

    assert await shop.units(more) == {"delivered": 3}
    assert sum(charge.captured.minor for charge in shop.charges(more)) == 12_000
    assert await shop.stock("POT") == (5, 0)
