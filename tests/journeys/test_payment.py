"""Promises about money."""

from __future__ import annotations

import msgspec
import pytest

from purveyor.adapters.gateways.fake_ledger import GatewayScript
from purveyor.core.policies import PaymentPolicy
from purveyor.core.positions import UnitsOf
from purveyor.stages.delivery.commands import DeclareLost
from purveyor.stages.payment.commands import CompleteAction, CreditAmount, PayAgain, RecordBankTransfer
from purveyor.stages.receipt.commands import Tender
from purveyor.stages.review.commands import CancelUnits, ChooseWhenMissing, EditOrder, SetQuantity
from purveyor.stages.support.commands import ResolveClaim
from tests.journeys.shop import Placed, Shop, eur


async def test_a_gateway_that_times_out_after_charging_charges_once_and_the_order_is_paid(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=5, card="card-timeout-after")

    assert (await shop.one(order, "payment"))["status"] == "in_doubt"
    await shop.wait(minutes=5)  # the bank is asked what became of it
    assert (await shop.one(order, "payment"))["status"] == "authorized"
    shop.gateway.tell(GatewayScript(timeout_after_calls=1))  # and once more when the money is taken
    await shop.deliver()
    await shop.until_closed(order)

    (charge,) = shop.charges(order)
    assert (charge.authorized, charge.captured, charge.captures) == (eur(6_000), eur(6_000), 1)
    row = await shop.row(order)
    assert (row["payment_status"], row["captured_minor"], row["receivable_minor"]) == ("paid", 6_000, 0)


async def test_a_gateway_that_times_out_before_charging_is_asked_again_and_charges_once(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=5, card="card-timeout-before")
    await shop.wait(minutes=5)
    await shop.wait(minutes=5)
    await shop.deliver()

    (charge,) = shop.charges(order)
    assert (charge.authorized, charge.captured) == (eur(6_000), eur(6_000))


async def test_what_is_credited_while_the_money_is_taken_counts_once_and_goes_back_when_it_is_here(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=5)
    shop.gateway.tell(GatewayScript(timeouts_before=1.0))
    await shop.send()
    assert (await shop.one(order, "capture"))["status"] == "in_doubt"
    await shop.ask(CreditAmount(order_id=order.id, amount=eur(1_000), reason="late"), "staff:ann")
    part = await shop.one(order, "going_back")
    assert (part["who"], part["amount_minor"], part["is_counted"], part["is_decided"]) == (
        "staff:ann",
        1_000,
        True,
        True,
    )

    shop.gateway.tell(GatewayScript())
    await shop.wait(minutes=10)
    await shop.wait(minutes=10)

    refund = await shop.one(order, "refund")
    assert (refund["status"], refund["amount_minor"], refund["requested_by"]) == ("done", 1_000, "staff:ann")
    assert (await shop.one(order, "going_back"))["amount_minor"] == 0
    counted = "SELECT sum(minor)::bigint FROM money_hour WHERE pot LIKE 'given staff:ann %'"
    assert await shop.house.pool.fetchval(counted) == 1_000
    assert (await shop.row(order))["receivable_minor"] == 0


async def test_a_bank_that_answers_at_once_leads_to_one_message(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=5)
    await shop.wait(minutes=10)

    assert await shop.notices(order) == ["order_confirmed"]


@pytest.mark.parametrize("trouble", [GatewayScript(timeouts_before=1.0), GatewayScript(unavailable=True)], ids=repr)
async def test_whose_bank_takes_long_hears_once_that_the_order_came(shop: Shop, trouble: GatewayScript) -> None:
    await shop.receive("MUG", 10)
    shop.gateway.tell(trouble)
    order = await shop.order(MUG=5)
    await shop.wait(minutes=1.5)
    assert await shop.notices(order) == []
    await shop.wait(minutes=1)
    assert await shop.notices(order) == ["order_received"]
    await shop.wait(minutes=5)
    shop.gateway.tell(GatewayScript())
    for _ in range(6):
        await shop.wait(minutes=5)

    assert await shop.notices(order) == ["order_received", "order_confirmed"]


async def test_who_was_asked_for_another_card_is_not_told_that_the_order_came(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=5, card="card-declined")
    await shop.wait(minutes=10)

    assert "order_received" not in await shop.notices(order)


async def test_a_declined_card_holds_the_order_until_another_card_pays(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=5, card="card-declined")

    row = await shop.row(order)
    assert (row["holds"], row["stage"]) == ("payment", "review")
    await shop.send()
    assert await shop.units(order) == {"allocated": 5}, "nobody sends what is not paid"
    assert "payment_declined" in await shop.notices(order)

    payment = await shop.one(order, "payment")
    await shop.ask(PayAgain(order_id=order.id, payment_id=payment["id"], source="card-good"))
    await shop.deliver()
    await shop.until_closed(order)

    (charge,) = shop.charges(order)
    assert (charge.source, charge.captured) == ("card-good", eur(6_000))
    assert (await shop.row(order))["status"] == "closed"


