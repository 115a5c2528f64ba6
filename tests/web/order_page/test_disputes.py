"""A bank takes the payment back before anything has left: the goods stay, and everybody is told what is so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from purveyor.insight.verify import verify
from tests.web.conftest import Api
from tests.web.order_page.conftest import Counter

PAID = {"method": "collect", "collect_at": "shop", "terms": "at_counter", "tenders": [{"method": "card_present"}]}


async def told(api: Api, order_id: str, way: str, **body: Any) -> None:
    payment_id = (await api.get(f"/orders/{order_id}")).json()["parts"]["payment"][0]["id"]
    answer = await api.post(f"/orders/{order_id}/payments/{payment_id}/{way}", body | {"dispute_id": "d1"})
    assert answer.status_code == 200, answer.text


async def waiting(api: Api) -> tuple[int, int]:
    """What pickers are offered, and what is said of it."""
    listed = (await api.get("/fulfillments", location="shop")).json()["items"]
    queues = (await api.get("/picking/queues")).json()["items"]
    return len(listed), sum(each["waiting"] for each in queues)


async def seen(api: Api, order_id: str) -> tuple[str, str, str]:
    order = (await api.get(f"/orders/{order_id}")).json()["order"]
    return order["payment_status"], order["stage"], order["holds"]


async def test_what_a_bank_took_back_the_money_of_is_kept_and_not_picked(shop: Counter) -> None:
    api = shop.api
    stock = {"items": [{"sku": "MUG", "location": "shop", "quantity": 2}]}
    assert (await api.post("/stock/receive", stock)).status_code == 200
    placed = await api.place(("MUG", 2), **PAID)
    customer = shop.customer(UUID(placed["order_id"]))
    before = await seen(api, placed["order_id"])
    assert before[0] == "paid"
    offered = await waiting(api)
    assert offered == (1, 1)

    await told(api, placed["order_id"], "chargeback", amount={"minor": 2_380, "currency": "EUR"})
    assert await seen(api, placed["order_id"]) == ("disputed", "review", "dispute")
    assert await waiting(api) == (0, 0)
    page = (await customer.see()).text
    assert "Your bank has taken the payment back." in page
    assert "Taken back by your bank" in page
    assert "Paid back" not in page
    found = (await api.get("/orders", payment_status="disputed")).json()["items"]
    assert [each["id"] for each in found] == [placed["order_id"]]

    await told(api, placed["order_id"], "dispute-outcome", outcome="won")
    assert await seen(api, placed["order_id"]) == before
    assert await waiting(api) == offered
    assert "Taken back by your bank" not in (await customer.see()).text
    assert (await verify(api.house.pool)).differences == []
