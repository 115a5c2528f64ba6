"""Promises about goods that come back."""

from __future__ import annotations

from purveyor.core.positions import UnitsOf
from purveyor.stages.payment.commands import CreditAmount
from purveyor.stages.returns.commands import Disposition, InspectReturn, ReceiveReturn, RequestReturn, ReturnItem
from purveyor.stages.review.commands import CancelUnits
from purveyor.stages.support.commands import OpenClaim, ResolveClaim
from tests.journeys.shop import Placed, Shop, eur


async def delivered(shop: Shop, quantity: int = 5) -> Placed:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=quantity)
    await shop.deliver()
    assert await shop.units(order) == {"delivered": quantity}
    return order


async def come_back(shop: Shop, order: Placed, quantity: int, *, disposition: Disposition = "restock") -> None:
    """It arrives, and is as new unless it is scrapped."""
    rma = await shop.one(order, "rma")
    line = order.lines["MUG"]
    await shop.ask(ReceiveReturn(order_id=order.id, rma_id=rma["id"], counted=(UnitsOf(line, quantity),)))
    await shop.ask(
        InspectReturn(
            order_id=order.id,
            rma_id=rma["id"],
            line_id=line,
            quantity=quantity,
            condition="new" if disposition == "restock" else "damaged",
            disposition=disposition,
        )
    )


async def test_two_of_five_go_back_to_the_shelf_and_their_money_to_the_card(shop: Shop) -> None:
    order = await delivered(shop)
    item = ReturnItem(line_id=order.lines["MUG"], quantity=2, reason="damaged")
    preview = await shop.house.committer.preview(RequestReturn(order_id=order.id, items=(item,)), actor="channel:web")
    assert preview.accepted
    assert await shop.units(order) == {"delivered": 5}, "looking costs nothing"

    await shop.ask(RequestReturn(order_id=order.id, items=(item,)), actor="channel:web")
    assert [charge.refunded for charge in shop.charges(order)] == [eur(0)], "not before it is here"
    await come_back(shop, order, 2)
    await shop.until_closed(order)

    assert await shop.units(order) == {"delivered": 3, "returned": 2}
    assert await shop.stock("MUG") == (7, 0)
    (charge,) = shop.charges(order)
    assert (charge.captured, charge.refunded, charge.refunds) == (eur(6_000), eur(2_400), 1)
    row = await shop.row(order)
    assert (row["receivable_minor"], row["payment_status"], row["return_status"]) == (
        0,
        "part_refunded",
        "part_returned",
    )
    (note,) = await shop.rows(order, "credit_note", by="number")
    assert (note["number"], note["amount_minor"]) == (1, 2_400)


async def test_nothing_is_taken_back_twice_or_after_the_window(shop: Shop) -> None:
    order = await delivered(shop)
    line = order.lines["MUG"]
    await shop.ask(
        RequestReturn(order_id=order.id, items=(ReturnItem(line_id=line, quantity=4, reason="changed_mind"),))
    )
    too_many = RequestReturn(order_id=order.id, items=(ReturnItem(line_id=line, quantity=2, reason="changed_mind"),))
    assert (await shop.refusal(too_many)).status in {409, 422}
    await shop.wait(days=60)
    late = RequestReturn(order_id=order.id, items=(ReturnItem(line_id=line, quantity=1, reason="changed_mind"),))
    assert (await shop.refusal(late)).code == "return_window_closed"
    assert [charge.refunded for charge in shop.charges(order)] == [eur(0)]


async def test_a_refund_that_times_out_is_paid_once(shop: Shop) -> None:
    order = await delivered(shop)
    script = shop.gateway.script()
    item = ReturnItem(line_id=order.lines["MUG"], quantity=5, reason="damaged")
    await shop.ask(RequestReturn(order_id=order.id, items=(item,)), actor="channel:web")
    shop.gateway.tell(type(script)(timeout_after_calls=1))
    await come_back(shop, order, 5)
    await shop.wait(minutes=10)
    await shop.until_closed(order)

    (charge,) = shop.charges(order)
    assert (charge.refunded, charge.refunds) == (eur(6_000), 1)
    assert (await shop.row(order))["refunded_minor"] == -6_000


async def test_what_was_claimed_and_paid_back_is_not_paid_back_again(shop: Shop) -> None:
    order = await delivered(shop)
    units = (UnitsOf(order.lines["MUG"], 1),)
    await shop.ask(OpenClaim(order_id=order.id, claim="damaged", contents=units, text="It is cracked."))
    case = await shop.one(order, "support_case")
    await shop.ask(ResolveClaim(order_id=order.id, case_id=case["id"], remedy="refund"))
    item = ReturnItem(line_id=order.lines["MUG"], quantity=5, reason="damaged")
    await shop.refusal(RequestReturn(order_id=order.id, items=(item,)))
    await shop.until_closed(order)

    assert [charge.refunded for charge in shop.charges(order)] == [eur(1_200)]


async def one_of_two_delivered(shop: Shop) -> Placed:
    """The other waits for stock."""
    await shop.receive("MUG", 1)
    order = await shop.order(MUG=2)
    await shop.deliver()
    assert await shop.units(order) == {"delivered": 1, "backordered": 1}
    return order


async def the_rest_is_canceled(shop: Shop, order: Placed) -> None:
    units = (UnitsOf(order.lines["MUG"], 1),)
    await shop.ask(CancelUnits(order_id=order.id, units=units, reason="changed mind"), actor="channel:web")
    await shop.until_closed(order)
    assert await shop.units(order) == {"returned": 1, "canceled": 1}


async def test_a_unit_credited_in_full_and_returned_gives_back_nothing_more_when_the_other_is_canceled(
    shop: Shop,
) -> None:
    order = await one_of_two_delivered(shop)
    (charge,) = shop.charges(order)
    assert charge.captured == eur(1_690), "the mug, and what the shipping cost"
    await shop.ask(CreditAmount(order_id=order.id, amount=eur(1_200), reason="scratched"))
    item = ReturnItem(line_id=order.lines["MUG"], quantity=1, reason="damaged")
    await shop.ask(RequestReturn(order_id=order.id, items=(item,)), actor="channel:web")
    await come_back(shop, order, 1)
    (charge,) = shop.charges(order)
    assert (charge.refunded, charge.released) == (eur(0), eur(1_200)), "it pays for the mug to come"
    await the_rest_is_canceled(shop, order)

    (charge,) = shop.charges(order)
    assert (charge.captured, charge.refunded) == (eur(1_690), eur(1_200))
    row = await shop.row(order)
    assert (row["receivable_minor"], row["captured_minor"], row["refunded_minor"]) == (0, 1_690, -1_200)


async def test_a_return_that_is_scrapped_is_paid_back_once_and_the_canceled_unit_never_charged(shop: Shop) -> None:
    order = await one_of_two_delivered(shop)
    item = ReturnItem(line_id=order.lines["MUG"], quantity=1, reason="damaged")
    await shop.ask(RequestReturn(order_id=order.id, items=(item,)), actor="channel:web")
    await come_back(shop, order, 1, disposition="scrap")
    await the_rest_is_canceled(shop, order)

    (charge,) = shop.charges(order)
    assert (charge.captured, charge.refunded) == (eur(1_690), eur(1_200))
    assert await shop.stock("MUG") == (0, 0)
    assert (await shop.row(order))["receivable_minor"] == 0
