"""The last units are sold once, and one key makes one order, through two processes."""

from __future__ import annotations

import asyncio
from collections import Counter

import asyncpg
import httpx

from tests.never_lost.cluster import Cluster, a_cluster, an_order

PRODUCT = {"sku": "LAST", "name": "The last ones", "price": {"minor": 1_000, "currency": "EUR"}}


async def stocked(cluster: Cluster, quantity: int) -> None:
    async with cluster.client(cluster.processes[0]) as api:
        location = {"code": "main", "name": "Main", "country": "DE"}
        for path, key, body in (
            ("/policies", "p", {"name": "locations", "data": [location]}),
            ("/products", "c", {"products": [PRODUCT]}),
            ("/stock/receive", "s", {"items": [{"sku": "LAST", "location": "main", "quantity": quantity}]}),
        ):
            answer = await api.post(path, json=body, headers={"Idempotency-Key": key})
            assert answer.is_success, answer.text


async def test_500_buyers_of_10_units_make_10_orders_and_490_typed_refusals() -> None:
    async with a_cluster() as cluster:
        await stocked(cluster, 10)
        first, second = (cluster.client(process) for process in cluster.processes)
        async with first, second:

            async def buy(number: int) -> httpx.Response:
                api = (first, second)[number % 2]
                return await api.post("/orders", json=an_order("LAST"), headers={"Idempotency-Key": f"buyer-{number}"})

            answers = await asyncio.gather(*(buy(number) for number in range(500)))

        tally = Counter(answer.status_code for answer in answers)
        assert tally == {201: 10, 409: 490}
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"out_of_stock"}
        db = await asyncpg.connect(cluster.dsn)
        rows = await db.fetch("SELECT on_hand, allocated, held FROM stock WHERE sku = 'LAST'")
        assert [tuple(row) for row in rows] == [(10, 10, 0)]
        assert await db.fetchval("SELECT count(*) FROM orders") == 10
        await db.close()
        await cluster.run("verify")


async def test_one_key_sent_50_times_to_two_processes_makes_one_order_and_50_equal_answers() -> None:
    async with a_cluster() as cluster:
        await stocked(cluster, 100)
        first, second = (cluster.client(process) for process in cluster.processes)
        async with first, second:
            answers = await asyncio.gather(
                *(
                    (first, second)[number % 2].post(
                        "/orders", json=an_order("LAST"), headers={"Idempotency-Key": "the-one"}
                    )
                    for number in range(50)
                )
            )
            other = await first.post("/orders", json=an_order("LAST", 2), headers={"Idempotency-Key": "the-one"})

        assert len({answer.content for answer in answers}) == 1
        assert {answer.status_code for answer in answers} <= {200, 201}
        assert other.status_code == 422
        assert other.json()["code"] == "key_reused"
        db = await asyncpg.connect(cluster.dsn)
        assert await db.fetchval("SELECT count(*) FROM orders") == 1
        assert await db.fetchval("SELECT allocated FROM stock WHERE sku = 'LAST'") == 1
        await db.close()