async def test_an_order_that_is_never_paid_is_canceled_and_gives_its_goods_back(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=5, card="card-declined")
    await shop.wait(days=4)

    assert (await shop.row(order))["status"] == "canceled"
    assert await shop.stock("MUG") == (10, 0)
    assert shop.charges(order) == []


async def test_the_bank_asks_the_customer_and_then_the_order_goes_on(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=5, card="card-3ds")
    payment = await shop.one(order, "payment")
    assert payment["status"] == "action_required"
    assert payment["action_url"].startswith("https://")

    shop.gateway.answer_challenge(payment["reference"], passed=True)
    await shop.ask(CompleteAction(order_id=order.id, payment_id=payment["id"]))
    await shop.deliver()

    assert await shop.units(order) == {"delivered": 5}
    assert [charge.captured for charge in shop.charges(order)] == [eur(6_000)]


async def test_whoever_pays_the_courier_owes_nothing_afterwards(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    command = shop.an_order(Tender(method="cash_on_delivery"), MUG=5)
    order = await shop.place(msgspec.structs.replace(command, terms="on_delivery"))
    await shop.send()
    assert (await shop.row(order))["receivable_minor"] == 6_000, "not yet"

    await shop.wait(days=6)
    row = await shop.row(order)
    assert (row["receivable_minor"], row["captured_minor"], row["payment_status"]) == (0, 6_000, "paid")
    assert shop.charges(order) == []
    await shop.until_closed(order)


async def sent_to_be_paid_at_the_door(shop: Shop) -> Placed:
    """Two mugs, what the shipping costs, and the fee for collecting the money."""
    await shop.receive("MUG", 10)
    order = await shop.place(
        msgspec.structs.replace(shop.an_order(Tender(method="cash_on_delivery"), MUG=2), terms="on_delivery")
    )
    await shop.send()
    assert await shop.units(order) == {"shipped": 2}
    assert (await shop.row(order))["receivable_minor"] == 2_890 + PaymentPolicy().cod_fee_minor
    return order


async def test_nothing_is_owed_for_a_parcel_that_was_lost_before_anybody_paid_the_courier(shop: Shop) -> None:
    order = await sent_to_be_paid_at_the_door(shop)
    shipment = await shop.one(order, "shipment")
    shop.carrier.meet(shipment["tracking_number"], "stuck")
    await shop.ask(DeclareLost(order_id=order.id, shipment_id=shipment["id"]))
    case = await shop.one(order, "support_case")
    await shop.ask(ResolveClaim(order_id=order.id, case_id=case["id"], remedy="refund"))
    await shop.until_closed(order)

    row = await shop.row(order)
    assert await shop.units(order) == {"lost": 2}
    assert (row["receivable_minor"], row["captured_minor"], row["refunded_minor"]) == (0, 0, 0)
    assert await shop.rows(order, "refund") == []


async def test_a_lost_parcel_that_is_sent_once_more_is_paid_at_the_door(shop: Shop) -> None:
    order = await sent_to_be_paid_at_the_door(shop)
    shipment = await shop.one(order, "shipment")
    shop.carrier.meet(shipment["tracking_number"], "stuck")
    await shop.ask(DeclareLost(order_id=order.id, shipment_id=shipment["id"]))
    case = await shop.one(order, "support_case")
    await shop.ask(ResolveClaim(order_id=order.id, case_id=case["id"], remedy="resend"))
    await shop.deliver()
    await shop.until_closed(order)

    row = await shop.row(order)
    assert await shop.units(order) == {"lost": 2, "delivered": 2}
    owed = 2_890 + PaymentPolicy().cod_fee_minor
    assert (row["receivable_minor"], row["captured_minor"], row["payment_status"]) == (0, owed, "paid")


async def test_what_no_courier_collects_any_more_is_asked_for_and_reminded_of(shop: Shop) -> None:
    """The first of two parcels was refused: what it was sent for is owed, as the customer has kept the other."""
    fee = PaymentPolicy().cod_fee_minor
    await shop.receive("MUG", 1)
    command = shop.an_order(Tender(method="cash_on_delivery"), MUG=2)
    order = await shop.place(msgspec.structs.replace(command, terms="on_delivery"))
    await shop.ask(ChooseWhenMissing(order_id=order.id, choice="ship_available"), actor="channel:web")
    await shop.send()
    shop.carrier.meet((await shop.one(order, "shipment"))["tracking_number"], "returned_to_sender")
    await shop.receive("MUG", 5)
    await shop.deliver()
    for _ in range(8):
        await shop.staff.doors.work()
        await shop.house.job_runner.drain()
        await shop.wait(days=2)
    assert await shop.units(order) == {"returned": 1, "delivered": 1}

    first, second = await shop.rows(order, "invoice", by="number")
    assert (second["paid_minor"], second["due_at"]) == (second["total_minor"], None)
    assert (await shop.row(order))["receivable_minor"] == 490 + fee
    assert first["due_at"] is not None
    assert (await shop.notices(order)).count("invoice_open") == 1
    await shop.wait(days=30)
    assert "payment_reminder" in await shop.notices(order)

    amount = eur(490 + fee)
    await shop.ask(RecordBankTransfer(order_id=order.id, invoice_id=first["id"], amount=amount, transfer_id="T1"))
    await shop.until_closed(order)
    assert (await shop.row(order))["receivable_minor"] == 0


async def test_lost_goods_that_nobody_pays_for_come_before_somebody_until_it_is_decided(shop: Shop) -> None:
    order = await sent_to_be_paid_at_the_door(shop)
    shipment = await shop.one(order, "shipment")
    shop.carrier.meet(shipment["tracking_number"], "stuck")
    await shop.ask(DeclareLost(order_id=order.id, shipment_id=shipment["id"]))
    case = await shop.one(order, "support_case")
    await shop.ask(ResolveClaim(order_id=order.id, case_id=case["id"], remedy="none"))

    await shop.wait(minutes=180)

    cases = await shop.rows(order, "support_case", by="opened_at")
    assert [(each["topic"], each["status"]) for each in cases] == [("claim", "closed"), ("delivery", "open")]
    assert "invoice_open" not in await shop.notices(order)


async def test_nothing_is_owed_for_a_parcel_that_nobody_took_from_the_courier(shop: Shop) -> None:
    order = await sent_to_be_paid_at_the_door(shop)
    shop.carrier.meet((await shop.one(order, "shipment"))["tracking_number"], "returned_to_sender")
    await shop.wait(days=20)
    assert await shop.units(order) == {"returning": 2}
    for _ in range(6):
        await shop.staff.doors.work()
        await shop.house.job_runner.drain()
        await shop.wait(days=2)
    await shop.until_closed(order)

    row = await shop.row(order)
    assert await shop.units(order) == {"returned": 2}
    assert await shop.stock("MUG") == (10, 0)
    assert (row["receivable_minor"], row["captured_minor"], row["refunded_minor"]) == (0, 0, 0)
    assert await shop.rows(order, "refund") == []


async def test_a_link_that_nobody_pays_ends_the_order(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.place(shop.an_order(MUG=5))
    assert (await shop.one(order, "payment"))["status"] == "offered"
    await shop.wait(days=8)
    assert [(row["type"], row["at_deadline"]) for row in await shop.rows(order, "hold")] == [("payment", "cancel")]
    assert len(await shop.facts(order, "payment.link_overdue")) == 1

    await shop.wait(days=8)
    row = await shop.row(order)
    assert (row["status"], row["receivable_minor"]) == ("canceled", 0)
    assert await shop.stock("MUG") == (10, 0)


async def test_a_link_for_the_rest_is_put_before_somebody_and_released_when_it_is_paid(shop: Shop) -> None:
    await shop.receive("POT", 10)
    order = await shop.order(POT=2)
    change = SetQuantity(line_id=order.lines["POT"], quantity=3)
    await shop.ask(EditOrder(order_id=order.id, changes=(change,), reason="asked by phone"))
    assert (await shop.row(order))["payment_status"] == "part_authorized"
    await shop.wait(days=8)
    hold = await shop.one(order, "hold")
    assert (hold["type"], hold["released_at"]) == ("balance", None), "a part is paid: nothing is canceled by itself"
    await shop.wait(days=20)
    assert await shop.units(order) == {"allocated": 3}

    offered = next(row for row in await shop.rows(order, "payment") if row["status"] == "offered")
    await shop.ask(PayAgain(order_id=order.id, payment_id=offered["id"], source="card-good"), actor="channel:web")
    assert (await shop.one(order, "hold"))["released_at"] is not None
    row = await shop.row(order)
    assert (row["holds"], row["payment_status"]) == ("", "authorized")
    await shop.deliver()
    await shop.until_closed(order)

    assert await shop.units(order) == {"delivered": 3}
    assert sum(charge.captured.minor for charge in shop.charges(order)) == 12_000


async def test_a_part_that_is_canceled_is_never_charged(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    await shop.receive("POT", 10)
    order = await shop.order(MUG=5, POT=1)
    await shop.ask(
        CancelUnits(order_id=order.id, units=(UnitsOf(order.lines["POT"], 1),), reason="changed mind"),
        actor="channel:web",
    )
    await shop.deliver()
    await shop.until_closed(order)

    (charge,) = shop.charges(order)
    assert (charge.authorized, charge.captured, charge.released) == (eur(10_000), eur(6_000), eur(4_000))
    assert await shop.units(order) == {"delivered": 5, "canceled": 1}
    assert await shop.stock("POT") == (10, 0)
    assert (await shop.row(order))["receivable_minor"] == 0


async def test_a_whole_order_that_is_canceled_in_time_costs_nothing(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=2)
    await shop.ask(CancelUnits(order_id=order.id, units="all", reason="changed mind"), actor="channel:web")

    row = await shop.row(order)
    assert (row["status"], row["receivable_minor"], row["authorized_minor"]) == ("canceled", 0, 0)
    (charge,) = shop.charges(order)
    assert (charge.captured, charge.released) == (eur(0), charge.authorized)
    assert await shop.stock("MUG") == (10, 0)
    assert "canceled" in await shop.notices(order)
