"""Returned rows that come again: known by what they say, wherever they stand and whatever zone the shop has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from purveyor.adapters.channels.files import open_rows
from purveyor.adapters.clocks import SimulatedClock
from purveyor.core.positions import UnitsOf
from purveyor.intake.catalog import import_catalog
from purveyor.intake.mappings import MAPPINGS
from purveyor.intake.orders import import_orders
from purveyor.intake.report import Report
from purveyor.intake.returns import import_returns
from purveyor.settings import Settings
from purveyor.stages.returns.commands import ImportReturn
from purveyor.wiring import House, open_house
from tests.real.year import UNDELIVERED, WAREHOUSE, open_shop, work_until_none

RETAIL = MAPPINGS["online-retail"]
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
SALES = (
    "536365,BOWL,Bowl,6,2010-12-01 08:26:00,2.55,17850,United Kingdom",
    "536366,VASE,Vase,2,2010-12-01 08:28:00,4.25,17850,United Kingdom",
)
RETURN = "C536379,BOWL,Bowl,-1,2010-12-02 09:41:00,2.55,17850,United Kingdom"
AT = datetime(2010, 12, 2, 9, 41, tzinfo=UTC)  # of this return
UTC_ZONE, TOKYO, NEW_YORK = ZoneInfo("UTC"), ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
LINES = """
    SELECT o.reference, o.id AS order_id, l.id AS line_id, l.sku, l.returned
      FROM orders o JOIN line l ON l.order_id = o.id
"""


class Bought(msgspec.Struct):
    """A line, and how many units of it came back."""

    reference: str
    order_id: UUID
    line_id: UUID
    sku: str
    returned: int


class Shelf:
    """A shop that sells, delivers and takes back what files say."""

    def __init__(self, house: House, clock: SimulatedClock, folder: Path) -> None:
        self._house = house
        self._clock = clock
        self._folder = folder
        self._refused = folder / "refused.csv"

    def file(self, *rows: str) -> Path:
        path = self._folder / "year.csv"
        path.write_text("\n".join((HEAD, *rows)) + "\n")
        return path

    async def sell(self, *rows: str) -> None:
        house, sold = self._house, self.file(*rows)
        await import_catalog(house.committer, house.read, open_rows(sold), RETAIL, WAREHOUSE.code, self._refused)
        await import_orders(house.committer, house.read, open_rows(sold), RETAIL, self._refused)

    async def deliver(self) -> None:
        assert await work_until_none(self._house, self._clock, UNDELIVERED, lambda _: None) == 0

    async def returned(self, *rows: str, zone: ZoneInfo = UTC_ZONE) -> Report:
        file = open_rows(self.file(*rows))
        return await import_returns(self._house.committer, self._house.read, file, RETAIL, self._refused, zone=zone)

    async def book(self, key: str) -> bool:
        """Book the return of a bowl of the first order under a key of one's own."""
        (bowl,) = [each for each in await self._lines() if (each.reference, each.sku) == ("536365", "BOWL")]
        command = ImportReturn(order_id=bowl.order_id, items=(UnitsOf(bowl.line_id, 1),), at=AT, reason="changed_mind")
        key = key.format(order_id=bowl.order_id)
        return (await self._house.committer.submit(command, key=key, actor="channel:file")).accepted

    async def units(self) -> dict[tuple[str, str], int]:
        """Returned units by the reference of their order and their product."""
        return {(each.reference, each.sku): each.returned for each in await self._lines() if each.returned}

    async def _lines(self) -> list[Bought]:
        return await self._house.read.rows(Bought, LINES)


@pytest.fixture
async def shelf(database: str, tmp_path: Path) -> AsyncIterator[Shelf]:
    clock = SimulatedClock(datetime(2011, 12, 12, 8, 0, tzinfo=UTC))
    async with open_house(Settings(data_dir=tmp_path, currency="GBP"), database, clock=clock) as house:
        await open_shop(house)
        shelf = Shelf(house, clock, tmp_path)
        await shelf.sell(*SALES)
        yield shelf


@pytest.fixture
async def delivered(shelf: Shelf) -> Shelf:
    await shelf.deliver()
    return shelf


def counted(*reports: Report) -> list[tuple[int, int, int]]:
    return [(each.accepted, each.repeated, each.refused_rows) for each in reports]


async def test_a_returned_row_is_known_wherever_it_stands_and_in_any_zone(delivered: Shelf) -> None:
    first = await delivered.returned(*SALES, RETURN)
    moved = await delivered.returned(SALES[1], SALES[0].replace(",6,", ",7,"), "", RETURN)
    elsewhere = await delivered.returned(*SALES, RETURN, zone=TOKYO)

    assert counted(first, moved, elsewhere) == [(1, 0, 0), (0, 1, 0), (0, 1, 0)]
    assert await delivered.units() == {("536365", "BOWL"): 1}


async def test_two_rows_that_say_the_same_are_two_returns(delivered: Shelf) -> None:
    await delivered.returned(*SALES, RETURN)

    twice, again = [await delivered.returned(*SALES, RETURN, RETURN) for _ in range(2)]

    assert [(each.accepted, each.repeated) for each in (twice, again)] == [(1, 1), (0, 2)]
    assert await delivered.units() == {("536365", "BOWL"): 2}


