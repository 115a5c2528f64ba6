"""Plays the shop: tick by tick, orders come in, everybody does their part, and time goes on until all has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from purveyor.adapters.clocks import SimulatedClock
from purveyor.simulation.buyers import Buyers
from purveyor.simulation.command_batches import Act, CommandBatcher
from purveyor.simulation.customers import Customers
from purveyor.simulation.figures import Figures, read_figures
from purveyor.simulation.seeded_random import SeededRandom
from purveyor.simulation.shop import Shop
from purveyor.simulation.staff import Staff
from purveyor.wiring import House

FIRST_DAY = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)  # a Monday
DAY = timedelta(days=1)
# How many orders come in by the hour of the day (UTC), compared with each other.
HOURS = (1, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 11, 10, 10, 10, 11, 12, 13, 13, 11, 8, 4, 2)
PER_DAY = 150  # in a run that does not say otherwise
LONGEST_DAYS = 120  # after the last order, to the end of the last one
LAST_NUMBER = """
    SELECT coalesce(max(substr(reference, length($1) + 1)::bigint), 0) FROM orders WHERE starts_with(reference, $1)
"""
OPEN = "SELECT count(*) FROM orders WHERE status = 'placed'"

Progress = Callable[[int, int], None]  # orders placed, orders ended


def arrivals(chance: SeededRandom, first: datetime, per_day: int) -> Iterator[datetime]:
    """When orders come in, for ever."""
    for day in count():
        random = chance.random("arrivals", day)
        hours = random.choices(range(24), HOURS, k=per_day)
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0) + day * DAY
        times = sorted(midnight + timedelta(hours=hour, seconds=random.randrange(3_600)) for hour in hours)
        yield from (time for time in times if time >= first)


class Simulation:
    """A shop, its customers and its staff in one house. The house's clock must be the one that is given.

    The same seed on an empty database makes the same orders, and the same things happen to them.
    """

    def __init__(self, house: House, clock: SimulatedClock, seed: int, *, per_day: int = PER_DAY) -> None:
        self.house = house
        self.clock = clock
        self.chance = SeededRandom(seed)
        self.desk = CommandBatcher(house, f"sim{seed}")
        self.shop = Shop(self.chance, zone=ZoneInfo(house.settings.timezone))
        self.buyers = Buyers(self.chance, self.shop)
        self.customers = Customers(self.desk, self.chance)
        self.staff = Staff(self.desk, self.chance, self.shop)
        self.placed = 0
        self._before = 0  # orders that an earlier run of this seed has placed
        house.committer.entropy = self.chance.entropy
        self._start = clock.now()
        self._arrivals = arrivals(self.chance, self._start, per_day)
        self._next = next(self._arrivals)

    async def open(self) -> None:
        """Make the shop, unless it is there."""
        await self.shop.open(self.desk)
        await self.staff.begin()
        await self.customers.listen_from_now()
        await self.desk.look_for_visitors(first=True)
        (self._before,) = await self.house.read.values(LAST_NUMBER, f"P{self.chance.seed}-")

    async def tick(self, most: int | None = None) -> None:
        """Whatever is due by now: orders (`most` of them altogether), side effects, deadlines, people."""
        now = self.clock.now()
        orders: list[Act] = []
        while self._next <= now and (most is None or self.placed < most):
            self.placed += 1
            orders.append(self.buyers.order(self._before + self.placed))
            self._next = next(self._arrivals)
        await self.desk.hand_in(orders)
        await self.house.job_runner.drain()
        await self.desk.look_for_visitors()
        await self.customers.live()
        await self.house.job_runner.drain()
        await self.staff.work()

    async def run(self, orders: int, progress: Progress | None = None) -> Figures:
        """Play until so many orders have come in and all of them have ended. Answers the figures."""
        step = timedelta(hours=1)
        while self.placed < orders:
            self.clock.advance(step)
            await self.tick(orders)
            await self._report(progress)
        last = self.clock.now()
        while await self.open_orders() and self.clock.now() < last + LONGEST_DAYS * DAY:
            self.clock.advance(timedelta(hours=4) if self.clock.now() < last + 14 * DAY else timedelta(hours=12))
            await self.tick(orders)
            await self._report(progress)
        return await self.figures()

    async def figures(self) -> Figures:
        days = (self.clock.now() - self._start).days
        return await read_figures(
            self.house.read, simulated_days=days, refusals=dict(sorted(self.desk.refused.items()))
        )

    async def open_orders(self) -> int:
        """Orders that have not ended."""
        return await _open_orders(self.house)

    async def _report(self, progress: Progress | None) -> None:
        if progress is not None:
            progress(self.placed, self.placed - await self.open_orders())


async def work_off(
    house: House, clock: SimulatedClock, *, progress: Progress | None = None, most_days: int = 200
) -> Figures:
    """Bring everything that is there to its end, as fast as it goes and without any mishap.

    For orders that came from elsewhere (an import): staff does its part at once, customers pay, and the clock goes on
    whenever there is nothing to do. Orders that have not ended after `most_days` are left as they are.
    """
    start = clock.now()
    desk = CommandBatcher(house, "work-off")
    staff = Staff(desk, SeededRandom(0, share=0.0), is_paced=False)
    customers = Customers(desk, SeededRandom(0, share=0.0))
    await staff.begin()
    total = before = await _open_orders(house)
    while before and clock.now() < start + most_days * DAY:
        done = desk.accepted
        await customers.live()
        await house.job_runner.drain()
        await staff.work()
        before = await _open_orders(house)
        if progress is not None:
            progress(total, total - before)
        if desk.accepted == done:
            clock.advance(timedelta(hours=12))
    return await read_figures(house.read, simulated_days=(clock.now() - start).days, refusals=dict(desk.refused))


async def _open_orders(house: House) -> int:
    (number,) = await house.read.values(OPEN)
    return int(number)
