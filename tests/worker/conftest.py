"""A house whose only sweeps and rules are those of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from purveyor.adapters.clocks import SimulatedClock
from purveyor.engine.jobs import SWEEPS, Sweep
from purveyor.settings import Settings
from purveyor.wiring import House, open_house
from tests.pure import NOON


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(NOON)


@pytest.fixture
async def house(database: str, tmp_path: Path, clock: SimulatedClock) -> AsyncIterator[House]:
    async with open_house(Settings(data_dir=tmp_path, pool_size=4), database, clock=clock) as house:
        yield house


@pytest.fixture
def sweeps(monkeypatch: pytest.MonkeyPatch) -> list[Sweep]:
    """Empty: a test puts in its own."""
    monkeypatch.setattr("purveyor.worker.sweeper.SWEEPS", mine := list[Sweep]())
    monkeypatch.setattr("purveyor.worker.sweeps.SWEEPS", mine)
    assert SWEEPS
    return mine
