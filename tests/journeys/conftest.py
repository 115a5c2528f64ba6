"""An open shop for every journey; at the end of each, the journal and all tables must agree."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from purveyor.adapters.clocks import SimulatedClock
from purveyor.db.pool import connect_pool
from purveyor.db.reader import Reader
from purveyor.insight.verify import verify
from purveyor.settings import Settings
from purveyor.wiring import open_house, open_ports
from tests.journeys.shop import MONDAY, Shop


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Shop]:
    clock = SimulatedClock(MONDAY)
    settings = Settings(data_dir=tmp_path, webhook_networks="127.0.0.0/8")
    pool = await connect_pool(database, 2)
    outside = open_ports(settings, Reader(pool), clock, in_memory=True)
    async with open_house(settings, database, clock=clock, outside=outside) as house:
        shop = Shop(house, clock)
        await shop.open()
        yield shop
        report = await verify(house.pool)
    await pool.close()
    assert report.is_clean, report.differences[:5]
