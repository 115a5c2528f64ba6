"""A house in simulated time, on a database of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from pathlib import Path

import pytest

from purveyor.adapters.clocks import SimulatedClock
from purveyor.settings import Settings
from purveyor.simulation.run import FIRST_DAY, Simulation
from purveyor.wiring import open_house

Playing = Callable[[str, int], AbstractAsyncContextManager[Simulation]]


@pytest.fixture
def playing(tmp_path: Path) -> Playing:
    """How a test plays: on a database, with a seed."""
    numbers = count()  # every run has providers of its own, without a memory

    @asynccontextmanager
    async def open_simulation(dsn: str, seed: int) -> AsyncIterator[Simulation]:
        clock = SimulatedClock(FIRST_DAY)
        settings = Settings(data_dir=tmp_path / f"run-{next(numbers)}", runners=1)
        async with open_house(settings, dsn, clock=clock) as house:
            yield Simulation(house, clock, seed, per_day=40)

    return open_simulation
