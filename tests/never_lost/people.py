"""Who keeps an installation busy while it is being killed: buyers over HTTP, and everybody else by commands.

All of them do what people and programs do when there is no answer: they ask again, with the same key.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import httpx

from purveyor.db.outages import GONE
from purveyor.engine.committer import Undecided
from purveyor.simulation.command_batches import CommandBatcher
from purveyor.simulation.customers import Customers
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.simulation.staff import Staff
from purveyor.wiring import House
from tests.never_lost.cluster import Cluster, an_order

SKUS = ("MUG", "MUG", "POT", "RARE", "BOOK", "KEYS")
CARDS = ("card-good",) * 12 + ("card-timeout-after", "card-timeout-before", "card-declined", "card-3ds")
ANSWERED_WITHIN_S = 120


class Buyers:
    """They order until they are told to stop. `orders` are those that were acknowledged, by key."""

    def __init__(self, cluster: Cluster, seed: int) -> None:
        self._cluster = cluster
        self._seed = seed
        self._clients = [cluster.client(process) for process in cluster.processes if process.port]
        self.stopping = asyncio.Event()
        self.orders: dict[str, str] = {}
        self.refusals: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()

    async def run(self, buyers: int) -> None:
        await asyncio.gather(*(self._buy_on(number) for number in range(buyers)))
        for client in self._clients:
            await client.aclose()

    async def _buy_on(self, buyer: int) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            await self._buy(f"buyer-{buyer}-{number}")

    async def _buy(self, key: str) -> None:
        random = Random(f"{self._seed}{key}")
        skus = random.sample(SKUS, random.randint(1, 3))
        body = an_order(skus[0], random.randint(1, 2), source=random.choice(CARDS))
        body["lines"] = [{"sku": sku, "quantity": random.randint(1, 2)} for sku in dict.fromkeys(skus)]
        body["reference"] = key
        answer = await self._ask(key, body, random)
        if answer.status_code == httpx.codes.CREATED:
            self.orders[key] = answer.json()["order_id"]
        else:
            self.refusals[answer.json()["code"]] += 1
        await asyncio.sleep(random.uniform(0.1, 0.5))

    async def _ask(self, key: str, body: dict[str, Any], random: Random) -> httpx.Response:
        """Until there is a definite answer, at whichever server."""
        async with asyncio.timeout(ANSWERED_WITHIN_S):
            while True:
                try:
                    client = random.choice(self._clients)
                    answer = await client.post("/orders", json=body, headers={"Idempotency-Key": key})
                except httpx.HTTPError as error:
                    self.failures[type(error).__name__] += 1
                else:
                    if not answer.is_server_error:
                        return answer
                    self.failures[f"{answer.status_code} {answer.json()['code']}"] += 1
                await asyncio.sleep(random.uniform(0.1, 0.4))


class Others:
    """Staff, couriers, and customers after they have ordered. Jobs and sweeps are not theirs: processes do those."""

    def __init__(self, house: House, seed: int) -> None:
        self.desk = CommandBatcher(house, "others")
        chance = SeededRandom(seed)
        self._staff = Staff(self.desk, chance, is_paced=False)
        self._customers = Customers(self.desk, chance)
        self.stopping = asyncio.Event()
        self.interruptions = 0

    async def run(self) -> None:
        await self._persist(self._customers.listen_from_now)
        rounds = (
            self._customers.live,
            self._staff.purchasing.work,
            self._staff.office.work,
            self._staff.floor.work,
            self._staff.road.tell_of_scans,
            self._staff.doors.work,
        )
        while not self.stopping.is_set():
            for work in rounds:
                await self._persist(work)
            await asyncio.sleep(0.2)

    async def _persist(self, work: Callable[[], Awaitable[Any]]) -> None:
        while True:
            try:
                await work()
            except (*GONE, Undecided, TimeoutError):
                self.interruptions += 1
                await asyncio.sleep(0.2)
            else:
                return
