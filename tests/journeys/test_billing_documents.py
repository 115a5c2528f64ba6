"""Promises about papers and disputes: what is written says what is booked, and nobody is asked twice."""

from __future__ import annotations

from purveyor.core.positions import UnitsOf
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.stages.payment.commands import RecordChargeback, ResolveDispute
from purveyor.stages.returns.commands import InspectReturn, ReceiveReturn, RequestReturn, ReturnItem
from purveyor.stages.support.commands import CloseCase
from tests.journeys.shop import Placed, Shop, eur

ATLAS = ProductData(
    sku="ATLAS", name="Atlas", price=eur(10_000), tax_class="reduced", weight_g=900, length_mm=250, width_mm=150,
    height_mm=150,
)  # fmt: skip


async def sold(shop: Shop) -> Placed:
    """Something at 7 % and something at 19 %, sent and arrived."""
    await shop.ask(SaveProducts(products=(ATLAS,)))
    for sku in ("ATLAS", "POT"):
        await shop.receive(sku, 5)
    order = await shop.order(ATLAS=1, POT=2)
    await shop.deliver()
    return order


async def tax(shop: Shop, order: Placed) -> tuple[int, int]:
    """On paper, and in the ledger."""
    row = await shop.house.pool.fetchrow(
        "SELECT (SELECT coalesce(sum(tax_minor), 0) FROM invoice WHERE order_id = $1)"
        "     - (SELECT coalesce(sum(tax_minor), 0) FROM credit_note WHERE order_id = $1) AS papers,"
        "       (SELECT -sum(minor) FROM posting WHERE order_id = $1 AND account = 'tax') AS ledger",
        order.id,
    )
    assert row is not None
    return int(row["papers"]), int(row["ledger"])


async def test_what_comes_back_is_credited_at_its_own_rate(shop: Shop) -> None:
    order = await sold(shop)
    papers, ledger = await tax(shop, order)
    assert papers == ledger
    item = ReturnItem(line_id=order.lines["ATLAS"], quantity=1, reason="changed_mind")
    await shop.ask(RequestReturn(order_id=order.id, items=(item,)), actor="channel:web")
    rma = await shop.one(order, "rma")
    counted = (UnitsOf(order.lines["ATLAS"], 1),)
    await shop.ask(ReceiveReturn(order_id=order.id, rma_id=rma["id"], counted=counted))
    await shop.ask(
        InspectReturn(
            order_id=order.id,
            rma_id=rma["id"],
            line_id=order.lines["ATLAS"],
            quantity=1,
            condition="new",
            disposition="restock",
        )
    )

    (note,) = await shop.rows(order, "credit_note", by="number")
    kept = rma["label_minor"]
    assert (note["amount_minor"], note["tax_minor"]) == (10_000 - kept, round((10_000 - kept) * 7 / 107))
    assert await tax(shop, order) == (ledger - note["tax_minor"],) * 2
    await shop.until_closed(order)


async def test_a_dispute_is_told_many_times_and_won_once(shop: Shop) -> None:
    order = await sold(shop)
    await shop.until_closed(order)
    told = await shop.notices(order)
    assert "payment_received" not in told
    assert told.count("invoice_issued") == 1
    closed_at = (await shop.row(order))["closed_at"]
    payment = await shop.one(order, "payment")
    chargeback = RecordChargeback(order_id=order.id, payment_id=payment["id"], amount=eur(5_000), dispute_id="dp_1")

    for _ in range(3):
        await shop.ask(chargeback)

    row = await shop.row(order)
    assert (row["status"], row["closed_at"], row["receivable_minor"]) == ("placed", None, 5_000)
    case = await shop.one(order, "support_case")
    assert (case["topic"], case["status"]) == ("dispute", "open")
    await shop.wait(days=3)
    assert await shop.notices(order) == told, "the customer is asked for nothing"
    assert len(await shop.rows(order, "payment")) == 1

    won = ResolveDispute(order_id=order.id, payment_id=payment["id"], dispute_id="dp_1", outcome="won")
    for _ in range(2):
        await shop.ask(won)
    await shop.ask(CloseCase(order_id=order.id, case_id=case["id"]))
    row = await shop.row(order)
    assert (row["status"], row["receivable_minor"], row["refunded_minor"]) == ("closed", 0, 0)
    assert row["closed_at"] >= closed_at
