"""Promises about goods that are, or are not, on the shelf."""

from __future__ import annotations

import msgspec

from purveyor.stages.delivery.commands import BookAppointment, CompleteInstallation, Download, HandOver
from purveyor.stages.picking.commands import ConfirmPickList, ShortPick
from purveyor.stages.receipt.commands import Tender
from purveyor.stages.review.commands import ChooseWhenMissing
from tests.journeys.shop import Shop, eur


async def test_goods_a_download_a_license_an_access_and_a_fitting_in_one_cart_all_arrive(shop: Shop) -> None:
    await shop.receive("MUG", 10)
    order = await shop.order(MUG=2, BOOK=1, APP=1, CLUB=1, FITTING=1)

    # What needs no courier is there at once.
    assert await shop.units(order, "BOOK") == {"delivered": 1}
    assert await shop.units(order, "APP") == {"delivered": 1}
    assert await shop.units(order, "CLUB") == {"delivered": 1}
    assert await shop.access.active("ann@example.com", "club")
    grant = await shop.one(order, "download_grant")
    taken = await shop.ask(Download(order_id=order.id, grant_id=grant["id"]), actor="channel:web")
    assert "delivery.download_taken" in taken.facts

    await shop.deliver()
    assert await shop.units(order, "MUG") == {"delivered": 2}
    assert (await shop.row(order))["stage"] == "delivery", "the fitting is still to come"

    appointment = await shop.one(order, "appointment")
    (slot,) = await shop.house.pool.fetch("SELECT id FROM slot")
    await shop.ask(BookAppointment(order_id=order.id, appointment_id=appointment["id"], slot_id=slot["id"]))
    await shop.ask(
        CompleteInstallation(
            order_id=order.id, appointment_id=appointment["id"], record="fitted and tested", signed_by="Ann Example"
        )
    )
    await shop.until_closed(order)

    row = await shop.row(order)
    assert (row["total_minor"], row["captured_minor"], row["receivable_minor"]) == (16_300, 16_300, 0)
    (charge,) = shop.charges(order)
    assert charge.captured == eur(16_300)
    invoices = await shop.rows(order, "invoice", by="number")
    assert sum(invoice["total_minor"] for invoice in invoices) == 16_300
    assert [invoice["number"] for invoice in invoices] == list(range(1, len(invoices) + 1)), "no number is left out"


async def test_what_is_there_goes_and_the_rest_follows_when_it_comes_in(shop: Shop) -> None:
    await shop.receive("MUG", 3)
    order = await shop.order(MUG=5)
    assert await shop.units(order) == {"allocated": 3, "backordered": 2}
    await shop.ask(ChooseWhenMissing(order_id=order.id, choice="ship_available"), actor="channel:web")
    await shop.deliver()
    assert await shop.units(order) == {"delivered": 3, "backordered": 2}
    assert (await shop.row(order))["captured_minor"] == 3 * 1_200, "only what was sent is taken"

    await shop.receive("MUG", 20)
    await shop.deliver()
    await shop.until_closed(order)

    assert await shop.units(order) == {"delivered": 5}
    (charge,) = shop.charges(order)
    assert (charge.captured, charge.captures) == (eur(6_000), 2)
    assert len(await shop.rows(order, "shipment")) == 2
    assert await shop.stock("MUG") == (18, 0)


async def test_first_come_first_served_when_goods_come_in(shop: Shop) -> None:
    first = await shop.order(MUG=2)
    await shop.wait(minutes=1)
    second = await shop.order(MUG=2)
    await shop.receive("MUG", 3)

    assert await shop.units(first) == {"allocated": 2}
    assert await shop.units(second) == {"allocated": 1, "backordered": 1}


async def test_what_is_not_on_the_shelf_comes_from_the_other_warehouse(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    await shop.receive("MUG", 5, "north")
    order = await shop.order(MUG=5)
    work = await shop.one(order, "fulfillment")
    assert work["location"] == "main"

    await shop.ask(
        ShortPick(
            order_id=order.id, fulfillment_id=work["id"], line_id=order.lines["MUG"], missing=2, reason="not_found"
        )
    )
    await shop.ask(ConfirmPickList(order_id=order.id, fulfillment_id=work["id"]))
    assert await shop.stock("MUG") == (3, 3), "the books believe the picker"
    assert await shop.stock("MUG", "north") == (5, 2)
    await shop.deliver()
    await shop.until_closed(order)

    assert await shop.units(order) == {"delivered": 5}
    assert {row["location"] for row in await shop.rows(order, "shipment")} == {"main", "north"}
    assert [charge.captured for charge in shop.charges(order)] == [eur(6_000)]
    counts = await shop.house.pool.fetch("SELECT sku, location FROM bin_count")
    assert [tuple(row) for row in counts] == [("MUG", "main")]


async def test_what_is_found_nowhere_waits_and_is_sent_later(shop: Shop) -> None:
    await shop.receive("MUG", 5)
    order = await shop.order(MUG=5)
    work = await shop.one(order, "fulfillment")
    await shop.ask(
        ShortPick(
            order_id=order.id, fulfillment_id=work["id"], line_id=order.lines["MUG"], missing=5, reason="not_found"
        )
    )
    assert await shop.units(order) == {"backordered": 5}
    assert await shop.stock("MUG") == (0, 0)

    await shop.receive("MUG", 5)
    await shop.deliver()
    assert await shop.units(order) == {"delivered": 5}


async def test_collected_with_the_code_and_with_no_other(shop: Shop) -> None:
    await shop.receive("MUG", 5, "shop")
    command = shop.an_order(Tender(method="card", source="card-good"), MUG=1)
    order = await shop.place(msgspec.structs.replace(command, method="collect", collect_at="shop"))
    await shop.pick_and_pack()
    waiting = await shop.one(order, "collection", by="parcel_id")
    assert "ready_to_collect" in await shop.notices(order)

    code = await shop.house.pool.fetchval("SELECT text FROM private_text WHERE id = $1", waiting["code_id"])
    wrong = "000000" if code != "000000" else "111111"
    refused = await shop.refusal(HandOver(order_id=order.id, parcel_id=waiting["parcel_id"], code=wrong))
    assert refused.code == "wrong_code"
    assert await shop.units(order) == {"packed": 1}
    await shop.ask(HandOver(order_id=order.id, parcel_id=waiting["parcel_id"], code=code))
    await shop.until_closed(order)

    assert await shop.units(order) == {"delivered": 1}
    assert shop.carrier.labels() == [], "no courier is paid"
    assert [charge.captured for charge in shop.charges(order)] == [eur(1_200)]
    assert await shop.stock("MUG", "shop") == (4, 0)


async def test_every_license_key_is_given_once_and_the_fourth_customer_waits_for_one(shop: Shop) -> None:
    orders = [await shop.order(APP=1) for _ in range(4)]
    keys = await shop.house.pool.fetch("SELECT order_id FROM license_key WHERE order_id IS NOT NULL")

    assert {row["order_id"] for row in keys} == {order.id for order in orders[:3]}
    assert (await shop.row(orders[3]))["holds"] == "stock"
    assert await shop.units(orders[3], "APP") != {"delivered": 1}
