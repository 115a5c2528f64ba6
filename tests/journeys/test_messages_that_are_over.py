"""The worker stood still, or was only slow: nobody is told what is not so any more."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import msgspec

from purveyor.stages.confirmation.commands import ResendNotice
from purveyor.stages.receipt.commands import PlaceOrder, Tender
from purveyor.stages.review.commands import CancelUnits, EditOrder, SetQuantity
from tests.journeys.shop import Placed, Shop


async def stands_still(shop: Shop, command: PlaceOrder) -> Placed:
    """An order of which no job is done yet."""
    given = await shop.house.committer.submit(command, key="placed", actor="channel:web")
    assert given.accepted, given.answer.refusal
    assert given.answer.order_id is not None
    lines = {line["sku"]: UUID(line["line_id"]) for line in given.answer.reply["lines"]}
    return Placed(given.answer.order_id, given.answer.number, lines)


async def statuses(shop: Shop, order: Placed) -> dict[str, tuple[str, str]]:
    return {row["notice"]: (row["status"], row["reason"]) for row in await shop.rows(order, "message", by="id")}


async def test_who_canceled_meanwhile_is_neither_asked_to_pay_nor_told_that_all_is_well(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await stands_still(shop, shop.an_order(Tender(method="card"), MUG=2))
    await shop.ask(CancelUnits(order_id=order.id, units="all", reason="changed mind"))

    told = await statuses(shop, order)
    assert told.pop("canceled")[0] == "sent"
    assert "pay_by_link" in told
    assert set(told.values()) == {("dropped", "no longer true")}
    assert (await shop.row(order))["stage"] == ""


async def test_cash_on_delivery_that_is_canceled_is_not_confirmed(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    placed = msgspec.structs.replace(shop.an_order(Tender(method="cash_on_delivery"), MUG=2), terms="on_delivery")
    order = await stands_still(shop, placed)
    await shop.ask(CancelUnits(order_id=order.id, units="all", reason="changed mind"))

    told = await statuses(shop, order)
    assert (told["order_confirmed"][0], told["canceled"][0]) == ("dropped", "sent")
    assert (await shop.row(order))["status"] == "canceled"


async def test_who_wants_less_meanwhile_is_asked_for_less(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await stands_still(shop, shop.an_order(Tender(method="card"), MUG=3))
    change = SetQuantity(line_id=order.lines["MUG"], quantity=1)
    await shop.ask(EditOrder(order_id=order.id, changes=(change,), reason="changed mind"))

    row = await shop.row(order)
    sent = [each.message for each in shop.notifier.messages(str(order.number))]
    (mail,) = [each for each in sent if each.subject.startswith("Please pay")]
    assert str(Decimal(row["receivable_minor"]) / 100) in mail.text


async def test_what_holds_is_sent_and_what_is_sent_once_more_is_looked_at_again(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.place(shop.an_order(Tender(method="card"), MUG=2))
    asked = next(row for row in await shop.rows(order, "message", by="id") if row["notice"] == "pay_by_link")
    assert asked["status"] == "sent"
    await shop.ask(CancelUnits(order_id=order.id, units="all", reason="changed mind"))
    await shop.ask(ResendNotice(order_id=order.id, message_id=asked["id"]))

    messages = [row for row in await shop.rows(order, "message", by="id") if row["notice"] == "pay_by_link"]
    assert sorted(row["status"] for row in messages) == ["dropped", "sent"]
