"""Processes and the database are killed at random moments under load: nothing is lost, nothing happens twice."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from random import Random

from purveyor.adapters.carriers.fake import FakeCarrier
from purveyor.adapters.carriers.fake_journey import CarrierScript
from purveyor.adapters.clocks import SimulatedClock
from purveyor.adapters.gateways.fake import FakeGateway
from purveyor.adapters.gateways.fake_ledger import GatewayScript
from purveyor.adapters.notifiers.fake import FakeNotifier, NotifierScript
from purveyor.settings import Settings
from purveyor.simulation.run import work_off
from purveyor.wiring import FILES, House, open_house
from tests.never_lost import audit
from tests.never_lost.cluster import Cluster, a_cluster
from tests.never_lost.people import Buyers, Others

KILLS = int(os.environ.get("TEST_KILLS", "20"))
SEED = int(os.environ.get("TEST_SEED", "1"))
BUYERS = 4
START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SPEED = 7_200  # two hours a second, so that parcels arrive while processes die
RARE = 40  # units
ABANDONED_S = 60  # a job in the hands of a dead process is taken up again after half of it
PRODUCTS = [
    {"sku": "MUG", "name": "Mug", "price": {"minor": 1_190, "currency": "EUR"}, "weight_g": 350},
    {"sku": "POT", "name": "Pot", "price": {"minor": 3_990, "currency": "EUR"}, "weight_g": 900},
    {"sku": "RARE", "name": "One of forty", "price": {"minor": 9_900, "currency": "EUR"}, "weight_g": 100},
    {"sku": "BOOK", "name": "Book", "price": {"minor": 990, "currency": "EUR"}, "kind": "download", "asset": "b.epub"},
    {"sku": "KEYS", "name": "App", "price": {"minor": 2_900, "currency": "EUR"}, "kind": "license"},
]


async def test_kill_9_of_servers_workers_and_the_database_loses_nothing_and_doubles_nothing() -> None:
    clock = SimulatedClock(START, SPEED, time.time())
    async with a_cluster(serve=2, work=2, settings={"PURVEYOR_CLOCK": str(clock)}) as cluster:
        await open_shop(cluster)
        async with a_house(cluster, clock) as house:
            buyers, others = Buyers(cluster, SEED), Others(house, SEED)
            misbehave(house)
            with timed(f"{KILLS} kills"):
                await live_through_kills(cluster, buyers, others)
        for process in cluster.processes:
            await process.stop()
        now = SimulatedClock(clock.now())
        async with a_house(cluster, now) as house:
            behave(house)
            with timed("until every order has ended"):
                await drain(house)
                await work_off(house, now)
                await drain(house)
            tell(f"{len(buyers.orders)} orders and {others.desk.accepted} other commands were acknowledged")
            tell(f"buyers were refused {dict(buyers.refusals)} and had no answer {dict(buyers.failures)}")
            await audit.check_orders(house, buyers.orders)
            await audit.check_money(house)
            await audit.check_labels(house)
            await audit.check_messages(house)
            await audit.check_stock(house, "RARE", RARE)
        with timed("verify"):
            await cluster.run("verify")
    assert len(buyers.orders) > KILLS
    assert "500 internal_error" not in buyers.failures, "what cannot be answered is no bug"


async def live_through_kills(cluster: Cluster, buyers: Buyers, others: Others) -> None:
    """Everybody goes on until the last kill is over, and then to their next definite answer."""
    async with asyncio.TaskGroup() as tasks:
        buying = tasks.create_task(buyers.run(BUYERS))
        tasks.create_task(others.run())
        await kill(cluster, Random(SEED), KILLS)
        buyers.stopping.set()
        await buying
        others.stopping.set()


async def kill(cluster: Cluster, random: Random, kills: int) -> None:
    """Everybody gets their turn, in a random order and at random moments, and is started again at once."""
    targets = [random.choice((*cluster.processes, None)) for _ in range(kills)]
    for number in range(min(kills, 5)):  # so that nobody is left out, whatever the seed
        targets[number] = (*cluster.processes, None)[number]
    random.shuffle(targets)
    for target in targets:
        await asyncio.sleep(random.uniform(0.5, 3.5))
        if target is None:
            await cluster.kill_database()
        else:
            await target.kill()
            await target.start()


async def open_shop(cluster: Cluster) -> None:
    (cluster.folder / FILES).mkdir()
    (cluster.folder / FILES / "b.epub").write_text("Once upon a time")
    location = {"code": "main", "name": "Main", "country": "DE", "city": "Berlin", "postal_code": "10115"}
    received = [
        {"sku": sku, "location": "main", "quantity": quantity}
        for sku, quantity in (("MUG", 100_000), ("POT", 100_000), ("RARE", RARE))
    ]
    async with cluster.client(cluster.processes[0]) as api:
        for path, key, body in (
            ("/policies", "locations", {"name": "locations", "data": [location]}),
            # Three seconds of ours: sooner, every answer would be asked for before it can be there.
            ("/policies", "payment", {"name": "payment", "data": {"doubt_after_s": 3 * SPEED}}),
            ("/products", "products", {"products": PRODUCTS}),
            ("/stock/receive", "stock", {"items": received}),
            ("/license-keys", "keys", {"sku": "KEYS", "keys": [f"KEY-{number}" for number in range(5_000)]}),
        ):
            answer = await api.post(path, json=body, headers={"Idempotency-Key": key})
            assert answer.is_success, answer.text


@asynccontextmanager
async def a_house(cluster: Cluster, clock: SimulatedClock) -> AsyncIterator[House]:
    """One more process on the same installation: ours."""
    settings = Settings(data_dir=cluster.folder, fake_dir=cluster.fakes)
    async with open_house(settings, cluster.dsn, clock=clock) as house:
        yield house


@contextmanager
def timed(what: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    tell(f"{what}: {time.monotonic() - started:.0f} s")


def tell(text: str) -> None:
    """What was tested, for `pytest -s`."""
    sys.stdout.write(f"\n    {text}")


def misbehave(house: House) -> None:
    """The outside is no better than ours."""
    gateway, carrier, notifier = house.outside.gateway, house.outside.carrier, house.outside.notifier
    assert isinstance(gateway, FakeGateway)
    assert isinstance(carrier, FakeCarrier)
    assert isinstance(notifier, FakeNotifier)
    gateway.tell(GatewayScript(timeouts_before=0.03, timeouts_after=0.05, late=0.3, late_s=0.05))
    carrier.tell(CarrierScript(timeouts_before=0.03, timeouts_after=0.05, events_twice=0.1, events_out_of_order=0.1))
    notifier.tell(NotifierScript(timeouts_before=0.02, timeouts_after=0.05))


def behave(house: House) -> None:
    gateway, carrier, notifier = house.outside.gateway, house.outside.carrier, house.outside.notifier
    assert isinstance(gateway, FakeGateway)
    assert isinstance(carrier, FakeCarrier)
    assert isinstance(notifier, FakeNotifier)
    gateway.tell(GatewayScript())
    carrier.tell(CarrierScript())
    notifier.tell(NotifierScript())


async def drain(house: House) -> None:
    """Perform every job, those of the dead too: they are taken up when their hearts have not beaten for a while."""
    async with asyncio.timeout(10 * ABANDONED_S):
        while True:
            await house.job_runner.drain()
            (waiting,) = await house.read.values("SELECT count(*) FROM pgqueuer WHERE status IN ('queued', 'picked')")
            if not waiting:
                return
            await asyncio.sleep(0.5)


def test_the_clock_of_the_processes_is_that_of_the_test() -> None:
    clock = SimulatedClock(START, SPEED, time.time())

    assert abs(SimulatedClock.read(str(clock)).now() - clock.now()) < timedelta(seconds=SPEED)
