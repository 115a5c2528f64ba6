"""Returned rows that come again: known by what they say, wherever they stand and whatever zone the shop has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from purveyor.adapters.channels.files import open_rows
from purveyor.adapters.clocks import SimulatedClock
from purveyor.intake.catalog import import_catalog
from purveyor.intake.mappings import MAPPINGS
from purveyor.intake.orders import import_orders
from purveyor.intake.report import Report
from purveyor.intake.returns import _Booking, import_returns
from purveyor.settings import Settings
from purveyor.wiring import House, open_house
from tests.real.year import UNDELIVERED, WAREHOUSE, open_shop, work_until_none

RETAIL = MAPPINGS["online-retail"]
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
SALES = (
    "536365,BOWL,Bowl,6,2010-12-01 08:26:00,2.55,17850,United Kingdom",
    "536366,VASE,Vase,2,2010-12-01 08:28:00,4.25,17850,United Kingdom",
)
RETURN = "C536379,BOWL,Bowl,-1,2010-12-02 09:41:00,2.55,17850,United Kingdom"
UTC_ZONE = ZoneInfo("UTC")


class Shelf:
    """A shop whose orders of a file were delivered."""

    def __init__(self, house: House, folder: Path) -> None:
        self._house = house
        self._folder = folder

    def file(self, *rows: str) -> Path:
        path = self._folder / "year.csv"
        path.write_text("\n".join((HEAD, *rows)) + "\n")
        return path

    async def returned(self, *rows: str, zone: ZoneInfo = UTC_ZONE) -> Report:
        file = open_rows(self.file(*rows))
        refused = self._folder / "refused.csv"
        return await import_returns(self._house.committer, self._house.read, file, RETAIL, refused, zone=zone)

    async def units(self) -> int:
        (units,) = await self._house.read.values("SELECT coalesce(sum(returned), 0) FROM line")
        return int(units)


@pytest.fixture
async def delivered(database: str, tmp_path: Path) -> AsyncIterator[Shelf]:
    clock = SimulatedClock(datetime(2011, 12, 12, 8, 0, tzinfo=UTC))
    async with open_house(Settings(data_dir=tmp_path, currency="GBP"), database, clock=clock) as house:
        shelf = Shelf(house, tmp_path)
        await open_shop(house)
        sold = shelf.file(*SALES)
        refused = tmp_path / "refused.csv"
        await import_catalog(house.committer, house.read, open_rows(sold), RETAIL, WAREHOUSE.code, refused)
        await import_orders(house.committer, house.read, open_rows(sold), RETAIL, refused)
        assert await work_until_none(house, clock, UNDELIVERED, lambda _: None) == 0
        yield shelf


async def test_a_returned_row_is_known_wherever_it_stands_and_in_any_zone(delivered: Shelf) -> None:
    first = await delivered.returned(*SALES, RETURN)
    moved = await delivered.returned(SALES[1], SALES[0].replace(",6,", ",7,"), "", RETURN)
    elsewhere = await delivered.returned(*SALES, RETURN, zone=ZoneInfo("Asia/Tokyo"))

    assert [(each.accepted, each.repeated, each.refused_rows) for each in (first, moved, elsewhere)] == [
        (1, 0, 0),
        (0, 1, 0),
        (0, 1, 0),
    ]
    assert await delivered.units() == 1


async def test_two_rows_that_say_the_same_are_two_returns(delivered: Shelf) -> None:
    await delivered.returned(*SALES, RETURN)

    twice, again = [await delivered.returned(*SALES, RETURN, RETURN) for _ in range(2)]

    assert [(each.accepted, each.repeated) for each in (twice, again)] == [(1, 1), (0, 2)]
    assert await delivered.units() == 2


async def test_what_a_former_version_booked_is_known(delivered: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as former:
        former.setattr(_Booking, "_key", lambda _, line: f"file:{RETAIL.name}:{line.reference}:{line.line_no}")
        await delivered.returned(*SALES, RETURN)

    again = await delivered.returned(*SALES, RETURN)

    assert (again.accepted, again.repeated) == (0, 1)
    assert await delivered.units() == 1
