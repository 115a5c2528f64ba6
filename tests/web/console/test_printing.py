"""What is printed: pick list, slip and label, with bars that can be scanned, in the language of who reads it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from purveyor.core.money import Money
from purveyor.records.catalog.commands import ProductData, SaveProducts
from purveyor.records.policies.commands import SetPolicy
from purveyor.records.stock.commands import ReceivedItem, ReceiveStock
from purveyor.web.api.command_endpoints import ROOT
from tests.web.conftest import Api
from tests.web.console.staff import Colleague, somebody, told


@pytest.fixture
async def admin(api: Api) -> Colleague:
    return await somebody(api, "admin")


async def act(api: Api, order: str, *actions: str) -> None:
    for action in actions:
        offered = (await api.get(f"/orders/{order}/actions")).json()["items"]
        path = next(each["path"] for each in offered if each["action"] == action and each["possible"])
        done = await api.post(path.removeprefix(ROOT))
        assert done.status_code in (200, 201), done.text


async def part(api: Api, order: str, name: str) -> dict[str, Any]:
    (found,) = (await api.get(f"/orders/{order}")).json()["parts"][name]
    return dict(found)


async def a_parcel(api: Api, **changes: Any) -> tuple[str, dict[str, Any]]:
    """An order that is paid on delivery, packed, with its label bought."""
    placed = await api.place(("MUG", 2), terms="on_delivery", tenders=[{"method": "cash_on_delivery"}], **changes)
    order = str(placed["order_id"])
    await api.house.job_runner.drain()
    await act(api, order, "picking.confirm_pick_list", "packing.pack_parcel")
    await api.house.job_runner.drain()
    return order, placed


async def test_a_packing_slip_speaks_the_language_of_the_customer(api: Api, admin: Colleague) -> None:
    order, placed = await a_parcel(api, language="de")
    parcel = await part(api, order, "parcel")

    page = await admin.see(f"/console/packing/slips/{order}/{parcel['id']}")

    assert page.status_code == 200, page.text
    assert '<article lang="de">' in page.text
    assert "Packzettel" in page.text
    assert "<title>Packing slip" in page.text
    assert f"<figcaption>{placed['number']}</figcaption>" in page.text
    assert "Deutschland" in page.text


async def test_a_parcel_with_an_sscc_has_its_bars_on_the_slip_and_the_label(api: Api, admin: Colleague) -> None:
    given = await api.house.committer.submit(
        SetPolicy(name="packing", data={"company_prefix": "9521234"}), key="prefix", actor="staff:test"
    )
    assert given.accepted
    order, _ = await a_parcel(api)
    parcel, shipment = await part(api, order, "parcel"), await part(api, order, "shipment")

    slip = await admin.see(f"/console/packing/slips/{order}/{parcel['id']}")
    label = await admin.see(f"/console/shipping/labels/{order}/{shipment['id']}")

    assert f"(00) {parcel['sscc']}" in slip.text
    assert f"(00) {parcel['sscc']}" in label.text
    assert f"<figcaption>{shipment['tracking_number']}</figcaption>" in label.text
    assert "Teststr. 1" in label.text


async def test_one_scan_picks_one_unit_and_all_of_them_when_that_is_said(api: Api, admin: Colleague) -> None:
    placed = await api.place(("MUG", 3), terms="on_delivery", tenders=[{"method": "cash_on_delivery"}])
    order = str(placed["order_id"])
    await api.house.job_runner.drain()
    work = await part(api, order, "fulfillment")
    planned = await admin.send(
        "/console/picking/waves", seen_at="/console/picking?location=main", fulfillment=f"{order} {work['id']}"
    )
    list_ = planned.headers["location"]
    await admin.send(f"{list_}/start", seen_at=list_)
    line = (await api.get(f"/orders/{order}")).json()["lines"][0]
    stop = {"stop": f"{work['id']}.{UUID(line['id'])}", "scanned": "MUG"}

    once = await admin.send(f"{list_}/pick", seen_at=list_, tote="T1", **stop)
    after_one = (await api.get(f"/orders/{order}")).json()["units"]
    page = await admin.see(list_)
    rest = await admin.send(f"{list_}/pick", seen_at=list_, tote="T1", all="1", **stop)
    after_all = (await api.get(f"/orders/{order}")).json()["units"]

    assert once.status_code == rest.status_code == 303, told(once)
    assert after_one["picked"] == 1
    assert "Picked all 2" in unescape(page.text)
    assert "Scan tote T1" in page.text
    assert 'value="T1" data-tote-seen' in page.text  # for whoever has no scanner
    assert after_all["picked"] == 3


async def test_the_tote_of_an_order_is_confirmed_at_every_stop(api: Api, admin: Colleague) -> None:
    placed = await api.place(("MUG", 3), terms="on_delivery", tenders=[{"method": "cash_on_delivery"}])
    order = str(placed["order_id"])
    await api.house.job_runner.drain()
    work = await part(api, order, "fulfillment")
    planned = await admin.send(
        "/console/picking/waves", seen_at="/console/picking?location=main", fulfillment=f"{order} {work['id']}"
    )
    list_ = planned.headers["location"]
    line = (await api.get(f"/orders/{order}")).json()["lines"][0]
    stop = {"stop": f"{work['id']}.{UUID(line['id'])}", "scanned": "MUG"}
    await admin.send(f"{list_}/pick", seen_at=list_, tote="TOTE-A", **stop)
    happened = await api.happened()

    unsaid = await admin.send(f"{list_}/pick", seen_at=list_, **stop)
    assert unsaid.status_code == 422
    assert 'name="scanned" value="MUG"' in unsaid.text  # and only the tote is asked for
    wrong = await admin.send(f"{list_}/pick", seen_at=list_, tote="TOTE-B", **stop)
    assert wrong.status_code == 409
    assert told(wrong) == ["Scanned tote TOTE-B, but what is picked for this order lies in TOTE-A."]
    other = await admin.send(f"{list_}/pick", seen_at=list_, tote_seen="TOTE-B", **stop)
    assert other.status_code == 422
    assert await api.happened() == happened

    assert (await admin.send(f"{list_}/pick", seen_at=list_, tote="tote-a", **stop)).status_code == 303
    assert (await admin.send(f"{list_}/pick", seen_at=list_, tote_seen="TOTE-A", **stop)).status_code == 303
    assert await api.house.read.values("SELECT tote FROM bench") == ["TOTE-A"]


async def test_a_wrong_scan_at_the_bench_is_told_with_the_names_of_products(api: Api, admin: Colleague) -> None:
    placed = await api.place(("MUG", 1), ("TEE", 1), terms="on_delivery", tenders=[{"method": "cash_on_delivery"}])
    order = str(placed["order_id"])
    await api.house.job_runner.drain()
    await act(api, order, "picking.confirm_pick_list")
    work = await part(api, order, "fulfillment")
    bench = f"/console/packing/{order}/{work['id']}"

    wrong = await admin.send(bench, scanned="4006381333931")
    assert told(wrong) == [
        "4006381333931 does not belong into this parcel. Still to be packed: 1 × Mug (MUG), 1 × T-shirt (TEE)."
    ]
    many = await admin.send(bench, scanned="MUG\nMUG")
    assert told(many) == ["2 of Mug (MUG) are too many: 1 are still to be packed."]


async def test_what_has_no_weight_in_the_catalog_is_weighed_at_the_bench(api: Api, admin: Colleague) -> None:
    products = (
        ProductData(sku="VASE", name="Vase", price=Money(1_190, "EUR")),
        ProductData(sku="BOWL", name="Bowl", price=Money(1_190, "EUR"), weight_g=400),
    )
    items = tuple(ReceivedItem(sku=each.sku, location="main", quantity=9) for each in products)
    for command in (SaveProducts(products=products), ReceiveStock(items=items)):
        assert (await api.house.committer.submit(command, key=command.kind(), actor="staff:test")).accepted
    placed = await api.place(("VASE", 1), ("BOWL", 1), terms="on_delivery", tenders=[{"method": "cash_on_delivery"}])
    order = str(placed["order_id"])
    await api.house.job_runner.drain()
    await act(api, order, "picking.confirm_pick_list")
    bench = f"/console/packing/{order}/{(await part(api, order, 'fulfillment'))['id']}"

    page = (await admin.see(bench)).text
    assert "The catalog has no weight of: Vase. Weigh the parcel before its label is bought." in page
    assert "Goods alone" not in page
    for scanned in ("", "VASE", "VASE\nBOWL"):
        unweighed = await admin.send(bench, scanned=scanned)
        assert unweighed.status_code == 422
        assert "the weight on the scale" in unweighed.text
    asked = (await api.get(f"/orders/{order}/actions")).json()["items"]
    packing = next(each for each in asked if each["action"] == "packing.pack_parcel")
    assert packing["possible"], "with a weight"
    unweighed = await api.post(packing["path"].removeprefix(ROOT))
    assert (unweighed.status_code, unweighed.json()["data"]["field"]) == (422, "weight_g")
    assert "Suggested: one carton" in page
    assert await api.house.read.values("SELECT count(*) FROM parcel") == [0]

    assert (await admin.send(bench, scanned="BOWL")).status_code == 303, "what weighs is known"
    assert (await admin.send(bench, weight_g="250")).status_code == 303
    assert 250 in await api.house.read.values("SELECT weight_g FROM parcel WHERE weighed")


async def test_what_is_to_be_weighed_and_fits_no_carton_is_packed_part_by_part(api: Api, admin: Colleague) -> None:
    urn = ProductData(sku="URN", name="Urn", price=Money(1_190, "EUR"), length_mm=300, width_mm=300, height_mm=300)
    for command in (
        SaveProducts(products=(urn,)),
        ReceiveStock(items=(ReceivedItem(sku="URN", location="main", quantity=9),)),
    ):
        assert (await api.house.committer.submit(command, key=command.kind(), actor="staff:test")).accepted
    order = str(
        (await api.place(("URN", 9), terms="on_delivery", tenders=[{"method": "cash_on_delivery"}]))["order_id"]
    )
    await api.house.job_runner.drain()
    await act(api, order, "picking.confirm_pick_list")
    bench = f"/console/packing/{order}/{(await part(api, order, 'fulfillment'))['id']}"

    cartons = re.search(r"Suggested: (\d+) cartons", (await admin.see(bench)).text)
    assert cartons is not None
    assert int(cartons[1]) > 1
    refused = await admin.send(bench, weight_g="9000")
    assert "pack a part of it and weigh that" in refused.text
    assert "leave the weight out" not in refused.text
    assert (await admin.send(bench, scanned="URN", weight_g="1500")).status_code == 303


async def test_a_label_without_an_address_has_no_gaps_and_says_what_is_missing(api: Api, admin: Colleague) -> None:
    bare = SetPolicy(name="seller", data={"name": "Purveyor"})
    assert (await api.house.committer.submit(bare, key="bare", actor="staff:test")).accepted
    placed = await api.place(("MUG", 1), terms="on_delivery", tenders=[{"method": "cash_on_delivery"}])
    order = str(placed["order_id"])
    await api.house.job_runner.drain()
    await act(api, order, "picking.confirm_pick_list")
    work = await part(api, order, "fulfillment")
    bench = await admin.see(f"/console/packing/{order}/{work['id']}")
    assert "The address of this location is missing" in bench.text
    await act(api, order, "packing.pack_parcel")
    await api.house.job_runner.drain()
    shipment = await part(api, order, "shipment")

    label = await admin.see(f"/console/shipping/labels/{order}/{shipment['id']}")

    assert 'From: <bdi>Purveyor</bdi>, <span class="sheet-country">Germany</span></address>' in label.text
    assert "The address of this location is missing" in label.text
    assert "The address of this location is missing" in (await admin.see("/console/shipping?location=main")).text

    there = [{"code": "main", "name": "Main", "country": "DE", "street": "Main Street 1", "city": "Bonn"}]
    filled = SetPolicy(name="locations", data=there)
    assert (await api.house.committer.submit(filled, key="filled", actor="staff:test")).accepted
    label = await admin.see(f"/console/shipping/labels/{order}/{shipment['id']}")
    assert "<bdi>Purveyor</bdi>, <bdi>Main Street 1</bdi>, <bdi>Bonn</bdi>, " in label.text
    assert "is missing" not in label.text


async def test_whoever_may_not_read_an_address_is_told_every_role_that_may(api: Api) -> None:
    order, _ = await a_parcel(api)
    parcel, shipment = await part(api, order, "parcel"), await part(api, order, "shipment")
    analyst = await somebody(api, "analyst")

    for paper in (f"packing/slips/{order}/{parcel['id']}", f"shipping/labels/{order}/{shipment['id']}"):
        page = await analyst.see(f"/console/{paper}")

        assert page.status_code == 403
        (said,) = re.findall(r"Only these roles may do this: ([^.]*)\.", page.text)
        assert {"Packer", "Shipper", "Support"} <= set(said.split(", ")), said
        assert not {"Picker", "Analyst"} & set(said.split(", ")), said


async def test_a_packer_may_print_the_papers_of_a_parcel(api: Api) -> None:
    order, _ = await a_parcel(api)
    parcel, shipment = await part(api, order, "parcel"), await part(api, order, "shipment")
    packer = await somebody(api, "packer")

    for paper in (f"packing/slips/{order}/{parcel['id']}", f"shipping/labels/{order}/{shipment['id']}"):
        assert "Ann Example" in (await packer.see(f"/console/{paper}")).text, paper
