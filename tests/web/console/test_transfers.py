"""The bank's id of a transfer: on the order, among the payments, and found by search."""

from __future__ import annotations

from tests.web.conftest import Api
from tests.web.console.staff import somebody

COLLECT = {"method": "collect", "collect_at": "shop"}
TRANSFER = "SEPA-2026-Zq77/b"


async def a_transfer(api: Api) -> int:
    """Books a transfer for an order that was delivered on account, and answers the order's number."""
    stock = {"items": [{"sku": "MUG", "location": "shop", "quantity": 2}]}
    assert (await api.post("/stock/receive", stock)).status_code == 200
    created = await api.post("/customers", {"number": "K-77", "address": {"name": "Ann", "country": "DE"}})
    customer = created.json()["reply"]["customer_id"]
    terms = {"credit_limit_minor": 100_000, "currency": "EUR"}
    assert (await api.post(f"/customers/{customer}/terms", terms)).status_code == 200
    placed = await api.place(
        ("MUG", 2), terms="invoice", tenders=[{"method": "invoice"}], customer_id=customer, **COLLECT
    )
    order_id = placed["order_id"]
    for action in ("picking.confirm_pick_list", "packing.pack_parcel"):
        offered = (await api.get(f"/orders/{order_id}/actions")).json()["items"]
        path = next(each["path"] for each in offered if each["action"] == action and each["possible"])
        assert (await api.post(path.removeprefix("/api/v1"))).status_code in (200, 201)
    (row,) = (await api.get("/collections", location="shop")).json()["items"]
    (code,) = await api.house.read.values("SELECT text FROM private_text WHERE what = 'collect_code'")
    handed = await api.post(f"/orders/{order_id}/collections/{row['parcel_id']}/hand-over", {"code": code})
    assert handed.status_code == 200, handed.text
    (invoice,) = (await api.get(f"/orders/{order_id}")).json()["parts"]["invoice"]
    body = {"amount": {"minor": 1_000, "currency": "EUR"}, "transfer_id": TRANSFER}
    booked = await api.post(f"/orders/{order_id}/invoices/{invoice['id']}/transfers", body)
    assert booked.status_code in (200, 201), booked.text
    return int(placed["number"])


async def test_the_banks_id_of_a_transfer_is_shown_and_found(api: Api) -> None:
    number = await a_transfer(api)
    admin = await somebody(api, "admin")

    assert TRANSFER in (await admin.see(f"/console/orders/{number}")).text
    assert TRANSFER in (await admin.see("/console/payments")).text
    for typed in (TRANSFER, "sepa-2026-zq77"):
        found = (await admin.see(f"/console/find?q={typed.replace('/', '%2F')}")).text
        assert f"/console/orders/{number}" in found, typed
    assert f"/console/orders/{number}" not in (await admin.see("/console/find?q=SEPA-2026-Zq78")).text
