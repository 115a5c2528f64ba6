"""The staff of a shop, all of it: whoever has a queue works it off, however long it is."""

from __future__ import annotations

from purveyor.simulation.back_office import BackOffice
from purveyor.simulation.carrier import CarrierScans
from purveyor.simulation.command_batches import CommandBatcher
from purveyor.simulation.counter_and_returns import CounterAndReturns
from purveyor.simulation.purchasing import Purchasing
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.simulation.shop import MAIN, Shop
from purveyor.simulation.warehouse import Warehouse


class Staff:
    """Works off any queue in bulk: one query a queue, commands handed in by the thousand.

    `shop`: the simulated one, whose shelves are filled before they are empty; without it, what is waited for is bought.
    `is_paced`: work takes time; else everything is done as soon as it can be.
    """

    def __init__(
        self, desk: CommandBatcher, chance: SeededRandom, shop: Shop | None = None, *, is_paced: bool = True
    ) -> None:
        self._desk = desk
        self._house = desk.house
        self.purchasing = Purchasing(desk, shop, MAIN)
        self.office = BackOffice(desk, chance)
        self.floor = Warehouse(desk, chance, is_paced=is_paced)
        self.doors = CounterAndReturns(desk, chance)
        self.road = CarrierScans(desk, chance)

    async def begin(self) -> None:
        """Take up work where it lies."""
        await self.road.catch_up()

    async def work(self) -> None:
        """One round over everything, with the side effects of each part done before the next looks."""
        await self.purchasing.work()
        await self.office.work()
        await self._house.job_runner.drain()
        await self.floor.work()
        await self._house.job_runner.drain()
        await self.road.decide_fates()
        await self.road.tell_of_scans()
        await self.doors.work()
        await self._house.job_runner.drain()
        await self._house.sweeper.sweep_due()
        await self._house.job_runner.drain()