ROW_OF_3 = RETURN.replace(",-1,", ",-3,")
OLDER = "536360,BOWL,Bowl,1,2010-11-30 08:26:00,2.55,17850,United Kingdom"


@pytest.mark.parametrize("quantity", [1, 2, 6])
async def test_a_purchase_that_comes_in_later_has_no_row_booked_twice(delivered: Shelf, quantity: int) -> None:
    row = RETURN.replace(",-1,", f",-{quantity},")
    await delivered.returned(*SALES, row)
    await delivered.sell(OLDER)
    await delivered.deliver()

    again = [await delivered.returned(OLDER, *SALES, row) for _ in range(2)]

    assert counted(*again) == [(0, 1, 0), (0, 1, 0)]
    assert await delivered.units() == {("536365", "BOWL"): quantity}


async def test_a_row_of_two_orders_is_known_when_it_is_matched_with_one(delivered: Shelf) -> None:
    await delivered.sell(OLDER)
    await delivered.deliver()
    await delivered.returned(OLDER, *SALES, ROW_OF_3)

    again = await delivered.returned(*SALES, ROW_OF_3)

    assert counted(again) == [(0, 1, 0)]
    assert await delivered.units() == {("536360", "BOWL"): 1, ("536365", "BOWL"): 2}


async def test_what_is_left_of_a_row_that_was_booked_in_part_is_booked_alone(delivered: Shelf) -> None:
    newer, row = OLDER.replace("536360", "536370").replace("11-30", "12-01").replace(",1,", ",2,"), ROW_OF_3
    await delivered.sell(OLDER)
    await delivered.deliver()
    await delivered.sell(newer)

    in_part = await delivered.returned(OLDER, newer, row)
    assert (counted(in_part), in_part.refused) == ([(0, 0, 1)], {"not_delivered": 1})
    assert await delivered.units() == {("536360", "BOWL"): 1}
    rest, again = [await delivered.returned(SALES[0], row) for _ in range(2)]

    assert counted(rest, again) == [(1, 0, 0), (0, 1, 0)]
    assert await delivered.units() == {("536360", "BOWL"): 1, ("536365", "BOWL"): 2}


async def test_what_was_refused_once_is_booked_once_in_whatever_zone_it_comes_again(shelf: Shelf) -> None:
    refused = [await shelf.returned(*SALES, RETURN, zone=zone) for zone in (UTC_ZONE, TOKYO, UTC_ZONE)]
    assert counted(*refused) == [(0, 0, 1)] * 3
    assert [each.refused for each in refused] == [{"not_delivered": 1}] * 3
    await shelf.deliver()

    booked = [await shelf.returned(*SALES, RETURN, zone=zone) for zone in (TOKYO, UTC_ZONE, NEW_YORK, TOKYO)]

    assert counted(*booked) == [(1, 0, 0), *[(0, 1, 0)] * 3]
    assert await shelf.units() == {("536365", "BOWL"): 1}


FORMER = "file:online-retail:C536379:4:{order_id}"  # with the line of the row, and the order


@pytest.mark.parametrize("zone", [UTC_ZONE, TOKYO])
async def test_what_a_former_version_booked_is_known(delivered: Shelf, zone: ZoneInfo) -> None:
    assert await delivered.book(FORMER)

    again = [await delivered.returned(*SALES, RETURN, zone=zone) for _ in range(2)]

    assert counted(*again) == [(0, 1, 0), (0, 1, 0)]
    assert await delivered.units() == {("536365", "BOWL"): 1}


async def test_what_a_former_version_booked_at_its_second_attempt_is_known(shelf: Shelf) -> None:
    assert not await shelf.book(FORMER), "nothing is delivered"
    await shelf.deliver()
    assert await shelf.book(f"{FORMER}:1")

    again = await shelf.returned(*SALES, RETURN)

    assert counted(again) == [(0, 1, 0)]
    assert await shelf.units() == {("536365", "BOWL"): 1}


async def test_what_a_former_version_was_refused_is_booked_once_it_can_be(shelf: Shelf) -> None:
    assert not await shelf.book(FORMER)
    await shelf.deliver()

    done = [await shelf.returned(*SALES, RETURN) for _ in range(2)]

    assert counted(*done) == [(1, 0, 0), (0, 1, 0)]
    assert await shelf.units() == {("536365", "BOWL"): 1}


async def test_another_row_that_stands_where_a_former_version_booked_one_is_booked(shelf: Shelf) -> None:
    vase = SALES[0].replace("BOWL,Bowl", "VASE,Vase")
    await shelf.sell(SALES[0], vase)
    await shelf.deliver()
    assert await shelf.book(FORMER)

    done = await shelf.returned(SALES[0], vase, RETURN.replace("BOWL,Bowl", "VASE,Vase"))

    assert counted(done) == [(1, 0, 0)]
    assert await shelf.units() == {("536365", "BOWL"): 1, ("536365", "VASE"): 1}
